"""The figures staff see first: what is open, what is late, what came in, what was earned."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from billing.models import CreditNote, Invoice, Payment, Refund
from billing.queries.ageing import Buckets, ageing_by_week
from core.models import Event
from core.money import Money

MONTHS = 12
RECENT = 12
WEEKS = 8


@dataclass(slots=True)
class CurrencyFigures:
    """One currency's figures; currencies are never added up.

    `ages` is what `outstanding` is made of, `overdue` all of it but the first bucket;
    `upcoming` is that bucket by when it is due: each of the next WEEKS, and later.
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
    revenue_by_month: list[tuple[datetime.date, Money]] = field(default_factory=list)


@dataclass(slots=True)
class Figures:
    """The dashboard. `currencies` has the busiest first."""

    currencies: list[CurrencyFigures]
    draft_count: int
    recent: list[Event]


def figures(organization_id: int, on: datetime.date) -> Figures:
    """The organization's figures on that civil date.

    What is outstanding and overdue is the ageing report of that day, to the cent (E9).
    """
    months = _last_months(on)
    opened = _open(organization_id, on)
    owed = ageing_by_week(organization_id, on, WEEKS)
    paid = _paid(organization_id, on)
    earned = _earned(organization_id, months[0], on)
    codes = set(opened) | set(owed) | set(paid) | {code for code, _ in earned}

    def of_currency(code: str) -> CurrencyFigures:
        row = opened.get(code, {"count": 0, "late_count": 0})
        ages, upcoming = owed.get(code, (None, []))
        return CurrencyFigures(
            currency=code,
            outstanding=Money.from_minor(ages.total if ages else 0, code),
            overdue=Money.from_minor(sum(ages.amounts[1:]) if ages else 0, code),
            ages=ages,
            upcoming=upcoming,
            paid_last_30_days=Money.from_minor(paid.get(code, 0), code),
            open_count=row["count"],
            overdue_count=row["late_count"],
            revenue_by_month=[
                (month, Money.from_minor(earned.get((code, month), 0), code)) for month in months
            ],
        )

    ordered = sorted(codes, key=lambda code: (-opened.get(code, {"count": 0})["count"], code))
    feed = Event.objects.filter(organization_id=organization_id)
    return Figures(
        currencies=[of_currency(code) for code in ordered],
        draft_count=Invoice.objects.of(organization_id).filter(status="draft").count(),
        recent=list(feed.order_by("-occurred_at", "-id")[:RECENT]),
    )


def _last_months(on: datetime.date) -> list[datetime.date]:
    """The first days of the month of that date and of those before it, oldest first."""
    last = on.year * 12 + on.month - 1
    return [datetime.date(i // 12, i % 12 + 1, 1) for i in range(last - MONTHS + 1, last + 1)]


def _open(organization_id: int, on: datetime.date) -> dict[str, dict[str, Any]]:
    """How many invoices are open, and how many of them late."""
    late = Q(due_date__lt=on)
    rows = Invoice.objects.of(organization_id).open().order_by().values("currency")
    counted = rows.annotate(count=Count("pk"), late_count=Count("pk", filter=late))
    return {row["currency"]: dict(row) for row in counted}


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
            .values("currency", month=TruncMonth("issue_date"))
            .annotate(net=Sum(F("total") - F("tax_total") - F("rounding_amount")))
        )
        for row in sums:
            key = (row["currency"], row["month"])
            earned[key] = earned.get(key, 0) + sign * row["net"]
    return earned
