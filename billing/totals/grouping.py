"""Tax subtotals: which taxes are one, and each rounded where the policy says."""

from collections.abc import Hashable

from billing.totals.arithmetic import PER_CENT, half_up, share_out
from billing.totals.combinations import Combination, Signature
from billing.totals.inputs import ZERO
from billing.totals.results import TaxGroup
from billing.totals.taxing import FIXED_SCALE, Item, Pool, bases_of, taxes_alone, tie

_LONGEST_REASON = 300


def pool_items(items: list[Item]) -> list[Pool]:
    """Pool the items that bear the same taxes.

    Two rules with the same category and rate are one tax, whatever their names, because
    EN 16931 allows one subtotal for them (A22, BR-S-08). Only where some item bears both,
    as with two regional taxes of 5 %, they are different taxes.
    """
    twins: set[Signature] = set()
    for item in items:
        if item.combination.has_twins:
            signatures = item.combination.signatures
            twins.update(s for s in signatures if signatures.count(s) > 1)
    by_combination: dict[Combination, Pool] = {}
    by_shape: dict[Hashable, Pool] = {}
    for item in items:
        combination = item.combination
        pool = by_combination.get(combination)
        if pool is None:
            signatures = _apart(combination, twins) if twins else combination.signatures
            shape = (signatures, combination.sources, combination.included)
            pool = by_shape.get(shape)
            if pool is None:
                pool = by_shape[shape] = Pool(combination, signatures)
            by_combination[combination] = pool
        pool.add(item)
    return list(by_shape.values())


def _apart(combination: Combination, twins: set[Signature]) -> tuple[Signature, ...]:
    return tuple(
        (*signature[:4], rule.key) if signature in twins else signature
        for signature, rule in zip(combination.signatures, combination.rules, strict=True)
    )


def single_items(items: list[Item]) -> list[Pool]:
    """One pool per item, with its own part of the document discount: policy "line"."""
    singles = []
    for item in items:
        single = Pool(item.combination, item.pool.signatures)
        single.add(item)
        single.discount = item.off
        singles.append(single)
    return singles


def allocate_to_lines(pools: list[Pool]) -> None:
    """Tell each line its part of the document discount, without tax (A5)."""
    for pool in pools:
        if pool.net_discount == pool.discount:
            for item in pool.items:
                item.allocated = item.off
        else:
            parts = over_lines(pool, pool.net_discount)
            for item, part in zip(pool.items, parts, strict=True):
                item.allocated = part


def over_lines(pool: Pool, discount: int) -> list[int]:
    """Divide a discount over the pool's items by amount; charges take no part in it."""
    if not discount:
        return [0] * len(pool.items)
    if len(pool.items) == 1:
        return [discount]
    if not pool.on_lines:
        # Only parts of documents get here: lines that cancel out keep an odd cent.
        return [discount] + [0] * (len(pool.items) - 1)
    sign = -1 if pool.on_lines < 0 else 1
    weights = [sign * discount * item.amount if item.is_line else 0 for item in pool.items]
    return share_out(discount, weights, sign * pool.on_lines, [tie(i) for i in pool.items])


def tax_each(pools: list[Pool], scale: int) -> None:
    """Round every tax on every item by itself: policy "line"."""
    for pool in pools:
        item = pool.items[0]
        if pool.discount:
            priced = item.amount - pool.discount
            pool.bases, taxes = taxes_alone(pool.combination, priced, pool.net, item.units, scale)
        else:
            pool.bases, taxes = item.bases, item.taxes
        pool.taxes = list(taxes)
        pool.parts = list(zip(pool.signatures, taxes, strict=True))


def tax_together(pools: list[Pool], scale: int) -> None:
    """Round every tax once, on the sum of its bases over all pools (A1).

    A tax that is charged on other taxes waits for them, and the rounded tax is divided
    over the pools by largest remainder, so that the next tax starts from whole cents.
    """
    cells: dict[Hashable, list[tuple[Pool, int]]] = {}
    for pool in pools:
        for position, signature in enumerate(pool.signatures):
            tax = pool.taxes[position]
            if tax is None:
                cells.setdefault(signature, []).append((pool, position))
            else:
                pool.parts.append((signature, tax))
    while cells:
        ready = [key for key, cell in cells.items() if _is_ready(cell)]
        if not ready:
            # Two lines charge two compound taxes on each other, in opposite order: no
            # order of the whole exists, so these are rounded for each pool apart.
            apart = [member for cell in cells.values() for member in cell]
            cells = {("apart", n): [member] for n, member in enumerate(apart)}
            continue
        for key in ready:
            _tax_cell(cells.pop(key), scale)
    for pool in pools:
        pool.bases = bases_of(pool.combination, pool.net, pool.taxes)


def _is_ready(cell: list[tuple[Pool, int]]) -> bool:
    for pool, position in cell:
        for source in pool.combination.sources[position]:
            if pool.taxes[source] is None:
                return False
    return True


def _tax_cell(cell: list[tuple[Pool, int]], scale: int) -> None:
    first, position = cell[0]
    rate, fixed = first.combination.rates[position], first.combination.fixed[position]
    if fixed:
        denominator = FIXED_SCALE
        numerators = [fixed * pool.units * scale for pool, _ in cell]
    else:
        denominator = PER_CENT
        numerators = [
            rate * (pool.net + sum([pool.taxes[i] or 0 for i in pool.combination.sources[at]]))
            for pool, at in cell
        ]
    tax = half_up(sum(numerators), denominator)
    first.parts.append((first.signatures[position], tax))
    ties = [(-abs(pool.net), pool.signatures) for pool, _ in cell] if len(cell) > 1 else ()
    parts = share_out(tax, numerators, denominator, ties)
    for (pool, at), part in zip(cell, parts, strict=True):
        pool.taxes[at] = part


def subtotals(pools: list[Pool], items: list[Item]) -> tuple[list[TaxGroup], dict[Signature, int]]:
    """The document's tax subtotals in order of first appearance, and each one's place."""
    groups: list[TaxGroup] = []
    places: dict[Signature, int] = {}
    for item in items:
        combination = item.combination
        for position, rule in enumerate(combination.rules):
            signature = item.pool.signatures[position]
            place = places.get(signature)
            if place is None:
                place = places[signature] = len(groups)
                groups.append(
                    TaxGroup(
                        key=rule.key,
                        tax_profile_id=rule.tax_profile_id,
                        name=rule.name,
                        kind=rule.kind,
                        category=rule.category,
                        rate=rule.rate if signature[2] else ZERO,
                        exemption_reason=rule.exemption_reason,
                        amount=rule.amount if signature[3] else ZERO,
                    )
                )
            group = groups[place]
            if item.is_line:
                group.lines += item.net
            else:
                group.charges += item.net
            if rule.exemption_reason:
                group.exemption_reason = _joined(group.exemption_reason, rule.exemption_reason)
            if position in combination.included:
                group.is_included = True
            if rule.tax_profile_id != group.tax_profile_id:
                group.is_shared = True
    for pool in pools:
        for position, signature in enumerate(pool.signatures):
            group = groups[places[signature]]
            group.base += pool.bases[position]
            group.tax += pool.taxes[position] or 0
            group.discount += pool.net_discount
            group.units += pool.units
        for signature, part in pool.parts:
            groups[places[signature]].parts.append(part)
    return groups, places


def _joined(reasons: str, reason: str) -> str:
    """Several exemption reasons of one category share its one subtotal (BR-E-01)."""
    if reason in reasons.split("; "):
        return reasons
    both = f"{reasons}; {reason}"
    return both if len(both) <= _LONGEST_REASON else reasons
