"""What the engine refuses, and which field it names."""

import time
from decimal import Decimal
from typing import Any

import pytest

from billing.totals import (
    AmountTooLarge,
    DocumentInput,
    InvalidCharge,
    InvalidDiscount,
    InvalidNumber,
    InvalidPolicy,
    InvalidTax,
    LineInput,
    NegativePrice,
    NegativeTotal,
    compute,
)
from core.currencies import UnknownCurrency
from core.errors import DomainError
from tests.billing.totals.sums import (
    D,
    added,
    allowance,
    charge,
    eco,
    figures,
    less,
    line,
    off,
    tax,
)


def test_a23_a_negative_price_is_refused() -> None:
    with pytest.raises(NegativePrice) as refusal:
        added(line("1", "5.00"), line("1", "-20.00"))
    assert refusal.value.param == "line_items.1.unit_price"


def test_a23_a_negative_quantity_is_fine() -> None:
    totals = added(line("3", "20.00", tax("10")), line("-1", "20.00", tax("10")))
    assert figures(totals) == ("40.00", "4.00", "44.00")


def test_a23_a_negative_total_points_to_a_credit_note() -> None:
    with pytest.raises(NegativeTotal) as refusal:
        added(line("-1", "20.00", tax("10")))
    assert str(refusal.value) == "The total would be -22.00 EUR. Make a credit note instead."
    assert refusal.value.code == "negative_total"


def test_a23_cash_rounding_does_not_hide_a_negative_total() -> None:
    with pytest.raises(NegativeTotal) as refusal:
        added(line("-1", "0.02"), currency="CHF", cash_rounding_minor=5)
    assert str(refusal.value) == "The total would be -0.02 CHF. Make a credit note instead."


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1E+400",
        "1E+1000000",
        "1E-400",
        "1E-1000000",
        "0.0000001",
        "1E+19",
    ],
)
def test_a_quantity_must_be_a_plain_number(text: str) -> None:
    started = time.monotonic()
    with pytest.raises(InvalidNumber) as refusal:
        added(line(text, "1.00"))
    assert refusal.value.param == "line_items.0.quantity"
    assert time.monotonic() - started < 0.05


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "1E+400", "0.0000000000001", "1." + "0" * 70 + "1"]
)
def test_a_price_must_be_a_plain_number(text: str) -> None:
    with pytest.raises(InvalidNumber) as refusal:
        added(line("1", text))
    assert refusal.value.param == "line_items.0.unit_price"


def test_trailing_zeros_are_not_decimals() -> None:
    assert added(line("1.00000000000", "2.0000000000000000000")).total == 200


@pytest.mark.parametrize("base", ["0", "-1", "NaN"])
def test_a_price_is_for_more_than_zero_units(base: str) -> None:
    with pytest.raises(InvalidNumber) as refusal:
        added(line("1", "1.00", price_base_quantity=D(base)))
    assert refusal.value.param == "line_items.0.price_base_quantity"


def test_an_amount_must_fit_64_bits() -> None:
    with pytest.raises(AmountTooLarge):
        added(line("1", "92233720368547758.08"))
    with pytest.raises(AmountTooLarge):
        added(line("1", "9223372036854.775808"), currency="USDC")
    with pytest.raises(AmountTooLarge):
        added(line("1", "92233720368547758.07", tax("10")))
    with pytest.raises(AmountTooLarge):
        added(*[line("1", "60000000000000000.00")] * 2)


@pytest.mark.parametrize(
    "discount",
    [
        less("-1"),
        less("100.000001"),
        off("-0.01"),
        off("10.01"),
        {"discount_type": "rebate", "discount_value": D(1)},
    ],
)
def test_a_discount_must_fit_what_it_is_taken_from(discount: dict[str, Any]) -> None:
    with pytest.raises(InvalidDiscount) as of_document:
        added(line("1", "10.00"), **discount)
    with pytest.raises(InvalidDiscount) as of_line:
        added(line("1", "10.00", **discount))
    field = "discount_type" if discount["discount_type"] == "rebate" else "discount_value"
    assert of_document.value.param == field
    assert of_line.value.param == f"line_items.0.{field}"


def test_a_fixed_discount_needs_something_to_be_taken_from() -> None:
    with pytest.raises(InvalidDiscount):
        added(line("1", "10.00"), line("-1", "10.00"), **off("0.01"))
    with pytest.raises(InvalidDiscount):
        added(**off("1"))


def test_a_discount_of_everything_is_fine() -> None:
    assert added(line("1", "10.00"), **off("10.00")).total == 0


@pytest.mark.parametrize(
    "rule",
    [
        tax("-1"),
        tax("100.000001"),
        tax("7", category="E"),
        tax("7", category="AE"),
        tax("7", kind="surtax"),
        eco("-0.10"),
    ],
)
def test_a_tax_must_make_sense(rule: Any) -> None:
    with pytest.raises(InvalidTax):
        added(line("1", "10.00", rule))


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "1E+400"])
def test_a_tax_is_a_plain_number(text: str) -> None:
    for rule in (tax(text), eco(text)):
        with pytest.raises((InvalidTax, InvalidNumber)):
            added(line("1", "10.00", rule))


def test_the_same_tax_twice_on_a_line_is_refused() -> None:
    with pytest.raises(InvalidTax, match="twice"):
        added(line("1", "10.00", tax("7"), tax("7")))


def test_a_rate_keeps_six_decimals() -> None:
    with pytest.raises(InvalidNumber) as refusal:
        added(line("1", "10.00", tax("7.0000001")))
    assert refusal.value.param == "taxes.rate"


def test_a_charge_is_positive() -> None:
    with pytest.raises(InvalidCharge) as refusal:
        added(line("1", "10.00"), charges=[charge("Freight", "1"), charge("Refund", "-1")])
    assert refusal.value.param == "charges.1.amount"


def test_an_allowance_above_the_total_is_a_negative_total() -> None:
    with pytest.raises(NegativeTotal):
        added(line("1", "10.00"), charges=[allowance("Goodwill", "10.01")])


@pytest.mark.parametrize(
    "policy",
    [{"rounding": "bankers"}, {"inclusive_order": "both"}, {"cash_rounding_minor": -5}],
)
def test_a_policy_must_be_known(policy: dict[str, Any]) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        added(line("1", "10.00"), **policy)
    assert refusal.value.param == next(iter(policy))


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        added(line("1", "10.00"), currency="XXX")


def test_a_float_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="line_items.0.quantity is a Decimal"):
        compute(DocumentInput("EUR", [LineInput(1.5, Decimal(1))]))  # type: ignore[arg-type]


def test_refusals_have_codes_of_their_own() -> None:
    kinds = [
        NegativePrice,
        NegativeTotal,
        InvalidDiscount,
        InvalidTax,
        InvalidCharge,
        InvalidNumber,
        InvalidPolicy,
        AmountTooLarge,
    ]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(issubclass(kind, DomainError) for kind in kinds)
