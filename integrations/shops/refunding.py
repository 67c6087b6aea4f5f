"""A refund as a credit note of the order's invoice, with the money that went back."""

from collections import defaultdict
from decimal import Decimal

from billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceStatus, Payment
from billing.operations.credit_notes import create_credit_note
from billing.operations.issuing import void_invoice
from billing.operations.refunds import refund_payment
from billing.queries.calculation import totals_input
from billing.queries.invoices import get_invoice
from core.money import from_minor, to_minor
from integrations.models import ShopRecord
from integrations.shops.orders import OrderRefused, Refund
from integrations.shops.quantities import Credit
from integrations.shops.shop import Shop


def take_back(shop: Shop, refund: Refund, order: ShopRecord) -> ShopRecord:
    """Credit and refund what the shop did, once per refund of the shop.

    An invoice that is paid is credited with exactly the money that went back; one that is
    not, with the goods, and only what that frees goes back. Raises OrderRefused when no
    credit note comes to that amount.
    """
    known = shop.find(ShopRecord.Kind.REFUND, refund.external_id)
    if known is not None:
        return known
    invoice = get_invoice(shop.organization.pk, order.invoice_id or 0)
    record = shop.remember(ShopRecord.Kind.REFUND, refund.external_id)
    money = _money(refund, invoice)
    chosen, target = _chosen(refund, order, invoice, money)
    paid_back = 0
    if target:
        freed = max(0, target - invoice.amount_due)
        paid_back = freed if money is None else min(freed, money)
        note = create_credit_note(
            actor=shop.actor,
            at=shop.at,
            invoice_id=invoice.pk,
            lines=[
                {"invoice_line_id": line.pk, "quantity": quantity}
                for line, quantity in zip(invoice.lines.all(), chosen, strict=True)
                if quantity
            ],
            reason=refund.reason or f"Refund of order {invoice.reference}",
            refund_amount=from_minor(paid_back, invoice.currency),
            credit_amount=from_minor(freed - paid_back, invoice.currency),
            metadata=_metadata(shop, refund),
        )
        record.credit_note = note
    if money is not None and money > paid_back:
        _give_back(shop, refund, invoice, money - paid_back)
    record.invoice = invoice
    record.save(update_fields=["credit_note", "invoice"])
    return record


def cancel(shop: Shop, order: ShopRecord, reason: str) -> None:
    """Nobody pays for a cancelled order: what is still due is void, or credited in part."""
    invoice = get_invoice(shop.organization.pk, order.invoice_id or 0)
    if invoice.status != InvoiceStatus.ISSUED or not invoice.amount_due:
        return
    if not (invoice.amount_paid or invoice.amount_credited or invoice.amount_written_off):
        void_invoice(actor=shop.actor, at=shop.at, invoice_id=invoice.pk, reason=reason)
        return
    credit = _credit(invoice)
    chosen = credit.fit(
        [Decimal(0)] * len(credit.left), invoice.amount_due, range(len(credit.left))
    )
    if chosen is None:
        raise OrderRefused(reason=_uneven(invoice, invoice.amount_due))
    create_credit_note(
        actor=shop.actor,
        at=shop.at,
        invoice_id=invoice.pk,
        lines=[
            {"invoice_line_id": line.pk, "quantity": quantity}
            for line, quantity in zip(invoice.lines.all(), chosen, strict=True)
            if quantity
        ],
        reason=reason,
    )


def _money(refund: Refund, invoice: Invoice) -> int | None:
    """Minor units that went back, or None: whatever crediting the goods frees."""
    if refund.money is None or (refund.currency and refund.currency != invoice.currency):
        return None
    return _minor(refund.money, invoice)


def _chosen(
    refund: Refund, order: ShopRecord, invoice: Invoice, money: int | None
) -> tuple[list[Decimal], int]:
    """Quantities per invoice line, and what they come to. Raises OrderRefused."""
    places = {line_id: place for place, line_id in enumerate(order.details["lines"])}
    start = [Decimal(0)] * len(places)
    for line_id, quantity in refund.quantities.items():
        if line_id not in places:
            raise OrderRefused(reason=f"The refund names line {line_id}, which was not invoiced.")
        start[places[line_id]] = quantity
    credit = _credit(invoice)
    start = credit.clamp(start)
    target = credit.total(start)
    if refund.total is not None:
        target = _minor(refund.total, invoice)
    elif money and not invoice.amount_due:
        target = money
    elif refund.shipping:
        target += _minor(refund.shipping, invoice)
    if not target:
        return start, 0
    chosen = credit.fit(start, target, _preference(order, start))
    if chosen is None:
        raise OrderRefused(reason=_uneven(invoice, target))
    return chosen, target


def _preference(order: ShopRecord, start: list[Decimal]) -> list[int]:
    """Which lines explain the rest: shipping, then the goods that came back, then others."""
    shipping = set(order.details["shipping"])
    lines = order.details["lines"]
    every = range(len(lines))
    return sorted(every, key=lambda n: (lines[n] not in shipping, not start[n], n))


def _credit(invoice: Invoice) -> Credit:
    lines = list(invoice.lines.all())
    notes = CreditNote.objects.of(invoice.organization_id).filter(
        invoice=invoice, status=CreditNote.Status.ISSUED
    )
    rows = CreditNoteLine.objects.of(invoice.organization_id).filter(credit_note__in=notes)
    credited: dict[int | None, Decimal] = defaultdict(Decimal)
    for line_id, quantity in rows.values_list("invoice_line_id", "quantity"):
        credited[line_id] += quantity
    records = list(notes.order_by("pk").values_list("calculation", flat=True))
    return Credit(totals_input(invoice, lines), [credited[line.pk] for line in lines], records)


def _give_back(shop: Shop, refund: Refund, invoice: Invoice, minor: int) -> None:
    """Money back beyond what the credit freed: the invoice is open again by as much."""
    payments = Payment.objects.of(shop.organization.pk).filter(
        allocations__invoice=invoice, status=Payment.Status.SUCCEEDED
    )
    for payment in payments.distinct().order_by("-pk"):
        part = min(minor, payment.amount - payment.amount_refunded)
        if part > 0:
            refund_payment(
                actor=shop.actor,
                at=shop.at,
                payment_id=payment.pk,
                amount=from_minor(part, payment.currency),
                reason=refund.reason or f"Refund of order {invoice.reference}",
            )
            minor -= part
    if minor > 0:
        raise OrderRefused(
            reason=f"{from_minor(minor, invoice.currency)} {invoice.currency} more went back than"
            f" invoice {invoice.number} has received."
        )


def _metadata(shop: Shop, refund: Refund) -> dict[str, str]:
    found = {"shop": shop.connection.domain, "shop_refund_id": refund.external_id}
    if refund.transaction_ids:
        found["shop_transaction_ids"] = " ".join(refund.transaction_ids)[:500]
    return found


def _minor(amount: Decimal, invoice: Invoice) -> int:
    try:
        return to_minor(amount, invoice.currency)
    except ValueError:
        raise OrderRefused(
            reason=f"{amount:f} has more decimals than {invoice.currency} allows."
        ) from None


def _uneven(invoice: Invoice, minor: int) -> str:
    return (
        f"No part of invoice {invoice.number} comes to"
        f" {from_minor(minor, invoice.currency)} {invoice.currency} with its tax, or less than that"
        " is left. Write the credit note by hand."
    )
