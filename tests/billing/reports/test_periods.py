"""How a span of days is asked for, and cut."""

import datetime

import pytest

from billing.queries.spans import Span
from billing.reports.periods import EndBeforeStart, RangeTooLong, cut, span_of
from tests.billing.reports.figures import JANUARY

TODAY = datetime.date(2025, 5, 20)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def pieces(start: str, end: str, step: str) -> list[tuple[str, str]]:
    span = Span(day(start), day(end))
    return [(piece.start.isoformat(), piece.end.isoformat()) for piece in cut(span, step)]


def test_weeks_are_counted_from_the_first_day_as_the_document_shows() -> None:
    weeks = [(week.start.day, week.end.day) for week in cut(JANUARY, "week")]
    assert weeks == [(1, 7), (8, 14), (15, 21), (22, 28), (29, 31)]


def test_months_are_the_calendars_cut_to_the_span() -> None:
    assert pieces("2024-12-20", "2025-02-10", "month") == [
        ("2024-12-20", "2024-12-31"),
        ("2025-01-01", "2025-01-31"),
        ("2025-02-01", "2025-02-10"),
    ]


def test_quarters_and_years() -> None:
    assert pieces("2024-11-05", "2025-04-01", "quarter") == [
        ("2024-11-05", "2024-12-31"),
        ("2025-01-01", "2025-03-31"),
        ("2025-04-01", "2025-04-01"),
    ]
    assert pieces("2024-11-05", "2026-01-01", "year") == [
        ("2024-11-05", "2024-12-31"),
        ("2025-01-01", "2025-12-31"),
        ("2026-01-01", "2026-01-01"),
    ]


@pytest.mark.parametrize("step", ["day", "week", "month", "quarter", "year"])
def test_the_last_days_of_the_calendar_end(step: str) -> None:
    assert pieces("9999-12-30", "9999-12-31", step)[-1][1] == "9999-12-31"


def test_by_default_a_report_covers_the_year_so_far() -> None:
    assert span_of(None, None, TODAY) == Span(day("2025-01-01"), TODAY)
    assert span_of(None, day("2023-06-30"), TODAY) == Span(day("2023-01-01"), day("2023-06-30"))
    assert span_of(day("2024-11-01"), None, TODAY) == Span(day("2024-11-01"), TODAY)


def test_an_end_before_the_start_is_refused_with_the_parameter() -> None:
    with pytest.raises(EndBeforeStart) as refusal:
        span_of(day("2025-02-01"), day("2025-01-31"), TODAY)
    assert refusal.value.param == "end_date"
    with pytest.raises(EndBeforeStart) as refusal:
        span_of(day("2025-05-21"), None, TODAY)
    assert refusal.value.param == "start_date"


def test_ten_years_are_answered_and_a_day_more_is_not() -> None:
    assert span_of(day("2015-01-01"), day("2024-12-31"), TODAY).days == 3653
    with pytest.raises(RangeTooLong):
        span_of(day("2015-01-01"), day("2025-01-01"), TODAY)
