"""An order and a refund as every shop means them. Amounts are major units of `currency`.

Readers turn a shop's own JSON into these; what books them knows no shop by name.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from core.errors import DomainError


class OrderRefused(DomainError):
    """What the shop sent cannot be booked as it is; the sentence is for staff."""

    code = "shop_order_refused"
    message = "{reason}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was sold. `taxes` are percentages, each charged on the line by itself."""

    external_id: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    taxes: tuple[Decimal, ...] = ()
    sku: str = ""
    is_shipping: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is. Texts are cleaned and short enough; `country` is ISO or empty."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    subdivision: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """`external_id` is the shop's customer id, empty for a guest."""

    external_id: str
    email: str
    first_name: str
    last_name: str
    phone: str
    billing: Address


@dataclass(frozen=True, slots=True)
class Transaction:
    """Money that came in, as the gateway counts it."""

    transaction_id: str
    gateway: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Refund:
    """Goods, shipping or just money taken back.

    `quantities` are by line id. `money` went back to the customer, in `currency` where that is
    not the order's own; None: the shop tells only what the refund comes to (`total`), whether
    or not money moved.
    """

    external_id: str
    order_id: str
    reason: str = ""
    quantities: dict[str, Decimal] = field(default_factory=dict)
    shipping: Decimal = Decimal(0)
    total: Decimal | None = None
    money: Decimal | None = None
    currency: str = ""
    transaction_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """`total` is what the shop says the customer owes; the invoice must come to the same.

    `received` is how much of it was paid so far: None means all of it.
    """

    external_id: str
    number: str
    currency: str
    total: Decimal
    tax: Decimal
    prices_include_tax: bool
    lines: tuple[Line, ...]
    buyer: Buyer
    delivery: Address | None
    received: Decimal | None
    gateway: str
    paid_at: datetime.datetime | None
    transactions: tuple[Transaction, ...] = ()
    refunds: tuple[Refund, ...] = ()
    is_placed: bool = True
    is_cancelled: bool = False
    is_test: bool = False
