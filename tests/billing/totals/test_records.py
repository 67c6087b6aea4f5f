"""What is stored: tax rules and calculations as JSON that keeps every digit."""

import json
from decimal import Decimal

from billing.totals import TaxRule
from tests.billing.totals.sums import added, charge, eco, less, line, off, tax


def test_a_tax_rule_survives_json() -> None:
    rule = TaxRule(
        key="9f",
        name="QST",
        rate=Decimal("9.975"),
        is_compound=True,
        is_in_tax_base=True,
        category="S",
        exemption_reason="",
        tax_profile_id=7,
        is_inclusive=True,
    )
    stored = json.loads(json.dumps(rule.as_dict()))
    assert stored["rate"] == "9.975"
    assert TaxRule.from_dict(stored) == rule


def test_a_fixed_tax_rule_survives_json() -> None:
    rule = eco("0.300000000001")
    stored = json.loads(json.dumps(rule.as_dict()))
    assert (stored["kind"], stored["amount"]) == ("fixed", "0.300000000001")
    assert TaxRule.from_dict(stored) == rule


def test_a_tax_rule_is_read_from_as_little_as_it_needs() -> None:
    assert TaxRule.from_dict({"key": "a", "name": "VAT", "rate": "19"}) == TaxRule(
        "a", "VAT", Decimal(19)
    )


def test_digits_are_plain() -> None:
    assert tax("1E+1").as_dict()["rate"] == "10"
    assert tax("10.000").as_dict()["rate"] == "10"
    assert tax("0.0").as_dict()["rate"] == "0"


def test_the_seed_calculation_is_stored_whole() -> None:
    ten = tax("10", "Sales tax", key="t1", tax_profile_id=3)
    totals = added(
        line("40", "150.00", ten), line("1", "1200.00", ten), currency="USD", **less("10")
    )
    record = totals.as_dict()
    assert json.loads(json.dumps(record)) == record
    assert record == {
        "format": 1,
        "currency": "USD",
        "policy": {
            "rounding": "group",
            "prices_include_tax": False,
            "inclusive_order": "net_first",
            "cash_rounding_minor": 0,
        },
        "lines": [
            {
                "quantity": "40",
                "unit_price": "150",
                "amount": 600000,
                "net": 600000,
                "tax": 60000,
                "gross": 660000,
                "taxes": [[0, 600000, 60000]],
                "allocated_discount": 60000,
            },
            {
                "quantity": "1",
                "unit_price": "1200",
                "amount": 120000,
                "net": 120000,
                "tax": 12000,
                "gross": 132000,
                "taxes": [[0, 120000, 12000]],
                "allocated_discount": 12000,
            },
        ],
        "discount": {"type": "percent", "value": "10", "on": 720000, "amount": 72000},
        "taxes": [
            {
                "key": "t1",
                "tax_profile_id": 3,
                "name": "Sales tax",
                "kind": "percent",
                "category": "S",
                "rate": "10",
                "base": 648000,
                "tax": 64800,
                "lines": 720000,
                "discount": 72000,
            }
        ],
        "subtotal": 720000,
        "discount_total": 72000,
        "charge_total": 0,
        "tax_total": 64800,
        "rounding_amount": 0,
        "total": 712800,
    }


def test_what_is_not_zero_is_stored() -> None:
    totals = added(
        line("3", "1.00", eco("0.10"), price_base_quantity=Decimal(2), **off("0.10")),
        charges=[charge("Freight", "2.00", tax("0", category="E", exemption_reason="Why"))],
        cash_rounding_minor=5,
    )
    record = totals.as_dict()
    assert record["lines"][0] == {
        "quantity": "3",
        "unit_price": "1",
        "price_base_quantity": "2",
        "discount_type": "fixed",
        "discount_value": "0.1",
        "discount": 10,
        "amount": 150,
        "net": 140,
        "tax": 30,
        "gross": 170,
        "taxes": [[0, 140, 30]],
    }
    assert record["charges"] == [
        {
            "name": "Freight",
            "amount": 200,
            "net": 200,
            "tax": 0,
            "gross": 200,
            "taxes": [[1, 200, 0]],
        }
    ]
    assert (record["taxes"][0]["amount"], record["taxes"][0]["units"]) == ("0.1", "3")
    assert record["taxes"][1]["exemption_reason"] == "Why"
    assert (record["rounding_amount"], record["total"]) == (0, 370)


def test_equal_input_gives_equal_records() -> None:
    def make() -> dict[str, object]:
        return added(line("1", "9.99", tax("19")), line("2", "5", tax("7")), **off("1")).as_dict()

    assert make() == make()
