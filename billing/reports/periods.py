"""The time a report covers, and the periods it is cut into: civil dates, both ends included."""

import datetime
from collections.abc import Iterator

from billing.queries.spans import Span
from core.errors import DomainError, Kind

DAY, WEEK, MONTH, QUARTER, YEAR = "day", "week", "month", "quarter", "year"
STEPS = (DAY, WEEK, MONTH, QUARTER, YEAR)
MOST_YEARS = 10


class EndBeforeStart(DomainError):
    kind, code = Kind.MALFORMED, "end_before_start"
    message = "The report ends on {end}, before it starts on {start}."
    default_param = "end_date"


class RangeTooLong(DomainError):
    """Beyond it a request takes longer than it is worth; ask twice."""

    kind, code = Kind.MALFORMED, "range_too_long"
    message = "A report covers at most {most} years."
    default_param = "start_date"


def span_of(start: datetime.date | None, end: datetime.date | None, today: datetime.date) -> Span:
    """The span asked for; by default it ends today, and starts with the year it ends in.

    Raises EndBeforeStart, and RangeTooLong beyond ten years.
    """
    last = end or today
    first = start or last.replace(month=1, day=1)
    if last < first:
        param = "end_date" if end else "start_date"
        raise EndBeforeStart(start=first, end=last, param=param)
    if (last.year - first.year, last.month, last.day) >= (MOST_YEARS, first.month, first.day):
        raise RangeTooLong(most=MOST_YEARS)
    return Span(first, last)


def cut(span: Span, step: str) -> list[Span]:
    """The span in periods, in order and without a gap.

    Weeks are seven days each, counted from the span's first day. Months, quarters and
    years are those of the calendar. The first and the last period end where the span does.
    """
    return list(_cut(span, step))


def _cut(span: Span, step: str) -> Iterator[Span]:
    first = span.start
    while first <= span.end:
        last = min(span.end, _last_day(first, step))
        yield Span(first, last)
        if last == datetime.date.max:
            return
        first = last + datetime.timedelta(days=1)


def _last_day(first: datetime.date, step: str) -> datetime.date:
    if step == DAY:
        return first
    if step == WEEK:
        days = min(6, (datetime.date.max - first).days)
        return first + datetime.timedelta(days=days)
    months = {MONTH: 1, QUARTER: 3, YEAR: 12}[step]
    past = (first.year * 12 + first.month - 1) // months * months + months
    if past // 12 > datetime.MAXYEAR:
        return datetime.date.max
    return datetime.date(past // 12, past % 12 + 1, 1) - datetime.timedelta(days=1)
