"""Money in: recording it, confirming it, undoing it."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing import numbering
from billing.lifecycle import PAYMENT
from billing.models import Customer, Invoice, Payment, PaymentMethod
from billing.operations.amounts import positive_minor
from billing.operations.credit_notes import take_back_earned
from billing.operations.fields import clean_metadata, cleaned
from billing.operations.ledger import Role
from billing.operations.locks import allocated_amounts, lock_invoice, lock_payment_and_invoices
from billing.operations.movements import TOLERANCE, Movement
from billing.operations.payables import (
    AlreadySettled,
    Wish,
    open_invoices,
    payable_minor,
    spread,
)
from billing.operations.receipts import (
    announce_payment,
    give_number,
    insert,
    receive,
    refuse_duplicate,
)
from billing.operations.write_offs import tolerance_written_off
from billing.queries.lookup import Ref, refer
from billing.queries.organizations import get_organization
from billing.snapshots import payment_snapshot
from core.errors import DomainError, InvalidValue, Kind
from core.money import from_minor

_TEXTS = ("method", "payment_date", "transaction_id", "gateway", "reference", "notes")


class PaymentRefunded(DomainError):
    """What went back to the customer cannot be undone by forgetting that it came."""

    kind, code = Kind.CONFLICT, "payment_has_refunds"
    message = "Payment {number} has been refunded in part or whole and cannot be deleted."


@transaction.atomic
def record_payment(
    *,
    actor: Actor,
    at: datetime.datetime,
    amount: Decimal,
    currency: str,
    method: str,
    payment_date: datetime.date,
    invoice_id: Ref | None = None,
    customer_id: Ref | None = None,
    allocations: Sequence[Wish] | None = None,
    transaction_id: str = "",
    gateway: str = "",
    reference: str = "",
    notes: str = "",
    allow_overpayment: bool = False,
    status: str = Payment.Status.SUCCEEDED,
    exchange_rate: Decimal | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Payment:
    """Record `amount` (major units of `currency`) received from a customer.

    It settles `invoice_id`, or the `allocations` (an amount of None takes what is due), or,
    given only `customer_id`, that customer's open invoices, oldest due first (C4); an empty
    list of allocations keeps it all as credit. More than the named invoices ask for is
    refused unless `allow_overpayment` makes the rest customer credit (C1). A draft is
    issued first, a pending payment settles nothing yet (C12), a rest within the
    organization's tolerance is written off (C7), and bad debt that is paid after all is
    taken back as far (B10). Raises AlreadySettled, AmountExceedsDue,
    PaymentPending, OtherCurrency, InvoiceVoid, DuplicateTransaction, InvalidValue,
    UnknownReference.
    """
    actor.require("payments:write")
    texts = (method, payment_date, transaction_id, gateway, reference, notes)
    fields = cleaned(Payment, dict(zip(_TEXTS, texts, strict=True)), _TEXTS)
    fields["metadata"] = clean_metadata(metadata or {})
    minor = positive_minor(amount, currency)
    wishes, is_on_account = _wishes(actor, minor, currency, invoice_id, customer_id, allocations)
    param = "allocations" if invoice_id is None else "invoice_id"
    references = [reference for reference, _amount in wishes]
    invoices = open_invoices(actor, at, references, currency, param=param)
    refuse_duplicate(actor, fields["gateway"], fields["transaction_id"])
    may_leave_rest = allow_overpayment or is_on_account or not invoices
    shares = spread(minor, currency, wishes, invoices, may_leave_rest=may_leave_rest)
    payment = Payment(amount=minor, currency=currency, status=_new_status(status), **fields)
    payment.customer = _payer(actor, customer_id, invoices)
    payment.invoice = _target(payment, invoices, is_on_account)
    insert(payment, actor, at, _books_currency(actor, invoices), exchange_rate, invoices)
    movement = _movement(payment, actor, at, invoices)
    if payment.status == Payment.Status.SUCCEEDED:
        receive(movement, payment, shares)
    give_number(payment, at)
    announce_payment(movement, "payment.created", payment, sequence=1)
    if payment.status == Payment.Status.SUCCEEDED:
        announce_payment(movement, "payment.succeeded", payment, sequence=2)
        movement.announce()
    return payment


@transaction.atomic
def mark_paid(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    payment_date: datetime.date,
    method: str = PaymentMethod.OTHER,
    reference: str = "",
) -> Payment:
    """Record a payment of exactly what is still due (C17). A draft is issued first.

    An invoice that was written off as uncollectible is paid with what was given up (B10).
    Raises AlreadySettled, InvoiceVoid, PaymentPending, NotFound.
    """
    actor.require("payments:write")
    locked = lock_invoice(actor.organization_id, invoice_id)
    invoice = open_invoices(actor, at, [locked.pk], locked.currency)[0]
    due = payable_minor(invoice)
    if due == 0:
        raise AlreadySettled(number=invoice.number)
    return record_payment(
        actor=actor,
        at=at,
        amount=from_minor(due, invoice.currency),
        currency=invoice.currency,
        method=method,
        payment_date=payment_date,
        invoice_id=invoice.pk,
        reference=reference,
    )


@transaction.atomic
def settle_pending(
    *,
    actor: Actor,
    at: datetime.datetime,
    payment_id: Ref,
    succeeded: bool,
    failure_reason: str = "",
) -> Payment:
    """The pending money arrived, or it will not (C12).

    Arrived, it settles the invoice it was meant for as far as that still asks for it;
    the rest is customer credit, because money that is here cannot be refused. Raises
    TransitionRefused unless the payment is pending; NotFound.
    """
    actor.require("payments:write")
    payment, invoices = lock_payment_and_invoices(actor.organization_id, payment_id)
    before = payment_snapshot(payment)
    payment.status = PAYMENT.next(payment.status, "settle" if succeeded else "fail")
    payment.failure_reason = "" if succeeded else failure_reason[:300]
    payment.updated_at = at
    payment.save(update_fields=["status", "failure_reason", "updated_at"])
    target = invoices.get(payment.invoice_id or 0)
    movement = _movement(payment, actor, at, [target] if target else [])
    if not succeeded:
        announce_payment(movement, "payment.failed", payment, before)
        return payment
    part = min(payment.amount, payable_minor(target)) if target else 0
    receive(movement, payment, [(target, part)] if target and part else [])
    announce_payment(movement, "payment.succeeded", payment, before)
    movement.announce()
    return payment


@transaction.atomic
def delete_payment(
    *, actor: Actor, at: datetime.datetime, payment_id: Ref, on: datetime.date | None = None
) -> Payment:
    """Undo a payment that was recorded by mistake: it becomes cancelled.

    Its invoices are open again, write-offs within tolerance and the discount that it
    earned are taken back with it, and the books keep the entry and its mirror (dated `on`,
    by default the payment's day). Raises PaymentRefunded, TransitionRefused when it
    already failed or is cancelled, NotFound.
    """
    actor.require("payments:write")
    payment, invoices = lock_payment_and_invoices(actor.organization_id, payment_id)
    if payment.amount_refunded:
        raise PaymentRefunded(number=payment.number)
    cancelled = PAYMENT.next(payment.status, "cancel")
    before = payment_snapshot(payment)
    movement = _movement(payment, actor, at, list(invoices.values()), on)
    if payment.status == Payment.Status.SUCCEEDED:
        for invoice_id, amount in allocated_amounts(payment):
            invoice = invoices[invoice_id]
            movement.settle(invoice, -amount, payment, reason="Payment deleted")
            written_off = tolerance_written_off(invoice)
            if written_off:
                movement.write_off(invoice, -written_off, TOLERANCE, Role.WRITE_OFF)
        movement.cancel_receipt(payment)
    payment.status = cancelled
    movement.write("payment.deleted", payment, memo=payment.number)
    payment.updated_at = at
    payment.save(update_fields=["status", "updated_at"])
    numbering.mark_void(
        organization_id=actor.organization_id,
        document="payment",
        document_id=payment.pk,
        at=at,
        reason="Payment deleted",
    )
    announce_payment(movement, "payment.deleted", payment, before)
    movement.announce()
    take_back_earned(movement, payment)
    return payment


def _wishes(
    actor: Actor,
    minor: int,
    currency: str,
    invoice_id: Ref | None,
    customer_id: Ref | None,
    allocations: Sequence[Wish] | None,
) -> tuple[list[Wish], bool]:
    """The invoices to settle, and whether the money is simply paid on account."""
    if invoice_id is not None:
        if allocations:
            raise InvalidValue("Give an invoice or allocations, not both.", param="allocations")
        return [(invoice_id, None)], False
    if allocations is not None:
        if not allocations and customer_id is None:
            raise InvalidValue("Say which customer paid.", param="customer_id")
        return list(allocations), False
    if customer_id is None:
        raise InvalidValue("Say which invoice or customer was paid.", param="invoice_id")
    customer = _customer(actor, customer_id)
    return _oldest_due(actor, customer, minor, currency), True


def _oldest_due(actor: Actor, customer: Customer, minor: int, currency: str) -> list[Wish]:
    """The customer's open invoices, oldest due first, as far as the amount reaches (C4)."""
    rows = Invoice.objects.of(actor.organization_id).open()
    wishes: list[Wish] = []
    for invoice in rows.filter(customer=customer, currency=currency).order_by("due_date", "pk"):
        if minor <= 0:
            break
        wishes.append((invoice.pk, None))
        minor -= invoice.amount_due
    return wishes


def _payer(actor: Actor, customer_id: Ref | None, invoices: Sequence[Invoice]) -> Customer:
    """The customer named, who must be the invoices' own."""
    if customer_id is None:
        return invoices[0].customer
    customer = _customer(actor, customer_id)
    if invoices and customer.pk != invoices[0].customer_id:
        raise InvalidValue("The invoice belongs to another customer.", param="customer_id")
    return customer


def _customer(actor: Actor, reference: Ref) -> Customer:
    rows = Customer.objects.of(actor.organization_id)
    return refer(rows, reference, "customer", "customer_id")


def _new_status(status: str) -> str:
    if status not in (Payment.Status.SUCCEEDED, Payment.Status.PENDING):
        raise InvalidValue("A new payment is succeeded or pending.", param="status")
    return status


def _target(payment: Payment, invoices: Sequence[Invoice], is_on_account: bool) -> Invoice | None:
    """The one invoice the payer meant; money on its way can be meant for one only (C12)."""
    if is_on_account:
        return None
    if payment.status == Payment.Status.PENDING and len(invoices) > 1:
        raise InvalidValue("A pending payment is for one invoice.", param="allocations")
    return invoices[0] if len(invoices) == 1 else None


def _movement(
    payment: Payment,
    actor: Actor,
    at: datetime.datetime,
    invoices: Sequence[Invoice],
    on: datetime.date | None = None,
) -> Movement:
    return Movement(
        actor=actor,
        at=at,
        on=on or payment.payment_date,
        base_currency=_books_currency(actor, invoices),
    )


def _books_currency(actor: Actor, invoices: Sequence[Invoice]) -> str:
    """The currency that the invoices were booked in, else the organization's."""
    if invoices:
        return invoices[0].accounting_currency
    return get_organization(actor.organization_id).base_currency
