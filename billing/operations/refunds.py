"""Money back to the customer."""

import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from billing import numbering
from billing.models import CreditNote, Invoice, Payment, Refund
from billing.operations.amounts import positive_minor
from billing.operations.fields import clean_date
from billing.operations.locks import (
    allocated_amounts,
    lock_credit_note,
    lock_payment_and_invoices,
)
from billing.operations.movements import Movement
from billing.operations.receipts import announce_payment
from billing.queries.lookup import Ref
from billing.queries.organizations import get_organization, today
from billing.snapshots import (
    changed,
    credit_note_snapshot,
    payment_snapshot,
    refund_snapshot,
)
from core import events
from core.errors import DomainError, Kind
from core.money import from_minor


class AmountExceedsRefundable(DomainError):
    """Never more back than came in (C5, M3)."""

    kind, code = Kind.INVALID, "amount_exceeds_refundable"
    message = (
        "{amount} {currency} is more than the {refundable} {currency} of payment {number} that"
        " can be refunded."
    )
    default_param = "amount"


class PaymentNotReceived(DomainError):
    kind, code = Kind.CONFLICT, "payment_not_received"
    message = "Payment {number} is {status}: only money that was received can be refunded."


class CreditNoteFreedNothing(DomainError):
    """Only a credit note in force, on an invoice of the same customer, can free paid money."""

    kind, code = Kind.INVALID, "credit_note_freed_nothing"
    message = "Credit note {number} freed no money of payment {payment}."
    default_param = "credit_note_id"


@transaction.atomic
def refund_payment(
    *,
    actor: Actor,
    at: datetime.datetime,
    payment_id: Ref,
    amount: Decimal | None = None,
    reason: str = "",
    refund_date: datetime.date | None = None,
    credit_note_id: Ref | None = None,
) -> Refund:
    """Give back `amount` (major units) of a payment, by default all that is left of it.

    The unapplied part goes first and touches no invoice (C6). Then invoices are open
    again, the latest settled first: the customer still owes them (C5). With a credit
    note only money that the note freed, the unapplied part, can go back, and no invoice
    reopens. Raises AmountExceedsRefundable, CreditNoteFreedNothing, PaymentNotReceived,
    InvalidValue, NotFound.
    """
    actor.require("payments:write")
    payment, invoices = lock_payment_and_invoices(actor.organization_id, payment_id)
    if payment.status != Payment.Status.SUCCEEDED:
        raise PaymentNotReceived(number=payment.number, status=payment.status)
    credit_note = None
    refundable = payment.amount - payment.amount_refunded
    if credit_note_id is not None:
        credit_note = lock_credit_note(actor.organization_id, credit_note_id)
        refundable = min(payment.amount_unapplied, _left_to_pay_out(credit_note, payment))
    minor = refundable if amount is None else positive_minor(amount, payment.currency)
    if minor > refundable or minor == 0:
        raise AmountExceedsRefundable(
            number=payment.number,
            amount=from_minor(minor, payment.currency),
            refundable=from_minor(refundable, payment.currency),
            currency=payment.currency,
        )
    on = clean_date(
        refund_date or today(get_organization(actor.organization_id), at), param="refund_date"
    )
    movement = Movement(actor=actor, at=at, on=on, base_currency=_books(payment, invoices))
    before = payment_snapshot(payment)
    _free(movement, payment, invoices, minor)
    refund = pay_back(movement, payment, minor, reason=reason, credit_note=credit_note)
    announce_refund(movement, refund, before)
    movement.announce()
    return refund


def pay_back(
    movement: Movement,
    source: Payment | CreditNote,
    minor: int,
    *,
    reason: str,
    method: str = "",
    credit_note: CreditNote | None = None,
    is_out_of_band: bool = False,
) -> Refund:
    """Book a refund out of the source's unapplied part, with everything moved before it.

    A payment goes back the way it came unless `method` says otherwise; `credit_note` is the
    note that freed its money.
    """
    payment = source if isinstance(source, Payment) else None
    refund = Refund(
        organization_id=source.organization_id,
        payment=payment,
        credit_note=source if isinstance(source, CreditNote) else credit_note,
        amount=minor,
        currency=source.currency,
        reason=reason[:500],
        refund_date=movement.on,
        method=method,
        is_out_of_band=is_out_of_band,
        created_at=movement.at,
        updated_at=movement.at,
    )
    refund.number = str(refund.uuid)
    refund.save(force_insert=True)
    way = method or (payment.method if payment else "")
    movement.pay_back(source, minor, method=way, is_out_of_band=is_out_of_band)
    movement.write("refund.created", refund, memo=source.number or "")
    if credit_note is not None:
        _count(credit_note, minor, is_out_of_band, movement.at)
    refund.number = numbering.take_number(
        organization_id=source.organization_id,
        document="refund",
        on=movement.on,
        document_id=refund.pk,
        fate="issued",
        at=movement.at,
    )
    refund.save(update_fields=["number"])
    return refund


def announce_refund(movement: Movement, refund: Refund, before: dict[str, object]) -> None:
    """Emit the refund's event and its source's; `before` is the source's old snapshot."""
    events.emit(
        "refund.created",
        subject=refund,
        data=refund_snapshot(refund),
        actor=movement.actor,
        at=movement.at,
        sequence=1,
    )
    if refund.payment is not None:
        announce_payment(movement, "payment.refunded", refund.payment, before)
    elif refund.credit_note is not None:
        after = credit_note_snapshot(refund.credit_note)
        events.emit(
            "credit_note.refunded",
            subject=refund.credit_note,
            data=after,
            previous=changed(before, after),
            actor=movement.actor,
            at=movement.at,
        )


def _free(movement: Movement, payment: Payment, invoices: dict[int, Invoice], minor: int) -> None:
    """Take as much off the payment's invoices as its unapplied part does not cover."""
    missing = max(0, minor - payment.amount_unapplied)
    for invoice_id, allocated in allocated_amounts(payment):
        part = min(missing, allocated)
        if part:
            movement.settle(invoices[invoice_id], -part, payment, reason="Refund")
            missing -= part


def _left_to_pay_out(credit_note: CreditNote, payment: Payment) -> int:
    """What the credit note freed may go back once, to the customer whose invoice it credits."""
    if (
        credit_note.status != CreditNote.Status.ISSUED
        or credit_note.invoice_id is None
        or credit_note.customer_id != payment.customer_id
        or credit_note.currency != payment.currency
    ):
        raise CreditNoteFreedNothing(number=credit_note.number, payment=payment.number)
    return credit_note.total - credit_note.amount_refunded - credit_note.amount_out_of_band


def _books(payment: Payment, invoices: dict[int, Invoice]) -> str:
    for invoice in invoices.values():
        return invoice.accounting_currency
    return get_organization(payment.organization_id).base_currency


def _count(
    credit_note: CreditNote, minor: int, is_out_of_band: bool, at: datetime.datetime
) -> None:
    if is_out_of_band:
        credit_note.amount_out_of_band += minor
    else:
        credit_note.amount_refunded += minor
    credit_note.updated_at = at
    credit_note.save(update_fields=["amount_refunded", "amount_out_of_band", "updated_at"])
