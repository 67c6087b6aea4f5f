"""How many places each currency's minor unit has."""

import pytest

from core.currencies import CURRENCIES, UnknownCurrency, get_currency
from core.errors import Kind


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("EUR", 2),
        ("USD", 2),
        ("CHF", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("ISK", 0),
        ("KWD", 3),
        ("BHD", 3),
        ("TND", 3),
        ("CLF", 4),
        ("USDC", 6),
        ("USDT", 6),
        ("BTC", 8),
        ("ETH", 9),
    ],
)
def test_places(code: str, places: int) -> None:
    assert get_currency(code).exponent == places


def test_every_code_is_listed_once_and_spelled_in_capitals() -> None:
    for code, currency in CURRENCIES.items():
        assert code == currency.code == code.upper()
        assert 3 <= len(code) <= 4
    assert len(CURRENCIES) == len(set(CURRENCIES))


def test_crypto_is_marked() -> None:
    assert {code for code, currency in CURRENCIES.items() if currency.is_crypto} == {
        "BTC",
        "ETH",
        "SOL",
        "USDC",
        "USDT",
        "EURC",
    }


@pytest.mark.parametrize("code", ["XXX", "eur", "", "EURO", "E\u0130R"])
def test_an_unknown_code_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency) as refusal:
        get_currency(code)
    assert refusal.value.kind is Kind.INVALID
    assert str(refusal.value) == f"'{code}' is not a currency this installation knows."
