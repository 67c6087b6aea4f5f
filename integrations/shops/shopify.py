"""Shopify's order and refund webhooks, read. Amounts are the shop's money, not the buyer's."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from integrations.shops import reading
from integrations.shops.orders import (
    Address,
    Buyer,
    Line,
    Order,
    Refund,
    Transaction,
)
from integrations.shops.reading import ZERO, amount, identity, mapping, objects, text

Body = Mapping[str, Any]

_ORDER_TOPICS = frozenset(
    f"orders/{event}"
    for event in ("create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled")
)
_PAID = frozenset(("paid", "partially_refunded", "refunded"))
# A refund that the bank takes some days for is on its way; a failed one is not.
_GOES_BACK = frozenset(("success", "pending"))


def read(topic: str, body: Body) -> Order | Refund | None:
    """What the delivery says; None for a topic that changes no books. Raises OrderRefused."""
    if topic == "refunds/create":
        return read_refund(body, order_id=body.get("order_id"))
    return read_order(topic, body) if topic in _ORDER_TOPICS else None


def order_reference(topic: str, body: Body) -> str:
    """The order it is about, for the log; empty when it names none."""
    return text(body.get("order_id" if topic.startswith("refunds/") else "id"), 64)


def read_order(topic: str, body: Body) -> Order:
    """An order resource of the Admin API."""
    order_id = identity(body.get("id"), "order")
    status = text(body.get("financial_status"), 40)
    total = _money(body, "total_price", "total")
    received: Decimal | None = ZERO
    if topic == "orders/paid" or status in _PAID:
        received = None
    elif status == "partially_paid":
        received = total - amount(body.get("total_outstanding"), "amount due", missing=total)
    names = body.get("payment_gateway_names")
    names = names if isinstance(names, list) else []
    gateways = [name for each in names if (name := text(each, 40))]
    shipped = body.get("shipping_address")
    currency = text(body.get("currency"), 4)
    return Order(
        external_id=order_id,
        number=text(body.get("name"), 100) or text(body.get("order_number"), 100) or order_id,
        currency=currency,
        total=total,
        tax=_money(body, "total_tax", "tax", missing=ZERO),
        prices_include_tax=body.get("taxes_included") is True,
        lines=tuple(_lines(body)),
        buyer=_buyer(body),
        delivery=_address(shipped) if isinstance(shipped, Mapping) else None,
        received=received,
        gateway=", ".join(gateways) or text(body.get("gateway"), 40),
        paid_at=reading.instant(body.get("updated_at")) or reading.instant(body.get("created_at")),
        transactions=tuple(_transactions(body, currency)),
        refunds=tuple(
            read_refund(refund, order_id=order_id) for refund in objects(body.get("refunds"))
        ),
        is_cancelled=topic == "orders/cancelled" or bool(body.get("cancelled_at")),
        is_test=body.get("test") is True,
    )


def read_refund(body: Body, *, order_id: Any) -> Refund:
    """A refund resource: goods, shipping, and the transactions that gave money back."""
    quantities: dict[str, Decimal] = {}
    for item in objects(body.get("refund_line_items")):
        line_id = identity(item.get("line_item_id"), "refunded line")
        quantity = amount(item.get("quantity"), "refunded quantity")
        quantities[line_id] = quantities.get(line_id, ZERO) + quantity
    given = [
        each
        for each in objects(body.get("transactions"))
        if each.get("kind") == "refund" and text(each.get("status"), 20) in _GOES_BACK
    ]
    return Refund(
        external_id=identity(body.get("id"), "refund"),
        order_id=identity(order_id, "order"),
        reason=text(body.get("note"), 300),
        quantities=quantities,
        shipping=_shipping_back(body),
        money=sum((_money(each, "amount", "refunded amount") for each in given), ZERO),
        currency=_currency_of(given),
        transaction_ids=tuple(text(each.get("id"), 64) for each in given),
    )


def _currency_of(transactions: list[Body]) -> str:
    """What the amounts of the transactions are in; empty when they are the shop's own money."""
    foreign = {
        text(each.get("currency"), 4)
        for each in transactions
        if not mapping(each.get("amount_set")).get("shop_money")
    }
    return next(iter(foreign)) if len(foreign) == 1 else ""


def _shipping_back(body: Body) -> Decimal:
    """The shipping that was refunded, with its tax where that comes on top."""
    back = ZERO
    for each in objects(body.get("order_adjustments")):
        if each.get("kind") == "shipping_refund":
            back -= _money(each, "amount", "refunded shipping", missing=ZERO)
            back -= _money(each, "tax_amount", "refunded shipping tax", missing=ZERO)
    for each in objects(body.get("refund_shipping_lines")):
        back += _money(each, "subtotal_amount", "refunded shipping", missing=ZERO)
        back += _money(each, "tax_amount", "refunded shipping tax", missing=ZERO)
    return max(back, ZERO)


