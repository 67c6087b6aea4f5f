"""Addresses that are left alone: what still goes to them and what does not."""

import datetime

import pytest

from accounts.actors import Actor, system_actor
from billing.models import Customer, MailSuppression, Reminder
from billing.operations.contacts import add_contact
from billing.operations.recipients import RecipientsSuppressed
from billing.operations.recurring import create_recurring
from billing.operations.recurring_runs import run_due
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.reminders import plan_reminders, remind
from billing.operations.sending import request_send
from billing.operations.suppressions import SuppressionLifted, lift_suppression, suppress_address
from core.errors import Forbidden
from core.models import Event
from integrations.models import Message, MessageRecipient
from tests.builders import customer, issued_invoice, line
from tests.instants import AT, TODAY

OWN, OTHER = "ap@globex.test", "cfo@globex.test"
OVERDUE_DAY = datetime.date(2025, 2, 14)
NINTH_DAY = datetime.datetime.fromisoformat("2025-02-17T08:30:00+00:00")


def suppress(actor: Actor, reason: str, address: str = OWN) -> MailSuppression:
    return suppress_address(actor=actor, at=AT, address=address, reason=reason)


@pytest.fixture
def globex(actor: Actor) -> Customer:
    """A customer whose invoices also go to its CFO."""
    found = customer(actor)
    add_contact(
        actor=actor,
        at=AT,
        customer_id=found.pk,
        name="Cem",
        email=OTHER,
        receives_invoices=True,
    )
    return found


def mailed() -> list[str]:
    return list(MessageRecipient.objects.order_by("pk").values_list("address", flat=True))


@pytest.mark.parametrize(
    ("reason", "gets"),
    [("bounced", [OTHER]), ("complained", [OTHER]), ("unsubscribed", [OWN, OTHER])],
)
def test_automatic_mail_spares_who_bounces_or_complained(
    actor: Actor, globex: Customer, reason: str, gets: list[str]
) -> None:
    suppress(actor, reason)
    invoice = issued_invoice(actor, customer_id=globex.pk)
    sent = request_send(actor=system_actor(actor.organization_id), at=AT, invoice_id=invoice.pk)
    assert list(sent.sent_to) == mailed() == gets


@pytest.mark.parametrize("reason", ["bounced", "complained", "unsubscribed"])
def test_reminders_spare_all_three(actor: Actor, globex: Customer, reason: str) -> None:
    suppress(actor, reason, OWN.upper())
    set_reminder_policy(actor=actor, at=AT, is_enabled=True)
    issued_invoice(actor, customer_id=globex.pk, due_date=OVERDUE_DAY)
    plan_reminders(at=NINTH_DAY)
    assert set(mailed()) == {OTHER}


def test_a_person_who_sends_an_invoice_is_not_held_up(actor: Actor, globex: Customer) -> None:
    suppress(actor, "bounced")
    request_send(actor=actor, at=AT, invoice_id=issued_invoice(actor, customer_id=globex.pk).pk)
    assert mailed() == [OWN, OTHER]


def test_a_reminder_by_hand_goes_to_whom_it_names_only(actor: Actor, globex: Customer) -> None:
    suppress(actor, "unsubscribed")
    invoice = issued_invoice(actor, customer_id=globex.pk)
    remind(actor=actor, at=AT, invoice_id=invoice.pk)
    assert mailed() == [OTHER]
    remind(actor=actor, at=AT, invoice_id=invoice.pk, to=[OWN])
    assert mailed() == [OTHER, OWN]


def test_a_reminder_to_nobody_is_refused_and_kept_as_failed(actor: Actor) -> None:
    suppress(actor, "unsubscribed")
    invoice = issued_invoice(actor, due_date=OVERDUE_DAY)
    with pytest.raises(RecipientsSuppressed, match=r"ap@globex\.test \(unsubscribed\)"):
        remind(actor=actor, at=AT, invoice_id=invoice.pk)
    assert not Reminder.objects.exists()
    set_reminder_policy(actor=actor, at=AT, is_enabled=True)
    plan_reminders(at=NINTH_DAY)
    reminder = Reminder.objects.get()
    assert (reminder.status, reminder.reason) == (
        "failed",
        "Mail is suppressed to: ap@globex.test (unsubscribed).",
    )
    assert not Message.objects.exists()


def test_a_recurring_invoice_is_made_though_nobody_can_be_mailed(actor: Actor) -> None:
    suppress(actor, "bounced")
    create_recurring(
        actor=actor,
        at=AT,
        customer_id=customer(actor).pk,
        lines=[line("10.00")],
        frequency="monthly",
        start_date=TODAY,
        action="send",
    )
    run_due(at=AT + datetime.timedelta(days=1))
    issued = Event.objects.filter(type="invoice.issued")
    assert issued.count() == 1
    assert not Message.objects.exists()


def test_other_organizations_mail_as_before(actor: Actor, mallory_actor: Actor) -> None:
    suppress(mallory_actor, "bounced")
    invoice = issued_invoice(actor)
    request_send(actor=system_actor(actor.organization_id), at=AT, invoice_id=invoice.pk)
    assert mailed() == [OWN]


def test_the_same_reason_twice_is_one_row_until_it_is_lifted(actor: Actor) -> None:
    first = suppress(actor, "bounced")
    assert suppress(actor, "bounced").pk == first.pk
    lift_suppression(actor=actor, at=AT, suppression_id=first.pk)
    assert suppress(actor, "bounced").pk != first.pk
    types = list(
        Event.objects.filter(type__startswith="mail_").order_by("pk").values_list("type", flat=True)
    )
    assert types == [
        "mail_suppression.created",
        "mail_suppression.lifted",
        "mail_suppression.created",
    ]


def test_lifting_needs_the_right_and_something_to_lift(actor: Actor, bob_actor: Actor) -> None:
    held = suppress(actor, "bounced")
    with pytest.raises(Forbidden):
        lift_suppression(actor=bob_actor, at=AT, suppression_id=held.pk)
    lift_suppression(actor=actor, at=AT, suppression_id=held.uuid)
    with pytest.raises(SuppressionLifted):
        lift_suppression(actor=actor, at=AT, suppression_id=held.pk)
