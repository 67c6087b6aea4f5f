"""Reminding customers of open invoices: planned by date, one at a time, never too soon."""

import datetime
import logging
from collections.abc import Iterable

from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.models import Invoice, InvoiceStatus, Reminder, ReminderPolicy, ReminderStep
from billing.operations.bulk_reminders import (
    KIND,
    LABEL,
    new_reminder,
    plan_together,
    reminder_snapshot,
)
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
    covered_by,
    dates_of,
    enabled_policies,
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

logger = logging.getLogger(__name__)

_MOST_MOVED = 14
# So many invoices are locked at once, for as long as it takes to write their reminders.
_AT_ONCE = 500


class InvoiceNotRemindable(DomainError):
    kind, code = Kind.CONFLICT, "invoice_not_remindable"
    message = "Invoice {number} is {status}: there is nothing to remind of."


def plan_reminders(*, at: datetime.datetime, limit: int = 500) -> int:
    """Queue the reminders whose hour has struck, anywhere; how many, at most `limit`.

    A sandbox with a clock of its own goes by that clock.
    """
    planned = 0
    enabled = ReminderPolicy.objects.filter(is_enabled=True).values("organization_id")
    for organization in Organization.objects.filter(pk__in=enabled).order_by("pk"):
        its_time = organization.test_clock or at
        planned += plan_reminders_in(organization=organization, at=its_time, limit=limit - planned)
        if planned >= limit:
            break
    return planned


def plan_reminders_in(
    *, organization: Organization, at: datetime.datetime, limit: int = 500
) -> int:
    """The same for one organization at that instant of its own.

    Each civil date is looked through once by each policy, when its hour has struck. However
    many dates were missed, an invoice is reminded of once (D7).
    """
    planned = 0
    for policy in enabled_policies(organization.pk):
        if planned < limit:
            planned += _plan_by(policy, organization, at, limit - planned)
    return planned


def _plan_by(policy: Policy, organization: Organization, at: datetime.datetime, limit: int) -> int:
    if not policy.steps:
        return 0
    if quiet_end(policy.settings, organization, at) is not None:
        return 0
    day = check_date(policy.settings, organization, at)
    if policy.settings.checked_on is not None and policy.settings.checked_on >= day:
        return 0
    planned = 0
    coming = _candidates(organization, policy, day)
    for start in range(0, len(coming), _AT_ONCE):
        if planned >= limit:
            return planned
        planned += _plan_many(organization, policy, coming[start : start + _AT_ONCE], day, at)
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
    policy = get_policy(invoice.organization_id, invoice.customer).settings
    _queue(reminder, actor, at, policy, to=to, attach_pdf=attach_pdf)
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


def _candidates(organization: Organization, policy: Policy, day: datetime.date) -> list[int]:
    """Invoices that a step has come to, by due date, as they look before they are locked."""
    earliest = min(step.days for step in policy.steps)
    # A business day before may be several days earlier.
    ahead = _MOST_MOVED if policy.settings.business_days_only else 0
    last_due = day - datetime.timedelta(days=earliest - ahead)
    rows = unfinished(organization.pk, policy).filter(due_date__lte=last_due)
    rows = rows.order_by("due_date", "pk")
    country = country_of(policy.settings, organization)
    steps: dict[tuple[datetime.date, datetime.date], int | None] = {}
    came_to: dict[int, int] = {}
    for pk, due, sent in dates_of(rows, organization.timezone):
        if (due, sent) not in steps:
            came = step_due(policy.steps, due=due, first_sent=sent, today=day, country=country)
            steps[due, sent] = came and came[0].days
        step = steps[due, sent]
        if step is not None:
            came_to[pk] = step
    reached = latest_steps(organization.pk, list(came_to))
    return [pk for pk, step in came_to.items() if reached.get(pk, step - 1) < step]


def _plan_many(
    organization: Organization,
    policy: Policy,
    pks: list[int],
    day: datetime.date,
    at: datetime.datetime,
) -> int:
    """Together; what trips that up comes one by one, so that it holds up no other."""
    if len(pks) > 1:
        try:
            return plan_together(organization, policy, pks, day, at)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("%d reminders are planned one by one", len(pks))
    return sum(_plan(organization, policy, pk, day, at) for pk in pks)


@transaction.atomic
def _plan(
    organization: Organization, policy: Policy, pk: int, day: datetime.date, at: datetime.datetime
) -> int:
    hold_invoice(organization.pk, pk)
    rows = covered_by(policy.settings, remindable(organization.pk))
    found = rows.select_related("customer", "organization").filter(pk=pk).first()
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
    reminder = new_reminder(organization, invoice, step, planned, at)
    actor = system_actor(organization.pk, livemode=organization.livemode, label=LABEL)
    try:
        with transaction.atomic():
            _queue(reminder, actor, at, policy.settings)
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
    policy: ReminderPolicy,
    *,
    to: Iterable[str] | None = None,
    attach_pdf: bool | None = None,
) -> None:
    """To whom a person names, else whom the customer's policy names, else its usual readers."""
    recipients = recipients_of(
        reminder.invoice,
        to=to or ([policy.recipient] if policy.recipient else None),
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
        attach_pdf=policy.attach_pdf if attach_pdf is None else attach_pdf,
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
