"""What stands between an invoice and its settlement: pending money, instalments, allocations."""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from billing.models import Allocation, Invoice, Payment


@dataclass(frozen=True, slots=True)
class OpenPart:
    """An open amount of one invoice with the day it falls due. Minor units of `currency`."""

    invoice_id: int
    customer_id: int
    currency: str
    due_date: datetime.date
    amount: int


def pending_minor(organization_id: int, invoice_id: int) -> int:
    """Money on its way to the invoice that has not arrived (C12), minor units."""
    pending = Payment.objects.of(organization_id).filter(
        invoice_id=invoice_id, status=Payment.Status.PENDING
    )
    return pending.aggregate(sum=Sum("amount"))["sum"] or 0


def pending_by_invoice(organization_id: int, invoice_ids: Collection[int]) -> dict[int, int]:
    """The same for many; invoices without pending money are left out."""
    pending = Payment.objects.of(organization_id).filter(
        invoice_id__in=invoice_ids, status=Payment.Status.PENDING
    )
    return dict(pending.values_list("invoice_id").annotate(sum=Sum("amount")).order_by())


def has_money(organization_id: int, invoice_id: int) -> bool:
    """Whether a payment, a pending payment, a credit note or a write-off touches the invoice."""
    rows = Allocation.objects.of(organization_id).filter(invoice_id=invoice_id)
    per_kind = rows.values_list("kind", "payment_id", "credit_note_id")
    applied = any(net for *_source, net in per_kind.annotate(net=Sum("amount")))
    return applied or pending_minor(organization_id, invoice_id) > 0


def list_allocations(organization_id: int, invoice_id: int) -> QuerySet[Allocation]:
    """Every allocation of the invoice in the order it was made, sources loaded."""
    rows = Allocation.objects.of(organization_id).filter(invoice_id=invoice_id)
    return rows.select_related("payment", "credit_note").order_by("pk")


def open_parts(organization_id: int, *, customer_id: int | None = None) -> Iterator[OpenPart]:
    """Every open amount by its own due date: one per invoice, or one per open instalment (C13).

    What was paid settles the earliest instalments first; the last takes what is left.
    """
    invoices = Invoice.objects.of(organization_id).open().prefetch_related("instalments")
    if customer_id is not None:
        invoices = invoices.filter(customer_id=customer_id)
    for invoice in invoices.order_by("due_date", "pk").iterator(chunk_size=500):
        yield from parts_of(invoice)


def parts_of(invoice: Invoice) -> list[OpenPart]:
    """The open parts of one issued invoice, earliest due first. Reads its instalments."""
    return parts_due(invoice, invoice.amount_due)


def parts_due(invoice: Invoice, due: int) -> list[OpenPart]:
    """The same for what was due at another time, minor units. Their sum is `due`."""
    instalments = list(invoice.instalments.all())
    if not instalments:
        return [_part(invoice, invoice.due_date, due)] if due else []
    settled = invoice.total - due
    parts = []
    for instalment in instalments:
        covered = min(settled, instalment.amount)
        settled -= covered
        if instalment.amount > covered:
            parts.append(_part(invoice, instalment.due_date, instalment.amount - covered))
    if settled:
        parts.append(_part(invoice, invoice.due_date, -settled))
    return parts


def _part(invoice: Invoice, due_date: datetime.date, amount: int) -> OpenPart:
    return OpenPart(
        invoice_id=invoice.pk,
        customer_id=invoice.customer_id,
        currency=invoice.currency,
        due_date=due_date,
        amount=amount,
    )
