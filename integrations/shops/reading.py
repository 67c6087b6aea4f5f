"""Reading a shop's JSON: forgiving about what is only printed, strict about money."""

import datetime
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import InvalidValue
from core.text import clean_email, clean_line
from integrations.shops.orders import OrderRefused

ZERO = Decimal(0)
_PERCENT = Decimal(100)
_RATE_PLACES = Decimal("0.000001")
_PRICE_PLACES = Decimal("1e-12")
_LARGEST = Decimal(10) ** 15
_LONGEST_NUMBER = 40


def text(value: Any, length: int) -> str:
    """One printable line of at most that length; anything that is no text is empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    try:
        return clean_line(value, param="text", max_length=10**7)[:length].strip()
    except InvalidValue:
        return ""


def email(value: Any) -> str:
    """A mail address, or empty."""
    try:
        return clean_email(value or "", param="email")
    except InvalidValue:
        return ""


def country(value: Any) -> str:
    """An ISO code of two letters, or empty."""
    code = text(value, 10).upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""


def identity(value: Any, what: str) -> str:
    """An id as text. Raises OrderRefused when there is none."""
    found = text(value, 65)
    if not found or len(found) > 64:
        raise OrderRefused(reason=f"The {what} has no id that can be used.")
    return found


def mapping(value: Any) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; whatever else it holds is no part of an order."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def amount(value: Any, what: str, *, missing: Decimal | None = None) -> Decimal:
    """An exact amount, written as text or number. Raises OrderRefused naming `what`."""
    if value is None or value == "":
        if missing is None:
            raise OrderRefused(reason=f"The order does not say its {what}.")
        return missing
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise OrderRefused(reason=f"The {what} is not an amount.")
    if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        raise OrderRefused(reason=f"The {what} is not an amount.")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise OrderRefused(reason=f"The {what} is not an amount.") from None
    if not number.is_finite() or abs(number) >= _LARGEST or (number and number.adjusted() < -12):
        raise OrderRefused(reason=f"The {what} is out of range.")
    return number


def rate(value: Any, *, is_fraction: bool) -> Decimal:
    """A tax rate in percent with at most six decimals: binary fractions end in noise."""
    number = amount(value, "tax rate", missing=ZERO)
    return (number * _PERCENT if is_fraction else number).quantize(_RATE_PLACES).normalize()


def unit_price(whole: Decimal, quantity: Decimal) -> Decimal:
    """What one unit costs where the shop tells what all of them do."""
    price = whole / quantity
    return price.quantize(_PRICE_PLACES).normalize() + ZERO


def instant(value: Any, *, assume_utc: bool = False) -> datetime.datetime | None:
    """An ISO 8601 instant, or None for anything else."""
    try:
        found = datetime.datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        return None
    if found.tzinfo is None and assume_utc:
        return found.replace(tzinfo=datetime.UTC)
    return found if found.tzinfo else None


def charged(pairs: list[tuple[Decimal, Decimal]], base: Decimal) -> tuple[Decimal, ...]:
    """The rates of (rate, tax charged) pairs that really were charged on that base.

    An exempt buyer's lines name a rate and charge nothing. The same rate twice is one tax.
    """
    rates: dict[Decimal, int] = {}
    for percent, charge in pairs:
        if percent and (charge or not base):
            rates[percent] = rates.get(percent, 0) + 1
    found: dict[Decimal, None] = {}
    for percent, times in rates.items():
        found[percent * times] = None
    return tuple(found)
