"""A reminder that waits for another try is looked at again: who, and whether at all (D9)."""

import datetime
from collections.abc import Callable

import pytest

from accounts.actors import Actor
from billing.models import Invoice, MailSuppression, Reminder
from billing.operations.contacts import add_contact
from billing.operations.disputes import open_dispute
from billing.operations.issuing import void_invoice
from billing.operations.payments import mark_paid
from billing.operations.reminders import remind
from billing.operations.suppressions import suppress_address
from integrations.mail.delivery import send_due
from integrations.models import Message, MessageRecipient, RecipientFate
from tests.instants import AT, TODAY
from tests.integrations.mail.conftest import Postmaster

OWN, OTHER = "ap@globex.test", "cfo@globex.test"
RETRY = AT + datetime.timedelta(minutes=2)


def put_off(actor: Actor, invoice: Invoice, postmaster: Postmaster, *addresses: str) -> None:
    """A reminder that the server did not take at first."""
    postmaster.rcpt = dict.fromkeys(addresses, "451 later")
    remind(actor=actor, at=AT, invoice_id=invoice.pk)
    send_due(lambda: AT)
    assert Message.objects.get().status == "queued"
    postmaster.rcpt = {}


def unsubscribed(actor: Actor, address: str = OWN) -> None:
    suppress_address(
        actor=actor, at=RETRY, address=address, reason=MailSuppression.Reason.UNSUBSCRIBED
    )


def paid(actor: Actor, invoice: Invoice) -> None:
    mark_paid(actor=actor, at=AT, invoice_id=invoice.pk, payment_date=TODAY)


def voided(actor: Actor, invoice: Invoice) -> None:
    void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="Wrong")


def disputed(actor: Actor, invoice: Invoice) -> None:
    open_dispute(
        actor=actor, at=AT, invoice_id=invoice.pk, kind="objection", reason="Never delivered"
    )


def test_d9_who_unsubscribed_meanwhile_is_spared(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    put_off(actor, invoice, postmaster, OWN)
    unsubscribed(actor)
    send_due(lambda: RETRY)
    assert postmaster.messages == []
    assert MessageRecipient.objects.get().status == "suppressed"
    assert Message.objects.get().status == "dropped"
    assert Reminder.objects.get().status == "dropped"
    assert RecipientFate.objects.latest("pk").happened == "suppressed"


def test_d9_the_others_still_get_it(actor: Actor, postmaster: Postmaster, invoice: Invoice) -> None:
    add_contact(
        actor=actor,
        at=AT,
        customer_id=invoice.customer_id,
        name="Cem",
        email=OTHER,
        receives_invoices=True,
    )
    put_off(actor, invoice, postmaster, OWN, OTHER)
    unsubscribed(actor)
    send_due(lambda: RETRY)
    assert [to for _, to in postmaster.envelopes] == [[OTHER]]
    statuses = dict(MessageRecipient.objects.values_list("address", "status"))
    assert statuses == {OWN: "suppressed", OTHER: "accepted"}
    assert Reminder.objects.get().status == "sent"


@pytest.mark.parametrize("change", [paid, voided, disputed])
def test_d9_what_is_settled_void_or_disputed_meanwhile_is_not_reminded_of(
    actor: Actor,
    postmaster: Postmaster,
    invoice: Invoice,
    change: Callable[[Actor, Invoice], None],
) -> None:
    put_off(actor, invoice, postmaster, OWN)
    change(actor, invoice)
    send_due(lambda: RETRY)
    assert postmaster.messages == []
    assert Message.objects.get().status == "dropped"
    assert Reminder.objects.get().status == "dropped"
