"""Money is exact, has a currency, rounds half up, and divides without losing a cent."""

from decimal import Decimal

import pytest

from core.currencies import UnknownCurrency
from core.money import CurrencyMismatch, Money, allocate, from_minor, round_half_up, to_minor

D = Decimal


def euro(text: str) -> Money:
    return Money(D(text), "EUR")


def test_a15_rounding_is_half_up_and_symmetric() -> None:
    assert euro("0.125").rounded() == euro("0.13")
    assert euro("-0.125").rounded() == euro("-0.13")
    assert euro("2.675").rounded() == euro("2.68")
    assert euro("10.005").rounded() == euro("10.01")


def test_rounding_follows_the_currency() -> None:
    assert Money(D("99.9"), "JPY").rounded() == Money(D("100"), "JPY")
    assert Money(D("0.04995"), "KWD").rounded() == Money(D("0.050"), "KWD")
    assert Money(D("0.0000004"), "USDC").rounded() == Money(D("0"), "USDC")


def test_money_takes_nothing_but_a_decimal() -> None:
    for value in (10.0, 10, "10"):
        with pytest.raises(TypeError):
            Money(value, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_money_is_finite(text: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        euro(text)


def test_money_has_a_currency_that_exists() -> None:
    with pytest.raises(UnknownCurrency):
        Money(D("1"), "EURO")


def test_sums_and_differences() -> None:
    assert euro("0.10") + euro("0.20") == euro("0.30")
    assert euro("0.10") - euro("0.20") == euro("-0.10")
    assert -euro("0.10") == euro("-0.10")
    assert euro("19.99") * 3 == euro("59.97")
    assert euro("100") * D("0.19") == euro("19")


def test_sums_do_not_shorten_long_amounts() -> None:
    long = "12345678901234567890.123456789012"
    assert str(euro(long) + euro("0")) == f"{long} EUR"
    assert str(euro(long) - euro("0")) == f"{long} EUR"
    assert str(-euro(long)) == f"-{long} EUR"


def test_currencies_do_not_mix() -> None:
    dollar = Money(D("1"), "USD")
    with pytest.raises(CurrencyMismatch):
        euro("1") + dollar
    with pytest.raises(CurrencyMismatch):
        euro("1") - dollar
    with pytest.raises(CurrencyMismatch):
        _ = euro("1") < dollar


def test_money_is_not_multiplied_by_a_float() -> None:
    with pytest.raises(TypeError):
        euro("1") * 0.5  # type: ignore[operator]


def test_money_compares_and_knows_zero() -> None:
    assert euro("1") < euro("2")
    assert euro("2") > euro("1")
    assert euro("1.0") <= euro("1.00")
    assert not Money.zero("EUR")
    assert euro("-0.01")


def test_money_and_minor_units() -> None:
    assert euro("12.34").minor == 1234
    assert Money.from_minor(-5, "KWD") == Money(D("-0.005"), "KWD")
    assert str(Money.from_minor(710, "EUR")) == "7.10 EUR"


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("99999999999999.99", "USD", 9999999999999999),
        ("1099", "JPY", 1099),
        ("1.049", "KWD", 1049),
        ("0.00013790", "BTC", 13790),
        ("0.000000001", "ETH", 1),
        ("1.00", "JPY", 1),
        ("1E+3", "EUR", 100000),
        ("-0.00", "EUR", 0),
    ],
)
def test_to_minor_is_exact(text: str, currency: str, minor: int) -> None:
    assert to_minor(D(text), currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1099.50", "JPY"),
        ("0.001", "EUR"),
        ("1.0001", "KWD"),
        ("1." + "0" * 60 + "1", "EUR"),
        ("1E-400", "EUR"),
    ],
)
def test_a18_more_decimals_than_the_currency_are_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match="more decimals"):
        to_minor(D(text), currency)


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+400", "1E+1000000"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        to_minor(D(text), "EUR")


def test_from_minor_has_the_places_of_the_currency() -> None:
    assert str(from_minor(712800, "USD")) == "7128.00"
    assert str(from_minor(712800, "JPY")) == "712800"
    assert str(from_minor(1, "KWD")) == "0.001"
    assert str(from_minor(2**63 - 1, "EUR")) == "92233720368547758.07"


def test_round_half_up_to_any_place() -> None:
    assert round_half_up(D("13.965"), 2) == D("13.97")
    assert round_half_up(D("-13.965"), 2) == D("-13.97")
    assert round_half_up(D("2.5"), 0) == D("3")


def test_a5_a_tie_goes_to_the_first_part() -> None:
    assert allocate(1000, [1, 1, 1]) == [334, 333, 333]
    assert allocate(-1000, [1, 1, 1]) == [-334, -333, -333]


def test_a4_shares_by_weight() -> None:
    assert allocate(1000, [10000, 5000]) == [667, 333]
    assert allocate(1000, [D("66.70"), D("33.30")]) == [667, 333]


def test_a_tie_goes_to_the_first_part_however_unlike_the_weights() -> None:
    # 3 1/3, 1/3 and 1/3: the remainders are equal, whatever the number of digits kept.
    assert allocate(4, [10, 1, 1]) == [4, 0, 0]


def test_a_part_without_weight_gets_nothing() -> None:
    assert allocate(100, [0, 1, 0, 2]) == [0, 33, 0, 67]


def test_without_any_weight_the_first_part_takes_all() -> None:
    assert allocate(5, [0, 0]) == [5, 0]


def test_allocation_needs_somewhere_to_go() -> None:
    with pytest.raises(ValueError, match="nothing"):
        allocate(5, [])
    with pytest.raises(ValueError, match="negative"):
        allocate(5, [2, -1])
