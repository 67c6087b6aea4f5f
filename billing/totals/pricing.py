"""From what was ordered to what it costs: line prices, discounts, charges. Minor units."""

from collections.abc import Sequence
from decimal import Decimal

from billing.totals.arithmetic import (
    PER_CENT,
    PRICE_PLACES,
    QUANTITY_PLACES,
    RATE_PLACES,
    half_up,
    scaled,
    share_out,
)
from billing.totals.combinations import combine
from billing.totals.errors import (
    InvalidCharge,
    InvalidDiscount,
    InvalidNumber,
    NegativePrice,
)
from billing.totals.grouping import over_lines
from billing.totals.inputs import FIXED, ONE, PERCENT, ChargeInput, DocumentInput, LineInput, Policy
from billing.totals.taxing import Item, Pool

_UNIT = 10**QUANTITY_PLACES


def price_line(line: LineInput, position: int, scale: int, policy: Policy, is_part: bool) -> Item:
    at = f"line_items.{position}"
    units = scaled(line.quantity, QUANTITY_PLACES, f"{at}.quantity")
    price = scaled(line.unit_price, PRICE_PLACES, f"{at}.unit_price")
    if price < 0:
        raise NegativePrice(param=f"{at}.unit_price")
    per = _UNIT
    if line.price_base_quantity is not ONE:
        per = scaled(line.price_base_quantity, QUANTITY_PLACES, f"{at}.price_base_quantity")
        if per <= 0:
            raise InvalidNumber(
                reason="A price is for more than zero units.", param=f"{at}.price_base_quantity"
            )
    full = half_up(units * price * scale, 10**PRICE_PLACES * per)
    discount = 0
    if line.discount_type:
        discount = _line_discount(line, full, scale, f"{at}.discount_value", is_part)
    combination = combine(line.taxes, policy.prices_include_tax)
    return Item(combination, True, full, discount, units)


def _line_discount(line: LineInput, full: int, scale: int, param: str, is_part: bool) -> int:
    """What is taken off the line. A percentage rounds what is left: 307.50 - 5 % = 292.13."""
    if line.discount_type == PERCENT:
        percent = _percentage(line.discount_value, param)
        return full - half_up(full * (PER_CENT - percent), PER_CENT)
    amount = _fixed_discount(line.discount_type, line.discount_value, scale, param)
    if amount > abs(full):
        if not is_part:
            raise InvalidDiscount(reason="The discount is larger than the line.", param=param)
        amount = abs(full)
    return amount if full >= 0 else -amount


def price_charge(charge: ChargeInput, position: int, scale: int, policy: Policy) -> Item:
    param = f"charges.{position}.amount"
    amount = half_up(scaled(charge.amount, PRICE_PLACES, param) * scale, 10**PRICE_PLACES)
    if amount < 0:
        raise InvalidCharge(
            reason="A charge is a positive amount; an allowance is marked as one.", param=param
        )
    sign = 1 if charge.is_charge else -1
    combination = combine(charge.taxes, policy.prices_include_tax)
    return Item(combination, False, sign * amount, 0, 0)


def discount_pools(document: DocumentInput, pools: list[Pool], on: int, scale: int) -> int:
    """Round the document discount, divide it over pools and lines, and return it.

    `on` is the sum of the lines. Larger pools, then higher signatures, win a tie, so that
    the order of the lines has no influence.
    """
    if not document.discount_type:
        return 0
    value = document.discount_value
    if document.discount_type == PERCENT:
        percent = _percentage(value, "discount_value")
        discount = half_up(on * percent, PER_CENT)
        numerators, denominator = [pool.on_lines * percent for pool in pools], PER_CENT
    else:
        discount = _fixed_discount(document.discount_type, value, scale, "discount_value")
        if discount > max(on, 0):
            raise InvalidDiscount(
                reason="The discount is larger than the subtotal.", param="discount_value"
            )
        numerators, denominator = [pool.on_lines * discount for pool in pools], on or 1
    if pools:
        ties = [(-abs(pool.on_lines), pool.signatures) for pool in pools]
        for pool, part in zip(
            pools, share_out(discount, numerators, denominator, ties), strict=True
        ):
            pool.discount = part
            for item, off in zip(pool.items, over_lines(pool, part), strict=True):
                item.off = off
    return discount


def discount_parts(pools: list[Pool], lines: list[Item], offs: Sequence[int]) -> int:
    """Put the given part of the document discount on each line, and return their sum."""
    for item, off in zip(lines, offs, strict=True):
        room = abs(item.amount)
        item.off = max(-room, min(off, room))
        item.pool.discount += item.off
    return sum([pool.discount for pool in pools])


def _percentage(value: Decimal, param: str) -> int:
    percent = scaled(value, RATE_PLACES, param)
    if not 0 <= percent <= PER_CENT:
        raise InvalidDiscount(reason="A percentage discount lies between 0 and 100.", param=param)
    return percent


def _fixed_discount(kind: str, value: Decimal, scale: int, param: str) -> int:
    if kind != FIXED:
        raise InvalidDiscount(
            reason="A discount is 'percent' or 'fixed'.", param=param.replace("_value", "_type")
        )
    amount = half_up(scaled(value, PRICE_PLACES, param) * scale, 10**PRICE_PLACES)
    if amount < 0:
        raise InvalidDiscount(reason="A discount cannot be negative.", param=param)
    return amount
