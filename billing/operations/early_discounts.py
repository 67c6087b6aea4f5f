"""Something off for paying early (C8): offered by the terms, granted with the payment.

The discount is a credit note over that percentage of each line that is not credited yet, so
sales and tax shrink by exactly what the customer keeps, in the books and in every report.
"""

import datetime
from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from billing.models import CreditNote, Invoice, InvoiceStatus, Payment
from billing.operations.crediting import (
    NothingToCredit,
    credit_invoice_lines,
    left_to_credit,
    number_note,
)
from billing.operations.movements import Movement
from billing.queries.calculation import totals_input
from billing.totals.arithmetic import QUANTITY_PLACES
from billing.totals.credits import partial_credit

REASON = "Discount for early payment"
_SMALLEST = Decimal(1).scaleb(-QUANTITY_PLACES)
_HUNDRED = Decimal(100)


def set_discount_amount(invoice: Invoice, rows: Iterable[Any]) -> None:
    """What the whole invoice would be cheaper by: exactly what the credit note will come to."""
    invoice.early_discount_amount = 0
    lines = list(rows) if invoice.early_discount_percent and invoice.total else []
    if not lines:
        return
    nothing = [Decimal(0)] * len(lines)
    parts = _parts([line.quantity for line in lines], invoice.early_discount_percent)
    totals = partial_credit(totals_input(invoice, lines), nothing, parts)
    invoice.early_discount_amount = totals.total


def is_early(invoice: Invoice, on: datetime.date) -> bool:
    """Whether money that comes on that day earns the discount."""
    until = invoice.early_discount_until
    return until is not None and on <= until and invoice.status == InvoiceStatus.ISSUED


def earn_discount(
    movement: Movement, payment: Payment, invoice: Invoice, part: int
) -> CreditNote | None:
    """Grant the discount if `part` of the payment, minor units, with it settles the invoice.

    Paying everything waives it. None when it is not earned.
    """
    open_before = invoice.amount_due
    if not is_early(invoice, movement.on) or not 0 < part < open_before:
        return None
    if _was_granted(invoice):
        return None
    lines = list(invoice.lines.all())
    quantities = _parts(left_to_credit(invoice, lines), invoice.early_discount_percent)
    wishes = [
        {"invoice_line_id": line.pk, "quantity": quantity}
        for line, quantity in zip(lines, quantities, strict=True)
        if quantity
    ]
    if part < open_before - _worth(invoice, lines, quantities):
        return None
    try:
        note = credit_invoice_lines(invoice, wishes, movement.at, movement.on)
    except NothingToCredit:
        return None
    note.reason, note.earned_by = REASON, payment
    note.save(update_fields=["reason", "earned_by"])
    return _book(movement.next(), note, invoice)


def _book(step: Movement, note: CreditNote, invoice: Invoice) -> CreditNote:
    step.grant(note)
    step.settle(invoice, note.total, note, reason=REASON)
    step.write("credit_note.created", note)
    number_note(step, note)
    step.announce()
    return note


def _worth(invoice: Invoice, lines: Sequence[Any], quantities: Sequence[Decimal]) -> int:
    """What the note would come to, before it is written."""
    left = left_to_credit(invoice, lines)
    before = [line.quantity - rest for line, rest in zip(lines, left, strict=True)]
    notes = CreditNote.objects.of(invoice.organization_id).filter(
        invoice=invoice, status=CreditNote.Status.ISSUED
    )
    records = list(notes.order_by("pk").values_list("calculation", flat=True))
    return partial_credit(totals_input(invoice, lines), before, quantities, records).total


def _was_granted(invoice: Invoice) -> bool:
    notes = CreditNote.objects.of(invoice.organization_id).filter(
        invoice=invoice, status=CreditNote.Status.ISSUED, earned_by__isnull=False
    )
    return notes.exists()


def _parts(quantities: Sequence[Decimal], percent: Decimal) -> list[Decimal]:
    return [
        (quantity * percent / _HUNDRED).quantize(_SMALLEST, rounding=ROUND_DOWN).normalize()
        for quantity in quantities
    ]
