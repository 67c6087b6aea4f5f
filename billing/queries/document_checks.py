"""Proving documents: their lines, worked out again by the engine, give what is stored."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import F, Sum

from billing.models import CreditNote, Invoice, InvoiceStatus, Quote
from billing.queries.calculation import totals_input
from billing.queries.problems import Problem, differs
from billing.totals import Totals, compute
from billing.totals.credits import partial_credit
from core.errors import DomainError

_SUMS = ("subtotal", "discount_total", "charge_total", "tax_total", "rounding_amount", "total")
_CHUNK = 500
_IN_FORCE = {InvoiceStatus.ISSUED, InvoiceStatus.UNCOLLECTIBLE, CreditNote.Status.ISSUED}


def check_documents(organization_id: int) -> Iterator[Problem]:
    """Invoices, quotes and credit notes against a fresh computation of their lines."""
    invoices = Invoice.objects.of(organization_id).prefetch_related("lines", "taxes")
    for invoice in invoices.order_by("pk").iterator(chunk_size=_CHUNK):
        yield from _recompute(invoice, has_taxes=True)
    quotes = Quote.objects.of(organization_id).prefetch_related("lines")
    for quote in quotes.order_by("pk").iterator(chunk_size=_CHUNK):
        yield from _recompute(quote, has_taxes=False)
    yield from _check_credit_notes(organization_id)
    yield from _check_instalments(organization_id)


def _check_instalments(organization_id: int) -> Iterator[Problem]:
    """The parts that an invoice is paid in make up its total (C13)."""
    invoices = Invoice.objects.of(organization_id).annotate(planned=Sum("instalments__amount"))
    for invoice in invoices.exclude(planned=None).exclude(planned=F("total")).order_by("pk"):
        yield differs(
            invoice._meta.db_table,
            invoice.pk,
            _label(invoice),
            "total",
            invoice.currency,
            found=invoice.total,
            expected=invoice.planned,
            source="its instalments sum to",
        )


def _check_credit_notes(organization_id: int) -> Iterator[Problem]:
    notes = CreditNote.objects.of(organization_id).prefetch_related("lines", "taxes")
    alone = notes.filter(invoice=None).order_by("pk")
    for note in alone.iterator(chunk_size=_CHUNK):
        yield from _recompute(note, has_taxes=True)
    linked = notes.exclude(invoice=None).select_related("invoice").order_by("invoice_id", "pk")
    rows = linked.prefetch_related("invoice__lines").iterator(chunk_size=_CHUNK)
    for invoice, of_invoice in groupby(rows, key=lambda note: note.invoice):
        if invoice is not None:
            yield from _check_parts(invoice, list(of_invoice))


def _check_parts(invoice: Invoice, notes: Sequence[CreditNote]) -> Iterator[Problem]:
    """Credit notes of one invoice, in order: each closes what those before it left open."""
    lines = list(invoice.lines.all())
    before = [Decimal(0)] * len(lines)
    # A voided note counted when the next one was made, and later did not: not repeatable.
    is_repeatable = all(note.voided_at is None for note in notes)
    for note in notes:
        yield from _check_sums(note, list(note.taxes.all()))
        quantities: dict[int | None, Decimal] = defaultdict(Decimal)
        for row in note.lines.all():
            quantities[row.invoice_line_id] += row.quantity
        now = [quantities[line.pk] for line in lines]
        if is_repeatable:
            try:
                totals = partial_credit(totals_input(invoice, lines), before, now)
            except DomainError as refusal:
                yield _problem(note, f"its lines can no longer be worked out: {refusal}")
                return
            yield from _compare_sums(note, totals)
        before = [was + more for was, more in zip(before, now, strict=True)]


def _recompute(document: Any, *, has_taxes: bool) -> Iterator[Problem]:
    lines = list(document.lines.all())
    if not lines and not document.total:
        return
    try:
        totals = compute(totals_input(document, lines))
    except DomainError as refusal:
        yield _problem(document, f"its lines can no longer be worked out: {refusal}")
        return
    yield from _compare_sums(document, totals)
    yield from _compare_lines(document, lines, totals)
    if has_taxes:
        taxes = list(document.taxes.all())
        yield from _check_sums(document, taxes)
        yield from _compare_taxes(document, taxes, totals)


def _compare_sums(document: Any, totals: Totals) -> Iterator[Problem]:
    for figure in _SUMS:
        found, expected = getattr(document, figure), getattr(totals, figure)
        if found != expected:
            yield differs(
                document._meta.db_table,
                document.pk,
                _label(document),
                figure,
                document.currency,
                found=found,
                expected=expected,
                source="its lines work out to",
            )


def _compare_lines(document: Any, lines: Sequence[Any], totals: Totals) -> Iterator[Problem]:
    for line, figures in zip(lines, totals.lines, strict=True):
        for figure, expected in (
            ("net_amount", figures.net),
            ("discount_amount", figures.discount),
            ("tax_amount", figures.tax),
            ("total", figures.gross),
        ):
            found = getattr(line, figure)
            if found != expected:
                yield differs(
                    line._meta.db_table,
                    line.pk,
                    f"line {line.position} of {_label(document)}",
                    figure,
                    document.currency,
                    found=found,
                    expected=expected,
                    source="its quantity and price give",
                )


def _compare_taxes(document: Any, taxes: Sequence[Any], totals: Totals) -> Iterator[Problem]:
    if len(taxes) != len(totals.taxes):
        yield _problem(
            document,
            f"it has {len(taxes)} tax subtotals, but its lines bear {len(totals.taxes)} taxes.",
        )
        return
    for row, group in zip(taxes, totals.taxes, strict=True):
        if group.is_shared and not row.is_shared:
            yield Problem(
                row._meta.db_table,
                row.pk,
                f"{row.name} on {_label(document)}",
                "it says that one tax profile is in it, but its lines bear several.",
            )
        for figure, expected in (("base_amount", group.base), ("tax_amount", group.tax)):
            found = getattr(row, figure)
            if found != expected:
                yield differs(
                    row._meta.db_table,
                    row.pk,
                    f"{row.name} on {_label(document)}",
                    figure,
                    document.currency,
                    found=found,
                    expected=expected,
                    source="the lines work out to",
                )


def _check_places(document: Any, taxes: Sequence[Any]) -> Iterator[Problem]:
    """The tax subtotals count on the document's day, and in its currencies."""
    day = document.issue_date if document.status in _IN_FORCE else None
    for row in taxes:
        for figure, expected in (
            ("issued_on", day),
            ("currency", document.currency),
            ("accounting_currency", document.accounting_currency),
        ):
            found = getattr(row, figure)
            if found != expected:
                finding = f"{figure} is {found}, but its document says {expected}."
                name = f"{row.name} on {_label(document)}"
                yield Problem(row._meta.db_table, row.pk, name, finding)


def _check_sums(document: Any, taxes: Sequence[Any]) -> Iterator[Problem]:
    """The tax subtotals make up the tax, and the parts make up the total."""
    yield from _check_places(document, taxes)
    parts = document.subtotal - document.discount_total + document.charge_total
    whole = parts + document.tax_total + document.rounding_amount
    for figure, found, expected, source in (
        (
            "tax_total",
            document.tax_total,
            sum(row.tax_amount for row in taxes),
            "its tax subtotals sum to",
        ),
        ("total", document.total, whole, "its parts sum to"),
    ):
        if found != expected:
            yield differs(
                document._meta.db_table,
                document.pk,
                _label(document),
                figure,
                document.currency,
                found=found,
                expected=expected,
                source=source,
            )


def _problem(document: Any, finding: str) -> Problem:
    return Problem(document._meta.db_table, document.pk, _label(document), finding)


def _label(document: Any) -> str:
    return document.number or "draft"
