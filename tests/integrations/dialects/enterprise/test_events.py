"""Webhook payloads of /v1, drawn from the snapshots of real events."""

from decimal import Decimal
from typing import Any

import pytest

from core import exactjson
from core.ids import decode_id
from core.models import Event
from integrations.dialects.enterprise.events import ALIASES, EVENT_NAMES, render_event
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db
DOCUMENTED = {
    "invoice.created",
    "invoice.updated",
    "invoice.deleted",
    "invoice.sent",
    "invoice.viewed",
    "invoice.paid",
    "invoice.partially_paid",
    "invoice.overdue",
    "invoice.voided",
    "payment.created",
    "payment.succeeded",
    "payment.failed",
    "payment.refunded",
    "customer.created",
    "customer.updated",
    "customer.deleted",
}


def rendered(type: str, alias: str = "") -> dict[str, Any]:
    """The newest event of that type, as its bytes would say."""
    event = Event.objects.filter(type=type).latest("pk")
    return exactjson.loads(exactjson.dumps(render_event(event, alias or type)))


def test_every_documented_event_is_offered() -> None:
    assert DOCUMENTED <= EVENT_NAMES
    assert set(ALIASES.values()) <= EVENT_NAMES
    assert ALIASES["payment.received"] == "payment.succeeded"


def test_the_documents_own_example(v1: V1, customer: Body) -> None:
    made = v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line(7128)]})
    v1.post(f"/invoices/{made['id']}/issue")
    v1.post(f"/invoices/{made['id']}/mark-paid")
    event = rendered("invoice.paid")
    assert decode_id("evt", event["id"])
    assert (event["object"], event["type"]) == ("event", "invoice.paid")
    assert (event["created"], event["livemode"]) == (1736937000, True)
    shown = event["data"]["object"]
    assert (shown["id"], shown["number"], shown["status"]) == (made["id"], "INV-2025-001", "paid")
    assert (shown["total"], shown["paid_at"]) == (Decimal(7128), "2025-01-15T10:30:00Z")
    previous = event["data"]["previous_attributes"]
    assert (previous["status"], previous["amount_paid"]) == ("sent", 0)
    assert not {"id", "number", "total", "line_items", "customer"} & set(previous)


def test_the_payload_is_the_state_at_the_event_G4(v1: V1, draft: Body) -> None:
    v1.put(f"/invoices/{draft['id']}", {"line_items": [line(5)], "notes": "later"})
    created = rendered("invoice.created")["data"]
    assert created["object"] == draft
    assert created["previous_attributes"] == {}


def test_the_payload_is_what_get_shows(v1: V1, issued: Body) -> None:
    v1.put(f"/invoices/{issued['id']}", {"notes": "x", "due_date": "2025-03-01"})
    event = rendered("invoice.updated")
    assert event["data"]["object"] == v1.get(f"/invoices/{issued['id']}").json
    assert event["data"]["previous_attributes"] == {"notes": "", "due_date": "2025-02-14"}


def test_sequences_count_per_object_G5(v1: V1, draft: Body) -> None:
    v1.post(f"/invoices/{draft['id']}/issue")
    v1.post(f"/invoices/{draft['id']}/void")
    types = ("invoice.created", "invoice.issued", "invoice.voided")
    assert [rendered(type)["sequence"] for type in types] == [1, 2, 3]


def test_an_alias_is_echoed(v1: V1, issued: Body) -> None:
    made = v1.made("/payments", {"invoice_id": issued["id"], "amount": 1})
    event = rendered("payment.succeeded", "payment.received")
    assert event["type"] == "payment.received"
    assert event["data"]["object"]["id"] == made["id"]


def test_every_kind_of_object_renders(v1: V1, issued: Body, customer: Body) -> None:
    product = v1.made("/products", {"name": "P", "unit_price": 1})
    profile = v1.made("/tax-profiles", {"name": "T", "rate": 1})
    payment = v1.made("/payments", {"invoice_id": issued["id"], "amount": 10})
    refund = v1.post(f"/payments/{payment['id']}/refund", {"amount": 4}).json["refund"]
    payment = v1.get(f"/payments/{payment['id']}").json
    del payment["refunds"]
    assert rendered("product.created")["data"]["object"] == product
    assert rendered("tax_profile.created")["data"]["object"] == profile
    assert rendered("refund.created")["data"]["object"] == {**refund, "livemode": True}
    refunded = rendered("payment.refunded")["data"]
    assert refunded["object"] == payment
    assert refunded["previous_attributes"]["amount_refunded"] == 0
    shown = rendered("customer.created")["data"]["object"]
    # What is owed is no part of the customer's own state.
    assert {**customer, **shown} == customer
    assert set(customer) - set(shown) == {"balance", "credit_balance"}


def test_a_sandbox_event_says_so(v1: V1, sandbox: Any) -> None:
    V1(key_for(sandbox)).made("/customers", {"name": "Test"})
    assert rendered("customer.created")["livemode"] is False
