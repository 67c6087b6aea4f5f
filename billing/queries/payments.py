"""Payments and refunds of one organization."""

import uuid
from collections.abc import Collection

from django.db.models import F, QuerySet

from billing.models import Allocation, Payment, Refund
from billing.queries.lookup import Ref, find


def list_payments(organization_id: int) -> QuerySet[Payment]:
    """Newest first, with customer and invoice."""
    rows = Payment.objects.of(organization_id).select_related("customer", "invoice")
    return rows.order_by("-created_at", "-id")


def get_payment(organization_id: int, reference: Ref) -> Payment:
    """By id or UUID, with its refunds and allocations. Raises NotFound."""
    rows = Payment.objects.of(organization_id).select_related("customer", "invoice", "organization")
    return find(rows.prefetch_related("refunds", "allocations__invoice"), reference, "payment")


def list_payments_of_invoice(organization_id: int, invoice_id: int) -> QuerySet[Payment]:
    """Payments made for the invoice or allocated to it, newest first."""
    allocated = Allocation.objects.of(organization_id).filter(
        invoice_id=invoice_id, payment__isnull=False
    )
    meant = Payment.objects.of(organization_id).filter(invoice_id=invoice_id).order_by()
    # One list instead of an OR, which no index could answer.
    found = meant.values("pk").union(allocated.order_by().values("payment_id"), all=True)
    return list_payments(organization_id).filter(pk__in=found)


def payments_by_invoice(
    organization_id: int, invoices: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Payment]]:
    """The same for several invoices in three statements, oldest payment first."""
    allocated = Allocation.objects.of(organization_id).filter(
        invoice__uuid__in=invoices, payment__isnull=False
    )
    meant = Payment.objects.of(organization_id).filter(invoice__uuid__in=invoices)
    pairs = {
        *allocated.order_by().values_list("invoice__uuid", "payment_id"),
        *meant.order_by().values_list("invoice__uuid", "pk"),
    }
    rows = Payment.objects.of(organization_id).select_related("customer", "invoice")
    by_id = rows.in_bulk({payment_id for _, payment_id in pairs})
    found: dict[uuid.UUID, list[Payment]] = {}
    for reference, payment_id in sorted(pairs, key=lambda pair: pair[1]):
        found.setdefault(reference, []).append(by_id[payment_id])
    return found


def with_payment_status(rows: QuerySet[Payment], word: str) -> QuerySet[Payment]:
    """The rows that stand so: `refunded` once all of the money went back, else as stored."""
    if word == "refunded":
        return rows.filter(amount_refunded=F("amount"))
    return rows.filter(status=word).exclude(amount_refunded=F("amount"))


def list_refunds(organization_id: int) -> QuerySet[Refund]:
    """Newest first, with the payment."""
    rows = Refund.objects.of(organization_id).select_related("payment", "credit_note")
    return rows.order_by("-created_at", "-id")


def get_refund(organization_id: int, reference: Ref) -> Refund:
    """By id or UUID. Raises NotFound."""
    rows = Refund.objects.of(organization_id).select_related("payment", "credit_note")
    return find(rows, reference, "refund")
