"""What a product costs in the currency that an application is paid in."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.models import Product, TaxProfile
from billing.queries.exchange_rates import rate_on
from core.currencies import PEGGED, get_currency
from core.errors import InvalidValue
from core.money import EXACT, round_half_up


@dataclass(frozen=True, slots=True)
class Item:
    """So many of a product."""

    product: Product
    quantity: Decimal


def lines_of(
    items: Sequence[Item], *, currency: str, tax_profile: TaxProfile | None, on: datetime.date
) -> list[dict[str, Any]]:
    """The items as billing.operations.lines takes them, priced in that currency.

    The tax is the one that is named, and none where none is; a compound one is charged on
    top of the product's own. Raises InvalidValue.
    """
    return [
        {
            "product_id": item.product.pk,
            "quantity": item.quantity,
            "unit_price": price_in(item.product, currency, on, f"line_items.{position}.product_id"),
            "tax_profile_ids": _taxes(item.product, tax_profile),
        }
        for position, item in enumerate(items)
    ]


def price_in(product: Product, currency: str, on: datetime.date, param: str) -> Decimal:
    """The product's price in major units of `currency`: one for one with what a stablecoin
    stands for, else by the organization's exchange rate of that day. Raises InvalidValue.
    """
    have = PEGGED.get(product.currency, product.currency)
    want = PEGGED.get(currency, currency)
    if have == want:
        return product.unit_price
    rate = rate_on(product.organization_id, product.currency, currency, on) or rate_on(
        product.organization_id, have, want, on
    )
    if rate is None:
        raise InvalidValue(
            f"'{product.name}' is priced in {product.currency}, and no exchange rate to"
            f" {currency} is known.",
            param=param,
        )
    price = EXACT.multiply(product.unit_price, rate)
    return round_half_up(price, get_currency(currency).exponent)


def books_rate(
    organization_id: int, currency: str, books: str, on: datetime.date
) -> Decimal | None:
    """Units of the books' currency for one of `currency`, by what a stablecoin stands for."""
    if currency == books or currency not in PEGGED:
        return None
    known = rate_on(organization_id, currency, books, on)
    return known or rate_on(organization_id, PEGGED[currency], books, on)


def _taxes(product: Product, named: TaxProfile | None) -> list[int]:
    if named is None:
        return []
    own = product.tax_profile_id
    if named.is_compound and own is not None and own != named.pk:
        return [own, named.pk]
    return [named.pk]
