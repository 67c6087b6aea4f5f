"""The taxes of one line, read once: rates as integers, who is charged on whom, what is inside."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from billing.totals.arithmetic import PER_CENT, PRICE_PLACES, RATE_PLACES, scaled
from billing.totals.errors import InvalidTax
from billing.totals.inputs import FIXED, PERCENT, TaxRule

# EN 16931: these categories carry no tax (BR-Z-05, BR-E-05, BR-AE-05, BR-IC-05, BR-G-05, BR-O).
_UNTAXED = frozenset(("Z", "E", "AE", "K", "G", "O"))

Signature = tuple[str, str, int, int, str]


@dataclass(frozen=True, slots=True, eq=False)
class Combination:
    """An ordered set of taxes as the engine uses it.

    `signatures` say which tax subtotal each rule belongs to. `sources[i]` are the earlier
    taxes that tax i is charged on. With net n and quantity q, tax i is exactly
    `slopes[i] * n + steps[i] * q` (in major units); `factor` and `step` are the same for
    the whole price, so that price = factor * n + step * q.
    """

    rules: tuple[TaxRule, ...]
    signatures: tuple[Signature, ...]
    rates: tuple[int, ...]
    fixed: tuple[int, ...]
    sources: tuple[tuple[int, ...], ...]
    included: tuple[int, ...]
    slopes: tuple[Fraction, ...]
    steps: tuple[Fraction, ...]
    factor: Fraction
    step: Fraction
    has_twins: bool
    is_plain: bool


def combine(taxes: tuple[TaxRule, ...], prices_include_tax: bool) -> Combination:
    """Read the taxes of a line. Raises InvalidTax and InvalidNumber."""
    try:
        return _combine(taxes, prices_include_tax)
    except TypeError:
        # A signaling NaN refuses to be looked up in the cache, before it is read at all.
        if any(rule.rate.is_snan() or rule.amount.is_snan() for rule in taxes):
            raise InvalidTax(reason="A tax needs a plain number.", param="taxes.rate") from None
        raise


@lru_cache(maxsize=2048)
def _combine(taxes: tuple[TaxRule, ...], prices_include_tax: bool) -> Combination:
    rates: list[int] = []
    fixed: list[int] = []
    sources: list[tuple[int, ...]] = []
    slopes: list[Fraction] = []
    steps: list[Fraction] = []
    for position, rule in enumerate(taxes):
        rate, amount = _read(rule)
        rates.append(rate)
        fixed.append(amount)
        below = () if rule.kind == FIXED else _sources(taxes, position)
        sources.append(below)
        share = Fraction(rate, PER_CENT)
        slopes.append(share * (1 + sum(slopes[i] for i in below)) if share else Fraction(0))
        own = Fraction(amount, 10**PRICE_PLACES)
        steps.append(own + share * sum(steps[i] for i in below))
    if len({rule.key for rule in taxes}) < len(taxes):
        raise InvalidTax(reason="A line bears the same tax twice.", param="taxes")
    signatures = tuple(
        (rule.kind, rule.category, rate, amount, "")
        for rule, rate, amount in zip(taxes, rates, fixed, strict=True)
    )
    included = tuple(i for i, rule in enumerate(taxes) if prices_include_tax or rule.is_inclusive)
    return Combination(
        rules=taxes,
        signatures=signatures,
        rates=tuple(rates),
        fixed=tuple(fixed),
        sources=tuple(sources),
        included=included,
        slopes=tuple(slopes),
        steps=tuple(steps),
        factor=1 + sum((slopes[i] for i in included), Fraction(0)),
        step=sum((steps[i] for i in included), Fraction(0)),
        has_twins=len(set(signatures)) < len(signatures),
        is_plain=not included and not any(sources) and not any(fixed),
    )


def _sources(taxes: tuple[TaxRule, ...], position: int) -> tuple[int, ...]:
    if taxes[position].is_compound:
        return tuple(range(position))
    return tuple(i for i in range(position) if taxes[i].is_in_tax_base)


def _read(rule: TaxRule) -> tuple[int, int]:
    """The rule's rate in millionths of a per cent and its amount in 10 ** -12 units."""
    if rule.kind == FIXED:
        amount = scaled(rule.amount, PRICE_PLACES, "taxes.amount")
        if amount < 0:
            raise InvalidTax(reason="A fixed tax cannot be negative.", param="taxes.amount")
        return 0, amount
    if rule.kind != PERCENT:
        raise InvalidTax(reason="A tax is a percentage or a fixed amount.", param="taxes.kind")
    rate = scaled(rule.rate, RATE_PLACES, "taxes.rate")
    if not 0 <= rate <= PER_CENT:
        raise InvalidTax(reason="A tax rate lies between 0 and 100 per cent.", param="taxes.rate")
    if rate and rule.category in _UNTAXED:
        raise InvalidTax(
            reason=f"Tax category {rule.category} has no rate above zero.", param="taxes.rate"
        )
    return rate, 0
