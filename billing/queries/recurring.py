"""Recurring invoices of one organization, their schedules, and what comes next."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Prefetch, QuerySet

from accounts.models import Organization
from billing.models import Invoice, RecurringInvoice, RecurringLine, RecurringRun
from billing.models.invoices import InvoiceQuerySet
from billing.queries.lookup import Ref, find
from billing.recurrence import MonthRule, Recurrence, Unit, instant
from billing.schedule import Roll, Terms, due_date, rolled


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A date of the schedule and what follows from it. The period is [start, end)."""

    index: int
    date: datetime.date
    issue_date: datetime.date
    due_date: datetime.date
    run_at: datetime.datetime
    period: tuple[datetime.date, datetime.date]


def list_recurring(organization_id: int) -> QuerySet[RecurringInvoice]:
    """Newest first, with the customer and the lines."""
    rows = RecurringInvoice.objects.of(organization_id).select_related("customer")
    return rows.prefetch_related(_lines(organization_id)).order_by("-created_at", "-id")


def get_recurring(organization_id: int, reference: Ref) -> RecurringInvoice:
    """By id or UUID, with customer, organization and lines. Raises NotFound."""
    rows = RecurringInvoice.objects.of(organization_id)
    rows = rows.select_related("customer", "organization").prefetch_related(_lines(organization_id))
    return find(rows, reference, "recurring invoice")


def list_runs(recurring: RecurringInvoice) -> QuerySet[RecurringRun]:
    """The dates that came, the latest first, with their invoices."""
    rows = RecurringRun.objects.of(recurring.organization_id).filter(recurring=recurring)
    return rows.select_related("invoice").order_by("-intended_date")


def invoices_of(recurring: RecurringInvoice) -> InvoiceQuerySet:
    """The invoices it made, newest first, with their customers."""
    rows = Invoice.objects.of(recurring.organization_id).select_related("customer")
    rows = rows.filter(recurring_runs__recurring=recurring)
    return rows.order_by("-created_at", "-id")


def schedule_of(recurring: RecurringInvoice) -> Recurrence:
    """Its dates as billing.recurrence computes them."""
    return Recurrence(
        unit=Unit(recurring.interval_unit),
        count=recurring.interval_count,
        start=recurring.start_date,
        end=recurring.end_date,
        rule=MonthRule(recurring.month_rule),
        day=recurring.day_of_month or 0,
        week=recurring.week_of_month or 1,
        weekday=recurring.weekday or 0,
    )


def occurrence(recurring: RecurringInvoice, index: int) -> Occurrence:
    """The date with that index, in the organization's time zone and by today's terms."""
    schedule = schedule_of(recurring)
    holidays = {datetime.date.fromisoformat(day) for day in recurring.holidays}
    day = schedule.date(index)
    issue_date = rolled(day, Roll(recurring.issue_roll), holidays)
    organization = recurring.organization
    due = due_date(issue_date, Terms(_terms_days(recurring, organization)))
    return Occurrence(
        index=index,
        date=day,
        issue_date=issue_date,
        due_date=max(issue_date, rolled(due, Roll(recurring.due_roll), holidays)),
        run_at=instant(issue_date, recurring.run_time, organization.timezone),
        period=schedule.period(
            index, is_in_arrears=recurring.billing == RecurringInvoice.Billing.IN_ARREARS
        ),
    )


def coming(recurring: RecurringInvoice, count: int) -> list[Occurrence]:
    """The next dates of the schedule, at most `count`; none once it has ended."""
    if recurring.next_index is None:
        return []
    if recurring.occurrences is not None:
        count = min(count, recurring.occurrences - recurring.runs_made)
    indexes = schedule_of(recurring).dates(recurring.next_index)
    return [occurrence(recurring, index) for index, _ in _first(indexes, count)]


def _first(
    dates: Iterator[tuple[int, datetime.date]], count: int
) -> Iterator[tuple[int, datetime.date]]:
    return islice(dates, max(0, count))


def _terms_days(recurring: RecurringInvoice, organization: Organization) -> int:
    for days in (recurring.payment_terms_days, recurring.customer.payment_terms_days):
        if days is not None:
            return days
    return organization.payment_terms_days


def _lines(organization_id: int) -> Prefetch:
    return Prefetch("lines", RecurringLine.objects.of(organization_id).select_related("product"))
