"""Exact money: a Decimal with its currency, and the only place where money rounds.

Rounding is half up, symmetric for negatives (0.125 -> 0.13, -0.125 -> -0.13), so a
credit note is the exact mirror of its invoice.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, Inexact, InvalidOperation
from math import lcm

from core.currencies import get_currency

# 50 digits hold any product of a 12-place price, a 6-place quantity and a 64-bit amount.
EXACT = Context(prec=50, rounding=ROUND_HALF_UP)

# For amounts from outside: a number that does not fit is refused, never shortened.
_NEVER_ROUNDED = Context(prec=50, traps=[InvalidOperation, Inexact])
_LARGEST_EXPONENT = 32


class CurrencyMismatch(TypeError):
    """Two currencies met in one sum: always a programming error, never user input."""


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round to that many decimal places, half away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount in major units as an integer of minor units.

    Raises ValueError when the amount is not finite, 10 ** 32 or more, or has more
    decimals than the currency: money that arrives from outside is refused, not rounded.
    """
    exponent = get_currency(currency).exponent
    if not amount.is_finite() or (amount and amount.adjusted() >= _LARGEST_EXPONENT):
        raise ValueError(f"{amount} is not an amount of money")
    try:
        scaled = amount.scaleb(exponent, _NEVER_ROUNDED)
    except DecimalException:
        scaled = None
    whole = 0 if scaled is None else int(scaled)
    if scaled is None or whole != scaled:
        raise ValueError(f"{amount} has more decimals than {currency} allows")
    return whole


@functools.lru_cache(maxsize=8_192)
def from_minor(minor: int, currency: str) -> Decimal:
    """An integer of minor units as a Decimal in major units, with the currency's places."""
    return Decimal(minor).scaleb(-get_currency(currency).exponent, context=EXACT)


def convert_minor(minor: int, currency: str, into: str, rate: Decimal) -> int:
    """Minor units of one currency as minor units of another, half up.

    `rate` is units of `into` for one unit of `currency`; it is ignored between equals.
    """
    if currency == into:
        return minor
    amount = EXACT.multiply(from_minor(minor, currency), rate)
    return to_minor(round_half_up(amount, get_currency(into).exponent), into)


def allocate(total: int, weights: Sequence[int | Decimal]) -> list[int]:
    """Split minor units by weight so that the parts sum exactly to the total.

    Largest remainder; on a tie the earlier part gets the unit. All weights zero
    puts everything on the first part. Weights must not be negative.
    """
    if not weights:
        raise ValueError("nothing to allocate to")
    whole_weights = _as_integers(weights)
    if min(whole_weights) < 0:
        raise ValueError("a weight is negative")
    whole = sum(whole_weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    sign = -1 if total < 0 else 1
    shares = [divmod(abs(total) * weight, whole) for weight in whole_weights]
    parts = [part for part, _ in shares]
    order = sorted(range(len(shares)), key=lambda i: (-shares[i][1], i))
    for index in order[: abs(total) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def _as_integers(weights: Sequence[int | Decimal]) -> list[int]:
    """The weights times one common factor, so that shares compare exactly."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    common = lcm(*(denominator for _, denominator in ratios))
    return [numerator * (common // denominator) for numerator, denominator in ratios]


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency, in major units."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"Money takes a Decimal, not {type(self.amount).__name__}")
        if not self.amount.is_finite():
            raise ValueError("Money must be finite")
        get_currency(self.currency)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> "Money":
        return cls(from_minor(minor, currency), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls.from_minor(0, currency)

    @property
    def minor(self) -> int:
        """Integer of minor units. Raises ValueError if it is not a whole number of them."""
        return to_minor(self.amount, self.currency)

    def rounded(self) -> "Money":
        """Rounded half up to the currency's minor unit."""
        exponent = get_currency(self.currency).exponent
        return Money(round_half_up(self.amount, exponent), self.currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} with {other.currency}")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(EXACT.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(EXACT.subtract(self.amount, other.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        if isinstance(factor, float):
            raise TypeError("Money is never multiplied by a binary fraction")
        return Money(EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    def __neg__(self) -> "Money":
        return Money(EXACT.minus(self.amount), self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
