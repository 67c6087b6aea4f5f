"""Numbers, money and dates are written as the reader's locale does."""

import datetime
from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal, format_percent

from billing.documents.formats import Formatter, known_locale

NBSP, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("locale", "currency", "minor", "text"),
    [
        ("en_US", "USD", 712800, "$7,128.00"),
        ("en_US", "USD", -72000, "-$720.00"),
        ("de_DE", "EUR", 1859000, f"18.590,00{NBSP}€"),
        ("fr_FR", "EUR", 1859000, f"18{NARROW}590,00{NBSP}€"),
        ("es_ES", "EUR", 123456, f"1.234,56{NBSP}€"),
        ("en_US", "JPY", 1099, "¥1,099"),
        ("en_US", "KWD", 1049, f"KWD{NBSP}1.049"),
        ("en_US", "USDC", 1234567, f"USDC{NBSP}1.234567"),
        ("en_IN", "INR", 1234567890, "₹1,23,45,678.90"),
        ("de_CH", "CHF", 1225000, f"CHF{NBSP}12’250.00"),
        ("en_US", "USD", 9999999999999999, "$99,999,999,999,999.99"),
    ],
)
def test_money(locale: str, currency: str, minor: int, text: str) -> None:
    assert Formatter(locale, currency).money(minor) == text


@pytest.mark.parametrize("locale", ["en_US", "en_GB", "de_DE", "de_AT", "fr_FR", "es_ES", "nl_NL"])
@pytest.mark.parametrize("minor", [0, 7, 100, 99999, 100000, 123456789, -5, -123456])
def test_money_and_amounts_agree_with_babel(locale: str, minor: int) -> None:
    formats, amount = Formatter(locale, "EUR"), Decimal(minor) / 100
    assert formats.money(minor) == format_currency(amount, "EUR", locale=locale)
    assert formats.amount(minor) == format_decimal(amount, "#,##0.00", locale=locale)


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "es_ES"])
@pytest.mark.parametrize("rate", ["0", "7", "19", "9.975"])
def test_percent_agrees_with_babel(locale: str, rate: str) -> None:
    expected = format_percent(Decimal(rate) / 100, "#,##0.### %", locale=locale)
    ours = Formatter(locale, "EUR").percent(Decimal(rate))
    assert ours.replace(NBSP, "").replace(NARROW, "") == expected.replace(" ", "")


@pytest.mark.parametrize(
    ("price", "text"),
    [("150", "150.00"), ("0.01110515964", "0.01110515964"), ("1200.5", "1,200.50")],
)
def test_a_unit_price_keeps_all_its_places(price: str, text: str) -> None:
    assert Formatter("en_US", "USD").price(Decimal(price)) == text


def test_quantities_lose_their_trailing_zeros() -> None:
    formats = Formatter("de_DE", "EUR")
    assert formats.quantity(Decimal("38.500000")) == "38,5"
    assert formats.quantity(Decimal("278362.5")) == "278.362,5"
    assert formats.quantity(Decimal("-1")) == "-1"
    assert formats.quantity(Decimal("100")) == "100"
    assert formats.quantity(Decimal("-0")) == "0"


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en_US", "Feb 14, 2025"),
        ("en_GB", "14 Feb 2025"),
        ("de_DE", "14.02.2025"),
        ("fr_FR", "14 févr. 2025"),
        ("es_ES", "14 feb 2025"),
    ],
)
def test_dates(locale: str, text: str) -> None:
    assert Formatter(locale, "EUR").date(datetime.date(2025, 2, 14)) == text


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("de-DE", "de_DE"),
        ("fr", "fr"),
        ("de_XX", "de"),
        ("", "en_US"),
        ("tlh", "en_US"),
        ("../../etc", "en_US"),
    ],
)
def test_an_unknown_locale_falls_back(name: str, known: str) -> None:
    assert known_locale(name) == known
