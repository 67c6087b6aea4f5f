"""Which invoice is to be reminded of, when, and in which words.

Civil dates of the organization throughout.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Organization
from billing.business_days import holidays_near
from billing.models import (
    Customer,
    Invoice,
    InvoiceStatus,
    Reminder,
    ReminderPolicy,
    ReminderStep,
)
from billing.models.invoices import InvoiceQuerySet
from billing.queries.settlement import pending_minor
from billing.recurrence import instant
from billing.schedule import Roll, rolled
from core.money import convert_minor

# Days after the due date, and whether it is on until somebody says otherwise.
DEFAULT_STEPS = ((-7, True), (-1, False), (0, True), (3, True), (7, True), (14, True), (30, True))
ONE_DAY = datetime.timedelta(days=1)
_IDS_AT_ONCE = 500
# When the customer first had it: first_sent_date says the same of one invoice.
_FIRST_SENT = Coalesce("sent_at", "issued_at", "created_at")


@dataclass(frozen=True, slots=True)
class Policy:
    """The organization's policy, kept or by default, with its steps from early to late."""

    settings: ReminderPolicy
    steps: tuple[ReminderStep, ...]


def get_policy(organization_id: int, customer: Customer | None = None) -> Policy:
    """The customer's own policy or the organization's as it is kept.

    Else the default: the usual steps, switched off.
    """
    rows = ReminderPolicy.objects.of(organization_id).prefetch_related("steps")
    own = rows.filter(customer=customer).first() if customer else None
    kept = own or rows.filter(customer=None).first()
    if kept is not None:
        return Policy(kept, tuple(kept.steps.all()))
    steps = tuple(
        ReminderStep(organization_id=organization_id, days=days, is_active=is_active)
        for days, is_active in DEFAULT_STEPS
    )
    return Policy(ReminderPolicy(organization_id=organization_id), steps)


def enabled_policies(organization_id: int) -> list[Policy]:
    """Those that remind: the organization's own, and customers' that replace it."""
    rows = ReminderPolicy.objects.of(organization_id).filter(is_enabled=True)
    found = rows.prefetch_related("steps").order_by("pk")
    return [Policy(kept, tuple(kept.steps.all())) for kept in found]


def covered_by(policy: ReminderPolicy, rows: InvoiceQuerySet) -> InvoiceQuerySet:
    """Those of the invoices that the policy is about: its customer's, or without an own one."""
    if policy.customer_id is not None:
        return rows.filter(customer_id=policy.customer_id)
    own = ReminderPolicy.objects.of(policy.organization_id).filter(customer__isnull=False)
    return rows.exclude(customer_id__in=own.values("customer_id"))


def list_reminders(invoice: Invoice) -> QuerySet[Reminder]:
    """Those of one invoice in the order they were planned."""
    return Reminder.objects.of(invoice.organization_id).filter(invoice=invoice).order_by("pk")


def remindable(organization_id: int) -> InvoiceQuerySet:
    """Open invoices whose customer wants to hear of them.

    Given up means left alone, and so does disputed as long as that lasts (C11).
    """
    rows = Invoice.objects.of(organization_id).filter(status=InvoiceStatus.ISSUED).unsettled()
    rows = rows.filter(disputed_at__isnull=True)
    return rows.filter(reminders_enabled=True, customer__reminders_enabled=True)


def step_due(
    steps: Iterable[ReminderStep],
    *,
    due: datetime.date,
    first_sent: datetime.date,
    today: datetime.date,
    country: str | None = None,
) -> tuple[ReminderStep, datetime.date] | None:
    """The one step an invoice has come to, and its planned date; None if it came to none.

    With `country` only on its business days.

    The latest counts and those before it are passed over (D7). What is announced before
    the due date is pointless after it.
    """
    came = [
        (planned, step)
        for step in steps
        if (planned := planned_date(step, due=due, first_sent=first_sent, country=country))
        is not None
        and step.active_since <= planned <= today
        and (step.days > 0 or today <= due)
    ]
    if not came:
        return None
    planned, step = max(came, key=lambda pair: (pair[0], pair[1].days))
    return step, planned


def planned_date(
    step: ReminderStep,
    *,
    due: datetime.date,
    first_sent: datetime.date,
    country: str | None = None,
) -> datetime.date | None:
    """When the step's turn is. None when that is not after the first sending (D10).

    An invoice that was sent when it was already late counts its days from then on.
    """
    if not step.is_active:
        return None
    base = due if step.days <= 0 else max(due, first_sent)
    planned = base + datetime.timedelta(days=step.days)
    if country is not None:
        # What announces a due date must not come after it.
        roll = Roll.BACK if step.days <= 0 else Roll.FORWARD
        planned = rolled(planned, roll, holidays_near(planned, country))
    return planned if planned > first_sent else None


