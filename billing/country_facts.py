"""What follows from the country a business sits in: currency, time zone, tax rates.

A first guess that spares typing, never a rule: whoever knows better writes over it. The
rates are those in force in 2026 as far as they are the same in the whole country.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global
from babel.numbers import format_decimal
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as NumberError

from core.currencies import CURRENCIES


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax as documents of that country name it."""

    name: str
    percent: Decimal
    type: str = "VAT"
    category: str = "S"
    reason: str = ""

    @property
    def key(self) -> str:
        return f"{self.category}-{self.percent}"


@dataclass(frozen=True, slots=True)
class CountryFacts:
    """Empty where nothing is known."""

    currency: str = ""
    timezone: str = ""
    locale: str = ""
    tax_number: str = "VAT id"
    example: str = ""
    rates: tuple[Rate, ...] = ()
    has_iban: bool = True


# Country: the tax's name, its type and its rates, the usual one first.
_RATES = {
    "AE": "VAT VAT 5",
    "AT": "USt VAT 20 10 13",
    "AU": "GST GST 10",
    "BE": "TVA/btw VAT 21 12 6",
    "BG": "ДДС VAT 20 9",
    "CA": "GST GST 5",
    "CH": "MWST VAT 8.1 2.6 3.8",
    "CY": "ΦΠΑ VAT 19 9 5",
    "CZ": "DPH VAT 21 12",
    "DE": "USt VAT 19 7",
    "DK": "moms VAT 25",
    "EE": "käibemaks VAT 24 13 9",
    "ES": "IVA VAT 21 10 4",
    "FI": "ALV VAT 25.5 13.5 10",
    "FR": "TVA VAT 20 10 5.5 2.1",
    "GB": "VAT VAT 20 5",
    "GR": "ΦΠΑ VAT 24 13 6",
    "HR": "PDV VAT 25 13 5",
    "HU": "ÁFA VAT 27 18 5",
    "IE": "VAT VAT 23 13.5 9",
    "IL": "VAT VAT 18",
    "IS": "VSK VAT 24 11",
    "IT": "IVA VAT 22 10 5 4",
    "JP": "JCT VAT 10 8",
    "KR": "VAT VAT 10",
    "LT": "PVM VAT 21 12 5",
    "LU": "TVA VAT 17 14 8 3",
    "LV": "PVN VAT 21 12 5",
    "MT": "VAT VAT 18 12 7 5",
    "MX": "IVA VAT 16",
    "NL": "btw VAT 21 9",
    "NO": "MVA VAT 25 15 12",
    "NZ": "GST GST 15",
    "PL": "VAT VAT 23 8 5",
    "PT": "IVA VAT 23 13 6",
    "RO": "TVA VAT 21 11",
    "SA": "VAT VAT 15",
    "SE": "moms VAT 25 12 6",
    "SG": "GST GST 9",
    "SI": "DDV VAT 22 9.5 5",
    "SK": "DPH VAT 23 19 5",
    "TR": "KDV VAT 20 10 1",
    "ZA": "VAT VAT 15",
}
# Of those with many businesses; elsewhere the other fields are one click away.
_IBAN_LESS = "AR AU CA CL CN HK ID IN JP KE KR MX MY NG NZ PH SG TH TW US VN ZA"
# What a small business that charges no tax has to print.
_SMALL = {
    "AT": "Umsatzsteuerfrei aufgrund der Kleinunternehmerregelung (§ 6 Abs. 1 Z 27 UStG).",
    "DE": "Kein Ausweis von Umsatzsteuer, da Kleinunternehmer gemäß § 19 UStG.",
    "FR": "TVA non applicable, art. 293 B du CGI.",
}
_EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
# Where most people live, of countries with several time zones.
_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
}
# Where the language most spoken is not the one that business letters are written in.
_LOCALES = {
    "BE": "nl_BE",
    "CH": "de_CH",
    **{
        code: f"en_{code}"
        for code in [
            "AU",
            "CA",
            "GB",
            "HK",
            "IE",
            "IN",
            "KE",
            "MT",
            "NG",
            "NZ",
            "PH",
            "SG",
            "US",
            "ZA",
        ]
    },
}
# The euro has come since the list of currencies in use was made.
_CURRENCIES = {"BG": "EUR"}
_TAX_NUMBERS = {
    "AU": ("ABN", "51 824 753 556"),
    "CA": ("GST/HST number", "123456789 RT0001"),
    "CH": ("VAT number", "CHE-123.456.788 MWST"),
    "GB": ("VAT number", "GB123456789"),
    "IN": ("GSTIN", "27AAPFU0939F1ZV"),
    "JP": ("Qualified invoice issuer number", "T1234567890123"),
    "NO": ("Organisation number", "NO 995 525 828 MVA"),
    "NZ": ("GST number", "49-091-850"),
    "SG": ("GST registration number", "M12345678X"),
    "US": ("Tax id (EIN)", "12-3456789"),
}
_VAT_IDS = {"AT": "ATU13585627", "DE": "DE136695976", "FR": "FR40303265045", "NL": "NL004495445B01"}


