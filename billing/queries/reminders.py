"""Which invoice is to be reminded of, when, and in which words.

Civil dates of the organization throughout.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Organization
from billing.models import Invoice, InvoiceStatus, Reminder, ReminderPolicy, ReminderStep
from billing.models.invoices import InvoiceQuerySet
from billing.queries.settlement import pending_minor
from billing.recurrence import instant
from core.money import convert_minor

# Days after the due date, and whether it is on until somebody says otherwise.
DEFAULT_STEPS = ((-7, True), (-1, False), (0, True), (3, True), (7, True), (14, True), (30, True))
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """The organization's policy, kept or by default, with its steps from early to late."""

    settings: ReminderPolicy
    steps: tuple[ReminderStep, ...]


def get_policy(organization_id: int) -> Policy:
    """What is kept, else the default: the usual steps, switched off."""
    kept = ReminderPolicy.objects.of(organization_id).prefetch_related("steps").first()
    if kept is not None:
        return Policy(kept, tuple(kept.steps.all()))
    steps = tuple(
        ReminderStep(organization_id=organization_id, days=days, is_active=is_active)
        for days, is_active in DEFAULT_STEPS
    )
    return Policy(ReminderPolicy(organization_id=organization_id), steps)


def list_reminders(invoice: Invoice) -> QuerySet[Reminder]:
    """Those of one invoice in the order they were planned."""
    return Reminder.objects.of(invoice.organization_id).filter(invoice=invoice).order_by("pk")


def remindable(organization_id: int) -> InvoiceQuerySet:
    """Open invoices whose customer wants to hear of them. Given up means left alone."""
    rows = Invoice.objects.of(organization_id).filter(status=InvoiceStatus.ISSUED).unsettled()
    return rows.filter(reminders_enabled=True, customer__reminders_enabled=True)


def step_due(
    steps: Iterable[ReminderStep],
    *,
    due: datetime.date,
    first_sent: datetime.date,
    today: datetime.date,
) -> tuple[ReminderStep, datetime.date] | None:
    """The one step an invoice has come to, and its planned date; None if it came to none.

    The latest counts and those before it are passed over (D7). What is announced before
    the due date is pointless after it.
    """
    came = [
        (planned, step)
        for step in steps
        if (planned := planned_date(step, due=due, first_sent=first_sent)) is not None
        and step.active_since <= planned <= today
        and (step.days > 0 or today <= due)
    ]
    if not came:
        return None
    planned, step = max(came, key=lambda pair: (pair[0], pair[1].days))
    return step, planned


def planned_date(
    step: ReminderStep, *, due: datetime.date, first_sent: datetime.date
) -> datetime.date | None:
    """When the step's turn is. None when that is not after the first sending (D10).

    An invoice that was sent when it was already late counts its days from then on.
    """
    if not step.is_active:
        return None
    base = due if step.days <= 0 else max(due, first_sent)
    planned = base + datetime.timedelta(days=step.days)
    return planned if planned > first_sent else None


def first_sent_date(invoice: Invoice, zone: str) -> datetime.date:
    """The civil date the customer first had it: mailed, or else issued and handed over."""
    sent = invoice.sent_at or invoice.issued_at or invoice.created_at
    return sent.astimezone(ZoneInfo(zone)).date()


def owes_enough(invoice: Invoice, minimum_minor: int) -> bool:
    """Whether what is still due, in the books' currency, reaches the minimum (C18)."""
    due = convert_minor(
        invoice.amount_due, invoice.currency, invoice.accounting_currency, invoice.exchange_rate
    )
    return due > 0 and due >= minimum_minor


def is_wanted(reminder: Reminder) -> bool:
    """Whether it still makes sense at the moment of sending (D9). Reads the invoice anew."""
    invoice = (
        Invoice.objects.of(reminder.organization_id)
        .select_related("customer")
        .get(pk=reminder.invoice_id)
    )
    if invoice.status != InvoiceStatus.ISSUED or invoice.amount_due == 0:
        return False
    if is_paid_soon(invoice):
        return False
    if reminder.days is None:
        return True
    if not (invoice.reminders_enabled and invoice.customer.reminders_enabled):
        return False
    # The due date may have been put off meanwhile.
    return reminder.days <= 0 or reminder.planned_date > invoice.due_date


def is_paid_soon(invoice: Invoice) -> bool:
    """Whether money under way would settle it (C12)."""
    return pending_minor(invoice.organization_id, invoice.pk) >= invoice.amount_due


def check_date(
    policy: ReminderPolicy, organization: Organization, at: datetime.datetime
) -> datetime.date:
    """The last civil date whose hour of reminders has struck."""
    today = at.astimezone(ZoneInfo(organization.timezone)).date()
    struck = instant(today, policy.send_time, organization.timezone) <= at
    return today if struck else today - ONE_DAY


def next_check(organization: Organization, after: datetime.datetime) -> datetime.datetime | None:
    """When the next reminder will be planned if nothing changes, or None."""
    policy = get_policy(organization.pk)
    if not policy.settings.is_enabled:
        return None
    done = policy.settings.checked_on or check_date(policy.settings, organization, after)
    coming = [
        planned
        for invoice in remindable(organization.pk).only(
            "due_date", "sent_at", "issued_at", "created_at"
        )
        for planned in _planned_dates(policy.steps, invoice, organization.timezone)
        if planned > done
    ]
    if not coming:
        return None
    return instant(min(coming), policy.settings.send_time, organization.timezone)


def _planned_dates(
    steps: Sequence[ReminderStep], invoice: Invoice, zone: str
) -> Iterable[datetime.date]:
    first_sent = first_sent_date(invoice, zone)
    for step in steps:
        planned = planned_date(step, due=invoice.due_date, first_sent=first_sent)
        if planned is not None and planned >= step.active_since:
            yield planned
