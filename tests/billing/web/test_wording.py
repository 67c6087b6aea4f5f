"""Amounts and numbers as each locale writes and reads them."""

import datetime
from decimal import Decimal

import pytest

from billing.web import wording
from billing.web.forms.base import country_choices, read_decimal, write_decimal


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (712800, "USD", "en_US", "$7,128.00"),
        (712800, "EUR", "de_DE", "7.128,00\xa0€"),
        (-150, "EUR", "en_IE", "\u2212€1.50"),
        (1099, "JPY", "en_US", "¥1,099"),
        (1049, "KWD", "en_US", "KWD\xa01.049"),
        (1, "USDC", "en_US", "USDC\xa00.000001"),
        (9999999999999999, "USD", "en_US", "$99,999,999,999,999.99"),
        (100, "EUR", "xx_YY", "€1.00"),
    ],
)
def test_a18_a19_amounts_have_their_currencys_decimals(
    minor: int, currency: str, locale: str, text: str
) -> None:
    assert wording.money(minor, currency, locale) == text


def test_a17_a_unit_price_keeps_its_digits() -> None:
    assert wording.unit_price(Decimal("0.01110515964"), "EUR", "en_IE") == "€0.01110515964"
    assert wording.unit_price(Decimal("12"), "EUR", "en_IE") == "€12.00"


@pytest.mark.parametrize(
    ("rate", "text"), [("9.975", "9.975%"), ("19", "19%"), ("0", "0%"), ("6.625", "6.625%")]
)
def test_a8_rates_are_not_rounded(rate: str, text: str) -> None:
    assert wording.percent(Decimal(rate), "en_US") == text


def test_an_instant_is_told_where_the_organization_is() -> None:
    instant = datetime.datetime(2025, 1, 31, 23, 30, tzinfo=datetime.UTC)
    assert wording.moment(instant, "Europe/Berlin", "en_US") == "Feb 1, 2025, 00:30"


@pytest.mark.parametrize(
    ("own", "house", "shown"),
    [
        ("en", "en_GB", "en_GB"),
        ("de", "en_US", "de"),
        ("de_AT", "en_US", "de_AT"),
        ("", "fr_FR", "fr_FR"),
        ("en-us", "en_US", "en_us"),
        ("xx", "en_US", "en_US"),
    ],
)
def test_the_persons_language_takes_the_houses_place(own: str, house: str, shown: str) -> None:
    assert wording.display_locale(own, house).lower() == shown.lower()


@pytest.mark.parametrize(
    ("text", "locale", "number"),
    [
        ("1,234.50", "en_US", "1234.50"),
        ("1.234,50", "de_DE", "1234.50"),
        ("1234.50", "en_US", "1234.50"),
        ("0.5", "de_DE", "0.5"),
        (" −3 ", "en_US", "-3"),
        ("1\u202f234,5", "fr_FR", "1234.5"),
    ],
)
def test_numbers_are_read_as_they_are_written(text: str, locale: str, number: str) -> None:
    assert read_decimal(text, locale) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "NaN", "Infinity", "1,5,0", "0x10", "१,२a"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_decimal(text, "en_US")


@pytest.mark.parametrize(
    ("number", "locale", "text"),
    [
        ("1200.00", "en_US", "1200.00"),
        ("0.01110515964", "de_DE", "0,01110515964"),
        ("3", "fr", "3"),
    ],
)
def test_what_is_written_is_read_back(number: str, locale: str, text: str) -> None:
    assert write_decimal(Decimal(number), locale) == text
    assert read_decimal(text, locale) == Decimal(number)


def test_there_are_249_countries() -> None:
    assert len(country_choices("en_US")) - 1 == 249
