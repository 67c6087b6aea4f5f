"""Customers, products and tax profiles beyond the document's own examples."""

import pytest

from core.models import Event
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["12-3456789", "DE123456789", "FR 12 345678901", ""])
def test_a_tax_number_comes_back_as_sent(v1: V1, number: str) -> None:
    made = v1.made("/customers", {"name": "A", "tax_number": number})
    assert made["tax_number"] == number


def test_a_vat_id_replaces_a_local_number(v1: V1) -> None:
    made = v1.made("/customers", {"name": "A", "tax_number": "12-3456789"})
    path = f"/customers/{made['id']}"
    assert v1.put(path, {"tax_number": "DE123456789"}).json["tax_number"] == "DE123456789"
    assert v1.put(path, {"tax_number": "77"}).json["tax_number"] == "77"


def test_a_partial_address_leaves_the_rest(v1: V1) -> None:
    made = v1.made("/customers", {"name": "A", "billing_address": {"city": "Bonn", "state": "NW"}})
    shown = v1.put(f"/customers/{made['id']}", {"billing_address": {"city": "Köln"}}).json
    assert (shown["billing_address"]["city"], shown["billing_address"]["state"]) == ("Köln", "NW")


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({}, "required", "name"),
        ({"name": " "}, "required", "name"),
        ({"name": "x" * 201}, "too_long", "name"),
        ({"name": "A", "payment_terms": -1}, "out_of_range", "payment_terms"),
        ({"name": "A", "payment_terms": "soon"}, "invalid_number", "payment_terms"),
        ({"name": "A", "currency": "XXX"}, "unknown_currency", "currency"),
        ({"name": "A", "status": "gone"}, "invalid_choice", "status"),
        ({"name": "A", "balance": 5}, "unknown_parameter", "balance"),
        ({"name": "A", "billing_address": []}, "invalid_type", "billing_address"),
        (
            {"name": "A", "billing_address": {"zip": "1"}},
            "unknown_parameter",
            "billing_address.zip",
        ),
        ({"name": "A", "billing_address": {"country": "Germany"}}, None, "billing_address.country"),
        ({"name": "A", "billing_address": {"country": "1"}}, None, "billing_address.country"),
        ({"name": "A", "metadata": {"a": {}}}, "invalid_type", "metadata"),
        ({"name": "A", "tags": [1]}, "invalid_type", "tags[0]"),
    ],
)
def test_customers_that_are_refused(v1: V1, body: Body, code: str | None, param: str) -> None:
    before = Event.objects.count()
    answer = v1.post("/customers", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert code in (None, answer.error["code"])
    assert Event.objects.count() == before


def test_what_a_customer_owes(v1: V1, issued: Body, customer: Body) -> None:
    shown = v1.get(f"/customers/{customer['id']}").json
    assert (shown["balance"], shown["credit_balance"]) == (100, 0)
    assert v1.get("/customers").json["data"][0]["balance"] == 100


def test_a_taken_sku_is_a_conflict(v1: V1) -> None:
    v1.made("/products", {"name": "A", "unit_price": 1, "sku": "S"})
    answer = v1.post("/products", {"name": "B", "unit_price": 1, "sku": "S"})
    assert (answer.status, answer.error["code"], answer.error["param"]) == (409, "sku_taken", "sku")


def test_a_product_is_changed_and_loses_its_tax(v1: V1) -> None:
    tax = v1.made("/tax-profiles", {"name": "VAT", "rate": "9.975"})
    body = {"name": "A", "unit_price": "1.2345", "tax_profile_id": tax["id"]}
    made = v1.made("/products", body)
    assert (str(made["unit_price"]), made["tax_profile_id"]) == ("1.2345", tax["id"])
    path = f"/products/{made['id']}"
    shown = v1.put(path, {"tax_profile_id": None, "unit_price": 2}).json
    assert (shown["tax_profile_id"], str(shown["unit_price"]), shown["name"]) == (None, "2.00", "A")


def test_a_product_that_was_sold_is_archived_instead_of_deleted(v1: V1, customer: Body) -> None:
    made = v1.made("/products", {"name": "A", "unit_price": 1})
    item = {"product_id": made["id"], "quantity": 1}
    v1.made("/invoices", {"customer_id": customer["id"], "line_items": [item]})
    path = f"/products/{made['id']}"
    assert v1.delete(path).status == 204
    assert v1.get(path).json["is_active"] is False
    unsold = v1.made("/products", {"name": "B", "unit_price": 1})
    assert v1.delete(f"/products/{unsold['id']}").status == 204
    assert v1.get(f"/products/{unsold['id']}").status == 404


def test_tax_profiles(v1: V1, customer: Body) -> None:
    body = {
        "name": "QST",
        "type": "QST",
        "rate": "9.975",
        "category": "S",
        "compound": False,
        "inclusive": False,
        "jurisdiction": "Quebec",
        "description": "Quebec sales tax",
    }
    made = v1.made("/tax-profiles", body)
    assert {name: made[name] for name in body} == {**body, "rate": made["rate"]}
    assert (str(made["rate"]), made["is_active"]) == ("9.975", True)
    path = f"/tax-profiles/{made['id']}"
    assert v1.get(path).json == made
    assert str(v1.put(path, {"rate": 10}).json["rate"]) == "10"
    answer = v1.post("/tax-profiles", {"name": "QST", "rate": 1})
    assert (answer.status, answer.error["code"]) == (409, "tax_profile_name_taken")
    answer = v1.post("/tax-profiles", {"name": "X", "rate": 101})
    assert (answer.status, answer.error["param"]) == (422, "rate")
    invoice = v1.made(
        "/invoices",
        {"customer_id": customer["id"], "line_items": [line(tax_profile_id=made["id"])]},
    )
    assert invoice["taxes"] == [
        {"name": "QST", "category": "S", "rate": 10, "base": 100, "amount": 10}
    ]
    assert v1.delete(path).status == 204
    assert v1.get(path).json["is_active"] is False
