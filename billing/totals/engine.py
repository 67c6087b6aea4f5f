"""The totals engine: one pure computation for every document in the product.

Lines are priced and take their own discount; the document discount is divided over the
tax combinations by largest remainder; then each tax is worked out on what is left, the
charges are added, and the total may be rounded to the smallest coin. All in integers of
the currency's minor unit, half up and symmetric for negatives.
"""

from collections.abc import Sequence

from billing.totals.arithmetic import check_size, half_up
from billing.totals.errors import InvalidPolicy, NegativeTotal
from billing.totals.grouping import (
    allocate_to_lines,
    pool_items,
    single_items,
    subtotals,
    tax_each,
    tax_together,
)
from billing.totals.inputs import INCLUSIVE_ORDERS, LINE, ROUNDINGS, DocumentInput, Policy
from billing.totals.pricing import discount_parts, discount_pools, price_charge, price_line
from billing.totals.results import ChargeTotals, LineTax, LineTotals, Totals
from billing.totals.taxing import Item, Pool, take_out_tax, taxes_alone
from core.currencies import get_currency
from core.money import from_minor


def compute(document: DocumentInput) -> Totals:
    """Add up a document. Amounts in the result are minor units of its currency.

    Raises NegativeTotal, NegativePrice, InvalidDiscount, InvalidTax, InvalidCharge,
    InvalidNumber, InvalidPolicy, AmountTooLarge and UnknownCurrency. Equal input gives
    equal output, and the order of the lines does not change the document's figures.
    """
    totals = add_up(document)
    exact = totals.total - totals.rounding_amount
    if exact < 0:
        raise NegativeTotal(total=from_minor(exact, document.currency), currency=document.currency)
    return totals


def add_up(document: DocumentInput, *, offs: Sequence[int] | None = None) -> Totals:
    """Like `compute`, but a negative total stands.

    `offs` marks a part of a document that is valid as a whole: they are each line's part
    of the document discount (minor units, in the terms of the prices), which is not worked
    out again, and a discount that rounds above its line is cut down instead of refused.
    """
    policy = document.policy
    _check_policy(policy)
    scale = 10 ** get_currency(document.currency).exponent
    is_part = offs is not None
    items = [price_line(line, i, scale, policy, is_part) for i, line in enumerate(document.lines)]
    for position, charge in enumerate(document.charges):
        items.append(price_charge(charge, position, scale, policy))
    pools = pool_items(items)
    on = sum([pool.on_lines for pool in pools])
    if offs is None:
        discount = discount_pools(document, pools, on, scale)
    else:
        discount = discount_parts(pools, items[: len(document.lines)], offs)
    if policy.rounding == LINE:
        pools = single_items(items)
    for pool in pools:
        take_out_tax(pool, policy, scale)
    for item in items:
        item.bases, item.taxes = taxes_alone(
            item.combination, item.amount, item.net, item.units, scale
        )
    if policy.rounding == LINE:
        tax_each(pools, scale)
    else:
        tax_together(pools, scale)
    if document.discount_type:
        allocate_to_lines(pools)
    return _assemble(document, items, pools, discount, on, is_part)


def _check_policy(policy: Policy) -> None:
    if policy.rounding not in ROUNDINGS:
        raise InvalidPolicy(reason=f"'{policy.rounding}' is no way to round.", param="rounding")
    if policy.inclusive_order not in INCLUSIVE_ORDERS:
        raise InvalidPolicy(
            reason="Either the net or the tax is rounded first.", param="inclusive_order"
        )
    if policy.cash_rounding_minor < 0:
        raise InvalidPolicy(
            reason="The smallest coin cannot be negative.", param="cash_rounding_minor"
        )


def _assemble(
    document: DocumentInput,
    items: list[Item],
    pools: list[Pool],
    discount: int,
    discount_on: int,
    is_part: bool,
) -> Totals:
    groups, places = subtotals(pools, items)
    lines: list[LineTotals] = []
    charges: list[ChargeTotals] = []
    subtotal = charge_total = 0
    for item in items:
        signatures = item.pool.signatures
        taxes = tuple(
            [LineTax(places[signatures[i]], item.bases[i], tax) for i, tax in enumerate(item.taxes)]
        )
        tax_amount = sum(item.taxes)
        gross = item.net + tax_amount
        check_size(document.currency, item.full, gross)
        if item.is_line:
            subtotal += item.net
            lines.append(
                LineTotals(
                    net=item.net,
                    discount=item.discount,
                    tax=tax_amount,
                    gross=gross,
                    taxes=taxes,
                    allocated_discount=item.allocated,
                    off=item.off,
                    correction=item.correction,
                    amount=item.full,
                )
            )
        else:
            charge_total += item.net
            name = document.charges[len(charges)].name
            charges.append(ChargeTotals(name, item.net, tax_amount, gross, taxes, item.full))
    discount_total = sum([pool.net_discount for pool in pools])
    tax_total = sum([group.tax for group in groups])
    total = subtotal - discount_total + charge_total + tax_total
    coin = document.policy.cash_rounding_minor
    rounding = half_up(total, coin) * coin - total if coin else 0
    check_size(document.currency, subtotal, charge_total, tax_total, total + rounding)
    return Totals(
        document=document,
        lines=lines,
        charges=charges,
        taxes=groups,
        subtotal=subtotal,
        discount_total=discount_total,
        charge_total=charge_total,
        tax_total=tax_total,
        rounding_amount=rounding,
        total=total + rounding,
        discount_amount=discount,
        discount_on=discount_on,
        is_part=is_part,
    )