def _lines(body: Body) -> list[Line]:
    items = objects(body.get("line_items"))
    lines = [line for item in items if (line := _line(item))]
    for item in items:
        lines += [_duty(item, duty) for duty in objects(item.get("duties"))]
    lines += [line for item in objects(body.get("shipping_lines")) if (line := _shipping(item))]
    tip = _money(body, "total_tip_received", "tip", missing=ZERO)
    if tip and not any(_is_tip(item) for item in items):
        lines.append(Line("tip", "Tip", Decimal(1), tip))
    fees = _money(body, "original_total_additional_fees", "fees", missing=ZERO)
    if fees:
        lines.append(Line("fees", "Additional fees", Decimal(1), fees))
    return lines


def _line(item: Body) -> Line | None:
    quantity = amount(item.get("quantity"), "quantity")
    if not quantity:
        return None
    price = _money(item, "price", "price of a line")
    discount = _allocated(item)
    if "discount_allocations" not in item:
        discount = _money(item, "total_discount", "discount of a line", missing=ZERO)
    return Line(
        external_id=identity(item.get("id"), "line"),
        name=text(item.get("name"), 200) or text(item.get("title"), 200) or "Item",
        quantity=quantity,
        unit_price=price,
        discount=discount,
        taxes=_rates(item, quantity * price - discount),
        sku=text(item.get("sku"), 100),
    )


def _shipping(item: Body) -> Line | None:
    price = _money(item, "price", "shipping price", missing=ZERO)
    if not price:
        return None
    discount = _allocated(item)
    if not discount:
        discount = price - _money(item, "discounted_price", "shipping price", missing=price)
    return Line(
        external_id=f"shipping {text(item.get('id'), 50)}",
        name=text(item.get("title"), 200) or "Shipping",
        quantity=Decimal(1),
        unit_price=price,
        discount=discount,
        taxes=_rates(item, price - discount),
        is_shipping=True,
    )


def _duty(item: Body, duty: Body) -> Line:
    cost = amount(mapping(duty.get("shop_money")).get("amount"), "import duty", missing=ZERO)
    name = f"Import duty: {text(item.get('name'), 180)}"
    external_id = f"duty {text(duty.get('id'), 50)}"
    return Line(external_id, name, Decimal(1), cost, taxes=_rates(duty, cost))


def _is_tip(item: Body) -> bool:
    return bool(item.get("tip")) or item.get("title") == "Tip"


def _allocated(item: Body) -> Decimal:
    """Everything that discounts took off this line, whatever they applied to."""
    parts = objects(item.get("discount_allocations"))
    return sum((_money(part, "amount", "discount of a line") for part in parts), ZERO)


def _rates(item: Body, base: Decimal) -> tuple[Decimal, ...]:
    pairs = [
        (
            reading.rate(tax.get("rate"), is_fraction=True),
            _money(tax, "price", "tax of a line", missing=ZERO),
        )
        for tax in objects(item.get("tax_lines"))
    ]
    return reading.charged(pairs, base)


def _transactions(body: Body, currency: str) -> list[Transaction]:
    """Captured payments, where the delivery carries them in the shop's own money."""
    return [
        Transaction(
            identity(each.get("id"), "transaction"),
            text(each.get("gateway"), 40),
            _money(each, "amount", "paid amount"),
        )
        for each in objects(body.get("transactions"))
        if each.get("kind") in ("sale", "capture")
        and each.get("status") == "success"
        and ("amount_set" in each or each.get("currency", currency) == currency)
    ]


def _buyer(body: Body) -> Buyer:
    customer = mapping(body.get("customer"))
    billing = body.get("billing_address") or customer.get("default_address")
    person = mapping(billing)
    return Buyer(
        external_id=text(customer.get("id"), 64),
        email=reading.email(body.get("email") or customer.get("email")),
        first_name=text(customer.get("first_name") or person.get("first_name"), 100),
        last_name=text(customer.get("last_name") or person.get("last_name"), 100),
        phone=text(body.get("phone") or customer.get("phone") or person.get("phone"), 40),
        billing=_address(person or mapping(body.get("shipping_address"))),
    )


def _address(given: Body) -> Address:
    return Address(
        name=text(given.get("name"), 200),
        company=text(given.get("company"), 200),
        line1=text(given.get("address1"), 200),
        line2=text(given.get("address2"), 200),
        city=text(given.get("city"), 100),
        subdivision=text(given.get("province_code") or given.get("province"), 100),
        postal_code=text(given.get("zip"), 20),
        country=reading.country(given.get("country_code")),
    )


def _money(given: Body, name: str, what: str, *, missing: Decimal | None = None) -> Decimal:
    """The amount in the shop's currency: of the money bag, else the plain field."""
    shop = mapping(mapping(given.get(f"{name}_set")).get("shop_money"))
    return amount(shop.get("amount", given.get(name)), what, missing=missing)
