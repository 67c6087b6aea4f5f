"""/v1/customers/{id}/credit: C2 to C6 over HTTP, and what else an invoice can do."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from billing.models import Refund
from billing.queries.ledger_checks import find_problems
from core import exactjson
from core.models import Event
from integrations.models import WebhookDelivery
from integrations.relay import relay
from tests.instants import AT
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.integrations.dialects.enterprise.credits import (
    credit,
    due,
    issue,
    pay,
    stand_alone,
)
from tests.v1 import V1

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_add_up(v1: V1) -> Any:
    yield
    for organization in Organization.objects.all():
        assert [str(problem) for problem in find_problems(organization.pk)] == []


def test_credit_shows_where_it_comes_from_and_never_adds_currencies(v1: V1, customer: Body) -> None:
    invoice = issue(v1, customer, line("89.00"))
    payment = pay(v1, invoice, "95.00", allow_overpayment=True)
    note = stand_alone(v1, customer, "30.00")
    euro = stand_alone(v1, customer, "7.00", currency="EUR")
    shown = v1.get(f"/customers/{customer['id']}/credit").json
    assert shown["balances"] == [
        {
            "currency": "EUR",
            "amount": Decimal("7.00"),
            "from_payments": Decimal("0.00"),
            "from_credit_notes": Decimal("7.00"),
        },
        {
            "currency": "USD",
            "amount": Decimal("36.00"),
            "from_payments": Decimal("6.00"),
            "from_credit_notes": Decimal("30.00"),
        },
    ]
    sources = {source["id"]: str(source["amount_unapplied"]) for source in shown["sources"]}
    assert sources == {payment["id"]: "6.00", note["id"]: "30.00", euro["id"]: "7.00"}


def test_left_over_money_lowers_the_next_invoice_C2(v1: V1, customer: Body) -> None:
    first = issue(v1, customer, line("10.00"))
    pay(v1, first, "15.95", allow_overpayment=True)
    second = issue(v1, customer, line("57.10"))
    answer = v1.post(f"/invoices/{second['id']}/apply-credit")
    assert (answer.status, str(answer.json["amount_due"])) == (200, "51.15")
    assert answer.json["status"] == "partially_paid"


def test_a_credit_note_lowers_an_invoice_C3(v1: V1, customer: Body) -> None:
    note = stand_alone(v1, customer, "30.00")
    invoice = issue(v1, customer, line("50.00"))
    answer = v1.post(f"/invoices/{invoice['id']}/apply-credit", {"credit_note_id": note["id"]})
    assert str(answer.json["amount_due"]) == "20.00"
    assert v1.get(f"/customers/{customer['id']}/credit").json["balances"] == []


def test_one_credit_pays_several_invoices_C4(v1: V1, customer: Body) -> None:
    stand_alone(v1, customer, "100.00")
    late = issue(v1, customer, line("70.00"), due_date="2025-03-01")
    soon = issue(v1, customer, line("30.00"), due_date="2025-02-01")
    answer = v1.post(f"/customers/{customer['id']}/credit/apply", {})
    assert answer.status == 200
    rows = [
        (row["invoice_id"], str(row["amount"]), str(row["amount_due"]), row["status"])
        for row in answer.json["applied"]
    ]
    assert rows == [
        (soon["id"], "30.00", "0.00", "paid"),
        (late["id"], "70.00", "0.00", "paid"),
    ]
    assert answer.json["credit"]["balances"] == []


def test_named_amounts_go_to_named_invoices_C4(v1: V1, customer: Body) -> None:
    stand_alone(v1, customer, "100.00")
    one, two = issue(v1, customer, line("70.00")), issue(v1, customer, line("60.00"))
    answer = v1.post(
        f"/customers/{customer['id']}/credit/apply",
        {
            "allocations": [
                {"invoice_id": two["id"], "amount": "25.50"},
                {"invoice_id": one["id"]},
            ]
        },
    )
    assert answer.status == 200
    assert (due(v1, one), due(v1, two)) == ("0.00", "34.50")
    assert str(answer.json["credit"]["balances"][0]["amount"]) == "4.50"


def test_the_unapplied_part_goes_back_and_nothing_reopens_C6(v1: V1, customer: Body) -> None:
    invoice = issue(v1, customer, line("89.00"))
    payment = pay(v1, invoice, "95.00", allow_overpayment=True)
    where = f"/customers/{customer['id']}/credit/refund"
    more = v1.post(where, {"payment_id": payment["id"], "amount": "6.01"})
    assert (more.status, more.error["code"]) == (422, "amount_exceeds_credit")
    answer = v1.post(where, {"payment_id": payment["id"], "reason": "Overpaid"})
    assert (answer.status, str(answer.json["amount"])) == (201, "6.00")
    assert (answer.json["payment_id"], answer.json["reason"]) == (payment["id"], "Overpaid")
    assert due(v1, invoice) == "0.00"


def test_a_stand_alone_note_is_paid_out(v1: V1, customer: Body) -> None:
    note = stand_alone(v1, customer, "30.00")
    where = f"/customers/{customer['id']}/credit/refund"
    body = {"credit_note_id": note["id"], "amount": 12.5, "payment_method": "cash"}
    answer = v1.post(where, body)
    assert (answer.status, answer.json["payment_id"]) == (201, None)
    assert (answer.json["credit_note_id"], str(answer.json["amount"])) == (note["id"], "12.50")
    shown = v1.get(f"/credit-notes/{note['id']}").json
    assert (str(shown["amount_refunded"]), str(shown["amount_unapplied"])) == ("12.50", "17.50")
    assert [refund["id"] for refund in shown["refunds"]] == [answer.id]
    bound = credit(v1, issue(v1, customer, line("9.00"))).json
    refused = v1.post(where, {"credit_note_id": bound["id"]})
    assert (refused.status, refused.error["code"]) == (409, "credit_not_payable")


def test_the_same_key_pays_out_once_G1(v1: V1, customer: Body) -> None:
    note = stand_alone(v1, customer, "30.00")
    where = f"/customers/{customer['id']}/credit/refund"
    body = {"credit_note_id": note["id"], "amount": 10}
    answers = [v1.post(where, body, X_Idempotency_Key="k") for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 200]
    assert Refund.objects.get().amount == 1000


HOSTILE_USE: list[tuple[str, Body, int, str]] = [
    ("apply", {"amount": "30.01"}, 422, "amount_exceeds_credit"),
    ("apply", {"amount": 0}, 422, "invalid_value"),
    ("apply", {"amount": "0.001"}, 422, "invalid_value"),
    ("apply", {"currency": "EUR"}, 422, "invalid_value"),
    ("apply", {"allocations": []}, 422, "required"),
    ("apply", {"allocations": [{"amount": 1}]}, 422, "required"),
    ("apply", {"allocations": [{"invoice_id": "inv_x"}]}, 422, "unknown_reference"),
    ("apply", {"payment_id": "pay_x"}, 422, "unknown_reference"),
    ("apply", {"amount": [1]}, 422, "invalid_number"),
    ("apply", {"surprise": 1}, 422, "unknown_parameter"),
    ("refund", {}, 422, "invalid_value"),
    ("refund", {"credit_note_id": "cn_x"}, 422, "unknown_reference"),
    ("refund", {"credit_note_id": "own", "amount": "-1"}, 422, "invalid_value"),
    ("refund", {"credit_note_id": "own", "payment_method": "barter"}, 422, "invalid_choice"),
    ("refund", {"credit_note_id": "own", "refund_date": "0001-01-01"}, 422, "invalid_value"),
]


@pytest.mark.parametrize(("action", "body", "status", "code"), HOSTILE_USE)
def test_hostile_uses_change_nothing(
    v1: V1, customer: Body, action: str, body: Body, status: int, code: str
) -> None:
    note = stand_alone(v1, customer, "30.00")
    issue(v1, customer, line("50.00"))
    before = Event.objects.count()
    sent = {key: note["id"] if value == "own" else value for key, value in body.items()}
    answer = v1.post(f"/customers/{customer['id']}/credit/{action}", sent)
    assert (answer.status, answer.error["code"]) == (status, code)
    assert Event.objects.count() == before


def test_without_credit_there_is_nothing_to_apply(v1: V1, issued: Body, customer: Body) -> None:
    for where in (
        f"/invoices/{issued['id']}/apply-credit",
        f"/customers/{customer['id']}/credit/apply",
    ):
        answer = v1.post(where)
        assert (answer.status, answer.error["code"]) == (409, "no_credit_left")


def test_another_tenant_sees_and_changes_nothing(
    v1: V1, rival_v1: V1, customer: Body, issued: Body
) -> None:
    note = stand_alone(v1, customer, "30.00")
    theirs = rival_v1.made("/customers", {"name": "Theirs", "currency": "USD"})
    before = Event.objects.count()
    answers = [
        rival_v1.get(f"/credit-notes/{note['id']}"),
        rival_v1.get(f"/credit-notes/{note['id']}/pdf"),
        rival_v1.post(f"/credit-notes/{note['id']}/void"),
        rival_v1.post(f"/credit-notes/{note['id']}/send"),
        rival_v1.get(f"/customers/{customer['id']}/credit"),
        rival_v1.post(f"/customers/{customer['id']}/credit/apply", {}),
        rival_v1.post(f"/customers/{customer['id']}/credit/refund", {"credit_note_id": note["id"]}),
        rival_v1.post(f"/invoices/{issued['id']}/apply-credit"),
        rival_v1.get(f"/invoices/{issued['id']}/credit-notes"),
        rival_v1.post(f"/invoices/{issued['id']}/mark-uncollectible"),
        rival_v1.post(f"/invoices/{issued['id']}/duplicate"),
    ]
    assert {(answer.status, answer.error["code"]) for answer in answers} == {
        (404, "resource_not_found")
    }
    bodies = [
        ("/credit-notes", {"invoice_id": issued["id"]}),
        ("/credit-notes", {"customer_id": customer["id"], "line_items": [line()]}),
        (f"/customers/{theirs['id']}/credit/refund", {"credit_note_id": note["id"]}),
        (
            f"/customers/{theirs['id']}/credit/apply",
            {"allocations": [{"invoice_id": issued["id"]}]},
        ),
    ]
    for where, body in bodies:
        answer = rival_v1.post(where, body)
        assert (answer.status, answer.error["code"]) == (422, "unknown_reference")
    assert rival_v1.get("/credit-notes").json["total_count"] == 0
    assert Event.objects.count() == before


def test_given_up_and_paid_after_all_B10(v1: V1, issued: Body) -> None:
    answer = v1.post(f"/invoices/{issued['id']}/mark-uncollectible")
    assert (answer.status, answer.json["status"]) == (200, "uncollectible")
    again = v1.post(f"/invoices/{issued['id']}/mark-uncollectible")
    assert (again.status, again.error["code"]) == (409, "invoice_not_issued")
    pay(v1, issued, "100.00")
    assert v1.get(f"/invoices/{issued['id']}").json["status"] == "paid"


def test_a_copy_is_a_draft_of_today(v1: V1, issued: Body) -> None:
    answer = v1.post(f"/invoices/{issued['id']}/duplicate")
    assert (answer.status, answer.json["status"]) == (201, "draft")
    assert answer.json["number"] == "INV-2025-002"
    assert answer.json["total"] == issued["total"]


def test_endpoints_hear_of_credit(v1: V1, customer: Body, issued: Body) -> None:
    v1.made(
        "/webhooks",
        {
            "url": "https://hooks.example/x",
            "events": [
                "credit_note.created",
                "credit_note.refunded",
                "credit_note.voided",
                "refund.created",
            ],
        },
    )
    note = stand_alone(v1, customer, "30.00")
    v1.post(f"/customers/{customer['id']}/credit/refund", {"credit_note_id": note["id"]})
    bound = credit(v1, issued).json
    v1.post(f"/credit-notes/{bound['id']}/void")
    relay(at=AT)
    rows = list(WebhookDelivery.objects.order_by("event_id"))
    assert [row.event_type for row in rows] == [
        "credit_note.created",
        "refund.created",
        "credit_note.refunded",
        "credit_note.created",
        "credit_note.voided",
    ]
    refunded = exactjson.loads(rows[2].body)["data"]
    assert refunded["object"]["amount_unapplied"] == Decimal("0.00")
    assert refunded["previous_attributes"]["amount_unapplied"] == Decimal("30.00")
    assert exactjson.loads(rows[1].body)["data"]["object"]["credit_note_id"] == note["id"]
