"""Payment terms on /v1: of the account, of a customer and of an invoice (D4, C8)."""

import pytest

from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db


def bill(customer: Body, **fields: object) -> dict[str, object]:
    body = {"customer_id": customer["id"], "line_items": [line(1000)], "issue_date": "2025-01-15"}
    return {**body, **fields}


def test_c8_an_invoice_says_what_paying_early_saves(v1: V1, customer: Body) -> None:
    made = v1.made("/invoices", bill(customer, payment_terms_rule="2/10 net 30"))
    assert (made["due_date"], made["payment_terms_rule"]) == ("2025-02-14", "2/10 net 30")
    assert made["early_payment"] == {
        "percent": 2,
        "until": "2025-01-25",
        "discount": 20,
        "total": 980,
    }


def test_c8_paying_that_much_settles_it(v1: V1, customer: Body) -> None:
    made = v1.made("/invoices", bill(customer, payment_terms_rule="2/10 net 30"))
    v1.made("/payments", {"invoice_id": made["id"], "amount": 980, "payment_date": "2025-01-25"})
    paid = v1.get(f"/invoices/{made['id']}").json
    assert (paid["status"], paid["amount_credited"], paid["amount_due"]) == ("paid", 20, 0)
    [note] = v1.get("/credit-notes").json["data"]
    assert (note["total"], note["reason"]) == (20, "Discount for early payment")


def test_without_a_discount_there_is_none(v1: V1, customer: Body) -> None:
    made = v1.made("/invoices", bill(customer))
    assert (made["early_payment"], made["payment_terms_rule"]) == (None, "net 30")


def test_d4_a_customers_terms(v1: V1, customer: Body) -> None:
    path = f"/customers/{customer['id']}"
    kept = v1.put(path, {"payment_terms_rule": "net 45 EOM"}).json
    assert (kept["payment_terms_rule"], kept["payment_terms"]) == ("net 45 eom", 45)
    assert v1.made("/invoices", bill(customer))["due_date"] == "2025-03-31"
    plain = v1.put(path, {"payment_terms": 14}).json
    assert (plain["payment_terms_rule"], plain["payment_terms"]) == ("", 14)


def test_d4_the_accounts_terms(v1: V1, customer: Body) -> None:
    v1.put(f"/customers/{customer['id']}", {"payment_terms": None})
    kept = v1.put("/account", {"payment_terms_rule": "15th of next month"}).json
    assert kept["payment_terms_rule"] == "15th of next month"
    assert v1.made("/invoices", bill(customer))["due_date"] == "2025-02-15"


def test_what_cannot_be_read_is_named(v1: V1, customer: Body) -> None:
    answer = v1.post("/invoices", bill(customer, payment_terms_rule="soon"))
    assert (answer.status, answer.error["param"]) == (422, "payment_terms_rule")
