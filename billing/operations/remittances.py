"""Payments that customers announce on their portal, and what becomes of them."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.lifecycle import REMITTANCE
from billing.models import Invoice, Payment, PaymentMethod, Remittance, RemittanceLine
from billing.operations.amounts import positive_minor
from billing.operations.locks import lock_invoices
from billing.operations.payables import InvoiceVoid, OtherCurrency, exceeds_due, payable_minor
from billing.operations.payments import record_payment
from billing.queries.lookup import Ref, find
from billing.queries.portal import (
    announced_by_invoice,
    list_remittances,
    pending_by_invoice,
    shown_invoices,
)
from billing.queries.wallets import request_of
from core.errors import DomainError, InvalidValue, Kind, NotFound
from core.events import emit
from core.money import from_minor

MOST_INVOICES = 100
_LONGEST_REFERENCE = 140
# An invoice, and how much of it in major units; None for all that is open.
Part = tuple[Ref, Decimal | None]


class PartNotAllowed(DomainError):
    """The organization wants its invoices paid in full."""

    kind, code = Kind.INVALID, "part_payment_not_allowed"
    message = "Invoice {number} is to be paid in full: {due} {currency}."
    default_param = "amount"


class NothingLeft(DomainError):
    """Everything that is due is paid or announced."""

    kind, code = Kind.CONFLICT, "nothing_left_to_pay"
    message = "Nothing is left to pay of invoice {number}."


@transaction.atomic
def announce_remittance(
    *, actor: Actor, at: datetime.datetime, parts: Sequence[Part]
) -> Remittance:
    """The customer says that they pay these parts of their invoices, all of one currency.

    An invoice takes no more than is due and neither announced nor on its way. It settles
    nothing: staff record the money when it is there. Raises Forbidden, NotFound,
    InvalidValue, OtherCurrency, InvoiceVoid, NothingLeft, AmountExceedsDue, PartNotAllowed.
    """
    actor.require("portal:pay")
    if actor.customer_id is None:
        raise NotFound(noun="customer", id="")
    if not 0 < len(parts) <= MOST_INVOICES:
        raise InvalidValue(f"From 1 to {MOST_INVOICES} invoices.", param="parts")
    mine = shown_invoices(actor.organization_id, actor.customer_id)
    keys = [find(mine.only("pk"), reference, "invoice").pk for reference, _amount in parts]
    if len(set(keys)) != len(keys):
        raise InvalidValue("Each invoice once.", param="parts")
    locked = lock_invoices(actor.organization_id, keys)
    left = open_for_announcing(list(locked.values()))
    amounts = {}
    for position, (key, (_reference, amount)) in enumerate(zip(keys, parts, strict=True)):
        param = f"parts.{position}.amount"
        amounts[key] = _part(locked[key], left[key], amount, actor, param)
    invoices = [locked[key] for key in keys]
    currency = invoices[0].currency
    for invoice in invoices:
        if invoice.currency != currency:
            raise OtherCurrency(number=invoice.number, expected=invoice.currency, currency=currency)
    remittance = Remittance.objects.create(
        organization_id=actor.organization_id,
        customer_id=actor.customer_id,
        amount=sum(amounts.values()),
        currency=currency,
        reference=payment_reference(invoices),
        announced_by=actor.label,
        created_at=at,
        updated_at=at,
    )
    RemittanceLine.objects.bulk_create(
        [
            RemittanceLine(
                organization_id=actor.organization_id,
                remittance=remittance,
                invoice=invoice,
                amount=amounts[invoice.pk],
            )
            for invoice in invoices
        ]
    )
    _note("remittance.announced", remittance, actor, at, sequence=1)
    return remittance


@transaction.atomic
def withdraw_remittance(*, actor: Actor, at: datetime.datetime, remittance_id: Ref) -> Remittance:
    """The customer will not pay that after all. Raises Forbidden, NotFound, TransitionRefused."""
    actor.require("portal:pay")
    rows = Remittance.objects.of(actor.organization_id).filter(customer_id=actor.customer_id or 0)
    remittance = find(rows.select_for_update(), remittance_id, "announced payment")
    return _end(remittance, "withdraw", "remittance.withdrawn", actor, at)


@transaction.atomic
def close_remittance(*, actor: Actor, at: datetime.datetime, remittance_id: Ref) -> Remittance:
    """It never came, or was recorded another way. Raises Forbidden, NotFound, TransitionRefused."""
    actor.require("payments:write")
    return _end(_lock(actor, remittance_id), "close", "remittance.closed", actor, at)


@transaction.atomic
def receive_remittance(
    *,
    actor: Actor,
    at: datetime.datetime,
    remittance_id: Ref,
    payment_date: datetime.date,
    method: str = PaymentMethod.BANK_TRANSFER,
) -> Payment:
    """The money is there: a payment, spread to the cent as the customer announced.

    Raises Forbidden, NotFound, TransitionRefused, and what record_payment raises, such as
    AmountExceedsDue when the invoices were settled meanwhile.
    """
    actor.require("payments:write")
    remittance = _lock(actor, remittance_id)
    REMITTANCE.next(remittance.status, "receive")
    payment = record_payment(
        actor=actor,
        at=at,
        amount=from_minor(remittance.amount, remittance.currency),
        currency=remittance.currency,
        method=method,
        payment_date=payment_date,
        allocations=[
            (line.invoice_id, from_minor(line.amount, remittance.currency))
            for line in remittance.lines.order_by("pk")
        ],
        reference=remittance.reference,
    )
    remittance.payment = payment
    _end(remittance, "receive", "remittance.received", actor, at)
    return payment


def open_for_announcing(invoices: Sequence[Invoice]) -> dict[int, int]:
    """Minor units per invoice that are due and neither announced nor on their way."""
    if not invoices:
        return {}
    organization_id, keys = invoices[0].organization_id, [row.pk for row in invoices]
    announced = announced_by_invoice(organization_id, keys)
    pending = pending_by_invoice(organization_id, keys)
    return {
        row.pk: max(0, payable_minor(row) - announced.get(row.pk, 0) - pending.get(row.pk, 0))
        for row in invoices
    }


def may_pay_part(actor: Actor, invoice: Invoice) -> bool:
    """Whether less than all may be paid: as the organization and the asking application say."""
    request = request_of(invoice.organization_id, invoice.pk)
    allowed = request is None or request.allows_partial_payment
    return allowed and actor.may("portal:pay_part")


def payment_reference(invoices: Sequence[Invoice]) -> str:
    """What the payer quotes: what one invoice asks for, or the numbers of several that fit."""
    if len(invoices) == 1 and invoices[0].payment_reference:
        return invoices[0].payment_reference
    names = [row.number or "" for row in invoices]
    kept = " ".join(names)
    while len(kept) > _LONGEST_REFERENCE:
        names.pop()
        kept = f"{' '.join(names)} +{len(invoices) - len(names)}"
    return kept


def _part(invoice: Invoice, left: int, amount: Decimal | None, actor: Actor, param: str) -> int:
    if invoice.status == "void":
        raise InvoiceVoid(number=invoice.number)
    if left == 0:
        raise NothingLeft(number=invoice.number)
    minor = left if amount is None else positive_minor(amount, invoice.currency, param=param)
    if minor > left:
        raise exceeds_due(invoice, minor, due=left, param=param)
    if minor < left and not may_pay_part(actor, invoice):
        raise PartNotAllowed(
            param=param,
            number=invoice.number,
            due=from_minor(left, invoice.currency),
            currency=invoice.currency,
        )
    return minor


def _lock(actor: Actor, reference: Ref) -> Remittance:
    rows = Remittance.objects.of(actor.organization_id).select_for_update()
    return find(rows, reference, "announced payment")


def _end(
    remittance: Remittance, step: str, event: str, actor: Actor, at: datetime.datetime
) -> Remittance:
    remittance.status = REMITTANCE.next(remittance.status, step)
    remittance.ended_at = remittance.updated_at = at
    remittance.save(update_fields=["status", "ended_at", "updated_at", "payment"])
    _note(event, remittance, actor, at)
    return remittance


def _note(
    event: str,
    remittance: Remittance,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
) -> None:
    fresh = list_remittances(actor.organization_id).get(pk=remittance.pk)
    emit(event, subject=remittance, data=_snapshot(fresh), actor=actor, at=at, sequence=sequence)


def _snapshot(remittance: Remittance) -> dict[str, Any]:
    currency, customer, payment = remittance.currency, remittance.customer, remittance.payment
    return {
        "object": "remittance",
        "uuid": str(remittance.uuid),
        "status": remittance.status,
        "customer": {"uuid": str(customer.uuid), "name": customer.name},
        "amount": from_minor(remittance.amount, currency),
        "currency": currency,
        "reference": remittance.reference,
        "announced_by": remittance.announced_by,
        "lines": [
            {
                "invoice": {"uuid": str(line.invoice.uuid), "number": line.invoice.number},
                "amount": from_minor(line.amount, currency),
            }
            for line in remittance.lines.all()
        ],
        "payment": payment and {"uuid": str(payment.uuid), "number": payment.number},
        "created_at": remittance.created_at,
        "updated_at": remittance.updated_at,
    }
