"""Dates that recur (D1, D2, D3, D6, D11, D12, D13)."""

import datetime
from decimal import Decimal
from itertools import islice

import pytest

from billing.recurrence import MonthRule, Recurrence, Unit, instant


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _dates(recurrence: Recurrence, count: int) -> list[str]:
    return [day.isoformat() for _, day in islice(recurrence.dates(), count)]


def _monthly(start: str, count: int = 1, **fields: object) -> Recurrence:
    return Recurrence(Unit.MONTH, count, _day(start), **fields)  # type: ignore[arg-type]


def test_d1_monthly_from_31_january_keeps_its_anchor() -> None:
    assert _dates(_monthly("2025-01-31"), 4) == [
        "2025-01-31",
        "2025-02-28",
        "2025-03-31",
        "2025-04-30",
    ]


def test_d1_leap_year() -> None:
    assert _dates(_monthly("2028-01-31"), 2) == ["2028-01-31", "2028-02-29"]


def test_d2_yearly_from_29_february() -> None:
    assert _dates(Recurrence(Unit.YEAR, 1, _day("2024-02-29")), 5) == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


def test_d3_29_january_does_not_snap_to_the_month_end() -> None:
    assert _dates(_monthly("2023-01-29"), 3) == ["2023-01-29", "2023-02-28", "2023-03-29"]


def test_d6_six_in_the_morning_in_new_york() -> None:
    six = datetime.time(6)
    summer = instant(_day("2026-08-05"), six, "America/New_York")
    winter = instant(_day("2026-11-05"), six, "America/New_York")
    assert summer == datetime.datetime(2026, 8, 5, 10, tzinfo=datetime.UTC)
    assert winter == datetime.datetime(2026, 11, 5, 11, tzinfo=datetime.UTC)


def test_d6_half_past_two_on_the_days_the_clocks_change() -> None:
    time = datetime.time(2, 30)
    spring = instant(_day("2026-03-08"), time, "America/New_York")
    autumn = instant(_day("2026-11-01"), datetime.time(1, 30), "America/New_York")
    assert spring == datetime.datetime(2026, 3, 8, 7, 30, tzinfo=datetime.UTC)  # 03:30 EDT
    assert autumn == datetime.datetime(2026, 11, 1, 5, 30, tzinfo=datetime.UTC)  # the first


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        (Recurrence(Unit.DAY, 1, _day("2025-02-27")), ["2025-02-27", "2025-02-28", "2025-03-01"]),
        (Recurrence(Unit.DAY, 10, _day("2025-02-20")), ["2025-02-20", "2025-03-02", "2025-03-12"]),
        (Recurrence(Unit.WEEK, 1, _day("2025-01-15")), ["2025-01-15", "2025-01-22", "2025-01-29"]),
        (Recurrence(Unit.WEEK, 2, _day("2025-01-15")), ["2025-01-15", "2025-01-29", "2025-02-12"]),
        (_monthly("2025-11-30", 3), ["2025-11-30", "2026-02-28", "2026-05-30"]),
        (_monthly("2025-08-31", 6), ["2025-08-31", "2026-02-28", "2026-08-31"]),
        (Recurrence(Unit.YEAR, 3, _day("2025-06-01")), ["2025-06-01", "2028-06-01", "2031-06-01"]),
        (
            _monthly("2025-01-15", rule=MonthRule.LAST_DAY),
            ["2025-01-31", "2025-02-28", "2025-03-31"],
        ),
        # 31 May 2025 is a Saturday, 31 August a Sunday.
        (
            _monthly("2025-05-01", 3, rule=MonthRule.LAST_WEEKDAY),
            ["2025-05-30", "2025-08-29", "2025-11-28"],
        ),
        (
            _monthly("2025-01-01", rule=MonthRule.NTH_WEEKDAY, week=2, weekday=1),
            ["2025-01-14", "2025-02-11", "2025-03-11"],
        ),
        (
            _monthly("2025-01-01", rule=MonthRule.NTH_WEEKDAY, week=-1, weekday=4),
            ["2025-01-31", "2025-02-28", "2025-03-28"],
        ),
    ],
)
def test_d11_schedules(recurrence: Recurrence, expected: list[str]) -> None:
    assert _dates(recurrence, 3) == expected


def test_the_first_date_is_the_anchor_on_or_after_the_start() -> None:
    assert _dates(_monthly("2025-01-20", day=15), 2) == ["2025-02-15", "2025-03-15"]
    assert _dates(_monthly("2025-02-10", day=31), 2) == ["2025-02-28", "2025-03-31"]
    yearly = Recurrence(Unit.YEAR, 1, _day("2025-01-20"), day=15)
    assert _dates(yearly, 2) == ["2026-01-15", "2027-01-15"]


def test_the_end_is_included() -> None:
    assert _dates(_monthly("2025-01-31", end=_day("2025-03-31")), 9) == [
        "2025-01-31",
        "2025-02-28",
        "2025-03-31",
    ]


def test_d12_a_year_of_months_from_3_august_is_twelve_times_the_price() -> None:
    year = _monthly("2026-08-03", end=_day("2027-08-02"))
    dates = _dates(year, 99)
    assert (dates[0], dates[-1], len(dates)) == ("2026-08-03", "2027-07-03", 12)
    assert len(dates) * Decimal("20.00") == Decimal("240.00")


def test_d13_periods_meet_without_gap_or_overlap() -> None:
    monthly = _monthly("2025-01-31")
    periods = [monthly.period(index) for index in range(3)]
    assert periods == [
        (_day("2025-01-31"), _day("2025-02-28")),
        (_day("2025-02-28"), _day("2025-03-31")),
        (_day("2025-03-31"), _day("2025-04-30")),
    ]
    assert monthly.period(0, is_in_arrears=True) == (_day("2024-12-31"), _day("2025-01-31"))


@pytest.mark.parametrize(
    "recurrence",
    [
        Recurrence(Unit.DAY, 1, _day("2025-01-31")),
        Recurrence(Unit.DAY, 3, _day("2025-01-31")),
        Recurrence(Unit.WEEK, 2, _day("2025-01-31")),
        _monthly("2025-01-31"),
        _monthly("2025-01-20", 3, day=15),
        Recurrence(Unit.YEAR, 1, _day("2024-02-29")),
    ],
)
def test_the_index_of_a_day_is_the_first_on_or_after_it(recurrence: Recurrence) -> None:
    for offset in range(0, 3000, 37):
        day = recurrence.start + datetime.timedelta(days=offset)
        index = recurrence.first_index_from(day)
        assert recurrence.date(index) >= day
        assert index == 0 or recurrence.date(index - 1) < day


def test_the_calendar_ends() -> None:
    assert len(_dates(Recurrence(Unit.YEAR, 100, _day("2925-01-01")), 9)) == 1
