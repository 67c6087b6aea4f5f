"""Planning the reminders of many invoices of one organization at once.

What reminders does for one invoice at a time, table by table. A test proves that the rows
are the same.
"""

import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.models import Invoice, Reminder, ReminderStep
from billing.operations.recipients import Recipients, recipients_of_each
from billing.ports import MAIL, Posted, mailer
from billing.queries.invoices import Told, told_invoices
from billing.queries.reminders import (
    Policy,
    country_of,
    first_sent_date,
    latest_steps,
    owes_enough,
    remindable,
    step_due,
)
from billing.queries.settlement import pending_by_invoice
from billing.queries.suppressions import NO_REMINDERS
from billing.snapshots import Snapshot
from core import events, exactjson
from core.errors import DomainError
from core.many_rows import Appending, append_many, give_ids
from core.models import Event
from core.pipeline import pipelined
from core.rows import new_row

KIND, LABEL = "reminder", "reminders"


@dataclass(slots=True)
class _Coming:
    """A reminder that is to be, of an invoice that both its events tell of."""

    told: Told
    reminder: Reminder
    whom: Recipients | DomainError | None = None


@transaction.atomic
def plan_together(
    organization: Organization,
    policy: Policy,
    pks: Sequence[int],
    day: datetime.date,
    at: datetime.datetime,
) -> int:
    """Queue what the invoices have come to, in the given order; how many there were.

    Looked at again under their locks: somebody may have paid, or another worker been here.
    """
    coming = _coming(organization, policy, pks, day, at)
    whom = recipients_of_each([each.told.invoice for each in coming], without=NO_REMINDERS)
    for each, found in zip(coming, whom, strict=True):
        each.whom = found
        if isinstance(found, Recipients):
            each.reminder.sent_to = list(found.to)
        else:
            # Nobody to write to: kept, so that it is not tried again every day.
            each.reminder.status = Reminder.Status.FAILED
            each.reminder.reason = str(found)[:200]
    reminders = [each.reminder for each in coming]
    queued = [each for each in coming if isinstance(each.whom, Recipients)]
    last = events.latest_sequences("invoice", [each.told.invoice.pk for each in queued])
    actor = system_actor(organization.pk, livemode=organization.livemode, label=LABEL)
    give_ids(reminders)
    with pipelined():
        _queue(queued, last, policy, actor, at)
        append_many(each.reminder for each in coming if not isinstance(each.whom, Recipients))
    # The messages wait as rows; the events wake the workers.
    events.ring_on_commit()
    return len(queued)


def reminder_snapshot(reminder: Reminder) -> Snapshot:
    """What an event tells of a reminder."""
    return {
        "uuid": str(reminder.uuid),
        "days": reminder.days,
        "planned_date": reminder.planned_date,
        "status": reminder.status,
        "sent_to": reminder.sent_to,
        "sent_at": reminder.sent_at,
    }


def _coming(
    organization: Organization,
    policy: Policy,
    pks: Sequence[int],
    day: datetime.date,
    at: datetime.datetime,
) -> list[_Coming]:
    held = Invoice.objects.of(organization.pk).filter(pk__in=pks).order_by("pk")
    list(held.select_for_update().values_list("pk"))
    open_still = set(remindable(organization.pk).filter(pk__in=pks).values_list("pk", flat=True))
    wanted = [pk for pk in pks if pk in open_still]
    reached = latest_steps(organization.pk, wanted)
    pending = pending_by_invoice(organization.pk, wanted)
    country = country_of(policy.settings, organization)
    steps: dict[tuple[datetime.date, datetime.date], tuple[ReminderStep, datetime.date] | None] = {}
    found = []
    for told in told_invoices(organization, wanted):
        invoice = told.invoice
        sent = first_sent_date(invoice, organization.timezone)
        dates = invoice.due_date, sent
        if dates not in steps:
            steps[dates] = step_due(
                policy.steps, due=invoice.due_date, first_sent=sent, today=day, country=country
            )
        came = steps[dates]
        if came is None or not owes_enough(invoice, policy.settings.minimum_due):
            continue
        step, planned = came
        is_paid_soon = pending.get(invoice.pk, 0) >= invoice.amount_due
        if is_paid_soon or reached.get(invoice.pk, step.days - 1) >= step.days:
            continue
        reminder = new_reminder(organization, invoice, step, planned, at)
        found.append(_Coming(told, reminder))
    return found


def new_reminder(
    organization: Organization,
    invoice: Invoice,
    step: ReminderStep,
    planned: datetime.date,
    at: datetime.datetime,
) -> Reminder:
    """The reminder of that step, unsaved, with the words that the step has now."""
    reminder = new_row(
        Reminder,
        organization_id=organization.pk,
        invoice_id=invoice.pk,
        days=step.days,
        planned_date=planned,
        subject=step.subject,
        body=step.body,
        created_at=at,
        updated_at=at,
    )
    reminder.invoice = invoice
    return reminder


def _queue(
    queued: Sequence[_Coming],
    last: dict[int, int],
    policy: Policy,
    actor: Actor,
    at: datetime.datetime,
) -> None:
    """Write each with its mail and what is told of it, after the `last` event of its invoice."""
    mails = [
        Posted(each.reminder.pk, to=each.whom.to, bcc=each.whom.bcc)
        for each in queued
        if isinstance(each.whom, Recipients)
    ]
    are_sent = mailer.queue_many(
        actor=actor, at=at, kind=KIND, mails=mails, attach_pdf=policy.settings.attach_pdf
    )
    postman = system_actor(actor.organization_id, livemode=actor.livemode, label=MAIL)
    reminders, told = Appending(), Appending()
    for each, is_sent in zip(queued, are_sent, strict=True):
        invoice, text = each.told.invoice, each.told.text()
        tell = functools.partial(_event, text=text, reminder=each.reminder, subject=invoice, at=at)
        sequence = last.get(invoice.pk, 0) + 1
        told.add(tell("invoice.reminder_planned", actor=actor, sequence=sequence))
        if is_sent:
            each.reminder.status, each.reminder.sent_at = Reminder.Status.SENT, at
            told.add(tell("invoice.reminder_sent", actor=postman, sequence=sequence + 1))
        reminders.add(each.reminder)
    reminders.finish()
    told.finish()


def _event(type: str, *, text: str, reminder: Reminder, **about: Any) -> Event:
    snapshot = exactjson.dumps(reminder_snapshot(reminder))
    return events.draft(type, data=f'{text[:-1]},"reminder":{snapshot}}}', **about)
