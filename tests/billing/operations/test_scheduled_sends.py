"""Invoices that go out at a moment somebody chose: once, and never in vain."""

import datetime

import pytest

from accounts.actors import Actor
from billing.models import Invoice, InvoiceStatus, ScheduledSend
from billing.operations.issuing import void_invoice
from billing.operations.scheduled_sends import (
    cancel_scheduled_send,
    schedule_send,
    send_scheduled,
)
from billing.operations.sending import InvoiceNotSendable, record_sent
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from integrations.models import Message
from tests.builders import customer, draft_invoice, issued_invoice
from tests.instants import AT

LATER = AT + datetime.timedelta(days=3)


def planned(actor: Actor, invoice: Invoice, at: datetime.datetime = LATER) -> ScheduledSend:
    return schedule_send(actor=actor, at=AT, invoice_id=invoice.pk, send_at=at, subject="Yours")


def test_goes_out_at_its_moment_once(actor: Actor) -> None:
    planned(actor, issued_invoice(actor))
    assert send_scheduled(at=LATER - datetime.timedelta(seconds=1)) == 0
    assert not Message.objects.exists()
    assert send_scheduled(at=LATER) == 1
    assert send_scheduled(at=LATER) == 0
    assert Message.objects.get().subject == "Yours"


def test_a_draft_is_issued_then(actor: Actor) -> None:
    invoice = draft_invoice(actor)
    planned(actor, invoice)
    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.DRAFT
    send_scheduled(at=LATER)
    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.ISSUED


def test_d7_what_was_missed_goes_out_later(actor: Actor) -> None:
    planned(actor, issued_invoice(actor))
    assert send_scheduled(at=LATER + datetime.timedelta(days=3)) == 1
    assert Message.objects.count() == 1


def test_a_second_plan_replaces_the_first(actor: Actor) -> None:
    invoice = issued_invoice(actor)
    planned(actor, invoice)
    planned(actor, invoice, LATER + datetime.timedelta(days=1))
    assert send_scheduled(at=LATER) == 0
    statuses = list(ScheduledSend.objects.order_by("pk").values_list("status", flat=True))
    assert statuses == ["cancelled", "planned"]


def test_cancelled_it_does_not_go_out(actor: Actor) -> None:
    invoice = issued_invoice(actor)
    planned(actor, invoice)
    cancel_scheduled_send(actor=actor, at=AT, invoice_id=invoice.pk)
    assert send_scheduled(at=LATER) == 0
    with pytest.raises(NotFound):
        cancel_scheduled_send(actor=actor, at=AT, invoice_id=invoice.pk)


def test_sent_by_hand_meanwhile_it_is_not_sent_again(actor: Actor) -> None:
    invoice = issued_invoice(actor)
    planned(actor, invoice)
    record_sent(actor=actor, at=AT + datetime.timedelta(days=1), invoice_id=invoice.pk)
    send_scheduled(at=LATER)
    assert not Message.objects.exists()
    assert ScheduledSend.objects.get().status == "cancelled"


def test_voided_meanwhile_it_fails_with_its_reason(actor: Actor) -> None:
    invoice = issued_invoice(actor)
    planned(actor, invoice)
    void_invoice(actor=actor, at=AT, invoice_id=invoice.pk)
    assert send_scheduled(at=LATER) == 1
    plan = ScheduledSend.objects.get()
    assert (plan.status, bool(plan.error)) == ("failed", True)
    assert Event.objects.filter(type="invoice.scheduled_send_failed").count() == 1


def test_what_cannot_be_sent_is_refused_at_once(actor: Actor) -> None:
    nobody = customer(actor, email="")
    with pytest.raises(InvalidValue) as refusal:
        planned(actor, issued_invoice(actor, customer_id=nobody.pk))
    assert refusal.value.param == "to"
    with pytest.raises(InvalidValue) as refusal:
        planned(actor, issued_invoice(actor), AT)
    assert refusal.value.param == "send_at"
    void = issued_invoice(actor)
    void_invoice(actor=actor, at=AT, invoice_id=void.pk)
    with pytest.raises(InvoiceNotSendable):
        planned(actor, void)
    assert not ScheduledSend.objects.exists()


def test_who_may(actor: Actor, bob_actor: Actor, mallory_actor: Actor) -> None:
    invoice = issued_invoice(actor)
    with pytest.raises(Forbidden):
        planned(bob_actor, invoice)
    with pytest.raises(NotFound):
        planned(mallory_actor, invoice)
