"""/v1/disputes, the disputes of an invoice, and mails that are planned."""

import pytest

from core import exactjson
from core.models import Event
from integrations.dialects.enterprise.events import render_event
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(v1: V1, customer: Body) -> str:
    """Issued, over 100.00."""
    body = {"customer_id": customer["id"], "line_items": [line(100)]}
    made = v1.made("/invoices", body)["id"]
    assert v1.post(f"/invoices/{made}/issue").status == 200
    return str(made)


def paid(v1: V1, invoice: str) -> None:
    v1.made("/payments", {"invoice_id": invoice, "amount": 100})


def charged_back(v1: V1, invoice: str) -> Body:
    body = {"type": "chargeback", "reason": "Not received", "reference": "dp_1"}
    return v1.made(f"/invoices/{invoice}/disputes", body)


def test_c11_a_chargeback_and_its_end(v1: V1, invoice: str) -> None:
    paid(v1, invoice)
    opened = charged_back(v1, invoice)
    assert (opened["status"], opened["amount"], opened["invoice_id"]) == ("open", 100, invoice)
    shown = v1.get(f"/invoices/{invoice}").json
    assert (shown["status"], shown["amount_due"]) == ("sent", 100)
    assert shown["dispute"]["id"] == opened["id"]
    assert v1.get("/invoices").json["data"][0]["disputed_at"] == shown["disputed_at"]
    closed = v1.post(f"/disputes/{opened['id']}/win", {"note": "Signed for"}).json
    assert (closed["status"], closed["note"]) == ("won", "Signed for")
    assert closed["returned_payment_id"].startswith("pay_")
    shown = v1.get(f"/invoices/{invoice}").json
    assert (shown["status"], shown["dispute"], shown["disputed_at"]) == ("paid", None, None)


def test_c11_lost_with_a_fee(v1: V1, invoice: str) -> None:
    paid(v1, invoice)
    opened = charged_back(v1, invoice)
    closed = v1.post(f"/disputes/{opened['id']}/lose", {"outcome": "owed", "fee": "15.00"}).json
    assert (closed["status"], closed["outcome"]) == ("lost", "owed")
    assert v1.get(f"/invoices/{closed['fee_invoice_id']}").json["total"] == 15
    again = v1.post(f"/disputes/{opened['id']}/win")
    assert again.status == 409


def test_an_objection_to_a_line(v1: V1, invoice: str) -> None:
    lines = v1.get(f"/invoices/{invoice}").json["line_items"]
    body = {"type": "objection", "reason": "Too late", "line_id": lines[0]["id"]}
    made = v1.made(f"/invoices/{invoice}/disputes", body)
    assert made["line_id"] == lines[0]["id"]
    assert v1.get(f"/disputes/{made['id']}").json["reason"] == "Too late"
    assert len(v1.get("/disputes?status=open").json["data"]) == 1
    assert v1.get(f"/invoices/{invoice}/disputes?type=chargeback").json["data"] == []
    again = v1.post(f"/invoices/{invoice}/disputes", body)
    assert (again.status, again.error["code"]) == (409, "dispute_already_open")


def test_the_event_tells_of_the_dispute(v1: V1, invoice: str) -> None:
    body = {"type": "objection", "reason": "Too late"}
    made = v1.made(f"/invoices/{invoice}/disputes", body)
    event = Event.objects.get(type="invoice.disputed")
    told = exactjson.loads(exactjson.dumps(render_event(event, event.type)))
    assert told["data"]["object"]["dispute"]["id"] == made["id"]
    assert told["data"]["previous_attributes"] == {"disputed_at": None, "dispute": None}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"reason": "x"}, "type"),
        ({"type": "objection"}, "reason"),
        ({"type": "quarrel", "reason": "x"}, "type"),
        ({"type": "objection", "reason": "x", "line_id": "li_1"}, "line_id"),
        ({"type": "chargeback", "reason": "x", "amount": 101}, "amount"),
    ],
)
def test_the_field_at_fault_is_named(v1: V1, invoice: str, body: Body, param: str) -> None:
    paid(v1, invoice)
    answer = v1.post(f"/invoices/{invoice}/disputes", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert v1.get("/disputes").json["data"] == []


def test_a_mail_is_planned_listed_and_cancelled(v1: V1, invoice: str) -> None:
    path = f"/invoices/{invoice}/scheduled-sends"
    made = v1.made(path, {"send_at": "2025-02-01T08:00:00Z", "to": ["ap@acme.test"]})
    assert (made["status"], made["to"]) == ("planned", ["ap@acme.test"])
    assert v1.call("DELETE", path).status == 204
    assert [row["status"] for row in v1.get(path).json["data"]] == ["cancelled"]
    assert v1.call("DELETE", path).status == 404
    late = v1.post(path, {"send_at": "2024-02-01T08:00:00Z"})
    assert (late.status, late.error["param"]) == (422, "send_at")


def test_a_customers_own_reminders(v1: V1, customer: Body) -> None:
    path = f"/customers/{customer['id']}/reminder-policy"
    assert v1.get(path).json["customer_id"] is None
    body = {"enabled": True, "language": "de", "recipient": "m@acme.test", "steps": [{"days": 9}]}
    kept = v1.call("PUT", path, body).json
    assert (kept["customer_id"], kept["language"]) == (customer["id"], "de")
    assert [step["days"] for step in kept["steps"]] == [9]
    assert v1.get("/account/reminders").json["enabled"] is False
    assert v1.call("DELETE", path).status == 204
    assert v1.get(path).json["customer_id"] is None
