"""When money is due: civil dates from payment terms (D4). Pure."""

import calendar
import datetime
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo


class EndOfMonth(Enum):
    """Whether and when a term jumps to the month's last day: the two orders differ."""

    NEVER = "never"
    BEFORE_DAYS = "before_days"  # month end of the issue date, then the days
    AFTER_DAYS = "after_days"  # the days, then that month's end


@dataclass(frozen=True, slots=True)
class Terms:
    """Net days with an optional month end, or a fixed day of the following month."""

    days: int = 0
    end_of_month: EndOfMonth = EndOfMonth.NEVER
    day_of_next_month: int | None = None


def due_date(issued: datetime.date, terms: Terms) -> datetime.date:
    """The last day to pay a document of that date. Net 30 from 31 January 2025 is 2 March."""
    if terms.day_of_next_month is not None:
        return _day_of_next_month(issued, terms.day_of_next_month)
    if terms.end_of_month is EndOfMonth.BEFORE_DAYS:
        return month_end(issued) + datetime.timedelta(days=terms.days)
    due = issued + datetime.timedelta(days=terms.days)
    return month_end(due) if terms.end_of_month is EndOfMonth.AFTER_DAYS else due


def month_end(day: datetime.date) -> datetime.date:
    """The last day of that day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def end_of_day(day: datetime.date, zone: str) -> datetime.datetime:
    """The first instant of the next day in that time zone."""
    following = day + datetime.timedelta(days=1)
    return datetime.datetime.combine(following, datetime.time(), ZoneInfo(zone))


def _day_of_next_month(issued: datetime.date, day: int) -> datetime.date:
    first = month_end(issued) + datetime.timedelta(days=1)
    return first.replace(day=min(day, month_end(first).day))


class Roll(Enum):
    """Where a date goes that falls on a day when nobody works (D5)."""

    NONE = "none"
    FORWARD = "forward"
    BACK = "back"


def rolled(
    day: datetime.date, roll: Roll, holidays: Collection[datetime.date] = ()
) -> datetime.date:
    """The day, or the nearest one in that direction that is neither weekend nor holiday."""
    if roll is Roll.NONE:
        return day
    step = datetime.timedelta(days=1 if roll is Roll.FORWARD else -1)
    while day.weekday() > 4 or day in holidays:
        day += step
    return day
