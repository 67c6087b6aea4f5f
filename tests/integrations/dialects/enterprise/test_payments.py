"""What /v1/payments does beyond the document's own examples."""

from decimal import Decimal

import pytest

from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db


def due(v1: V1, invoice: Body) -> tuple[str, Decimal]:
    shown = v1.get(f"/invoices/{invoice['id']}").json
    return shown["status"], shown["amount_due"]


def test_a_partial_payment(v1: V1, issued: Body) -> None:
    made = v1.made("/payments", {"invoice_id": issued["id"], "amount": "30.00"})
    assert (made["currency"], made["payment_date"]) == ("USD", "2025-01-15")
    assert due(v1, issued) == ("partially_paid", 70)


def test_more_than_is_due_is_refused_until_allowed_C1(v1: V1, issued: Body) -> None:
    body = {"invoice_id": issued["id"], "amount": "106.00"}
    answer = v1.post("/payments", body)
    assert (answer.status, answer.error["code"]) == (422, "amount_exceeds_due")
    assert answer.error["param"] == "amount"
    assert due(v1, issued) == ("sent", 100)
    made = v1.made("/payments", {**body, "allow_overpayment": True})
    assert made["amount_unapplied"] == 6
    assert due(v1, issued) == ("paid", 0)
    customer = v1.get(f"/customers/{made['customer_id']}").json
    assert (customer["balance"], customer["credit_balance"]) == (0, 6)


def test_a_second_full_payment_is_a_conflict_C16(v1: V1, issued: Body) -> None:
    body = {"invoice_id": issued["id"], "amount": 100}
    v1.made("/payments", body)
    answer = v1.post("/payments", body)
    assert (answer.status, answer.error["code"]) == (409, "already_settled")
    again = v1.post(f"/invoices/{issued['id']}/mark-paid")
    assert (again.status, again.error["type"]) == (409, "conflict_error")
    assert v1.get("/payments").json["total_count"] == 1


def test_mark_paid_pays_only_the_rest_C17(v1: V1, issued: Body) -> None:
    v1.made("/payments", {"invoice_id": issued["id"], "amount": 30})
    shown = v1.post(f"/invoices/{issued['id']}/mark-paid").json
    assert (shown["payment"]["amount"], shown["paid_at"]) == (70, "2025-01-15")


def test_one_payment_for_several_invoices_C4(v1: V1, customer: Body) -> None:
    invoices = [
        v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line(price)]})
        for price in (30, 70)
    ]
    made = v1.made(
        "/payments",
        {
            "customer_id": customer["id"],
            "amount": 100,
            "allocations": [{"invoice_id": each["id"]} for each in invoices],
        },
    )
    assert made["invoice_id"] is None
    assert [due(v1, each) for each in invoices] == [("paid", 0), ("paid", 0)]
    for each in invoices:
        listed = v1.get(f"/payments?invoice_id={each['id']}").json["data"]
        assert [row["id"] for row in listed] == [made["id"]]


def test_the_same_transaction_counts_once_M5(v1: V1, issued: Body) -> None:
    body = {
        "invoice_id": issued["id"],
        "amount": 10,
        "gateway": "stripe",
        "transaction_id": "ch_1",
    }
    v1.made("/payments", body)
    answer = v1.post("/payments", body, X_Idempotency_Key="another")
    assert (answer.status, answer.error["type"]) == (409, "conflict_error")
    assert due(v1, issued) == ("partially_paid", 90)


def test_another_currency_is_refused_M10(v1: V1, issued: Body) -> None:
    answer = v1.post("/payments", {"invoice_id": issued["id"], "amount": 1, "currency": "EUR"})
    assert (answer.status, answer.error["code"]) == (422, "currency_mismatch")
    assert answer.error["param"] == "currency"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "amount"),
        ({"amount": 1}, "invoice_id"),
        ({"amount": 1, "payment_method": "barter"}, "payment_method"),
        ({"amount": 1, "status": "succeeded"}, "status"),
        ({"amount": 1, "payment_date": "today"}, "payment_date"),
    ],
)
def test_bodies_that_say_too_little_or_too_much(v1: V1, body: Body, param: str) -> None:
    answer = v1.post("/payments", body)
    assert (answer.status, answer.error["param"]) == (422, param)


def test_refunds_reopen_and_never_exceed_C5(v1: V1, issued: Body) -> None:
    made = v1.made("/payments", {"invoice_id": issued["id"], "amount": 100})
    path = f"/payments/{made['id']}/refund"
    first = v1.post(path, {"amount": 30, "reason": "damaged"}).json
    assert (first["status"], first["amount_refunded"]) == ("succeeded", 30)
    assert due(v1, issued) == ("partially_paid", 30)
    answer = v1.post(path, {"amount": 80})
    assert (answer.status, answer.error["code"]) == (422, "amount_exceeds_refundable")
    # Without an amount, all that is left.
    rest = v1.post(path).json
    assert (rest["status"], rest["refund"]["amount"]) == ("refunded", 70)
    shown = v1.get(f"/payments/{made['id']}").json
    assert [row["amount"] for row in shown["refunds"]] == [30, 70]


def test_a_deleted_payment_reopens_its_invoice(v1: V1, issued: Body) -> None:
    made = v1.made("/payments", {"invoice_id": issued["id"], "amount": 100})
    assert v1.delete(f"/payments/{made['id']}").status == 204
    assert due(v1, issued) == ("sent", 100)
    assert v1.get(f"/payments/{made['id']}").json["status"] == "cancelled"


def test_methods_may_be_spelled_as_others_do(v1: V1, issued: Body) -> None:
    for spelled, kept in (("credit_card", "card"), ("cheque", "check"), ("ach", "ach")):
        body = {"invoice_id": issued["id"], "amount": 1, "payment_method": spelled}
        assert v1.made("/payments", body)["payment_method"] == kept


def test_a_payment_repeated_by_key_counts_once(v1: V1, issued: Body) -> None:
    body = {"invoice_id": issued["id"], "amount": 100}
    first = v1.post("/payments", body, X_Idempotency_Key="p")
    again = v1.post("/payments", body, X_Idempotency_Key="p")
    assert (first.status, again.status) == (201, 200)
    assert first.content == again.content
    other = v1.post("/payments", {**body, "amount": 99}, X_Idempotency_Key="p")
    assert (other.status, other.error["code"]) == (409, "idempotency_key_reused")
    assert other.error["type"] == "conflict_error"
