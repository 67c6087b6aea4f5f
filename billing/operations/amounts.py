"""Reading money that arrives from outside: exact, positive, and of a size that fits."""

from decimal import Decimal

from billing.operations.fields import clean_money
from core.errors import InvalidValue
from core.money import convert_minor

LARGEST_MINOR = 2**63 - 1


def positive_minor(amount: Decimal, currency: str, *, param: str = "amount") -> int:
    """An amount above zero in major units, as minor units of the currency.

    Raises InvalidValue when it is no such number, has more decimals than the currency
    (A18, A25: refused, never rounded) or is too large to keep; UnknownCurrency.
    """
    minor = clean_money(amount, currency, param=param)
    if minor <= 0:
        raise InvalidValue("The amount must be greater than zero.", param=param)
    if minor > LARGEST_MINOR:
        raise InvalidValue("The amount is too large.", param=param)
    return minor


def fits_books(minor: int, currency: str, books: str, rate: Decimal) -> bool:
    """Whether the amount, at that rate, is of a size that the books can keep."""
    try:
        worth = convert_minor(minor, currency, books, rate)
    except ValueError:
        return False
    return -LARGEST_MINOR <= worth <= LARGEST_MINOR
