"""From prices to nets and taxes, for one pool of lines at a time."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from billing.totals.arithmetic import (
    PER_CENT,
    PRICE_PLACES,
    QUANTITY_PLACES,
    half_up,
    share_out,
)
from billing.totals.combinations import Combination, Signature
from billing.totals.inputs import SUM_BY_NET, TAX_FIRST, Policy

_UNIT = 10**QUANTITY_PLACES
FIXED_SCALE = 10 ** (PRICE_PLACES + QUANTITY_PLACES)


class Item:
    """A line or a document charge on its way through the engine.

    `amount` is what it costs in the terms of its price, minor units, signed. `units` is
    the quantity in millionths, `off` its part of the document discount in the terms of
    the price, and `allocated` the same without tax.
    """

    __slots__ = (
        "allocated",
        "amount",
        "bases",
        "combination",
        "correction",
        "discount",
        "full",
        "is_line",
        "net",
        "off",
        "pool",
        "taxes",
        "units",
    )

    pool: "Pool"

    def __init__(
        self, combination: Combination, is_line: bool, full: int, discount: int, units: int
    ) -> None:
        self.combination = combination
        self.is_line = is_line
        self.full = full
        self.discount = discount
        self.amount = full - discount
        self.units = units
        self.net = self.amount
        self.correction = 0
        self.off = 0
        self.allocated = 0
        self.bases: list[int] = []
        self.taxes: list[int] = []


class Pool:
    """Items that are taxed together: all with the same taxes, or a single one.

    `priced` is the sum of the items' amounts, `on_lines` that of the lines among them,
    `discount` the pool's part of the document discount; all in the terms of the prices.
    `net` is after the discount, and `net_discount` is the discount without tax.
    """

    __slots__ = (
        "bases",
        "combination",
        "discount",
        "items",
        "net",
        "net_discount",
        "on_lines",
        "parts",
        "priced",
        "signatures",
        "taxes",
        "units",
    )

    def __init__(self, combination: Combination, signatures: tuple[Signature, ...]) -> None:
        self.combination = combination
        self.signatures = signatures
        self.items: list[Item] = []
        self.priced = 0
        self.on_lines = 0
        self.units = 0
        self.discount = 0
        self.net = 0
        self.net_discount = 0
        self.bases: list[int] = []
        # None: not worked out yet.
        self.taxes: list[int | None] = [None] * len(signatures)
        # Every rounding that was made, by the tax it belongs to.
        self.parts: list[tuple[Signature, int]] = []

    def add(self, item: Item) -> None:
        """Take the item in."""
        item.pool = self
        self.items.append(item)
        self.priced += item.amount
        self.units += item.units
        if item.is_line:
            self.on_lines += item.amount


def take_out_tax(pool: Pool, policy: Policy, scale: int) -> None:
    """Work out the pool's net amounts: take the included taxes out of its prices."""
    combination = pool.combination
    if not combination.included:
        pool.net_discount = pool.discount
        pool.net = pool.priced - pool.discount
        return
    order = policy.inclusive_order
    if policy.rounding == SUM_BY_NET:
        for item in pool.items:
            item.net = _rounded_net(combination, item.amount, item.units, scale, order)
        pool.net_discount = _rounded_net(combination, pool.discount, 0, scale, order)
        pool.net = sum(item.net for item in pool.items) - pool.net_discount
        return
    lines = [item for item in pool.items if item.is_line]
    charges = [item for item in pool.items if not item.is_line]
    line_units = sum([item.units for item in lines])
    # The lines first, by themselves: what a charge adds never moves a cent on a line.
    before = _rounded_net(combination, pool.on_lines, line_units, scale, order)
    after = before
    if pool.discount:
        discounted = pool.on_lines - pool.discount
        after = _rounded_net(combination, discounted, line_units, scale, order)
    pool.net_discount = before - after
    pool.net = after
    _divide_net(combination, lines, before, scale, order)
    if charges:
        priced = pool.priced - pool.discount
        pool.net = _rounded_net(combination, priced, pool.units, scale, order)
        _divide_net(combination, charges, pool.net - after, scale, order)
    included = included_taxes(combination, pool.priced - pool.discount, pool.net, pool.units, scale)
    for position, tax in zip(combination.included, included, strict=True):
        pool.taxes[position] = tax


