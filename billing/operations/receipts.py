"""What every receipt of money shares: its rate, its row, its number, what it settles."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from billing import numbering
from billing.models import Invoice, Payment
from billing.operations.amounts import fits_books
from billing.operations.early_discounts import earn_discount
from billing.operations.fields import clean_decimal
from billing.operations.ledger import Role
from billing.operations.movements import TOLERANCE, Movement
from billing.operations.payables import Share
from billing.queries.exchange_rates import rate_on
from billing.queries.organizations import get_organization
from billing.snapshots import changed, payment_snapshot
from core import events
from core.errors import DomainError, InvalidValue, Kind
from core.money import convert_minor


class DuplicateTransaction(DomainError):
    """The gateway's transaction is on record: a repeated call must not count twice (M5)."""

    kind, code = Kind.CONFLICT, "duplicate_transaction"
    message = "Transaction '{transaction_id}' is already recorded as payment {number}."
    default_param = "transaction_id"


def rate_of_the_day(
    payment: Payment,
    given: Decimal | None,
    base_currency: str,
    invoices: Sequence[Invoice],
) -> Decimal:
    """Books' currency per unit: as given, of the payment's day, or the invoice's own."""
    if payment.currency == base_currency:
        return Decimal(1)
    if given is not None:
        rate = clean_decimal(given, param="exchange_rate", places=12)
        if rate <= 0:
            raise InvalidValue("The exchange rate must be above zero.", param="exchange_rate")
        return rate
    known = rate_on(payment.organization_id, payment.currency, base_currency, payment.payment_date)
    if known is None and invoices:
        known = invoices[0].exchange_rate
    if known is None:
        raise InvalidValue(
            f"No rate from {payment.currency} to {base_currency} is known for"
            f" {payment.payment_date}.",
            param="exchange_rate",
        )
    return known


def refuse_duplicate(actor: Actor, gateway: str, transaction_id: str) -> None:
    """Raise DuplicateTransaction when the gateway's transaction is on record.

    A payment that was deleted as a mistake is not in the way of recording it rightly.
    """
    if not transaction_id:
        return
    known = Payment.objects.of(actor.organization_id).filter(
        gateway=gateway, transaction_id=transaction_id
    )
    known = known.exclude(status=Payment.Status.CANCELLED)
    number = known.values_list("number", flat=True).first()
    if number is not None:
        raise DuplicateTransaction(transaction_id=transaction_id, number=number)


def insert(
    payment: Payment,
    actor: Actor,
    at: datetime.datetime,
    base_currency: str,
    exchange_rate: Decimal | None,
    invoices: Sequence[Invoice],
) -> None:
    """Insert the new payment under a provisional number.

    Raises DuplicateTransaction when another invoice's payment with that transaction was
    quicker, InvalidValue when no exchange rate is known.
    """
    payment.organization_id = actor.organization_id
    payment.exchange_rate = rate_of_the_day(payment, exchange_rate, base_currency, invoices)
    if not fits_books(payment.amount, payment.currency, base_currency, payment.exchange_rate):
        raise InvalidValue(
            f"At this rate the amount is too large for books in {base_currency}.",
            param="exchange_rate",
        )
    payment.created_at = payment.updated_at = at
    # The number is taken when nothing can wait any more; until then, the row's own id.
    payment.number = str(payment.uuid)
    if not payment.transaction_id:
        payment.save(force_insert=True)
        return
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError as error:
        refuse_duplicate(actor, payment.gateway, payment.transaction_id)
        raise error


def receive(movement: Movement, payment: Payment, shares: Sequence[Share]) -> None:
    """Book the money, settle the shares with what coming early earns (C8), close rests (C7)."""
    tolerance = get_organization(payment.organization_id).write_off_tolerance_minor
    movement.receive(payment)
    for invoice, part in shares:
        if earn_discount(movement, payment, invoice, part):
            # What the discount covers already stays the customer's credit.
            part = min(part, invoice.amount_due)
        movement.settle(invoice, part, payment)
        rest = invoice.amount_due
        worth = convert_minor(
            rest, invoice.currency, invoice.accounting_currency, invoice.exchange_rate
        )
        if rest and worth <= tolerance:
            movement.write_off(invoice, rest, TOLERANCE, Role.WRITE_OFF)
    movement.write("payment.succeeded", payment)


def give_number(payment: Payment, at: datetime.datetime) -> None:
    """Take the payment's number; nothing that can wait comes after it."""
    payment.number = numbering.take_number(
        organization_id=payment.organization_id,
        document="payment",
        on=payment.payment_date,
        document_id=payment.pk,
        fate="issued",
        at=at,
    )
    payment.save(update_fields=["number"])


def announce_payment(
    movement: Movement,
    kind: str,
    payment: Payment,
    before: Mapping[str, Any] | None = None,
    sequence: int | None = None,
) -> None:
    """Emit the payment's event; `before` is its snapshot before the change."""
    after = payment_snapshot(payment)
    events.emit(
        kind,
        subject=payment,
        data=after,
        previous=changed(dict(before or {}), after),
        actor=movement.actor,
        at=movement.at,
        sequence=sequence,
    )
