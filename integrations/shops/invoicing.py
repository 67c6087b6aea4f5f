"""An order as an invoice that comes to the same cent, and its money as payments."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from billing.models import Customer, Invoice, Payment, PaymentMethod
from billing.operations.composing import compose
from billing.operations.invoices import create_invoice
from billing.operations.issuing import issue_invoice
from billing.operations.payments import record_payment
from billing.operations.tax_rates import profile_of_rate
from billing.queries.customers import refer_customer
from billing.queries.invoices import get_invoice
from billing.totals import Policy
from billing.totals.inputs import GROUP, INCLUSIVE_ORDERS, KEEP_GROSS, LINE
from core.currencies import UnknownCurrency, get_currency
from core.money import from_minor, to_minor
from integrations.models import ShopRecord
from integrations.shops.customers import customer_of
from integrations.shops.orders import Address, Line, Order, OrderRefused, Transaction
from integrations.shops.shop import Shop

SOURCE = "shop"
_METHODS = (
    ("paypal", PaymentMethod.PAYPAL),
    ("stripe", PaymentMethod.STRIPE),
    ("square", PaymentMethod.SQUARE),
    ("shopify_payments", PaymentMethod.CARD),
    ("card", PaymentMethod.CARD),
    ("visa", PaymentMethod.CARD),
    ("mastercard", PaymentMethod.CARD),
    ("bogus", PaymentMethod.CARD),
    ("bacs", PaymentMethod.BANK_TRANSFER),
    ("bank", PaymentMethod.BANK_TRANSFER),
    ("cheque", PaymentMethod.CHECK),
    ("check", PaymentMethod.CHECK),
    ("cash", PaymentMethod.CASH),
    ("cod", PaymentMethod.CASH),
    ("direct_debit", PaymentMethod.DIRECT_DEBIT),
    ("sepa", PaymentMethod.DIRECT_DEBIT),
)


def invoice_of(shop: Shop, order: Order, record: ShopRecord) -> Invoice:
    """The order's issued invoice, made now if there is none; noted on the record.

    Raises OrderRefused when it cannot come to the order's total, or when an order that is
    invoiced already has another total now; and what the billing operations raise.
    """
    if record.invoice_id is not None:
        if Decimal(record.details["total"]) != order.total:
            raise OrderRefused(reason=_changed(order, record))
        return get_invoice(shop.organization.pk, record.invoice_id)
    wanted = _minor(order.total, order.currency, "total")
    customer = refer_customer(shop.organization.pk, customer_of(shop, order.buyer).pk)
    values: dict[str, Any] = {
        "lines": [_spec(shop, line) for line in order.lines],
        "currency": order.currency,
        "reference": order.number,
        "sales_order": order.number,
        "delivery": _delivery(order.delivery),
        "metadata": {"shop": shop.connection.domain, "shop_order_id": order.external_id},
        "source": SOURCE,
    }
    policy = _policy(shop, customer, order, wanted, values)
    draft = create_invoice(
        actor=shop.actor, at=shop.at, customer_id=customer.pk, policy=policy, **values
    )
    invoice = issue_invoice(actor=shop.actor, at=shop.at, invoice_id=draft.pk)
    record.invoice = invoice
    record.details = {
        "total": format(order.total, "f"),
        "lines": [line.external_id for line in order.lines],
        "shipping": [line.external_id for line in order.lines if line.is_shipping],
        "received": 0,
        "is_settled": False,
    }
    record.save(update_fields=["invoice", "details"])
    return invoice


def take_payment(shop: Shop, order: Order, record: ShopRecord, invoice: Invoice) -> Invoice:
    """Record what the order says was paid and is not on record yet.

    Named transactions are recorded one by one; otherwise whatever is due, or the part that
    came in, under an id made of the shop and the order. What was refunded since is not taken
    for unpaid: an order is settled once.
    """
    details = record.details
    if details["is_settled"] or (order.received is not None and order.received <= 0):
        return invoice
    if order.transactions:
        for transaction in order.transactions:
            _record(shop, order, invoice, transaction)
    else:
        part = _outstanding(order, invoice, details["received"])
        if part > 0:
            name = f"{shop.connection.domain}#{order.external_id}"
            if details["received"]:
                name = f"{name}+{details['received']}"
            amount = from_minor(part, invoice.currency)
            _record(shop, order, invoice, Transaction(name, order.gateway, amount))
            details["received"] += part
    details["is_settled"] = order.received is None
    record.save(update_fields=["details"])
    return get_invoice(shop.organization.pk, invoice.pk)


def _outstanding(order: Order, invoice: Invoice, received: int) -> int:
    """Minor units that came in and are not on record; never more than is due."""
    if order.received is None:
        return invoice.amount_due
    so_far = _minor(order.received, order.currency, "amount paid")
    return min(so_far - received, invoice.amount_due)


def _record(shop: Shop, order: Order, invoice: Invoice, transaction: Transaction) -> None:
    gateway = transaction.gateway or order.gateway or shop.connection.kind
    known = Payment.objects.of(shop.organization.pk).filter(
        gateway=gateway,
        transaction_id=transaction.transaction_id,
        invoice=invoice,
    )
    if not transaction.amount or known.exists():
        return
    record_payment(
        actor=shop.actor,
        at=shop.at,
        amount=transaction.amount,
        currency=invoice.currency,
        method=_method(gateway),
        payment_date=shop.day_of(order.paid_at),
        invoice_id=invoice.pk,
        transaction_id=transaction.transaction_id,
        gateway=gateway,
        reference=order.number,
        allow_overpayment=True,
        metadata={"shop": shop.connection.domain, "shop_order_id": order.external_id},
    )


def _policy(
    shop: Shop, customer: Customer, order: Order, wanted: int, values: dict[str, Any]
) -> Policy:
    """The way of rounding by which the lines come to the order's total, and to its tax.

    Shops round tax line by line or once per rate, and no webhook says which; the total does.
    """
    tax = _minor(order.tax, order.currency, "tax")
    fitting: Policy | None = None
    came_to: int | None = None
    for policy in _policies(shop.organization, order.prices_include_tax):
        made = compose(customer, shop.at, policy=policy, **values).invoice
        came_to = made.total if came_to is None else came_to
        if made.total == wanted and made.tax_total == tax:
            return policy
        if made.total == wanted and fitting is None:
            fitting = policy
    if fitting is None:
        theirs = from_minor(wanted, order.currency)
        ours = from_minor(came_to or 0, order.currency)
        raise OrderRefused(
            reason=f"Order {order.number} is {theirs} {order.currency} in the shop, but its lines,"
            f" discounts, shipping and taxes add up to {ours} {order.currency}."
        )
    return fitting


def _policies(organization: Organization, prices_include_tax: bool) -> Iterator[Policy]:
    first = organization.rounding
    ways = (first, GROUP, LINE, KEEP_GROSS) if prices_include_tax else (first, GROUP, LINE)
    own = organization.inclusive_order
    orders = (own, *sorted(INCLUSIVE_ORDERS - {own})) if prices_include_tax else (own,)
    for inclusive_order in orders:
        for rounding in dict.fromkeys(ways):
            # The buyer paid the shop's total, so no coin rounding of ours comes on top.
            yield Policy(rounding, prices_include_tax, inclusive_order, 0)


def _spec(shop: Shop, line: Line) -> dict[str, Any]:
    profiles = [
        profile.pk
        for rate in line.taxes
        if (profile := profile_of_rate(actor=shop.actor, at=shop.at, rate=rate)) is not None
    ]
    spec: dict[str, Any] = {
        "name": line.name,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "tax_profile_ids": profiles,
        "seller_item_id": line.sku,
    }
    if line.discount:
        spec |= {"discount_type": "fixed", "discount_value": line.discount}
    return spec


def _delivery(address: Address | None) -> dict[str, str] | None:
    if address is None or not address.line1:
        return None
    return {
        "name": address.name or address.company,
        "line1": address.line1,
        "line2": address.line2,
        "city": address.city,
        "subdivision": address.subdivision,
        "postal_code": address.postal_code,
        "country": address.country,
    }


def _method(gateway: str) -> str:
    word = gateway.lower().replace("-", "_").replace(" ", "_")
    return next((method for part, method in _METHODS if part in word), PaymentMethod.OTHER)


def _minor(amount: Decimal, currency: str, what: str) -> int:
    try:
        get_currency(currency)
        return to_minor(amount, currency)
    except UnknownCurrency:
        raise OrderRefused(reason=f"'{currency}' is no currency that is known here.") from None
    except ValueError:
        raise OrderRefused(
            reason=f"The {what} {amount:f} has more decimals than {currency} allows."
        ) from None


def _changed(order: Order, record: ShopRecord) -> str:
    return (
        f"Order {order.number} was invoiced over {record.details['total']} {order.currency} and is"
        f" {order.total:f} now. An issued invoice stays as it is: credit it or invoice the rest."
    )
