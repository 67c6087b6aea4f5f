"""WooCommerce's order webhooks, read: the order resource of its REST API, version 3.

Amounts of lines are always without tax, with their tax beside them. In a shop whose prices
include tax the two together are what the buyer saw, and that is what is kept. They may have
more decimals than the currency: only together are they whole cents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.currencies import UnknownCurrency, get_currency
from core.money import round_half_up
from integrations.shops import reading
from integrations.shops.orders import Address, Buyer, Line, Order, Refund, Transaction
from integrations.shops.reading import ZERO, amount, identity, mapping, objects, text

Body = Mapping[str, Any]

_ORDER_TOPICS = frozenset(("order.created", "order.updated", "order.restored"))
# Not placed yet, or never to be: a cart that waits for its payment, a payment that failed.
_NOT_PLACED = frozenset(("pending", "failed", "checkout-draft", "auto-draft", "trash"))


@dataclass(frozen=True, slots=True)
class _Costs:
    """What lines cost in the terms of the shop's prices, in whole cents."""

    includes_tax: bool
    places: int

    def of(self, item: Body, name: str) -> Decimal:
        cost = amount(item.get(name), "amount of a line")
        if self.includes_tax:
            cost += amount(item.get(f"{name}_tax"), "tax of a line", missing=ZERO)
        return round_half_up(cost, self.places)


def read(topic: str, body: Body) -> Order | None:
    """What the delivery says; None for a topic that changes no books. Raises OrderRefused."""
    return read_order(body) if topic in _ORDER_TOPICS else None


def order_reference(topic: str, body: Body) -> str:
    """The order it is about, for the log; empty when it names none."""
    return text(body.get("id"), 64) if topic.startswith("order.") else ""


def read_order(body: Body) -> Order:
    """An order resource. It is paid when it says when."""
    order_id = identity(body.get("id"), "order")
    paid_at = reading.instant(body.get("date_paid_gmt"), assume_utc=True)
    paid_at = paid_at or reading.instant(body.get("date_paid"), assume_utc=True)
    costs = _Costs(
        includes_tax=body.get("prices_include_tax") is True,
        places=_places(text(body.get("currency"), 4)),
    )
    total = amount(body.get("total"), "total")
    gateway = text(body.get("payment_method"), 40) or text(body.get("payment_method_title"), 40)
    status = text(body.get("status"), 40).removeprefix("wc-")
    shipped = _address(mapping(body.get("shipping")))
    transaction = text(body.get("transaction_id"), 200)
    return Order(
        external_id=order_id,
        number=text(body.get("number"), 100) or order_id,
        currency=text(body.get("currency"), 4),
        total=total,
        tax=amount(body.get("total_tax"), "tax", missing=ZERO),
        prices_include_tax=costs.includes_tax,
        lines=tuple(_lines(body, costs)),
        buyer=_buyer(body),
        delivery=shipped if shipped.line1 else None,
        received=None if paid_at else ZERO,
        gateway=gateway,
        paid_at=paid_at,
        transactions=(Transaction(transaction, gateway, total),)
        if paid_at and transaction and total
        else (),
        refunds=tuple(_refund(each, order_id) for each in objects(body.get("refunds"))),
        is_placed=status not in _NOT_PLACED,
        is_cancelled=status == "cancelled",
    )


def _places(currency: str) -> int:
    try:
        return get_currency(currency).exponent
    except UnknownCurrency:
        return 2  # it is refused with the order


def _refund(body: Body, order_id: str) -> Refund:
    """A refund as the order lists it: an amount; its lines where the sender adds them."""
    quantities: dict[str, Decimal] = {}
    for item in objects(body.get("line_items")):
        line_id = text(item.get("refunded_item_id"), 64)
        quantity = abs(amount(item.get("quantity"), "refunded quantity", missing=ZERO))
        if line_id and quantity:
            quantities[line_id] = quantities.get(line_id, ZERO) + quantity
    return Refund(
        external_id=identity(body.get("id"), "refund"),
        order_id=order_id,
        reason=text(body.get("reason"), 300),
        quantities=quantities,
        total=abs(amount(body.get("total"), "refunded amount")),
    )


def _lines(body: Body, costs: _Costs) -> list[Line]:
    rates = {
        text(tax.get("rate_id"), 64): reading.rate(tax.get("rate_percent"), is_fraction=False)
        for tax in objects(body.get("tax_lines"))
    }
    lines = []
    for item in objects(body.get("line_items")):
        quantity = amount(item.get("quantity"), "quantity")
        if quantity:
            lines.append(_line(item, quantity, rates, costs))
    for item in objects(body.get("shipping_lines")):
        lines += _extra(item, "Shipping", rates, costs, is_shipping=True)
    for item in objects(body.get("fee_lines")):
        lines += _extra(item, "Fee", rates, costs)
    return lines


def _line(item: Body, quantity: Decimal, rates: dict[str, Decimal], costs: _Costs) -> Line:
    paid = costs.of(item, "total")
    full = costs.of(item, "subtotal") if item.get("subtotal") else paid
    # A coupon takes off; whatever else made a line dearer is in its price.
    full = max(full, paid)
    return Line(
        external_id=identity(item.get("id"), "line"),
        name=text(item.get("name"), 200) or "Item",
        quantity=quantity,
        unit_price=reading.unit_price(full, quantity),
        discount=full - paid,
        taxes=_rates(item, rates),
        sku=text(item.get("sku"), 100),
    )


def _extra(
    item: Body,
    otherwise: str,
    rates: dict[str, Decimal],
    costs: _Costs,
    *,
    is_shipping: bool = False,
) -> list[Line]:
    """Shipping or a fee; one below zero is a reduction, written as minus one unit."""
    cost = costs.of(item, "total")
    if not cost:
        return []
    line = Line(
        external_id=identity(item.get("id"), "line"),
        name=text(item.get("method_title") or item.get("name"), 200) or otherwise,
        quantity=Decimal(1) if cost > 0 else Decimal(-1),
        unit_price=abs(cost),
        taxes=_rates(item, rates),
        is_shipping=is_shipping,
    )
    return [line]


def _rates(item: Body, rates: dict[str, Decimal]) -> tuple[Decimal, ...]:
    pairs = [
        (
            rates.get(text(tax.get("id"), 64), ZERO),
            amount(tax.get("total"), "tax of a line", missing=ZERO),
        )
        for tax in objects(item.get("taxes"))
    ]
    return reading.charged(pairs, amount(item.get("total"), "amount of a line"))


def _buyer(body: Body) -> Buyer:
    billing = mapping(body.get("billing"))
    customer_id = text(body.get("customer_id"), 64)
    return Buyer(
        # Guests all have the id 0.
        external_id="" if customer_id == "0" else customer_id,
        email=reading.email(billing.get("email")),
        first_name=text(billing.get("first_name"), 100),
        last_name=text(billing.get("last_name"), 100),
        phone=text(billing.get("phone"), 40),
        billing=_address(billing),
    )


def _address(given: Body) -> Address:
    names = (text(given.get("first_name"), 100), text(given.get("last_name"), 100))
    return Address(
        name=" ".join(name for name in names if name)[:200],
        company=text(given.get("company"), 200),
        line1=text(given.get("address_1"), 200),
        line2=text(given.get("address_2"), 200),
        city=text(given.get("city"), 100),
        subdivision=text(given.get("state"), 100),
        postal_code=text(given.get("postcode"), 20),
        country=reading.country(given.get("country")),
    )
