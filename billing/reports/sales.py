"""What was sold: invoices by period or customer, with what was paid and credited on them.

Every figure belongs to documents in force: drafts and void documents count nowhere.
An invoice counts on its issue date, and what was paid, credited or written off on it
counts in the same row, whenever that happened, so that a row adds up:

    total_outstanding = total_invoiced - total_paid - total_credited - total_written_off

Credit notes also count by themselves on their own issue date, and money on the day it
came or went: `total_credit_notes`, `net_sales` and `total_received` are of the period.
"""

import datetime
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from billing.models import CreditNote, Customer, Invoice, Payment, Refund
from billing.queries.spans import Span
from billing.reports.periods import STEPS, cut

CUSTOMER = "customer"
GROUPS = (*STEPS, CUSTOMER)

_NET = F("total") - F("tax_total") - F("rounding_amount")
_INVOICE_SUMS = {
    "invoices_count": Count("pk"),
    "total_invoiced": Sum("total"),
    "net_invoiced": Sum(_NET),
    "total_tax": Sum("tax_total"),
    "total_paid": Sum("amount_paid"),
    "total_credited": Sum("amount_credited"),
    "total_written_off": Sum("amount_written_off"),
}
_NOTE_SUMS = {
    "credit_notes_count": Count("pk"),
    "total_credit_notes": Sum("total"),
    "net_credited": Sum(_NET),
    "tax_credited": Sum("tax_total"),
}


@dataclass(slots=True)
class SalesFigures:
    """Sums of one currency in minor units.

    total_invoiced, total_tax: of the invoices, with tax; the tax in it. total_paid,
    total_credited, total_written_off: what settled those invoices, to this day.
    total_credit_notes, net_credited, tax_credited: credit notes dated in the period.
    total_received: payments less refunds by their own days.
    """

    invoices_count: int = 0
    total_invoiced: int = 0
    net_invoiced: int = 0
    total_tax: int = 0
    total_paid: int = 0
    total_credited: int = 0
    total_written_off: int = 0
    credit_notes_count: int = 0
    total_credit_notes: int = 0
    net_credited: int = 0
    tax_credited: int = 0
    total_received: int = 0

    @property
    def total_outstanding(self) -> int:
        """What those invoices still ask for."""
        return self.total_invoiced - self.total_paid - self.total_credited - self.total_written_off

    @property
    def net_sales(self) -> int:
        """Revenue: invoices less the credit notes of the period, without tax."""
        return self.net_invoiced - self.net_credited

    def add(self, sums: dict[str, int]) -> None:
        for name, amount in sums.items():
            setattr(self, name, getattr(self, name) + amount)

    def is_empty(self) -> bool:
        return not any(getattr(self, each.name) for each in fields(self))


@dataclass(slots=True)
class SalesRow:
    """The figures of one period, or of one customer over the whole span."""

    period: Span | None
    customer: Customer | None
    figures: SalesFigures = field(default_factory=SalesFigures)


@dataclass(slots=True)
class SalesSection:
    """One currency: its rows, and their sum."""

    currency: str
    rows: list[SalesRow]
    summary: SalesFigures


