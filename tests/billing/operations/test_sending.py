"""Asking for a mail, and the facts that follow: sent, viewed, late."""

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.actors import Actor, system_actor
from accounts.operations.organizations import update_organization
from billing.models import Invoice
from billing.operations.contacts import add_contact
from billing.operations.issuing import void_invoice
from billing.operations.sending import (
    InvoiceNotSendable,
    record_sent,
    record_viewed,
    request_send,
)
from billing.ports import Mailer, mailer
from core import exactjson
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from tests import builders
from tests.instants import AT

LATER = AT + datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class Queued:
    uuid: uuid.UUID
    message_id: str


@dataclass
class Mailbox:
    """Stands in for the mail capability: keeps what it was asked to send."""

    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, **message: Any) -> Queued:
        self.asked.append(message)
        return Queued(uuid.uuid4(), "<1@acme.test>")


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    box = Mailbox()
    monkeypatch.setattr(mailer, "_queue", box)
    return box


def _types(invoice: Invoice) -> list[str]:
    rows = Event.objects.filter(subject_type="invoice", subject_id=invoice.pk)
    return list(rows.order_by("sequence").values_list("type", flat=True))


def test_sending_a_draft_issues_it_first(actor: Actor, mailbox: Mailbox) -> None:
    draft = builders.draft_invoice(actor)
    request = request_send(
        actor=actor,
        at=LATER,
        invoice_id=draft.uuid,
        to=["billing@acme.com"],
        cc=["manager@acme.com"],
        bcc=["archive@mycompany.com"],
        subject="Invoice from us",
        message="Please find attached.",
        send_copy_to_self=True,
    )
    assert request.sent_to == ("billing@acme.com", "manager@acme.com")
    assert request.message.message_id == "<1@acme.test>"
    assert (request.invoice.status, request.invoice.sent_at) == ("issued", None)
    [message] = mailbox.asked
    assert message["subject"] == "Invoice from us"
    assert message["bcc"] == ["archive@mycompany.com", "billing@acme.test"]
    assert (message["kind"], message["subject_id"]) == ("invoice", draft.pk)
    assert message["attach_pdf"] is True
    assert _types(draft) == ["invoice.created", "invoice.issued", "invoice.send_requested"]


def test_without_recipients_it_goes_to_the_customer_and_who_receives_invoices(
    actor: Actor, mailbox: Mailbox
) -> None:
    invoice = builders.issued_invoice(actor)
    for name, wants in (("ann", True), ("ben", False), ("AP", True)):
        add_contact(
            actor=actor,
            at=AT,
            customer_id=invoice.customer_id,
            name=name,
            email=f"{name}@globex.test",
            receives_invoices=wants,
        )
    request = request_send(actor=actor, at=LATER, invoice_id=invoice.pk)
    assert request.sent_to == ("ap@globex.test", "ann@globex.test")


def test_copy_to_self_can_be_the_organizations_rule(actor: Actor, mailbox: Mailbox) -> None:
    update_organization(actor=actor, at=AT, copy_mail_to_self=True)
    request_send(actor=actor, at=LATER, invoice_id=builders.issued_invoice(actor).pk)
    assert mailbox.asked[0]["bcc"] == ["billing@acme.test"]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"to": ["x@y.co, evil@e.co"]}, "to.0"),
        ({"to": ["a@b.co"], "cc": ["a@b.co\nBcc: e@e.co"]}, "cc.0"),
        ({"to": ["a@b.co"], "bcc": ["ok@b.co", ""]}, "bcc.1"),
        ({"to": [f"a{i}@b.co" for i in range(51)]}, "to"),
    ],
)
def test_x5_refused_by_field_and_the_draft_stays(
    actor: Actor, mailbox: Mailbox, fields: dict[str, Any], param: str
) -> None:
    draft = builders.draft_invoice(actor)
    with pytest.raises(InvalidValue) as refused:
        request_send(actor=actor, at=LATER, invoice_id=draft.pk, **fields)
    assert refused.value.param == param
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert mailbox.asked == []


def test_customer_without_address_needs_one_given(actor: Actor, mailbox: Mailbox) -> None:
    customer = builders.customer(actor, email="")
    draft = builders.draft_invoice(actor, customer_id=customer.pk)
    with pytest.raises(InvalidValue) as refused:
        request_send(actor=actor, at=LATER, invoice_id=draft.pk)
    assert refused.value.param == "to"


def test_void_is_not_sent(actor: Actor, mailbox: Mailbox) -> None:
    invoice = builders.issued_invoice(actor)
    void_invoice(actor=actor, at=LATER, invoice_id=invoice.pk)
    with pytest.raises(InvoiceNotSendable):
        request_send(actor=actor, at=LATER, invoice_id=invoice.pk)
    assert mailbox.asked == []


def test_viewer_and_stranger(
    actor: Actor, bob_actor: Actor, mallory_actor: Actor, mailbox: Mailbox
) -> None:
    invoice = builders.issued_invoice(actor)
    with pytest.raises(Forbidden):
        request_send(actor=bob_actor, at=LATER, invoice_id=invoice.pk)
    with pytest.raises(Forbidden):
        record_sent(actor=bob_actor, at=LATER, invoice_id=invoice.pk)
    with pytest.raises(NotFound):
        request_send(actor=mallory_actor, at=LATER, invoice_id=invoice.uuid)
    assert mailbox.asked == []


def test_b16_sent_is_recorded_once(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor)
    system = system_actor(actor.organization_id)
    record_sent(actor=system, at=LATER, invoice_id=invoice.pk)
    again = record_sent(actor=system, at=LATER + datetime.timedelta(1), invoice_id=invoice.pk)
    assert again.sent_at == LATER
    assert _types(invoice) == ["invoice.created", "invoice.issued", "invoice.sent"]
    event = Event.objects.get(type="invoice.sent")
    assert exactjson.loads(event.previous) == {"sent_at": None}


def test_b17_viewed_is_recorded_once_and_never_on_a_draft(actor: Actor) -> None:
    draft = builders.draft_invoice(actor)
    visitor = Actor(actor.organization_id, "customer", "public link", frozenset())
    record_viewed(actor=visitor, at=LATER, invoice_id=draft.pk)
    assert _types(draft) == ["invoice.created"]
    invoice = builders.issued_invoice(actor)
    record_viewed(actor=visitor, at=LATER, invoice_id=invoice.pk)
    record_viewed(actor=visitor, at=LATER, invoice_id=invoice.pk)
    assert _types(invoice) == ["invoice.created", "invoice.issued", "invoice.viewed"]


def test_a_port_that_nobody_filled_says_so() -> None:
    with pytest.raises(RuntimeError):
        _ = Mailer().queue
