"""From a delivery that was received to what it means for the books, once.

Deliveries of one shop are booked one after the other: the connection's row is the lock, so
two that tell of the same order, or of the same new customer, never meet.
"""

import datetime
import logging
import time
from collections.abc import Callable

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.actors import Actor
from billing.models import Invoice
from core import events, exactjson
from core.errors import DomainError, InvalidFields, Kind, NotFound
from integrations.models import ShopConnection, ShopDelivery, ShopRecord
from integrations.shops import invoicing, refunding, shopify, woocommerce
from integrations.shops.orders import Order, OrderRefused, Refund
from integrations.shops.shop import Shop, open_shop

logger = logging.getLogger(__name__)

State = ShopDelivery.State
# Refusals that pass by themselves.
_PASSING = frozenset((Kind.UNAVAILABLE, Kind.RATE_LIMITED))
MAX_ATTEMPTS = 8
_FIRST_PAUSE = datetime.timedelta(seconds=15)
_LONGEST_ERROR = 500
_READERS = {
    ShopConnection.Kind.SHOPIFY: shopify.read,
    ShopConnection.Kind.WOOCOMMERCE: woocommerce.read,
}


class NotThereYet(Exception):
    """The refund's order has not come yet."""


class DeliveryNotRetryable(DomainError):
    kind, code = Kind.CONFLICT, "shop_delivery_finished"
    message = "This delivery is {state}: there is nothing to try again."


def book(delivery: ShopDelivery, at: datetime.datetime, *, may_wait: bool = True) -> ShopDelivery:
    """Book the delivery, and refunds that waited for its order. Never raises for its content.

    With `may_wait` false it is left for the workers while another one of the shop is being
    booked. What fails through a fault of ours is tried again later.
    """
    try:
        woken = _book(delivery, at, may_wait=may_wait)
        for other in woken:
            _book(other, at, may_wait=may_wait)
    except Exception as error:  # whatever it was, the delivery is kept and tried again
        logger.exception("delivery %s of shop %s", delivery.pk, delivery.connection_id)
        _postpone(delivery, at, error)
    delivery.refresh_from_db()
    return delivery


def has_due(at: datetime.datetime) -> bool:
    """Whether any delivery is to be booked now."""
    return _due(at).exists()


def book_due(clock: Callable[[], datetime.datetime], *, budget_seconds: int | None = None) -> int:
    """Book what is due, the oldest first; how many were taken."""
    until = None if budget_seconds is None else time.monotonic() + budget_seconds
    done = 0
    # A delivery that stays due, because its shop is busy, is not taken twice in one round.
    for delivery in list(_due(clock()).order_by("pk")[:500]):
        if until is not None and time.monotonic() > until:
            break
        book(delivery, clock())
        done += 1
    return done


@transaction.atomic
def retry(*, actor: Actor, at: datetime.datetime, delivery_id: int) -> ShopDelivery:
    """Make a refused or waiting delivery due again. Raises NotFound, DeliveryNotRetryable."""
    actor.require("webhooks:manage")
    rows = ShopDelivery.objects.of(actor.organization_id).select_for_update()
    delivery = rows.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(noun="delivery", id=delivery_id)
    if delivery.state not in (State.REFUSED, State.WAITING, State.RECEIVED):
        raise DeliveryNotRetryable(state=delivery.get_state_display().lower())
    delivery.state, delivery.next_attempt_at = State.RECEIVED, at
    delivery.attempts_made, delivery.finished_at = 0, None
    delivery.save(update_fields=["state", "next_attempt_at", "attempts_made", "finished_at"])
    events.ring_on_commit()
    return delivery


@transaction.atomic
def _book(given: ShopDelivery, at: datetime.datetime, *, may_wait: bool) -> list[ShopDelivery]:
    """Book one; the deliveries that waited for it."""
    connections = ShopConnection.objects.of(given.organization_id)
    connection = (
        connections.select_for_update(skip_locked=not may_wait)
        .filter(pk=given.connection_id)
        .first()
    )
    if connection is None:
        events.ring_on_commit()
        return []
    rows = ShopDelivery.objects.of(given.organization_id).select_for_update()
    delivery = rows.get(pk=given.pk)
    if delivery.state != State.RECEIVED:
        return []
    shop = open_shop(connection, at)
    try:
        with transaction.atomic():
            delivery.invoice, delivery.state, delivery.error = _apply(shop, delivery)
    except NotThereYet:
        delivery.state = State.WAITING
        delivery.error = "The order it belongs to has not come yet."
    except DomainError as error:
        if error.kind in _PASSING:
            raise
        delivery.state, delivery.error = State.REFUSED, _sentence(error)[:_LONGEST_ERROR]
    delivery.attempts_made += 1
    delivery.next_attempt_at = None
    delivery.finished_at = None if delivery.state == State.WAITING else at
    delivery.save()
    return _wake(delivery, at) if delivery.invoice_id else []