def taxes_alone(
    combination: Combination, priced: int, net: int, units: int, scale: int
) -> tuple[list[int], list[int]]:
    """The bases and taxes of one amount, each rounded by itself.

    Included taxes add up to priced - net, so that the price is kept.
    """
    if combination.is_plain:
        taxes = [half_up(net * rate, PER_CENT) for rate in combination.rates]
        return [net] * len(taxes), taxes
    known: list[int | None] = [None] * len(combination.rules)
    if combination.included:
        found = included_taxes(combination, priced, net, units, scale)
        for position, tax in zip(combination.included, found, strict=True):
            known[position] = tax
    for position, tax_or_none in enumerate(known):
        if tax_or_none is None:
            base = net + sum(known[i] or 0 for i in combination.sources[position])
            known[position] = one_tax(combination, position, base, units, scale)
    settled = [tax or 0 for tax in known]
    return bases_of(combination, net, settled), settled


def one_tax(combination: Combination, position: int, base: int, units: int, scale: int) -> int:
    """A tax that is not included in the price: rate times base, or amount times units."""
    fixed = combination.fixed[position]
    if fixed:
        return half_up(fixed * units * scale, FIXED_SCALE)
    return half_up(base * combination.rates[position], PER_CENT)


def bases_of(combination: Combination, net: int, taxes: Sequence[int | None]) -> list[int]:
    """What each tax is charged on: the net and the earlier taxes that count."""
    return [net + sum([taxes[i] or 0 for i in below]) for below in combination.sources]


def included_taxes(
    combination: Combination, priced: int, net: int, units: int, scale: int
) -> list[int]:
    """Divide the tax inside a price over the included taxes; the parts sum to priced - net."""
    if len(combination.included) == 1:
        return [priced - net]
    exact_net = Fraction(*_exact_net(combination, priced, units, scale))
    quantity = Fraction(units * scale, _UNIT)
    exact = [
        combination.slopes[i] * exact_net + combination.steps[i] * quantity
        for i in combination.included
    ]
    denominator = lcm(*(share.denominator for share in exact))
    return share_out(
        priced - net,
        [share.numerator * (denominator // share.denominator) for share in exact],
        denominator,
    )


def _exact_net(combination: Combination, priced: int, units: int, scale: int) -> tuple[int, int]:
    """The net inside a price, as numerator and (positive) denominator of minor units."""
    factor, step = combination.factor, combination.step
    if not step:
        return priced * factor.denominator, factor.numerator
    inside = priced * step.denominator * _UNIT - step.numerator * units * scale
    return inside * factor.denominator, factor.numerator * step.denominator * _UNIT


def _rounded_net(combination: Combination, priced: int, units: int, scale: int, order: str) -> int:
    """A14: 2.99 with 4 % inside is 2.88 + 0.11 net first, and 2.87 + 0.12 tax first."""
    numerator, denominator = _exact_net(combination, priced, units, scale)
    if order == TAX_FIRST:
        return priced - half_up(priced * denominator - numerator, denominator)
    return half_up(numerator, denominator)


def _divide_net(
    combination: Combination, items: list[Item], net: int, scale: int, order: str
) -> None:
    """Divide a net over the items it belongs to so that no cent is lost (A11, A13)."""
    if not items:
        return
    exact = [_exact_net(combination, item.amount, item.units, scale) for item in items]
    ties = [tie(item) for item in items]
    nets = share_out(net, [numerator for numerator, _ in exact], exact[0][1], ties)
    for item, part in zip(items, nets, strict=True):
        item.net = part
        item.correction = part - _rounded_net(combination, item.amount, item.units, scale, order)


def tie(item: Item) -> tuple[int, int]:
    """Between equal remainders the larger line comes first, then the earlier one.

    By size before position, so that totals do not depend on the order of the lines.
    """
    return -abs(item.amount), -item.units
