"""A cell's text as a value, by the way the file writes numbers and days."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _

from billing.imports.columns import Column, Kind, folded
from core.currencies import CURRENCIES

_TRUE = frozenset(
    ["true", "yes", "y", "1", "x", "wahr", "ja", "j", "oui", "o", "vrai", "si", "s", "verdadero"]
)
_FALSE = frozenset(["false", "no", "n", "0", "falsch", "nein", "non", "faux", "falso"])
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "fr.": "CHF", "sfr.": "CHF"}
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_COMMA_DECIMALS = re.compile(r"^-?[\d.\s\u00a0\u202f'’]*\d,\d+\D*$")
_POINT_DECIMALS = re.compile(r"^-?[\d,\s\u00a0\u202f'’]*\d\.\d+\D*$")
_DAY = re.compile(r"^(\d{1,4})[-./ ]{1,2}(\d{1,2})[-./ ]{1,2}(\d{1,4})\.?(?:[ T]\d{1,2}:.*)?$")
_LANGUAGES = ("en", "de", "fr", "es")


class BadCell(ValueError):
    """Carries the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the file writes numbers and days."""

    decimal_mark: str = "."
    is_day_first: bool = True


def value_of(column: Column, text: str, style: Style) -> Any:
    """What the cell says. Raises BadCell."""
    readers: dict[Kind, Any] = {
        Kind.TEXT: lambda: text,
        Kind.NUMBER: lambda: _number(text, style),
        Kind.WHOLE: lambda: _whole(text, style),
        Kind.DAY: lambda: _day(text, style),
        Kind.FLAG: lambda: _flag(text),
        Kind.COUNTRY: lambda: _country(text),
        Kind.CURRENCY: lambda: _currency(text),
        Kind.TAGS: lambda: [each.strip() for each in re.split("[;,|]", text) if each.strip()],
        Kind.WORD: lambda: _word(column, text),
    }
    return readers[column.kind]()


def guess_style(numbers: Iterable[str], days: Iterable[str], style: Style) -> Style:
    """The style that the cells speak for; what they leave open stays as given."""
    cells = [each for each in numbers if each]
    commas = sum(1 for each in cells if _COMMA_DECIMALS.match(each))
    points = sum(1 for each in cells if _POINT_DECIMALS.match(each))
    mark = style.decimal_mark
    if commas != points:
        mark = "," if commas > points else "."
    is_day_first = style.is_day_first
    for day in days:
        parts = _DAY.match(day)
        if parts is None or len(parts[1]) == 4:
            continue
        if "." in day or int(parts[1]) > 12:
            is_day_first = True
        elif int(parts[2]) > 12:
            is_day_first = False
        else:
            continue
        break
    return Style(mark, is_day_first)


def _number(text: str, style: Style) -> Decimal:
    digits = _SPACES.sub("", text).replace("\u2212", "-")
    for sign in ("%", *_SIGNS, *CURRENCIES):
        digits = digits.removesuffix(sign).removeprefix(sign)
    other = "," if style.decimal_mark == "." else "."
    whole, mark, places = digits.partition(style.decimal_mark)
    if other in whole and re.fullmatch(rf"-?\d{{1,3}}({re.escape(other)}\d{{3}})+", whole):
        whole = whole.replace(other, "")
    plain = f"{whole}.{places}" if mark else whole
    try:
        if not plain.isascii() or "_" in plain or "e" in plain.lower():
            raise InvalidOperation
        number = Decimal(plain)
        if not number.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise BadCell(_("'{text}' is not a number.").format(text=text[:60])) from None
    return number


def _whole(text: str, style: Style) -> int:
    found = re.search(r"\d[\d.,]*", text)
    number = _number(found[0] if found else text, style)
    if number != number.to_integral_value() or number.adjusted() > 9:
        raise BadCell(_("'{text}' is not a whole number.").format(text=text[:60]))
    return int(number)


def _day(text: str, style: Style) -> datetime.date:
    parts = _DAY.match(text)
    if parts is not None:
        first, second, third = (int(each) for each in parts.groups())
        if len(parts[1]) == 4:
            year, month, day = first, second, third
        else:
            day, month = (first, second) if style.is_day_first else (second, first)
            year = third + 2000 if len(parts[3]) <= 2 else third
        try:
            return datetime.date(year, month, day)
        except ValueError:
            pass
    raise BadCell(
        _("'{text}' is not a day such as {example}.").format(text=text[:60], example="2026-12-31")
    )


def _flag(text: str) -> bool:
    word = folded(text)
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise BadCell(_("'{text}' is neither yes nor no.").format(text=text[:60]))


def _country(text: str) -> str:
    code = _countries().get(folded(text))
    if code is None:
        raise BadCell(_("'{text}' is not a country.").format(text=text[:60]))
    return code


def _currency(text: str) -> str:
    code = _SIGNS.get(text.lower(), text.upper())
    if code not in CURRENCIES:
        raise BadCell(_("'{text}' is not a currency.").format(text=text[:60]))
    return code


def _word(column: Column, text: str) -> str:
    for pair in column.words.split(";"):
        value, _equals, spellings = pair.partition("=")
        if folded(text) in {folded(each) for each in spellings.split("|")}:
            return value
    known = ", ".join(pair.partition("=")[0] for pair in column.words.split(";"))
    raise BadCell(_("'{text}' is not one of {known}.").format(text=text[:60], known=known))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Codes, and names in the languages of our pages."""
    found: dict[str, str] = {"uk": "GB", "usa": "US", "uae": "AE"}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ"):
                found.setdefault(folded(code), code)
                found.setdefault(folded(name), code)
    return found
