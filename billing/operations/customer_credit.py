"""Using what a customer has in credit: on invoices, or as money back."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from billing.models import CreditNote, Customer, Invoice, Payment, PaymentMethod, Refund
from billing.operations.allocations import AmountExceedsCredit
from billing.operations.amounts import positive_minor
from billing.operations.fields import clean_date
from billing.operations.locks import lock_credit_note, lock_payment, lock_payment_and_invoices
from billing.operations.movements import Movement
from billing.operations.payables import (
    AlreadySettled,
    OtherCurrency,
    Share,
    Wish,
    open_invoices,
    spread,
)
from billing.operations.refunds import announce_refund, pay_back, refund_payment
from billing.queries.credit import customer_credit
from billing.queries.lookup import Ref, UnknownReference, refer
from billing.queries.organizations import get_organization, today
from billing.snapshots import credit_note_snapshot
from core.errors import DomainError, InvalidValue, Kind
from core.money import from_minor
from core.text import clean_line

Source = Payment | CreditNote


class NoCreditLeft(DomainError):
    kind, code = Kind.CONFLICT, "no_credit_left"
    message = "The customer has no credit in {currency} to use."


class CreditNotPayable(DomainError):
    """A note on an invoice reduced what was owed: what it freed is on the payment."""

    kind, code = Kind.CONFLICT, "credit_not_payable"
    message = "Credit note {number} is {state}: there is nothing of its own to pay out."
    default_param = "credit_note_id"


@transaction.atomic
def apply_credit(
    *,
    actor: Actor,
    at: datetime.datetime,
    on: datetime.date,
    wishes: Sequence[Wish] | None = None,
    customer_id: Ref | None = None,
    payment_id: Ref | None = None,
    credit_note_id: Ref | None = None,
    currency: str | None = None,
    amount: Decimal | None = None,
) -> list[Share]:
    """Settle invoices with the customer's credit, the oldest credit first (C2 to C4).

    `wishes` are invoices with amounts in major units, None for as much as is due; without
    them the customer's open invoices in `currency` (by default the customer's own) are
    settled, oldest due first, with at most `amount` in all. A payment or credit note
    narrows the credit that is used to that source. Drafts are issued first.
    Returns the invoices with what settled each, in minor units. Raises NoCreditLeft,
    AmountExceedsCredit, AmountExceedsDue, AlreadySettled, OtherCurrency, InvoiceVoid,
    InvalidValue, UnknownReference.
    """
    actor.require("payments:write")
    customer = None if customer_id is None else _customer(actor, customer_id)
    if wishes is None:
        if customer is None:
            raise InvalidValue("Say whose credit is used.", param="customer_id")
        currency = currency or customer.currency
        wishes = _oldest_due(actor, customer, currency)
    if not wishes:
        raise InvalidValue("There is no open invoice to settle.", param="allocations")
    first = refer(Invoice.objects.of(actor.organization_id), wishes[0][0], "invoice", "allocations")
    currency = currency or first.currency
    references = [reference for reference, _amount in wishes]
    invoices = open_invoices(actor, at, references, currency, param="allocations")
    owner = invoices[0].customer_id
    if customer is not None and customer.pk != owner:
        raise InvalidValue("The invoice belongs to another customer.", param="allocations")
    sources = _locked_sources(actor, owner, currency, payment_id, credit_note_id)
    available = _available(sources, wishes, currency, amount)
    shares = spread(available, currency, wishes, invoices, may_leave_rest=True)
    if not shares:
        raise AlreadySettled(number=invoices[0].number)
    movement = Movement(actor=actor, at=at, on=on, base_currency=invoices[0].accounting_currency)
    used = _settle(movement, shares, sources)
    # One entry for all that was used; it is the customer's where it has several sources.
    about = used[0] if len(used) == 1 else invoices[0].customer
    movement.write("allocation.created", about, memo=", ".join(i.number or "" for i, _ in shares))
    movement.announce()
    return shares


@transaction.atomic
def pay_out_credit(
    *,
    actor: Actor,
    at: datetime.datetime,
    customer_id: Ref,
    payment_id: Ref | None = None,
    credit_note_id: Ref | None = None,
    amount: Decimal | None = None,
    method: str = PaymentMethod.BANK_TRANSFER,
    reason: str = "",
    refund_date: datetime.date | None = None,
) -> Refund:
    """Give unapplied credit back as money: `amount` in major units, by default all of it.

    Of a payment only its unapplied part goes back, so that no invoice reopens (C6). Of a
    stand-alone credit note, its own rest, by `method`. Raises AmountExceedsCredit,
    CreditNotPayable, InvalidValue, UnknownReference, PaymentNotReceived.
    """
    actor.require("payments:write")
    customer = _customer(actor, customer_id)
    if (payment_id is None) == (credit_note_id is None):
        raise InvalidValue("Give a payment or a credit note.", param="payment_id")
    if payment_id is not None:
        payments = Payment.objects.of(actor.organization_id).filter(customer=customer)
        found = refer(payments, payment_id, "payment", "payment_id")
        payment, _invoices = lock_payment_and_invoices(actor.organization_id, found.pk)
        minor = _wanted(payment, amount)
        return refund_payment(
            actor=actor,
            at=at,
            payment_id=payment.pk,
            amount=from_minor(minor, payment.currency),
            reason=reason,
            refund_date=refund_date,
        )
    notes = CreditNote.objects.of(actor.organization_id).filter(customer=customer)
    pk = refer(notes, credit_note_id or 0, "credit note", "credit_note_id").pk
    note = lock_credit_note(actor.organization_id, pk)
    if note.status != CreditNote.Status.ISSUED or note.invoice_id is not None:
        state = "void" if note.status == CreditNote.Status.VOID else "on an invoice"
        raise CreditNotPayable(number=note.number, state=state)
    minor = _wanted(note, amount)
    day = refund_date or today(get_organization(actor.organization_id), at)
    movement = Movement(
        actor=actor,
        at=at,
        on=clean_date(day, param="refund_date"),
        base_currency=note.accounting_currency,
    )
    before = credit_note_snapshot(note)
    refund = pay_back(
        movement,
        note,
        minor,
        reason=clean_line(reason, param="reason", max_length=500),
        method=_known(method),
    )
    announce_refund(movement, refund, before)
    return refund


def _customer(actor: Actor, reference: Ref) -> Customer:
    return refer(Customer.objects.of(actor.organization_id), reference, "customer", "customer_id")


def _oldest_due(actor: Actor, customer: Customer, currency: str) -> list[Wish]:
    rows = Invoice.objects.of(actor.organization_id).open()
    rows = rows.filter(customer=customer, currency=currency).order_by("due_date", "pk")
    return [(pk, None) for pk in rows.values_list("pk", flat=True)]


def _locked_sources(
    actor: Actor,
    customer_id: int,
    currency: str,
    payment_id: Ref | None,
    credit_note_id: Ref | None,
) -> list[Source]:
    """The sources with something left, oldest first, all locked: payments, then notes."""
    organization_id = actor.organization_id
    wanted = _named(actor, customer_id, currency, payment_id, credit_note_id)
    found = [
        (credit.kind, credit.id)
        for credit in customer_credit(organization_id, customer_id, currency)
        if wanted is None or (credit.kind, credit.id) == wanted
    ]
    locked: dict[tuple[str, int], Source] = {}
    for kind, pk in sorted(found, key=lambda key: (key[0] != "payment", key[1])):
        lock = lock_payment if kind == "payment" else lock_credit_note
        locked[kind, pk] = lock(organization_id, pk)
    sources = [locked[key] for key in found]
    return [source for source in sources if source.amount_unapplied > 0]


def _named(
    actor: Actor,
    customer_id: int,
    currency: str,
    payment_id: Ref | None,
    credit_note_id: Ref | None,
) -> tuple[str, int] | None:
    """The one source that was asked for, which must be this customer's and in the currency."""
    if payment_id is not None and credit_note_id is not None:
        raise InvalidValue("Give a payment or a credit note, not both.", param="credit_note_id")
    source: Source
    if payment_id is not None:
        rows = Payment.objects.of(actor.organization_id)
        source, kind, param = refer(rows, payment_id, "payment", "payment_id"), "payment", "payment"
    elif credit_note_id is not None:
        notes = CreditNote.objects.of(actor.organization_id)
        source = refer(notes, credit_note_id, "credit note", "credit_note_id")
        kind, param = "credit_note", "credit note"
    else:
        return None
    if source.customer_id != customer_id:
        raise UnknownReference(noun=param, id=source.uuid, param=f"{kind}_id")
    if source.currency != currency:
        raise OtherCurrency(
            number=source.number, expected=source.currency, currency=currency, param=f"{kind}_id"
        )
    return kind, source.pk


