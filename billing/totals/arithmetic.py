"""Exact integer arithmetic under the engine: scaling, half-up division, fair shares."""

from collections.abc import Sequence
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from typing import Any

from billing.totals.errors import AmountTooLarge, InvalidNumber

# Decimal places that the columns keep.
PRICE_PLACES = 12
QUANTITY_PLACES = 6
RATE_PLACES = 6
PER_CENT = 100 * 10**RATE_PLACES  # an integer rate divided by this is a fraction of one

LARGEST = 2**63 - 1
_LARGEST_EXPONENT = 18

# Inexact is trapped: a number that does not fit is refused, never shortened.
_WIDE = Context(prec=64, traps=[InvalidOperation, Inexact])


def scaled(value: Decimal, places: int, param: str) -> int:
    """The number times 10 ** places, as an integer.

    Raises InvalidNumber when it is not finite, 10 ** 19 or more, or has more decimals,
    and TypeError for anything but a Decimal.
    """
    if not isinstance(value, Decimal):
        raise TypeError(f"{param} is a Decimal, not {type(value).__name__}")
    try:
        if value.adjusted() > _LARGEST_EXPONENT and value:
            raise InvalidNumber(reason="The number is too large.", param=param)
        exact = value.scaleb(places, _WIDE)
        whole = int(exact)
    except (DecimalException, ValueError, OverflowError):
        raise InvalidNumber(
            reason=f"Give a plain number with at most {places} decimals.", param=param
        ) from None
    if whole != exact:
        raise InvalidNumber(reason=f"At most {places} decimals are kept.", param=param)
    return whole


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded half away from zero (A15). The denominator is positive."""
    if numerator < 0:
        return -((denominator - 2 * numerator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def share_out(
    total: int, numerators: Sequence[int], denominator: int, ties: Sequence[Any] = ()
) -> list[int]:
    """Round the exact shares numerator/denominator so that they add up to the total.

    Largest remainder: each share is rounded down, then the shares that lost most get
    the units that are missing; between equals the lower tie key wins, then the earlier
    share. When the total is the sum of the shares, rounded, no share that is exact is
    ever changed, a share of zero least of all.
    """
    if len(numerators) == 1:
        return [total]
    if total < 0:
        return [-part for part in share_out(-total, [-n for n in numerators], denominator, ties)]
    parts = []
    remainders = []
    for numerator in numerators:
        part, remainder = divmod(numerator, denominator)
        parts.append(part)
        remainders.append(remainder)
    missing = total - sum(parts)
    if missing:
        keys: Sequence[Any] = ties or range(len(parts))
        order = sorted(range(len(parts)), key=lambda i: (-remainders[i], keys[i], i))
        everywhere, missing = divmod(missing, len(parts))
        parts = [part + everywhere for part in parts]
        for index in order[:missing]:
            parts[index] += 1
    return parts


def check_size(currency: str, *amounts: int) -> None:
    """Raise AmountTooLarge unless every amount fits a signed 64-bit integer."""
    for amount in amounts:
        if not -LARGEST <= amount <= LARGEST:
            raise AmountTooLarge(currency=currency, param="line_items")