def _apply(shop: Shop, delivery: ShopDelivery) -> tuple[Invoice | None, str, str]:
    """The invoice it concerns, its new state, and a remark."""
    body = exactjson.loads(delivery.body)
    found = _READERS[ShopConnection.Kind(shop.connection.kind)](delivery.topic, body)
    if found is None:
        return None, State.IGNORED, "Nothing to book in a delivery of this kind."
    if isinstance(found, Refund):
        return _apply_refund(shop, found)
    return _apply_order(shop, found)


def _apply_order(shop: Shop, order: Order) -> tuple[Invoice | None, str, str]:
    """Invoice, payment, refunds and cancellation, as far as each is not booked yet."""
    if order.is_test and shop.organization.livemode:
        return None, State.IGNORED, "A test order: connect the sandbox to try things out."
    record = shop.find(ShopRecord.Kind.ORDER, order.external_id)
    if record is None or record.invoice_id is None:
        if record is not None:
            return None, State.IGNORED, "The order was cancelled before it was invoiced."
        if not order.is_placed:
            return None, State.IGNORED, "The order is not placed yet."
        if order.is_cancelled and order.received is not None and not order.received:
            shop.remember(ShopRecord.Kind.ORDER, order.external_id)
            return None, State.IGNORED, "The order was cancelled before it was invoiced."
        record = shop.remember(ShopRecord.Kind.ORDER, order.external_id)
    invoice = invoicing.invoice_of(shop, order, record)
    invoice = invoicing.take_payment(shop, order, record, invoice)
    for refund in order.refunds:
        refunding.take_back(shop, refund, record)
    if order.is_cancelled:
        refunding.cancel(shop, record, f"Order {order.number} was cancelled in the shop")
    return invoice, State.BOOKED, ""


def _apply_refund(shop: Shop, refund: Refund) -> tuple[Invoice | None, str, str]:
    record = shop.find(ShopRecord.Kind.ORDER, refund.order_id)
    if record is None:
        raise NotThereYet
    if record.invoice_id is None:
        return None, State.IGNORED, "The order was cancelled before it was invoiced."
    refunding.take_back(shop, refund, record)
    return record.invoice, State.BOOKED, ""


def _wake(order: ShopDelivery, at: datetime.datetime) -> list[ShopDelivery]:
    """The refunds that waited for this order, due now and in the order they came."""
    rows = ShopDelivery.objects.of(order.organization_id).filter(
        connection=order.connection_id,
        order_reference=order.order_reference,
        state=State.WAITING,
    )
    waiting = list(rows.exclude(pk=order.pk).order_by("pk"))
    ShopDelivery.objects.of(order.organization_id).filter(
        pk__in=[each.pk for each in waiting]
    ).update(state=State.RECEIVED, next_attempt_at=at)
    return waiting


def _due(at: datetime.datetime) -> QuerySet[ShopDelivery]:
    return ShopDelivery.objects.filter(state=State.RECEIVED, next_attempt_at__lte=at)


def _postpone(delivery: ShopDelivery, at: datetime.datetime, error: Exception) -> None:
    """Try again later, each time after twice the pause; after the last time staff are asked."""
    with transaction.atomic():
        rows = ShopDelivery.objects.of(delivery.organization_id).filter(
            pk=delivery.pk, state=State.RECEIVED
        )
        rows.update(attempts_made=F("attempts_made") + 1)
        made = rows.values_list("attempts_made", flat=True).first()
        if made is None:
            return
        said = str(error) if isinstance(error, DomainError) else type(error).__name__
        rows.update(
            error=f"Not booked through a fault of this system: {said}"[:_LONGEST_ERROR],
            state=State.REFUSED if made >= MAX_ATTEMPTS else State.RECEIVED,
            next_attempt_at=None if made >= MAX_ATTEMPTS else at + _FIRST_PAUSE * 2**made,
        )


def _sentence(error: DomainError) -> str:
    if isinstance(error, InvalidFields):
        return " ".join(f"{param}: {sentence}" for param, _code, sentence in error.errors)
    if isinstance(error, OrderRefused) or not error.param:
        return str(error)
    return f"{error} ({error.param})"
