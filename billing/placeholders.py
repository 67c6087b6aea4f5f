"""Names in braces that stand for something: a fixed list, replaced once, never evaluated.

Whatever is not on the list stays as it was written, and what is put in is not looked
through again: a customer called "{total}" is printed so.
"""

import datetime
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

_NAME = re.compile(r"\{([a-z_]+)\}")
ONE_DAY = datetime.timedelta(days=1)

PERIOD_NAMES = (
    "period",
    "period_start",
    "period_end",
    "month",
    "month_number",
    "quarter",
    "year",
    "date",
)
REMINDER_NAMES = (
    "number",
    "customer",
    "seller",
    "total",
    "amount_due",
    "due_date",
    "days_overdue",
    "days_left",
)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the names that are in `values` replaced by them."""
    return _NAME.sub(lambda found: values.get(found[1], found[0]), text)


@lru_cache(maxsize=256)
def period_values(
    period: tuple[datetime.date, datetime.date], on: datetime.date, locale: str
) -> Mapping[str, str]:
    """PERIOD_NAMES for a period [start, end) and a document of that date, in words of the locale.

    Month, quarter and year are those the period starts in; its end is the last day inside.
    """
    start, end = period[0], period[1] - ONE_DAY
    known = _known(locale)

    def spelled(day: datetime.date) -> str:
        return format_date(day, format="medium", locale=known)

    values = {
        "period": spelled(start) if start == end else f"{spelled(start)} – {spelled(end)}",
        "period_start": spelled(start),
        "period_end": spelled(end),
        "month": format_date(start, format="LLLL", locale=known),
        "month_number": f"{start.month:02}",
        "quarter": str((start.month + 2) // 3),
        "year": str(start.year),
        "date": spelled(on),
    }
    # Bulks ask for the same ones again and again.
    return MappingProxyType(values)


@lru_cache(maxsize=64)
def _known(name: str) -> Locale:
    for candidate in (name.replace("-", "_"), name.replace("-", "_").partition("_")[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale("en", "US")
