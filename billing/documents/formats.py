"""Numbers, money and dates as people of a locale write them.

The patterns come from Babel (CLDR); the digits are placed here, from integers, because
a document formats hundreds of numbers and Babel parses its pattern for each of them.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_percent

from core.currencies import get_currency

_FALLBACK = "en_US"
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
# Marks that only steer text direction; our own layout does that.
_INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))


@dataclass(frozen=True, slots=True)
class Formatter:
    """Writes the figures of one document. Amounts are minor units of `currency`."""

    locale: str
    currency: str

    def money(self, minor: int) -> str:
        """With the currency's sign: $1,234.50, 1.234,50 €."""
        before, after = _money_frame(self.locale, self.currency, minor < 0)
        return before + self._digits(abs(minor)) + after

    def amount(self, minor: int) -> str:
        """Without a sign of the currency: 1,234.50."""
        return ("-" if minor < 0 else "") + self._digits(abs(minor))

    def price(self, price: Decimal) -> str:
        """A unit price: the currency's places, more when the price has more."""
        return _spell(price, _style(self.locale), get_currency(self.currency).exponent)

    def quantity(self, number: Decimal) -> str:
        return _spell(number, _style(self.locale), 0)

    def percent(self, rate: Decimal) -> str:
        """The rate is in percent: 19 is 19%."""
        before, after = _percent_frame(self.locale)
        return before + self.quantity(rate) + after

    def date(self, day: datetime.date) -> str:
        return _spell_date(day, self.locale)

    def _digits(self, minor: int) -> str:
        return _place(minor, get_currency(self.currency).exponent, _style(self.locale))


def known_locale(name: str) -> str:
    """The locale if CLDR knows it, else its language, else en_US."""
    return _known(name.replace("-", "_"))


@dataclass(frozen=True, slots=True)
class _Style:
    decimal: str
    group: str
    primary: int
    secondary: int


@lru_cache(maxsize=64)
def _known(name: str) -> str:
    for candidate in (name, name.partition("_")[0]):
        try:
            return str(Locale.parse(candidate))
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return _FALLBACK


@lru_cache(maxsize=64)
def _style(locale: str) -> _Style:
    parsed = Locale.parse(locale)
    symbols = parsed.number_symbols.get("latn", {})
    primary, secondary = parsed.decimal_formats[None].grouping
    return _Style(symbols.get("decimal", "."), symbols.get("group", ","), primary, secondary)


def _place(digits: int, places: int, style: _Style) -> str:
    text = str(digits).rjust(places + 1, "0")
    whole, fraction = (text[:-places], text[-places:]) if places else (text, "")
    head, tail = whole[: -style.primary], whole[-style.primary :]
    while head:
        tail = head[-style.secondary :] + style.group + tail
        head = head[: -style.secondary]
    return f"{tail}{style.decimal}{fraction}" if fraction else tail


def _spell(number: Decimal, style: _Style, least_places: int) -> str:
    sign, _, exponent = number.normalize().as_tuple()
    places = max(least_places, -exponent if isinstance(exponent, int) else 0)
    text = _place(int(abs(number).scaleb(places)), places, style)
    return f"-{text}" if sign and number else text


def _frame(text: str) -> tuple[str, str]:
    """What stands before the first and after the last digit."""
    positions = [index for index, sign in enumerate(text) if sign.isdigit()]
    return text[: positions[0]], text[positions[-1] + 1 :]


@lru_cache(maxsize=512)
def _money_frame(locale: str, currency: str, is_negative: bool) -> tuple[str, str]:
    probe = Decimal(-1 if is_negative else 1)
    before, after = _frame(format_currency(probe, currency, locale=locale).translate(_INVISIBLE))
    # USDC1 and CHF1 read badly: letters keep a distance from digits.
    if before[-1:].isalpha():
        before += _NO_BREAK_SPACE
    if after[:1].isalpha():
        after = _NO_BREAK_SPACE + after
    return before, after


@lru_cache(maxsize=64)
def _percent_frame(locale: str) -> tuple[str, str]:
    return _frame(format_percent(Decimal(1), locale=locale).translate(_INVISIBLE))


@lru_cache(maxsize=2048)
def _spell_date(day: datetime.date, locale: str) -> str:
    return format_date(day, format="medium", locale=locale).translate(_INVISIBLE)
