"""The figures staff see first: what is open, what is late, what came in, what was earned."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet, Sum

from billing.models import CreditNote, Invoice, Payment, Refund
from billing.queries.ageing import Buckets, DueDay, ageing_by_week
from core.money import Money

MONTHS = 12
WEEKS = 8
SOON = datetime.timedelta(days=7)


@dataclass(slots=True)
class CurrencyFigures:
    """One currency's figures; currencies are never added up.

    `ages` is what `outstanding` is made of, `overdue` all of it but the first bucket;
    `upcoming` is that bucket by when it is due: each of the next WEEKS, and later.
    `due_soon_count` are the open invoices that fall due from that date until SOON after it.
    `revenue_by_month` holds the net amount (without tax) of invoices issued in each of
    the last twelve months less its credit notes, oldest first, as (first day, Money).
    """

    currency: str
    outstanding: Money
    overdue: Money
    paid_last_30_days: Money
    ages: Buckets | None = None
    upcoming: list[int] = field(default_factory=list)
    open_count: int = 0
    overdue_count: int = 0
    due_soon_count: int = 0
    revenue_by_month: list[tuple[datetime.date, Money]] = field(default_factory=list)


@dataclass(slots=True)
class Figures:
    """The dashboard. `currencies` has the busiest first."""

    currencies: list[CurrencyFigures]
    draft_count: int


def figures(organization_id: int, on: datetime.date) -> Figures:
    """The organization's figures on that civil date.

    What is outstanding and overdue is the ageing report of that day, to the cent (E9).
    """
    months = _last_months(on)
    owed = ageing_by_week(organization_id, on, WEEKS)
    counts = _counts(owed.days, on)
    paid = _paid(organization_id, on)
    earned = _earned(organization_id, months[0], on)
    codes = set(counts) | set(owed.buckets) | set(paid) | {code for code, _ in earned}

    def of_currency(code: str) -> CurrencyFigures:
        ages = owed.buckets.get(code)
        opened, late, soon = counts.get(code, (0, 0, 0))
        return CurrencyFigures(
            currency=code,
            outstanding=Money.from_minor(ages.total if ages else 0, code),
            overdue=Money.from_minor(sum(ages.amounts[1:]) if ages else 0, code),
            ages=ages,
            upcoming=owed.coming.get(code, []),
            paid_last_30_days=Money.from_minor(paid.get(code, 0), code),
            open_count=opened,
            overdue_count=late,
            due_soon_count=soon,
            revenue_by_month=[
                (month, Money.from_minor(earned.get((code, month), 0), code)) for month in months
            ],
        )

    ordered = sorted(codes, key=lambda code: (-counts.get(code, (0,))[0], code))
    return Figures(
        currencies=[of_currency(code) for code in ordered],
        draft_count=Invoice.objects.of(organization_id).filter(status="draft").count(),
    )


def _last_months(on: datetime.date) -> list[datetime.date]:
    """The first days of the month of that date and of those before it, oldest first."""
    last = on.year * 12 + on.month - 1
    return [datetime.date(i // 12, i % 12 + 1, 1) for i in range(last - MONTHS + 1, last + 1)]


def _counts(days: Iterable[DueDay], on: datetime.date) -> dict[str, tuple[int, int, int]]:
    """Per currency how many invoices are open, how many of them late, how many due soon."""
    counts: dict[str, tuple[int, int, int]] = {}
    for day in days:
        opened, late, soon = counts.get(day.currency, (0, 0, 0))
        counts[day.currency] = (
            opened + day.count,
            late + day.count * (day.due_date < on),
            soon + day.count * (on <= day.due_date <= on + SOON),
        )
    return counts


def _paid(organization_id: int, on: datetime.date) -> dict[str, int]:
    """Money of the last 30 days: payments less refunds, each on its own day."""
    first = on - datetime.timedelta(days=29)
    payments: QuerySet[Any] = Payment.objects.of(organization_id)
    payments = payments.filter(
        status=Payment.Status.SUCCEEDED, payment_date__gte=first, payment_date__lte=on
    )
    refunds: QuerySet[Any] = Refund.objects.of(organization_id)
    refunds = refunds.filter(
        status=Refund.Status.SUCCEEDED, refund_date__gte=first, refund_date__lte=on
    )
    paid: dict[str, int] = {}
    for rows, sign in ((payments, 1), (refunds, -1)):
        sums = rows.order_by().values_list("currency").annotate(sum=Sum("amount"))
        for currency, amount in sums:
            paid[currency] = paid.get(currency, 0) + sign * amount
    return paid


def _earned(
    organization_id: int, first_day: datetime.date, on: datetime.date
) -> dict[tuple[str, datetime.date], int]:
    """Net revenue per currency and month: invoices less credit notes."""
    earned: dict[tuple[str, datetime.date], int] = {}
    days = {"issue_date__gte": first_day, "issue_date__lte": on}
    invoices = Invoice.objects.of(organization_id).issued().filter(**days)
    credits = CreditNote.objects.of(organization_id).filter(status=CreditNote.Status.ISSUED, **days)
    for rows, sign in ((invoices, 1), (credits, -1)):
        sums = (
            rows.order_by()
            .values_list("currency", "issue_date")
            .annotate(net=Sum(F("total") - F("tax_total") - F("rounding_amount")))
        )
        # By day and not by month: to reckon each row's month would cost more than to add it up.
        for currency, day, net in sums:
            key = (currency, day.replace(day=1))
            earned[key] = earned.get(key, 0) + sign * net
    return earned
