"""Invoices of one organization, and the one word that sums up where each stands."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch

from accounts.models import Organization
from billing.models import (
    Customer,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    InvoiceTax,
    Product,
    ScheduledSend,
    Settlement,
)
from billing.models.base import DocumentLine, DocumentTax, SalesDocument
from billing.models.invoices import InvoiceQuerySet
from billing.queries.lookup import Ref, find
from billing.snapshots import (
    invoice_state,
    lines_snapshot,
    open_dispute_of,
    taxes_snapshot,
)
from core import exactjson

STATUS_WORDS = (
    "draft",
    "sent",
    "viewed",
    "partially_paid",
    "paid",
    "overdue",
    "void",
    "uncollectible",
)
_TOLD_OF_CUSTOMERS = ("uuid", "name", "email", "legal_name", "external_reference")
_SETTLED = F("amount_paid") + F("amount_credited") + F("amount_written_off")


def list_invoices(organization_id: int) -> InvoiceQuerySet:
    """Newest first, with the customer; lines and taxes are read when asked for."""
    rows = Invoice.objects.of(organization_id).select_related("customer")
    return rows.order_by("-created_at", "-id")


def get_invoice(organization_id: int, reference: Ref) -> Invoice:
    """By id or UUID, with customer, lines and taxes in three statements. Raises NotFound."""
    rows = Invoice.objects.of(organization_id).select_related("customer", "organization")
    lines = InvoiceLine.objects.of(organization_id).select_related("product")
    return find(rows.prefetch_related(Prefetch("lines", lines), "taxes"), reference, "invoice")


@dataclass(frozen=True, slots=True)
class Told:
    """An issued invoice that something is to be told of."""

    invoice: Invoice
    _rows: str

    def text(self) -> str:
        """Its snapshot as JSON."""
        state = exactjson.dumps(invoice_state(self.invoice))
        disputed = exactjson.dumps(open_dispute_of(self.invoice))
        return f'{state[:-1]},{self._rows},"dispute":{disputed}}}'


def told_invoices(organization: Organization, ids: Sequence[int]) -> list[Told]:
    """Those of the organization that are issued, in that order.

    Without the calculation, and with what snapshots tell of the customer.
    """
    rows = Invoice.objects.of(organization.pk).exclude(status=InvoiceStatus.DRAFT)
    rows = rows.filter(pk__in=ids).defer("calculation")
    customers = Customer.objects.of(organization.pk).only(*_TOLD_OF_CUSTOMERS)
    found = {each.pk: each for each in rows.prefetch_related(Prefetch("customer", customers))}
    for invoice in found.values():
        invoice.organization = organization
    told = _rows_told(organization.pk, found.values())
    return [Told(found[pk], told[found[pk].uuid]) for pk in ids if pk in found]


# The lines and taxes of issued invoices, which never change, as snapshots tell them: a month
# of a large organization's reminders asks for the same ones day after day.
_remembered: dict[uuid.UUID, str] = {}
_MOST_REMEMBERED = 5_000


def _rows_told(organization_id: int, invoices: Collection[Invoice]) -> dict[uuid.UUID, str]:
    """The lines and taxes of each as JSON, without its braces."""
    told = {each.uuid: _remembered.get(each.uuid, "") for each in invoices}
    unknown = [each for each in invoices if not told[each.uuid]]
    if unknown:
        read = _read_rows(organization_id, unknown)
        if len(_remembered) + len(read) > _MOST_REMEMBERED:
            _remembered.clear()
        _remembered.update(read)
        told |= read
    return told


def _read_rows(organization_id: int, invoices: Sequence[Invoice]) -> dict[uuid.UUID, str]:
    pks = [invoice.pk for invoice in invoices]
    lines: dict[int, list[InvoiceLine]] = defaultdict(list)
    products = Prefetch("product", Product.objects.of(organization_id).only("uuid"))
    own_lines = InvoiceLine.objects.of(organization_id).filter(invoice_id__in=pks)
    for line in own_lines.prefetch_related(products):
        lines[line.invoice_id].append(line)
    taxes: dict[int, list[InvoiceTax]] = defaultdict(list)
    for tax in InvoiceTax.objects.of(organization_id).filter(invoice_id__in=pks):
        taxes[tax.invoice_id].append(tax)
    read = {}
    for invoice in invoices:
        rows = {
            "lines": lines_snapshot(lines[invoice.pk], invoice.currency),
            "taxes": taxes_snapshot(taxes[invoice.pk], invoice),
        }
        read[invoice.uuid] = exactjson.dumps(rows)[1:-1]
    return read


def status_word(invoice: Invoice, today: datetime.date) -> str:
    """One of STATUS_WORDS on that civil date of the organization; derived, never stored.

    Late wins over partly paid. Uncollectible stays so when the rest is written off, and
    ends when it is paid (B10). An invoice that is issued but not mailed counts as sent: it
    is in force.
    """
    if invoice.status != InvoiceStatus.ISSUED:
        return str(invoice.status)
    settlement = invoice.settlement
    if settlement == Settlement.PAID:
        return "paid"
    if invoice.days_overdue(today):
        return "overdue"
    if settlement == Settlement.PARTIAL:
        return "partially_paid"
    return "viewed" if invoice.viewed_at else "sent"


def with_status(rows: InvoiceQuerySet, word: str, today: datetime.date) -> InvoiceQuerySet:
    """The rows for which status_word says that word; none for a word it never says."""
    if word in (InvoiceStatus.DRAFT, InvoiceStatus.VOID, InvoiceStatus.UNCOLLECTIBLE):
        return rows.filter(status=word)
    current = rows.filter(status=InvoiceStatus.ISSUED)
    if word == "paid":
        return current.settled()
    current = current.unsettled()
    if word == "overdue":
        return current.filter(due_date__lt=today)
    current = current.filter(due_date__gte=today)
    untouched = current.annotate(settled_amount=_SETTLED)
    if word == "partially_paid":
        return untouched.exclude(settled_amount=0)
    if word in ("sent", "viewed"):
        return untouched.filter(settled_amount=0, viewed_at__isnull=word == "sent")
    return rows.none()


def attach(
    document: SalesDocument,
    lines: Sequence[DocumentLine],
    taxes: Sequence[DocumentTax] | None = None,
) -> None:
    """Make `document.lines.all()` (and taxes) answer with these rows, without a query."""
    _remember(document, "lines", lines)
    if taxes is not None:
        _remember(document, "taxes", taxes)


def _remember(document: SalesDocument, name: str, rows: Sequence[object]) -> None:
    # What prefetch_related does at its end, for rows that are already in our hands.
    known: Any = getattr(document, name).get_queryset()
    known._result_cache = list(rows)
    known._prefetch_done = True
    document.__dict__.setdefault("_prefetched_objects_cache", {})[name] = known


def latest_plan(invoice: Invoice) -> ScheduledSend | None:
    """The mail that was planned last, whatever became of it."""
    rows = ScheduledSend.objects.of(invoice.organization_id).filter(invoice=invoice)
    return rows.order_by("-pk").first()
