"""How amounts, numbers and days read in a locale. Pure text: no request, no database."""

import datetime
import re
from copy import copy
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import NumberPattern, format_decimal, format_percent

from core.currencies import get_currency
from core.money import from_minor

FALLBACK = "en_US"
# As wide as a plus, so that columns of figures stay in line.
_MINUS = "\u2212"
_TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def money(minor: int, currency: str, locale: str) -> str:
    """Minor units as an amount with its currency, and exactly the currency's decimals."""
    places = get_currency(currency).exponent
    return _currency(from_minor(minor, currency), currency, locale, places, places)


def unit_price(price: Decimal, currency: str, locale: str) -> str:
    """A price with at least the currency's decimals and up to twelve."""
    return _currency(price, currency, locale, get_currency(currency).exponent, 12)


def number(value: Decimal, locale: str) -> str:
    """A plain number with the decimals it has."""
    return format_decimal(value, locale=known(locale), decimal_quantization=False)


def percent(rate: Decimal, locale: str) -> str:
    """A rate in percent, such as 9.975, with the decimals it has."""
    return format_percent(rate.scaleb(-2), locale=known(locale), decimal_quantization=False)


def day(value: datetime.date, locale: str) -> str:
    return format_date(value, "medium", locale=known(locale))


def short_day(value: datetime.date, locale: str) -> str:
    """The day without its year, for the foot of a chart."""
    return format_skeleton("MMMd", value, locale=known(locale))


def month(value: datetime.date, locale: str, pattern: str = "LLL") -> str:
    """The month's name: short by default, `LLLL y` for the long one with its year."""
    return format_date(value, pattern, locale=known(locale))


def moment(value: datetime.datetime, zone: str, locale: str) -> str:
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), locale)}, {local:%H:%M}"


def display_locale(user_locale: str, organization_locale: str) -> str:
    """The person's own locale; a bare language takes the organization's territory."""
    own, house = user_locale.replace("-", "_"), organization_locale.replace("-", "_")
    if not own or own == house.partition("_")[0]:
        own = house
    return own if _exists(own) else FALLBACK


def known(name: str) -> Locale:
    """The locale of that name, or the fallback for one that Babel does not know."""
    return _parse(name if _exists(name) else FALLBACK)


def _currency(amount: Decimal, currency: str, locale: str, least: int, most: int) -> str:
    pattern = _pattern(str(known(locale)), least, most)
    text = pattern.apply(
        amount,
        known(locale),
        currency=currency,
        currency_digits=False,
        decimal_quantization=True,
    )
    # CLDR parts letters from digits (KWD 1.049) but not signs ($1.00).
    return _TOUCHING.sub("\u00a0", text).replace("-", _MINUS)


@lru_cache(maxsize=256)
def _pattern(locale: str, least: int, most: int) -> NumberPattern:
    # Babel's own currency digits are CLDR's, which differ from ISO 4217 for some currencies.
    standard: Any = _parse(locale).currency_formats["standard"]
    pattern = copy(standard)
    pattern.frac_prec = (least, most)
    return pattern


@lru_cache(maxsize=64)
def _parse(name: str) -> Locale:
    return Locale.parse(name, sep="_")


@lru_cache(maxsize=256)
def _exists(name: str) -> bool:
    try:
        Locale.parse(name, sep="_")
    except (UnknownLocaleError, ValueError):
        return False
    return True