def _available(
    sources: Sequence[Source], wishes: Sequence[Wish], currency: str, amount: Decimal | None
) -> int:
    """How much credit may be used, minor units, which must cover what is asked for."""
    left = sum(source.amount_unapplied for source in sources)
    if left == 0:
        raise NoCreditLeft(currency=currency)
    named = [wish for _reference, wish in wishes if wish is not None]
    asked = sum(positive_minor(wish, currency, param="allocations") for wish in named)
    most = left if amount is None else positive_minor(amount, currency)
    if max(asked, most) > left:
        raise AmountExceedsCredit(
            number="the customer's credit",
            amount=from_minor(max(asked, most), currency),
            left=from_minor(left, currency),
            currency=currency,
            param="allocations" if asked > left else "amount",
        )
    return most


def _settle(movement: Movement, shares: Sequence[Share], sources: Sequence[Source]) -> list[Source]:
    """Put the shares on their invoices, source by source; the sources that were used."""
    used: list[Source] = []
    waiting = list(sources)
    for invoice, share in shares:
        left = share
        while left:
            source = waiting[0]
            part = min(left, source.amount_unapplied)
            if part == 0:
                waiting.pop(0)
                continue
            movement.settle(invoice, part, source)
            left -= part
            if source not in used:
                used.append(source)
    return used


def _wanted(source: Source, amount: Decimal | None) -> int:
    left = source.amount_unapplied
    minor = left if amount is None else positive_minor(amount, source.currency)
    if minor > left or minor == 0:
        raise AmountExceedsCredit(
            number=source.number,
            amount=from_minor(minor, source.currency),
            left=from_minor(left, source.currency),
            currency=source.currency,
        )
    return minor


def _known(method: str) -> str:
    if method not in PaymentMethod.values:
        raise InvalidValue(
            f"This must be one of {', '.join(PaymentMethod.values)}.", param="method"
        )
    return method
