"""Amounts, days and labels as they are written on pages, in six languages."""

import datetime
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "zł": "PLN", "Kč": "CZK", "₽": "RUB", "₺": "TRY"}
# Signs of several currencies: which one is not for us to say.
SHARED_SIGNS = ("$", "¥", "kr")
_CODES = "EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|CAD|AUD|NZD|JPY|CNY|INR|TRY|ZAR|BRL|MXN"
_SIGN = rf"(?:{_CODES}|{'|'.join(map(re.escape, SIGNS))}|US\$|\$|¥|kr\.?)"
_GAP = "[ \u00a0\u202f]?"
_DIGITS = "(?:[0-9]{1,3}(?:[., '’\u00a0\u202f][0-9]{3}){1,4}|[0-9]{1,12})[.,][0-9]{2}"
AMOUNT = re.compile(
    rf"(?<![\w.,/])(?P<before>{_SIGN})?{_GAP}(?P<minus>[-−–]?){_GAP}(?P<inner>{_SIGN})?{_GAP}"
    rf"(?P<digits>{_DIGITS})(?![0-9.,]*[0-9%])(?:{_GAP}(?P<after>{_SIGN})(?![A-Za-z]))?"
    rf"(?!{_GAP}%)"
)
_MONTHS = {
    1: ("jan", "ene", "gen"),
    2: ("feb", "fev"),
    3: ("mar", "mrz", "maa"),
    4: ("apr", "avr", "abr"),
    5: ("may", "mai", "mei", "mag"),
    6: ("jun", "juin", "giu"),
    7: ("jul", "juil", "lug"),
    8: ("aug", "aou", "ago"),
    9: ("sep", "set"),
    10: ("oct", "okt", "ott"),
    11: ("nov",),
    12: ("dec", "dez", "dic"),
}
_WORD = r"[^\W\d_]{3,12}"
_DAYS = (
    re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)", re.ASCII),
    # With the year in front nobody can read it in two ways.
    re.compile(
        r"(?<!\d)(?P<y>\d{4})(?P<s>[./年])\s?(?P<m>\d{1,2})(?:(?P=s)|月)\s?(?P<d>\d{1,2})(?!\d)",
        re.ASCII,
    ),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})(?!\d)", re.ASCII),
    re.compile(
        rf"(?<!\d)(?P<d>[0-9]{{1,2}})(?:\.|st|nd|rd|th|er)?\s+(?:de\s+)?(?P<w>{_WORD})\.?,?"
        r"\s+(?:de\s+)?(?P<y>[0-9]{4})(?!\d)"
    ),
    re.compile(
        rf"(?P<w>{_WORD})\.?\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>[0-9]{{4}})(?!\d)"
    ),
)
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?!\d)", re.ASCII)


def amounts(line: str) -> Iterator[tuple[Decimal, str]]:
    """The amounts of a line with the sign or code beside each, from left to right."""
    for match in AMOUNT.finditer(line):
        digits = match["digits"]
        whole = re.sub(r"[^0-9]", "", digits[:-3])
        value = Decimal(f"{whole}.{digits[-2:]}")
        sign = match["before"] or match["inner"] or match["after"] or ""
        yield (-value if match["minus"] else value), sign


def has_slashed_order(text: str) -> str:
    """Whether 01/02/2026 begins with the day (`dm`) or the month (`md`); empty if unsure."""
    pairs = [(int(first), int(second)) for first, second, _ in _SLASHED.findall(text)]
    day_first = any(first > 12 for first, _ in pairs)
    month_first = any(second > 12 for _, second in pairs)
    if day_first == month_first:
        return ""
    return "dm" if day_first else "md"


def day(text: str, order: str) -> tuple[datetime.date | None, bool]:
    """The first day in a text, and whether one is there that can be read in two ways."""
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            found = _spelled(match.groupdict())
            if found is not None:
                return found, False
    slashed = _SLASHED.search(text)
    if slashed is None:
        return None, False
    first, second, year = (int(part) for part in slashed.groups())
    if not order and first != second:
        return None, True
    return _date(year, *((second, first) if order != "md" else (first, second))), False


def folded(text: str) -> str:
    """Small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def _spelled(parts: dict[str, str]) -> datetime.date | None:
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    month = _month(parts["w"]) if "w" in parts else int(parts["m"])
    return _date(year, month, int(parts["d"]))


def _month(word: str) -> int:
    plain = folded(word)
    longest = (
        (len(start), number)
        for number, starts in _MONTHS.items()
        for start in starts
        if plain.startswith(start)
    )
    return max(longest, default=(0, 0))[1]


def _date(year: int, month: int, day_: int) -> datetime.date | None:
    try:
        found = datetime.date(year, month, day_)
    except ValueError:
        return None
    return found if 1990 <= year < 2100 else None
