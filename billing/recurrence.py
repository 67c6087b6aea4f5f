"""When something recurs: civil dates counted from an anchor, and the instants they begin at.

The n-th date is computed from the start, never from the date before it, so a month that
is too short moves one date and not those after it (D1, D2, D3). Pure.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo

from billing.schedule import month_end

# Nobody plans further; dates beyond are no dates of ours (billing.operations.fields).
LAST_YEAR = 2999
FRIDAY = 4


class Unit(Enum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class MonthRule(Enum):
    """Which day of its month a date is, for months and years (D11)."""

    DAY = "day"  # a day of the month; the last one of a shorter month
    LAST_DAY = "last_day"
    LAST_WEEKDAY = "last_weekday"  # the last Monday to Friday of the month
    NTH_WEEKDAY = "nth_weekday"  # such as the second Tuesday, or the last Friday


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every `count` units from `start` on, to `end` included.

    `day` is the anchor of MonthRule.DAY, the start's own day unless given. `week` is 1 to
    4, or -1 for the last; `weekday` counts from Monday = 0.
    """

    unit: Unit
    count: int
    start: datetime.date
    end: datetime.date | None = None
    rule: MonthRule = MonthRule.DAY
    day: int = 0
    week: int = 1
    weekday: int = 0

    def date(self, index: int) -> datetime.date:
        """The date with that index; 0 is the first on or after the start, -1 the one before it.

        Raises OverflowError beyond the year 9999.
        """
        if self.unit in (Unit.DAY, Unit.WEEK):
            days = self.count * (7 if self.unit is Unit.WEEK else 1)
            return self.start + datetime.timedelta(days=days * index)
        return self._place(self._first_month() + self._months * index)

    def first_index_from(self, day: datetime.date) -> int:
        """The index of the first date on or after that day, and at least 0."""
        length = self.count * {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 28, Unit.YEAR: 365}[self.unit]
        # Never too late: the real intervals are at least this long.
        index = max(0, (day - self.start).days // (length + self.count * _SLACK[self.unit]) - 1)
        while self.date(index) < day:
            index += 1
        return index

    def dates(self, index: int = 0) -> Iterator[tuple[int, datetime.date]]:
        """Index and date from that index on, until the end."""
        while self.contains(index):
            yield index, self.date(index)
            index += 1

    def contains(self, index: int) -> bool:
        """Whether the date with that index exists and does not lie after the end."""
        try:
            day = self.date(index)
        except (OverflowError, ValueError):
            return False
        return day.year <= LAST_YEAR and (self.end is None or day <= self.end)

    def period(
        self, index: int, *, is_in_arrears: bool = False
    ) -> tuple[datetime.date, datetime.date]:
        """What that date bills, as [start, end): up to the next date, or since the last (D13)."""
        if is_in_arrears:
            return self.date(index - 1), self.date(index)
        return self.date(index), self.date(index + 1)

    @property
    def _months(self) -> int:
        return self.count * (12 if self.unit is Unit.YEAR else 1)

    def _first_month(self) -> int:
        month = self.start.year * 12 + self.start.month - 1
        if self._place(month) >= self.start:
            return month
        return month + (12 if self.unit is Unit.YEAR else 1)

    def _place(self, month: int) -> datetime.date:
        if not 12 <= month < (LAST_YEAR + 2) * 12:
            raise OverflowError("beyond the calendar")
        first = datetime.date(month // 12, month % 12 + 1, 1)
        last = month_end(first)
        match self.rule:
            case MonthRule.DAY:
                return first.replace(day=min(self.day or self.start.day, last.day))
            case MonthRule.LAST_DAY:
                return last
            case MonthRule.LAST_WEEKDAY:
                return last - datetime.timedelta(days=max(0, last.weekday() - FRIDAY))
        if self.week < 0:
            return last - datetime.timedelta(days=(last.weekday() - self.weekday) % 7)
        ahead = (self.weekday - first.weekday()) % 7 + 7 * (self.week - 1)
        return first + datetime.timedelta(days=ahead)


# How many days longer than the shortest an interval can be.
_SLACK = {Unit.DAY: 0, Unit.WEEK: 0, Unit.MONTH: 3, Unit.YEAR: 1}


def instant(day: datetime.date, time: datetime.time, zone: str) -> datetime.datetime:
    """When that local time is, in UTC; there is exactly one (D6).

    A time that the clocks leap over is as much later as they leap, and of one that comes
    twice it is the first.
    """
    local = datetime.datetime.combine(day, time.replace(fold=0), ZoneInfo(zone))
    return local.astimezone(datetime.UTC)
