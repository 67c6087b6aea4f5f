"""`explain` tells a bookkeeper each step, from the stored record alone."""

import json
from decimal import Decimal

from billing.totals import DocumentInput, compute, explain
from tests.billing.totals.sums import (
    allowance,
    charge,
    document,
    eco,
    less,
    line,
    off,
    tax,
)


def told(given: DocumentInput) -> list[str]:
    """The sentences, after the record went through JSON as it does in the database."""
    return explain(json.loads(json.dumps(compute(given).as_dict())))


def test_the_seed_calculation() -> None:
    ten = tax("10", "Tax")
    assert told(
        document(line("40", "150.00", ten), line("1", "1200.00", ten), currency="USD", **less("10"))
    ) == [
        "Prices are without tax. Each tax is rounded once, on the sum that it applies to.",
        "Line 1: 40 x 150.00 = 6,000.00",
        "Line 2: 1 x 1,200.00 = 1,200.00",
        "Subtotal: 6,000.00 + 1,200.00 = 7,200.00",
        "Discount 10 % on 7,200.00 = 720.00",
        "Base of Tax 10 %: 7,200.00 - 720.00 = 6,480.00",
        "Tax 10 % on 6,480.00 = 648.00",
        "Total: 7,200.00 - 720.00 + 648.00 = 7,128.00 USD",
    ]


def test_a4_how_a_fixed_discount_is_divided() -> None:
    sentences = told(
        document(line("1", "100.00", tax("19")), line("1", "50.00", tax("7")), **off("10"))
    )
    assert "Discount: 10.00 off 150.00" in sentences
    assert "The discount is divided in proportion: 6.67 for VAT 19 %, 3.33 for VAT 7 %" in sentences
    assert "VAT 19 % on 93.33 = 17.73" in sentences
    assert "Total: 150.00 - 10.00 + 21.00 = 161.00 EUR" in sentences


def test_a1_tax_per_line_is_told_line_by_line() -> None:
    sentences = told(
        document(line("1", "55.55", tax("23")), line("1", "11.11", tax("23")), rounding="line")
    )
    assert sentences[0] == "Prices are without tax. Each tax is rounded on every line."
    assert "VAT 23 % on 66.66: 12.78 + 2.56 = 15.34" in sentences


def test_a13_inclusive_prices_and_their_corrections() -> None:
    sentences = told(
        document(
            *[line("1", "100.00", tax("19"))] * 5, rounding="keep_gross", prices_include_tax=True
        )
    )
    assert sentences[:5] == [
        "Prices include tax. Each tax is rounded once, and the prices that include tax stay as"
        " they are.",
        "Of a price that includes tax, the net amount is rounded first.",
        "Line 1: 1 x 100.00 = 100.00",
        "Line 1: 100.00 is 84.04 without tax",
        "Line 1: the net amount was rounded up by 0.01 so that the sum of the prices is kept",
    ]
    assert sentences[-3:] == [
        "Subtotal: 84.04 + 84.04 + 84.03 + 84.03 + 84.03 = 420.17",
        "VAT 19 % in 500.00 = 79.83, without it 420.17",
        "Total: 420.17 + 79.83 = 500.00 EUR",
    ]


def test_a14_which_one_was_rounded_first() -> None:
    sentences = told(
        document(line("1", "2.99", tax("4")), inclusive_order="tax_first", prices_include_tax=True)
    )
    assert "Of a price that includes tax, the tax is rounded first." in sentences


def test_a_discount_on_inclusive_prices_is_told_with_and_without_tax() -> None:
    sentences = told(
        document(line("1", "119.00", tax("19")), **less("10"), prices_include_tax=True)
    )
    assert "Discount 10 % on 119.00 = 11.90" in sentences
    assert "The discount of 11.90 is 10.00 without tax" in sentences
    assert "VAT 19 % in 107.10 = 17.10, without it 90.00" in sentences


def test_a10_fixed_and_compound_taxes() -> None:
    sentences = told(document(line("2", "1.90", eco("0.30", is_in_tax_base=True), tax("6"))))
    assert "Eco tax 0.30 x 2 = 0.60" in sentences
    assert "Base of VAT 6 %: 3.80 + 0.60 = 4.40 (of it 0.60 earlier tax)" in sentences
    assert "VAT 6 % on 4.40 = 0.26" in sentences


def test_a17_prices_keep_their_decimals_and_their_base() -> None:
    sentences = told(document(line("2000", "11.10515964", price_base_quantity=Decimal(1000))))
    assert "Line 1: 2,000 x 11.10515964 per 1,000 = 22.21" in sentences


def test_a21_cash_rounding() -> None:
    sentences = told(document(line("1", "12.23"), currency="CHF", cash_rounding_minor=5))
    assert sentences[-2:] == [
        "Total: 12.23 + 0.00 = 12.23 CHF",
        "Rounded to 0.05: 12.23 + 0.02 = 12.25 CHF",
    ]


def test_line_discounts_charges_and_reasons() -> None:
    exempt = tax("0", category="E", exemption_reason="Article 132")
    sentences = told(
        document(
            line("10", "30.75", tax("15"), **less("5")),
            line("1", "70.00", tax("15"), **off("3.5")),
            charges=[charge("Shipping", "5.90", tax("15")), allowance("Goodwill", "1.00", exempt)],
        )
    )
    assert "Line 1: 5 % discount: 307.50 - 15.37 = 292.13" in sentences
    assert "Line 2: discount: 70.00 - 3.50 = 66.50" in sentences
    assert "Charge Shipping: 5.90" in sentences
    assert "Allowance Goodwill: 1.00" in sentences
    assert "Base of VAT 15 %: 358.63 + 5.90 = 364.53" in sentences
    assert "VAT 0 %: Article 132" in sentences


def test_a_name_that_tells_the_rate_is_not_told_twice() -> None:
    named = document(line("1", "10.00", tax("19", "VAT 19%"), tax("9", "City tax 19 %")))
    sentences = told(named)
    assert "VAT 19% on 10.00 = 1.90" in sentences
    assert "City tax 19 % 9 % on 10.00 = 0.90" in sentences


def test_yen_have_no_decimals() -> None:
    assert "Total: 999 + 100 = 1,099 JPY" in told(
        document(line("3", "333", tax("10")), currency="JPY")
    )
