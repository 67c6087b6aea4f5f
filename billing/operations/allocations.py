"""Moving what a customer already paid, or was credited, between invoices."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from billing.models import CreditNote, Invoice, Payment
from billing.operations.amounts import positive_minor
from billing.operations.locks import (
    allocated_amounts,
    lock_credit_note,
    lock_invoices,
    lock_payment,
    lock_payment_and_invoices,
)
from billing.operations.movements import Movement
from billing.operations.payables import (
    AlreadySettled,
    exceeds_due,
    open_invoices,
    payable_minor,
)
from billing.queries.lookup import Ref, find
from core.errors import DomainError, InvalidValue, Kind
from core.money import from_minor


class AmountExceedsCredit(DomainError):
    kind, code = Kind.INVALID, "amount_exceeds_credit"
    message = "{amount} {currency} is more than the {left} {currency} left on {number}."
    default_param = "amount"


class AmountExceedsAllocation(DomainError):
    kind, code = Kind.INVALID, "amount_exceeds_allocation"
    message = "Only {allocated} {currency} of {number} is on that invoice."
    default_param = "amount"


class CreditBoundToInvoice(DomainError):
    """What a credit note took off its own invoice is not free to go elsewhere."""

    kind, code = Kind.CONFLICT, "credit_bound_to_invoice"
    message = "Credit note {number} belongs to its invoice and cannot be moved."


@transaction.atomic
def allocate(
    *,
    actor: Actor,
    at: datetime.datetime,
    on: datetime.date,
    invoice_id: Ref,
    payment_id: Ref | None = None,
    credit_note_id: Ref | None = None,
    amount: Decimal | None = None,
) -> Invoice:
    """Settle the invoice with customer credit left on a payment or credit note (C2, C3).

    `amount` is in major units of the common currency, by default as much as fits. A draft
    is issued first. Raises AmountExceedsCredit, AmountExceedsDue, AlreadySettled,
    OtherCurrency, InvoiceVoid, InvalidValue, NotFound.
    """
    actor.require("payments:write")
    source = _peek(actor, payment_id, credit_note_id)
    invoice = open_invoices(actor, at, [invoice_id], source.currency)[0]
    source = _lock(actor, source)
    if source.customer_id != invoice.customer_id:
        raise InvalidValue("The invoice belongs to another customer.", param="invoice_id")
    left, due = source.amount_unapplied, payable_minor(invoice)
    if due == 0:
        raise AlreadySettled(number=invoice.number)
    minor = min(left, due) if amount is None else positive_minor(amount, source.currency)
    if minor > left or minor == 0:
        raise AmountExceedsCredit(
            number=source.number,
            amount=from_minor(minor, source.currency),
            left=from_minor(left, source.currency),
            currency=source.currency,
        )
    if minor > due:
        raise exceeds_due(invoice, minor, due=due)
    movement = Movement(actor=actor, at=at, on=on, base_currency=invoice.accounting_currency)
    movement.settle(invoice, minor, source)
    movement.write("allocation.created", source, memo=invoice.number or "")
    movement.announce()
    return invoice


@transaction.atomic
def deallocate(
    *,
    actor: Actor,
    at: datetime.datetime,
    on: datetime.date,
    invoice_id: Ref,
    payment_id: Ref | None = None,
    credit_note_id: Ref | None = None,
    amount: Decimal | None = None,
    reason: str = "",
) -> Invoice:
    """Take a payment or credit note off an invoice again: it becomes customer credit.

    `amount` is in major units, by default all of it. The invoice is open again by as
    much. Raises AmountExceedsAllocation, CreditBoundToInvoice, InvalidValue, NotFound.
    """
    actor.require("payments:write")
    source = _peek(actor, payment_id, credit_note_id)
    reference = find(Invoice.objects.of(actor.organization_id), invoice_id, "invoice").pk
    source, invoices = _lock_with_invoices(actor, source, reference)
    invoice = invoices.get(reference)
    allocated = dict(allocated_amounts(source)).get(reference, 0)
    if isinstance(source, CreditNote) and source.invoice_id is not None:
        raise CreditBoundToInvoice(number=source.number)
    minor = allocated if amount is None else positive_minor(amount, source.currency)
    if invoice is None or minor > allocated or minor == 0:
        raise AmountExceedsAllocation(
            number=source.number,
            allocated=from_minor(allocated, source.currency),
            currency=source.currency,
        )
    movement = Movement(actor=actor, at=at, on=on, base_currency=invoice.accounting_currency)
    movement.settle(invoice, -minor, source, reason=reason)
    movement.write("allocation.removed", source, memo=invoice.number or "")
    movement.announce()
    return invoice


def _peek(actor: Actor, payment_id: Ref | None, credit_note_id: Ref | None) -> Payment | CreditNote:
    """The source, unlocked: invoices are locked before it."""
    if (payment_id is None) == (credit_note_id is None):
        raise InvalidValue("Give a payment or a credit note.", param="payment_id")
    if payment_id is not None:
        return find(Payment.objects.of(actor.organization_id), payment_id, "payment")
    reference = credit_note_id or 0
    return find(CreditNote.objects.of(actor.organization_id), reference, "credit note")


def _lock(actor: Actor, source: Payment | CreditNote) -> Payment | CreditNote:
    if isinstance(source, Payment):
        return lock_payment(actor.organization_id, source.pk)
    return lock_credit_note(actor.organization_id, source.pk)


def _lock_with_invoices(
    actor: Actor, source: Payment | CreditNote, invoice_id: int
) -> tuple[Payment | CreditNote, Mapping[int, Invoice]]:
    if isinstance(source, Payment):
        return lock_payment_and_invoices(actor.organization_id, source.pk)
    invoices = lock_invoices(actor.organization_id, [invoice_id])
    return lock_credit_note(actor.organization_id, source.pk), invoices