@dataclass(slots=True)
class SalesReport:
    """Sections by currency; the first is the one asked for, the others follow by code."""

    span: Span
    group_by: str
    sections: list[SalesSection]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose documents of which days; `currency` is the first section's, all others follow
    unless `is_alone`."""

    organization_id: int
    span: Span
    currency: str
    customer_id: int | None = None
    is_alone: bool = False

    def of(self, rows: QuerySet[Any], day: str, customer: str = "customer_id") -> QuerySet[Any]:
        """The rows within the scope, unordered; the names of their columns are given."""
        rows = rows.filter(**self.span.lookup(day))
        if self.customer_id is not None:
            rows = rows.filter(**{customer: self.customer_id})
        if self.is_alone:
            rows = rows.filter(currency=self.currency)
        return rows.order_by()


def sales_report(scope: Scope, group_by: str) -> SalesReport:
    """Sales by day, week, month, quarter, year, or customer, each currency apart.

    Periods cover the whole span, empty ones included; customers come by what they were
    invoiced, those without any figure left out.
    """
    if group_by == CUSTOMER:
        return SalesReport(scope.span, group_by, _by_customer(scope))
    return SalesReport(scope.span, group_by, _by_period(scope, group_by))


def paid_back(organization_id: int) -> QuerySet[Any]:
    """Refunds that went out, with `payee_id`: the customer of the payment or the credit note."""
    rows = Refund.objects.of(organization_id).filter(status=Refund.Status.SUCCEEDED)
    return rows.annotate(payee_id=Coalesce("payment__customer_id", "credit_note__customer_id"))


def _by_period(scope: Scope, step: str) -> list[SalesSection]:
    periods = cut(scope.span, step)
    starts = [period.start for period in periods]
    found: dict[str, list[SalesRow]] = {}

    def rows_of(currency: str) -> list[SalesRow]:
        if currency not in found:
            found[currency] = [SalesRow(period, None) for period in periods]
        return found[currency]

    def put(currency: str, day: datetime.date, sums: dict[str, int]) -> None:
        rows_of(currency)[bisect_right(starts, day) - 1].figures.add(sums)

    rows_of(scope.currency)
    _gather(scope, ("issue_date", "payment_date", "refund_date"), put)
    return _sections(scope, found)


def _by_customer(scope: Scope) -> list[SalesSection]:
    found: dict[str, dict[int, SalesFigures]] = {scope.currency: {}}

    def put(currency: str, customer_id: int, sums: dict[str, int]) -> None:
        found.setdefault(currency, {}).setdefault(customer_id, SalesFigures()).add(sums)

    _gather(scope, ("customer_id", "customer_id", "payee_id"), put)
    wanted = {pk for figures in found.values() for pk in figures}
    known = (
        Customer.objects.of(scope.organization_id)
        .only("uuid", "name", "organization_id")
        .in_bulk(list(wanted))
    )
    rows = {
        currency: [
            SalesRow(None, known[pk], sums) for pk, sums in figures.items() if not sums.is_empty()
        ]
        for currency, figures in found.items()
    }
    for each in rows.values():
        each.sort(key=_largest)
    return _sections(scope, rows)


def _largest(row: SalesRow) -> tuple[int, str, int]:
    customer = row.customer
    name, pk = (customer.name.casefold(), customer.pk) if customer else ("", 0)
    return -row.figures.total_invoiced, name, pk


def _gather(
    scope: Scope, keys: tuple[str, str, str], put: Callable[[str, Any, dict[str, int]], None]
) -> None:
    """Put every sum of the scope in its place, keyed by a column of documents, payments, refunds.

    Four statements; the database adds up per day or customer, which its indexes cover.
    """
    of_documents, of_payments, of_refunds = keys
    organization_id = scope.organization_id
    invoices = scope.of(Invoice.objects.of(organization_id).issued(), "issue_date")
    notes = CreditNote.objects.of(organization_id).filter(status=CreditNote.Status.ISSUED)
    payments: QuerySet[Any] = Payment.objects.of(organization_id)
    payments = payments.filter(status=Payment.Status.SUCCEEDED)
    payments = scope.of(payments, "payment_date")
    refunds = scope.of(paid_back(organization_id), "refund_date", "payee_id")
    for rows, key, sums, sign in (
        (invoices, of_documents, _INVOICE_SUMS, 1),
        (scope.of(notes, "issue_date"), of_documents, _NOTE_SUMS, 1),
        (payments, of_payments, {"total_received": Sum("amount")}, 1),
        (refunds, of_refunds, {"total_received": Sum("amount")}, -1),
    ):
        grouped = rows.values_list("currency", key).annotate(**sums)
        for currency, place, *amounts in grouped:
            put(currency, place, _named(sums, amounts, sign))


def _named(names: Iterable[str], amounts: list[int], sign: int) -> dict[str, int]:
    return {name: sign * amount for name, amount in zip(names, amounts, strict=True)}


def _sections(scope: Scope, found: dict[str, list[SalesRow]]) -> list[SalesSection]:
    sections = []
    for currency in sorted(found, key=lambda code: (code != scope.currency, code)):
        summary = SalesFigures()
        for row in found[currency]:
            summary.add({each.name: getattr(row.figures, each.name) for each in fields(summary)})
        sections.append(SalesSection(currency, found[currency], summary))
    return sections
