"""Tax profiles over HTTP: compound, fixed, inclusive, exempt, with the domain's own figures."""

from decimal import Decimal as D
from typing import Any

import pytest

from billing.models import TaxProfile
from tests.v1 import V1

pytestmark = pytest.mark.django_db
Body = dict[str, Any]


def profile(v1: V1, **fields: Any) -> str:
    made: str = v1.made("/tax-profiles", {"name": f"Tax {fields}"[:100], **fields})["id"]
    return made


def invoice(v1: V1, customer: Body, *lines: Body, **fields: Any) -> Body:
    body = {
        "customer_id": customer["id"],
        "line_items": [{"description": "Work", **line} for line in lines],
        **fields,
    }
    return v1.made("/invoices", body)


@pytest.mark.parametrize(
    ("compound", "tax", "total"), [(True, "13.40", "113.40"), (False, "13.00", "113.00")]
)
def test_a_compound_tax_is_charged_on_those_before_it_A9(
    v1: V1, customer: Body, compound: bool, tax: str, total: str
) -> None:
    first = profile(v1, rate=5)
    second = profile(v1, rate=8, compound=compound)
    line = {"quantity": 1, "unit_price": 100, "tax_profile_ids": [first, second]}
    shown = invoice(v1, customer, line)
    assert (shown["tax_total"], shown["total"]) == (D(tax), D(total))


def test_the_order_of_taxes_is_part_of_the_document_A9(v1: V1, customer: Body) -> None:
    first, second = profile(v1, rate=5), profile(v1, rate=8, compound=True)
    line = {"quantity": 1, "unit_price": 100, "tax_profile_ids": [second, first]}
    assert invoice(v1, customer, line)["total"] == D("113.00")


def test_a_fixed_tax_in_the_base_of_the_next_A10(v1: V1, customer: Body) -> None:
    eco = profile(v1, kind="fixed", fixed_amount="0.30", currency="USD", in_tax_base=True)
    vat = profile(v1, rate=6)
    line = {"quantity": 2, "unit_price": "1.90", "tax_profile_ids": [eco, vat]}
    shown = invoice(v1, customer, line)
    assert (shown["subtotal"], shown["tax_total"], shown["total"]) == (
        D("3.80"),
        D("0.86"),
        D("4.66"),
    )
    assert [tax["amount"] for tax in shown["taxes"]] == [D("0.60"), D("0.26")]


def test_an_inclusive_tax_keeps_the_gross_A11(v1: V1, customer: Body) -> None:
    vat = profile(v1, rate=7, inclusive=True)
    lines = [
        {"quantity": 20, "unit_price": 800, "tax_profile_id": vat},
        {"quantity": 10, "unit_price": 1000, "tax_profile_id": vat},
    ]
    shown = invoice(v1, customer, *lines)
    assert (shown["tax_total"], shown["total"]) == (D("1700.93"), D("26000.00"))
    assert shown["taxes"][0]["base"] == D("24299.07")
    assert [line["subtotal"] for line in shown["line_items"]] == [D("14953.27"), D("9345.80")]


@pytest.mark.parametrize(
    ("category", "reason"),
    [
        ("E", "Exempt from tax"),
        ("AE", "Reverse charge"),
        ("K", "Intra-community supply"),
        ("G", "Export outside the EU"),
        ("O", "Not subject to tax"),
        ("Z", ""),
    ],
)
def test_categories_without_tax_have_their_reason_F3(v1: V1, category: str, reason: str) -> None:
    made = v1.made("/tax-profiles", {"name": category, "category": category})
    assert (made["rate"], made["exemption_reason"]) == (0, reason)
    better = {"name": f"{category} 2", "category": category, "exemption_reason": "§ 4 UStG"}
    assert v1.made("/tax-profiles", better)["exemption_reason"] == "§ 4 UStG"


def test_exempt_and_zero_rated_are_different_groups_F3(v1: V1, customer: Body) -> None:
    lines = [
        {"quantity": 1, "unit_price": 10, "tax_profile_id": profile(v1, category=category)}
        for category in ("E", "Z", "O")
    ]
    shown = invoice(v1, customer, *lines)
    assert [(tax["category"], tax["base"], tax["amount"]) for tax in shown["taxes"]] == [
        ("E", D("10.00"), D("0.00")),
        ("Z", D("10.00"), D("0.00")),
        ("O", D("10.00"), D("0.00")),
    ]
    assert shown["total"] == D("30.00")


def test_everything_comes_back_as_it_was_sent(v1: V1) -> None:
    body = {
        "name": "Eco",
        "type": "other",
        "kind": "fixed",
        "fixed_amount": D("0.125"),
        "currency": "USD",
        "in_tax_base": True,
        "category": "S",
        "jurisdiction": "US-CA",
        "description": "Per bottle",
    }
    made = v1.made("/tax-profiles", body)
    assert {name: made[name] for name in body} == body
    assert (made["rate"], made["compound"], made["inclusive"], made["is_active"]) == (
        0,
        False,
        False,
        True,
    )
    percent = v1.put(f"/tax-profiles/{made['id']}", {"kind": "percent", "rate": "9.975"}).json
    assert (percent["rate"], percent["fixed_amount"], percent["currency"]) == (
        D("9.975"),
        None,
        None,
    )


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"name": "x"}, "rate"),
        ({"name": "x", "rate": 101}, "rate"),
        ({"name": "x", "rate": -1}, "rate"),
        ({"name": "x", "rate": 7, "category": "E"}, "rate"),
        ({"name": "x", "rate": 7, "category": "X"}, "category"),
        ({"name": "x", "kind": "percentage", "rate": 7}, "kind"),
        ({"name": "x", "type": "income", "rate": 7}, "type"),
        ({"name": "x", "kind": "fixed", "currency": "USD"}, "fixed_amount"),
        ({"name": "x", "kind": "fixed", "fixed_amount": 1}, "currency"),
        ({"name": "x", "kind": "fixed", "fixed_amount": -1, "currency": "USD"}, "fixed_amount"),
        ({"name": "x", "rate": 7, "default": True}, "default"),
    ],
)
def test_profiles_that_are_refused(v1: V1, body: Body, param: str) -> None:
    answer = v1.post("/tax-profiles", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert TaxProfile.objects.count() == 0


def test_a_product_keeps_its_stock_cost_and_unit(v1: V1) -> None:
    made = v1.made(
        "/products",
        {
            "name": "Stapler",
            "unit_price": 5,
            "cost_price": "2.125",
            "inventory_quantity": "12.5",
            "low_stock_threshold": 3,
            "unit": "piece",
            "unit_code": "H87",
        },
    )
    assert (made["cost_price"], made["inventory_quantity"], made["track_inventory"]) == (
        D("2.125"),
        D("12.5"),
        True,
    )
    assert (made["low_stock_threshold"], made["unit_code"]) == (3, "H87")
    changed = v1.put(f"/products/{made['id']}", {"inventory_quantity": None}).json
    assert (changed["track_inventory"], changed["inventory_quantity"]) == (False, None)
