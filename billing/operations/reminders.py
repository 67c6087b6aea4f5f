"""Reminding customers of open invoices: planned by date, one at a time, never too soon."""

import datetime
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.models import Invoice, InvoiceStatus, Reminder, ReminderPolicy, ReminderStep
from billing.operations.locks import hold_invoice
from billing.operations.recipients import RecipientsSuppressed, recipients_of
from billing.ports import mailer
from billing.queries.invoices import get_invoice
from billing.queries.lookup import Ref
from billing.queries.organizations import today
from billing.queries.reminders import (
    Policy,
    check_date,
    country_of,
    dates_of,
    first_sent_date,
    get_policy,
    is_paid_soon,
    latest_steps,
    owes_enough,
    quiet_end,
    remindable,
    step_due,
    unfinished,
)
from billing.queries.suppressions import NO_REMINDERS
from billing.snapshots import invoice_snapshot
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit
from core.text import clean_line, clean_text

KIND = "reminder"
_MOST_MOVED = 14


class InvoiceNotRemindable(DomainError):
    kind, code = Kind.CONFLICT, "invoice_not_remindable"
    message = "Invoice {number} is {status}: there is nothing to remind of."


def plan_reminders(*, at: datetime.datetime, limit: int = 500) -> int:
    """Queue the reminders whose hour has struck, anywhere; how many, at most `limit`.

    A sandbox with a clock of its own goes by that clock.
    """
    planned = 0
    enabled = ReminderPolicy.objects.filter(is_enabled=True).select_related("organization")
    for policy in enabled.order_by("organization_id"):
        organization = policy.organization
        its_time = organization.test_clock or at
        planned += plan_reminders_in(organization=organization, at=its_time, limit=limit - planned)
        if planned >= limit:
            break
    return planned


def plan_reminders_in(
    *, organization: Organization, at: datetime.datetime, limit: int = 500
) -> int:
    """The same for one organization at that instant of its own.

    Each civil date is looked through once, when its hour has struck. However many dates
    were missed, an invoice is reminded of once (D7).
    """
    policy = get_policy(organization.pk)
    if not policy.settings.is_enabled or not policy.steps:
        return 0
    if quiet_end(policy.settings, organization, at) is not None:
        return 0
    day = check_date(policy.settings, organization, at)
    if policy.settings.checked_on is not None and policy.settings.checked_on >= day:
        return 0
    planned = 0
    for pk in _candidates(organization, policy, day):
        if planned >= limit:
            return planned
        planned += _plan(organization, policy, pk, day, at)
    rows = ReminderPolicy.objects.of(organization.pk).filter(pk=policy.settings.pk)
    # Unless the policy was changed meanwhile, which asks for another look.
    rows.filter(version=policy.settings.version).update(checked_on=day)
    return planned


@transaction.atomic
def remind(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    to: Iterable[str] | None = None,
    subject: str = "",
    message: str = "",
    attach_pdf: bool = True,
) -> Reminder:
    """Queue a reminder of an open invoice now, whatever the policy and its switches say.

    Empty words are the defaults. Without `to` it spares whoever bounces, complained or
    unsubscribed; addresses that are named get it. Raises Forbidden, NotFound,
    InvoiceNotRemindable, InvalidValue, RecipientsSuppressed.
    """
    actor.require("invoices:send")
    hold_invoice(actor.organization_id, invoice_id)
    invoice = get_invoice(actor.organization_id, invoice_id)
    if invoice.status != InvoiceStatus.ISSUED or invoice.amount_due == 0:
        status = "paid" if invoice.status == InvoiceStatus.ISSUED else invoice.status
        raise InvoiceNotRemindable(number=invoice.number or "without number", status=status)
    reminder = Reminder(
        organization=invoice.organization,
        invoice=invoice,
        planned_date=today(invoice.organization, at),
        subject=clean_line(subject, param="subject", max_length=300),
        body=clean_text(message, param="message"),
        created_at=at,
        updated_at=at,
    )
    _queue(reminder, actor, at, to=to, attach_pdf=attach_pdf)
    return reminder


@transaction.atomic
def record_reminder_sent(*, actor: Actor, at: datetime.datetime, reminder_id: int) -> Reminder:
    """A mail server accepted it for its first recipient. Later calls change nothing."""
    reminder = Reminder.objects.of(actor.organization_id).get(pk=reminder_id)
    hold_invoice(actor.organization_id, reminder.invoice_id)
    reminder.refresh_from_db()
    if reminder.sent_at is not None:
        return reminder
    _finish(reminder, Reminder.Status.SENT, at, sent_at=at)
    invoice = get_invoice(actor.organization_id, reminder.invoice_id)
    emit(
        "invoice.reminder_sent",
        subject=invoice,
        data={**invoice_snapshot(invoice), "reminder": reminder_snapshot(reminder)},
        actor=actor,
        at=at,
    )
    return reminder


