"""Money in and back: payments and refunds by period, method, gateway or customer.

A payment counts on its payment date once it succeeded, a refund on its own date, in the
same row as the payment's method, gateway or customer, so `net` is what came in less what
went back in those days. Deleted payments count nowhere. What is pending or failed stands
apart and in no sum. Refunds that were settled outside of our accounts are part of
`refunded`, and said again in `refunded_out_of_band`.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from billing.models import Customer, Payment, PaymentMethod
from billing.queries.spans import Span
from billing.reports.periods import STEPS, cut
from billing.reports.sales import CUSTOMER, Scope, paid_back

METHOD, GATEWAY = "method", "gateway"
GROUPS = (*STEPS, METHOD, CUSTOMER, GATEWAY)

# Column of payments, column of refunds; `payee_id` and `way` are annotated on refunds.
_KEYS = {
    METHOD: ("method", "way"),
    GATEWAY: ("gateway", "door"),
    CUSTOMER: ("customer_id", "payee_id"),
}
_OUTSIDE = Q(is_out_of_band=True)


@dataclass(slots=True)
class PaymentFigures:
    """Counts, and sums of one currency in minor units."""

    count: int = 0
    amount: int = 0
    refunds_count: int = 0
    refunded: int = 0
    refunded_out_of_band: int = 0
    pending_count: int = 0
    pending_amount: int = 0
    failed_count: int = 0
    failed_amount: int = 0

    @property
    def net(self) -> int:
        return self.amount - self.refunded

    def add(self, sums: dict[str, int]) -> None:
        for name, amount in sums.items():
            setattr(self, name, getattr(self, name) + amount)


@dataclass(slots=True)
class PaymentRow:
    """One period, one customer, or one word: a method, or a gateway's name ("" for none)."""

    period: Span | None = None
    customer: Customer | None = None
    word: str = ""
    figures: PaymentFigures = field(default_factory=PaymentFigures)


@dataclass(slots=True)
class PaymentSection:
    """One currency: its rows, and their sum."""

    currency: str
    rows: list[PaymentRow]
    summary: PaymentFigures


@dataclass(slots=True)
class PaymentReport:
    """Sections by currency; the first is the one asked for, the others follow by code."""

    span: Span
    group_by: str
    sections: list[PaymentSection]


# Where a figure belongs, in whatever the report is grouped by.
Place = Any


def payment_report(scope: Scope, group_by: str) -> PaymentReport:
    """Payments by period, method, customer or gateway, each currency apart.

    Periods cover the whole span, empty ones included; the rest comes largest first.
    """
    found: dict[str, dict[Place, PaymentFigures]] = {scope.currency: {}}

    def put(currency: str, place: Place, sums: dict[str, int]) -> None:
        found.setdefault(currency, {}).setdefault(place, PaymentFigures()).add(sums)

    if group_by in STEPS:
        periods = cut(scope.span, group_by)
        starts = [period.start for period in periods]
        _gather(scope, "payment_date", "refund_date", put)
        rows = {
            currency: _by_period(periods, starts, figures) for currency, figures in found.items()
        }
    else:
        _gather(scope, *_KEYS[group_by], put)
        rows = _by_name(scope, group_by, found)
    sections = []
    for currency in sorted(rows, key=lambda code: (code != scope.currency, code)):
        summary = PaymentFigures()
        for row in rows[currency]:
            summary.add({each.name: getattr(row.figures, each.name) for each in fields(summary)})
        sections.append(PaymentSection(currency, rows[currency], summary))
    return PaymentReport(scope.span, group_by, sections)


def _gather(
    scope: Scope,
    of_payments: str,
    of_refunds: str,
    put: Callable[[str, Place, dict[str, int]], None],
) -> None:
    """Put every sum of the scope in its place: two statements."""
    payments = scope.of(Payment.objects.of(scope.organization_id), "payment_date")
    sums = payments.values_list("currency", of_payments, "status").annotate(
        times=Count("pk"), sum=Sum("amount")
    )
    for currency, place, status, times, amount in sums:
        if status == Payment.Status.SUCCEEDED:
            put(currency, place, {"count": times, "amount": amount})
        elif status == Payment.Status.PENDING:
            put(currency, place, {"pending_count": times, "pending_amount": amount})
        elif status == Payment.Status.FAILED:
            put(currency, place, {"failed_count": times, "failed_amount": amount})
    refunds = scope.of(_refunds(scope.organization_id), "refund_date", "payee_id")
    back = refunds.values_list("currency", of_refunds).annotate(
        times=Count("pk"), sum=Sum("amount"), outside=Sum("amount", filter=_OUTSIDE)
    )
    for currency, place, times, amount, outside in back:
        figures = {"refunds_count": times, "refunded": amount}
        put(currency, place, {**figures, "refunded_out_of_band": outside or 0})


def _refunds(organization_id: int) -> QuerySet[Any]:
    """Refunds with how and through whom the money went back: as it came, unless said otherwise."""
    return paid_back(organization_id).annotate(
        way=Case(
            When(~Q(method=""), then=F("method")),
            default=Coalesce("payment__method", Value(PaymentMethod.OTHER.value)),
        ),
        door=Coalesce("payment__gateway", Value("")),
    )


def _by_period(
    periods: list[Span], starts: list[Any], figures: dict[Place, PaymentFigures]
) -> list[PaymentRow]:
    rows = [PaymentRow(period=period) for period in periods]
    for day, sums in figures.items():
        row = rows[bisect_right(starts, day) - 1]
        row.figures.add({each.name: getattr(sums, each.name) for each in fields(sums)})
    return rows


def _by_name(
    scope: Scope, group_by: str, found: dict[str, dict[Place, PaymentFigures]]
) -> dict[str, list[PaymentRow]]:
    customers: dict[Any, Customer] = {}
    if group_by == CUSTOMER:
        wanted = {pk for figures in found.values() for pk in figures}
        rows = Customer.objects.of(scope.organization_id).only("uuid", "name", "organization_id")
        customers = rows.in_bulk(list(wanted))
    named: dict[str, list[PaymentRow]] = {}
    for currency, figures in found.items():
        named[currency] = [
            PaymentRow(
                customer=customers.get(place),
                word="" if group_by == CUSTOMER else str(place),
                figures=sums,
            )
            for place, sums in figures.items()
        ]
        named[currency].sort(key=_largest)
    return named


def _largest(row: PaymentRow) -> tuple[Any, ...]:
    customer = row.customer
    name = customer.name.casefold() if customer else row.word
    return -row.figures.amount, name, customer.pk if customer else 0
