"""Numbers as dialects write them: exact, with the digits of their currency."""

from decimal import Decimal

from core.currencies import get_currency
from core.money import EXACT, from_minor

# str() of a Decimal below a millionth uses an exponent; a reader expects digits.
_SMALLEST_PLAIN = -6


class _Digits(Decimal):
    """A Decimal that is written without an exponent."""

    def __str__(self) -> str:
        return format(self, "f")


def money(minor: int, currency: str) -> Decimal | int:
    """Minor units as a number with the currency's places: 7128.00, 1.049, 100."""
    amount = from_minor(minor, currency)
    return amount if get_currency(currency).exponent <= -_SMALLEST_PLAIN else written(amount)


def price(value: Decimal | int, currency: str) -> Decimal | int:
    """A unit price with at least the currency's places, and all it has beyond them."""
    places = get_currency(currency).exponent
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent < places:
        return number.quantize(Decimal(1).scaleb(-places), context=EXACT)
    return written(number)


def written(value: Decimal | int) -> Decimal | int:
    """The same number, of a kind that JSON writes digit by digit."""
    if isinstance(value, int):
        return value
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (exponent > 0 or value.adjusted() < _SMALLEST_PLAIN):
        return _Digits(value)
    return value