def first_sent_date(invoice: Invoice, zone: str) -> datetime.date:
    """The civil date the customer first had it: mailed, or else issued and handed over."""
    sent = invoice.sent_at or invoice.issued_at or invoice.created_at
    return sent.astimezone(ZoneInfo(zone)).date()


def latest_steps(organization_id: int, invoice_ids: Sequence[int]) -> dict[int, int]:
    """The days of the latest step that each of the invoices was reminded by.

    By their ids, so many at a time: of a join with tables that have just grown from nothing
    the database thinks so little that it reads one for each row of the other.
    """
    found: dict[int, int] = {}
    for start in range(0, len(invoice_ids), _IDS_AT_ONCE):
        rows = Reminder.objects.of(organization_id).filter(
            invoice_id__in=invoice_ids[start : start + _IDS_AT_ONCE], days__isnull=False
        )
        found |= dict(rows.values_list("invoice_id").annotate(days=Max("days")).order_by())
    return found


def dates_of(
    rows: InvoiceQuerySet, zone: str
) -> Iterator[tuple[int, datetime.date, datetime.date]]:
    """(invoice id, due date, first_sent_date) of each, without the rest of the row."""
    known = ZoneInfo(zone)
    found = rows.values_list("pk", "due_date", _FIRST_SENT)
    for pk, due, sent in found.iterator():
        yield pk, due, sent.astimezone(known).date()


def unfinished(organization_id: int, policy: Policy) -> InvoiceQuerySet:
    """Remindable invoices that the last of the policy's steps has not reminded of."""
    latest = max(step.days for step in policy.steps)
    done = Reminder.objects.of(organization_id).filter(days=latest).values("invoice_id")
    return covered_by(policy.settings, remindable(organization_id)).exclude(pk__in=done)


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
    if invoice.disputed_at is not None:
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


def country_of(policy: ReminderPolicy, organization: Organization) -> str | None:
    """Whose business days count, or None where every day does."""
    return organization.country if policy.business_days_only else None


def quiet_end(
    policy: ReminderPolicy, organization: Organization, at: datetime.datetime
) -> datetime.datetime | None:
    """When the quiet hours that it is in end; None outside of them."""
    start, end = policy.quiet_from, policy.quiet_until
    if start is None or end is None:
        return None
    local = at.astimezone(ZoneInfo(organization.timezone))
    now, day = local.time(), local.date()
    is_over_midnight = start > end
    is_quiet = (now >= start or now < end) if is_over_midnight else start <= now < end
    if not is_quiet:
        return None
    if is_over_midnight and now >= start:
        day += ONE_DAY
    return instant(day, end, organization.timezone)


def check_date(
    policy: ReminderPolicy, organization: Organization, at: datetime.datetime
) -> datetime.date:
    """The last civil date whose hour of reminders has struck."""
    today = at.astimezone(ZoneInfo(organization.timezone)).date()
    struck = instant(today, policy.send_time, organization.timezone) <= at
    return today if struck else today - ONE_DAY


def next_check(organization: Organization, after: datetime.datetime) -> datetime.datetime | None:
    """When the next reminder will be planned if nothing changes, or None."""
    moments = [
        moment
        for policy in enabled_policies(organization.pk)
        for moment in _next_moments(organization, policy, after)
    ]
    return min(moments, default=None)


def _next_moments(
    organization: Organization, policy: Policy, after: datetime.datetime
) -> Iterator[datetime.datetime]:
    done = policy.settings.checked_on or check_date(policy.settings, organization, after)
    country = country_of(policy.settings, organization)
    rows = unfinished(organization.pk, policy) if policy.steps else Invoice.objects.none()
    # Most invoices share their dates with others: so few pairs that the database tells apart.
    known = ZoneInfo(organization.timezone)
    dates = rows.order_by().values_list("due_date", _FIRST_SENT).distinct()
    pairs = {(due, sent.astimezone(known).date()) for due, sent in dates}
    coming = [
        planned
        for due, sent in pairs
        for planned in _planned_dates(policy.steps, due, sent, country)
        if planned > done
    ]
    quiet = quiet_end(policy.settings, organization, after)
    if quiet is not None:
        yield quiet
    if coming:
        yield instant(min(coming), policy.settings.send_time, organization.timezone)


def _planned_dates(
    steps: Sequence[ReminderStep],
    due: datetime.date,
    first_sent: datetime.date,
    country: str | None,
) -> Iterable[datetime.date]:
    for step in steps:
        planned = planned_date(step, due=due, first_sent=first_sent, country=country)
        if planned is not None and planned >= step.active_since:
            yield planned
