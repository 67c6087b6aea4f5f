"""The one currency table: how many decimal places each currency's minor unit has.

Fiat exponents are ISO 4217 (list one). Crypto assets are not in ISO 4217; their
exponent here is the unit we book in: ETH is kept in gwei (9 places) so that any
realistic amount fits a signed 64-bit integer.
"""

from dataclasses import dataclass

from core.errors import DomainError, Kind


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency code with the number of decimal places of its minor unit."""

    code: str
    exponent: int
    is_crypto: bool = False


class UnknownCurrency(DomainError):
    kind, code = Kind.INVALID, "unknown_currency"
    message = "'{currency}' is not a currency this installation knows."


# Every ISO 4217 currency in circulation has two places, but for these. BGN left circulation
# in 2026 and stays here for the books before.
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN "
    "PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_CRYPTO = {"BTC": 8, "ETH": 9, "SOL": 9, "USDC": 6, "USDT": 6, "EURC": 6}

CURRENCIES: dict[str, Currency] = {
    **{code: Currency(code, 0) for code in _ZERO.split()},
    **{code: Currency(code, 2) for code in _TWO.split()},
    **{code: Currency(code, 3) for code in _THREE.split()},
    **{code: Currency(code, 4) for code in _FOUR.split()},
    **{code: Currency(code, places, is_crypto=True) for code, places in _CRYPTO.items()},
}
# What a stablecoin is redeemed in, one for one.
PEGGED = {"USDC": "USD", "USDT": "USD", "EURC": "EUR"}


def get_currency(code: str) -> Currency:
    """The currency of that code (upper case). Raises UnknownCurrency."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise UnknownCurrency(currency=code) from None