@lru_cache(maxsize=512)
def facts_of(country: str) -> CountryFacts:
    """What is known of a country by its ISO code; nothing for any other text."""
    if country not in get_global("territory_currencies"):
        return CountryFacts()
    label, example = _TAX_NUMBERS.get(country, ("VAT id", _VAT_IDS.get(country, "")))
    if country not in _RATES and country not in _TAX_NUMBERS:
        label = "Tax number"
    return CountryFacts(
        currency=_currency(country),
        timezone=_zone(country),
        locale=_locale(country),
        tax_number=label,
        example=example,
        rates=_rates(country),
        has_iban=country not in _IBAN_LESS.split(),
    )


def tax_number_labels() -> set[str]:
    """What a tax number is called, in any country."""
    return {"VAT id", "Tax number", *(label for label, _example in _TAX_NUMBERS.values())}


def place_tax_number(country: str, text: str) -> tuple[str, str]:
    """A tax number as (VAT id, other registration), by its form.

    Within the EU a text that begins like a VAT id must be one. Raises ValueError.
    """
    text = " ".join(text.split())
    prefix = {"GR": "EL"}.get(country, country)
    if not text or not prefix or not text.upper().startswith(prefix):
        return "", text
    if country not in _EU:
        return text, ""
    try:
        return vat.validate(text), ""
    except NumberError:
        raise ValueError(text) from None


def _rates(country: str) -> tuple[Rate, ...]:
    if country not in _RATES:
        return ()
    name, kind, *percents = _RATES[country].split()
    locale = _locale(country) or "en"
    found = [
        Rate(f"{name} {format_decimal(Decimal(percent), locale=locale)} %", Decimal(percent), kind)
        for percent in percents
    ]
    if country in _EU:
        found.append(Rate("Reverse charge", Decimal(0), category="AE"))
    if country in _SMALL:
        found.append(Rate("Small business", Decimal(0), category="E", reason=_SMALL[country]))
    return tuple(found)


def _currency(country: str) -> str:
    # Those in use, the oldest first: a new currency stands beside its predecessor for a while.
    used = [
        code
        for code, _begins, ends, is_tender in get_global("territory_currencies")[country]
        if ends is None and is_tender and code in CURRENCIES
    ]
    return _CURRENCIES.get(country) or (used[0] if used else "")


def _zone(country: str) -> str:
    zones: list[str] = get_global("territory_zones").get(country, [])
    return _ZONES.get(country) or (zones[0] if len(zones) == 1 else "")


def _locale(country: str) -> str:
    if country in _LOCALES:
        return _LOCALES[country]
    likely = get_global("likely_subtags").get(f"und_{country}", "")
    try:
        name = f"{Locale.parse(likely).language}_{country}" if likely else ""
    except (UnknownLocaleError, ValueError):
        return ""
    return name if localedata.exists(name) else ""
