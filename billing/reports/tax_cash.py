"""Tax on the cash basis: it falls due as invoices are paid, on the days of the allocations.

Cumulative (C9): after every step the tax declared on an invoice is its tax times what is
paid, by its total, rounded once for the document and divided over its taxes by largest
remainder. A period's tax is the difference between its end and the day before its start,
so no cent is lost between periods, and an invoice paid in full has declared its tax.

A credit note on the invoice takes its own figures off both, from its issue date, so that
what is left to pay carries only the tax that is left. Money taken back off an invoice
takes its tax back. What is written off, or settled by a credit note that belongs to no
invoice, was never paid and declares nothing.
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet

from billing.models import Allocation, CreditNote, Invoice, InvoiceTax
from billing.reports.sales import Scope
from billing.reports.tax import CASH, Currencies, Ledger, TaxReport, grouped
from billing.reports.tax_parts import (
    CREDIT_NOTES,
    INVOICES,
    TaxKey,
    TaxSums,
    batches,
    subtotals,
)
from billing.totals.arithmetic import half_up, share_out

_NET = F("total") - F("tax_total") - F("rounding_amount")
_Parts = Mapping[TaxKey, TaxSums]


@dataclass(slots=True)
class _Figures:
    """A document, or what is left of it: minor units, by tax."""

    total: int = 0
    net: int = 0
    parts: dict[TaxKey, TaxSums] = field(default_factory=dict)

    def take(self, total: int, net: int, parts: _Parts) -> None:
        self.total -= total
        self.net -= net
        for key, sums in parts.items():
            self.parts.setdefault(key, TaxSums()).add(sums, -1)


@dataclass(slots=True)
class _Note:
    issue_date: datetime.date
    total: int
    net: int
    parts: _Parts


@dataclass(slots=True)
class _Head:
    """An invoice, and what was paid on it before the span and by its end: minor units."""

    currencies: Currencies
    total: int
    net: int
    before: int = 0
    until: int = 0


def cash_report(scope: Scope) -> TaxReport:
    """Tax by the days on which invoices were paid, per tax profile and currency."""
    ledger = Ledger(scope)
    heads = _paid(scope)
    is_paid = set(heads)
    is_stepwise = _credited(scope, heads) | _shared(scope, heads)
    earlier = _payments(scope.organization_id).filter(allocated_on__lt=scope.span.start)
    paid = _allocated(scope).order_by().values("invoice_id")
    _learn_earlier(earlier.filter(invoice_id__in=paid), heads)
    for ids in batches(list(heads.keys() - is_paid)):
        _learn_earlier(earlier.filter(invoice_id__in=ids), heads)
    at_once: list[int] = []
    in_steps: list[int] = []
    for pk, head in heads.items():
        is_whole = head.before == 0 and head.until == head.total > 0 and pk not in is_stepwise
        (at_once if is_whole else in_steps).append(pk)
    for ids in batches(at_once):
        _add_whole(ledger, ids, heads)
    for ids in batches(in_steps):
        _add(ledger, ids, heads)
    return TaxReport(scope.span, CASH, ledger.sections())


_HEAD = ("currency", "accounting_currency", "total", "net_amount")


def _paid(scope: Scope) -> dict[int, _Head]:
    """The invoices on which money was allocated in the span, and how much."""
    # Said of the invoice as well, so that no other organization's are looked at.
    rows = _allocated(scope).filter(invoice__organization_id=scope.organization_id)
    net = F("invoice__total") - F("invoice__tax_total") - F("invoice__rounding_amount")
    columns = ("invoice__currency", "invoice__accounting_currency", "invoice__total", "net_amount")
    heads: dict[int, _Head] = {}
    for pk, amount, currency, books, total, net_amount in (
        rows.annotate(net_amount=net).order_by().values_list("invoice_id", "amount", *columns)
    ):
        head = heads.setdefault(pk, _Head((currency, books), total, net_amount))
        head.until += amount
    return heads


def _credited(scope: Scope, heads: dict[int, _Head]) -> set[int]:
    """The invoices with credit notes; those credited in the span are added to the heads.

    Their declared tax can differ between the span's two ends though nothing was paid.
    """
    notes = _notes(scope.organization_id).filter(issue_date__lte=scope.span.end)
    notes = notes.filter(**_wanted(scope, "invoice__"))
    in_span = notes.filter(issue_date__gte=scope.span.start)
    rows = Invoice.objects.of(scope.organization_id).filter(pk__in=in_span.values("invoice_id"))
    for pk, currency, books, total, net in rows.annotate(net_amount=_NET).values_list("pk", *_HEAD):
        heads.setdefault(pk, _Head((currency, books), total, net))
    return set(notes.values_list("invoice_id", flat=True))


def _shared(scope: Scope, heads: Mapping[int, _Head]) -> set[int]:
    """The invoices on which several profiles share a subtotal (A22)."""
    rows = InvoiceTax.objects.of(scope.organization_id)
    rows = rows.filter(is_shared=True, issued_on__isnull=False)
    return heads.keys() & set(rows.order_by().values_list("invoice_id", flat=True))


def _learn_earlier(rows: QuerySet[Allocation], heads: Mapping[int, _Head]) -> None:
    """What was paid on the invoices before the span; it counts at both its ends."""
    for pk, amount in rows.order_by().values_list("invoice_id", "amount"):
        heads[pk].before += amount
        heads[pk].until += amount


def _allocated(scope: Scope) -> Any:
    """The allocations of payments in the span, and taken back in it."""
    rows = _payments(scope.organization_id).filter(**scope.span.lookup("allocated_on"))
    return rows.filter(**_wanted(scope, "invoice__"))


def _wanted(scope: Scope, head: str) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if scope.customer_id is not None:
        wanted[f"{head}customer_id"] = scope.customer_id
    if scope.is_alone:
        wanted[f"{head}currency"] = scope.currency
    return wanted


def _payments(organization_id: int) -> Any:
    return Allocation.objects.of(organization_id).filter(kind=Allocation.Kind.PAYMENT)


def _notes(organization_id: int) -> Any:
    return CreditNote.objects.of(organization_id).filter(
        status=CreditNote.Status.ISSUED, invoice__isnull=False
    )


def _add_whole(ledger: Ledger, ids: Sequence[int], heads: Mapping[int, _Head]) -> None:
    """Invoices of which nothing was declared before, and all is now: their subtotals."""
    for pk in ids:
        ledger.add_net(heads[pk].currencies[0], heads[pk].net)
    rows = InvoiceTax.objects.of(ledger.scope.organization_id).filter(invoice_id__in=ids)
    rows = rows.exclude(base_amount=0, tax_amount=0, accounting_amount=0)
    for currencies, key, sums, (count,) in grouped(rows):
        row = ledger.row(currencies, key)
        row.sums.add(sums)
        row.invoices_count += count


def _add(ledger: Ledger, ids: Sequence[int], heads: Mapping[int, _Head]) -> None:
    organization_id, span = ledger.scope.organization_id, ledger.scope.span
    _, parts = subtotals(INVOICES, organization_id, ids)
    notes = _notes_of(organization_id, ids)
    day_before = span.start - datetime.timedelta(days=1) if span.start > _FIRST else _FIRST
    for pk in ids:
        head = heads[pk]
        whole = _Figures(head.total, head.net, dict(parts.get(pk, {})))
        was = _declared(_left(whole, notes.get(pk, ()), day_before), head.before)
        now = _declared(_left(whole, notes.get(pk, ()), span.end), head.until)
        ledger.add_net(head.currencies[0], now.net - was.net)
        for key in now.parts.keys() | was.parts.keys():
            sums = TaxSums()
            sums.add(now.parts.get(key, TaxSums()))
            sums.add(was.parts.get(key, TaxSums()), -1)
            if sums != TaxSums():
                row = ledger.row(head.currencies, key)
                row.sums.add(sums)
                row.invoices_count += 1


_FIRST = datetime.date.min


def _notes_of(organization_id: int, ids: Sequence[int]) -> dict[int, list[_Note]]:
    rows = _notes(organization_id).filter(invoice_id__in=ids).annotate(net_amount=_NET)
    columns = ("pk", "invoice_id", "issue_date", "total", "net_amount")
    heads = list(rows.values_list(*columns))
    _, parts = subtotals(CREDIT_NOTES, organization_id, [head[0] for head in heads])
    notes: dict[int, list[_Note]] = defaultdict(list)
    for pk, invoice_id, day, total, net in heads:
        notes[invoice_id].append(_Note(day, total, net, parts.get(pk, {})))
    return notes


def _left(whole: _Figures, notes: Sequence[_Note], on: datetime.date) -> _Figures:
    """What the invoice asks for at the end of that day, after its credit notes."""
    left = _Figures(whole.total, whole.net)
    for key, sums in whole.parts.items():
        left.parts.setdefault(key, TaxSums()).add(sums)
    for note in notes:
        if note.issue_date <= on:
            left.take(note.total, note.net, note.parts)
    return left


def _declared(left: _Figures, paid: int) -> _Figures:
    """What is declared of it once that much is paid; nothing where nothing is left to pay."""
    paid = max(0, min(paid, left.total))
    if not paid:
        return _Figures()
    keys = list(left.parts)
    declared = _Figures(paid, half_up(left.net * paid, left.total))
    columns = []
    for name in ("base", "tax", "accounting"):
        amounts = [getattr(left.parts[key], name) * paid for key in keys]
        due = half_up(sum(amounts), left.total)
        columns.append(share_out(due, amounts, left.total) if keys else [])
    for key, *amounts in zip(keys, *columns, strict=True):
        declared.parts[key] = TaxSums(*amounts)
    return declared