@transaction.atomic
def record_reminder_unsent(
    *, actor: Actor, at: datetime.datetime, reminder_id: int, reason: str, was_wanted: bool
) -> None:
    """It was dropped because its cause is gone (D9), or nobody accepted it."""
    reminder = Reminder.objects.of(actor.organization_id).select_for_update().get(pk=reminder_id)
    if reminder.sent_at is not None:
        return  # it was sent again, and only that second mail failed
    status = Reminder.Status.FAILED if was_wanted else Reminder.Status.DROPPED
    _finish(reminder, status, at, reason=reason)


def reminder_snapshot(reminder: Reminder) -> dict[str, object]:
    """What an event tells of a reminder."""
    return {
        "uuid": str(reminder.uuid),
        "days": reminder.days,
        "planned_date": reminder.planned_date,
        "status": reminder.status,
        "sent_to": reminder.sent_to,
        "sent_at": reminder.sent_at,
    }


def _candidates(organization: Organization, policy: Policy, day: datetime.date) -> list[int]:
    """Invoices that a step has come to, by due date, as they look before they are locked."""
    earliest = min(step.days for step in policy.steps)
    # A business day before may be several days earlier.
    ahead = _MOST_MOVED if policy.settings.business_days_only else 0
    last_due = day - datetime.timedelta(days=earliest - ahead)
    rows = unfinished(organization.pk, policy).filter(due_date__lte=last_due)
    rows = rows.order_by("due_date", "pk")
    reached = latest_steps(organization.pk, rows)
    country = country_of(policy.settings, organization)
    steps: dict[tuple[datetime.date, datetime.date], int | None] = {}
    found = []
    for pk, due, sent in dates_of(rows, organization.timezone):
        if (due, sent) not in steps:
            came = step_due(policy.steps, due=due, first_sent=sent, today=day, country=country)
            steps[due, sent] = came and came[0].days
        step = steps[due, sent]
        if step is not None and reached.get(pk, step - 1) < step:
            found.append(pk)
    return found


@transaction.atomic
def _plan(
    organization: Organization, policy: Policy, pk: int, day: datetime.date, at: datetime.datetime
) -> int:
    hold_invoice(organization.pk, pk)
    invoice = remindable(organization.pk).select_related("customer", "organization").filter(pk=pk)
    found = invoice.first()
    if found is None:
        return 0
    came = step_due(
        policy.steps,
        due=found.due_date,
        first_sent=first_sent_date(found, organization.timezone),
        today=day,
        country=country_of(policy.settings, organization),
    )
    if came is None or not owes_enough(found, policy.settings.minimum_due) or is_paid_soon(found):
        return 0
    step, planned = came
    if Reminder.objects.of(organization.pk).filter(invoice=found, days__gte=step.days).exists():
        return 0
    return _remind_by_step(found, step, planned, policy, at)


def _remind_by_step(
    invoice: Invoice,
    step: ReminderStep,
    planned: datetime.date,
    policy: Policy,
    at: datetime.datetime,
) -> int:
    organization = invoice.organization
    reminder = Reminder(
        organization=organization,
        invoice=invoice,
        days=step.days,
        planned_date=planned,
        subject=step.subject,
        body=step.body,
        created_at=at,
        updated_at=at,
    )
    actor = system_actor(organization.pk, livemode=organization.livemode, label="reminders")
    try:
        with transaction.atomic():
            _queue(reminder, actor, at, to=None, attach_pdf=policy.settings.attach_pdf)
    except IntegrityError:
        return 0  # another worker was here
    except (InvalidValue, RecipientsSuppressed) as refusal:
        # Nobody to write to: kept, so that it is not tried again every day.
        reminder.pk, reminder.status = None, Reminder.Status.FAILED
        reminder.reason = str(refusal)[:200]
        reminder.sent_to = []
        reminder.save(force_insert=True)
        return 0
    return 1


def _queue(
    reminder: Reminder,
    actor: Actor,
    at: datetime.datetime,
    *,
    to: Iterable[str] | None,
    attach_pdf: bool,
) -> None:
    recipients = recipients_of(
        reminder.invoice,
        to=to,
        cc=(),
        bcc=(),
        send_copy_to_self=False,
        without=() if to else NO_REMINDERS,
    )
    reminder.sent_to = list(recipients.to)
    reminder.save(force_insert=True)
    mailer.queue(
        actor=actor,
        at=at,
        kind=KIND,
        subject_id=reminder.pk,
        to=recipients.to,
        cc=recipients.cc,
        bcc=recipients.bcc,
        subject="",
        body="",
        attach_pdf=attach_pdf,
    )
    # The message waits as a row; the event wakes the workers.
    emit(
        "invoice.reminder_planned",
        subject=reminder.invoice,
        data={
            **invoice_snapshot(reminder.invoice),
            "reminder": reminder_snapshot(reminder),
        },
        actor=actor,
        at=at,
    )


def _finish(
    reminder: Reminder,
    status: str,
    at: datetime.datetime,
    *,
    reason: str = "",
    sent_at: datetime.datetime | None = None,
) -> None:
    reminder.status = Reminder.Status(status)
    reminder.reason = reason[:200]
    reminder.sent_at = sent_at
    reminder.updated_at = at
    reminder.save(update_fields=["status", "reason", "sent_at", "updated_at"])
