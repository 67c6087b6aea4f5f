"""Due dates from payment terms (D4)."""

import datetime

import pytest

from billing.schedule import EndOfMonth, Roll, Terms, due_date, rolled


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("issued", "terms", "due"),
    [
        ("2025-01-31", Terms(30), "2025-03-02"),
        ("2025-01-31", Terms(0, EndOfMonth.AFTER_DAYS), "2025-01-31"),
        ("2018-11-27", Terms(45, EndOfMonth.BEFORE_DAYS), "2019-01-14"),
        ("2018-11-27", Terms(45, EndOfMonth.AFTER_DAYS), "2019-01-31"),
        ("2025-05-11", Terms(30, EndOfMonth.AFTER_DAYS), "2025-06-30"),
        ("2025-01-20", Terms(day_of_next_month=15), "2025-02-15"),
        ("2025-01-20", Terms(day_of_next_month=31), "2025-02-28"),
        ("2024-12-31", Terms(0), "2024-12-31"),
    ],
)
def test_d4_due_dates(issued: str, terms: Terms, due: str) -> None:
    assert due_date(_day(issued), terms) == _day(due)


def test_d5_a_weekend_rolls_forward_or_back() -> None:
    saturday = _day("2025-02-15")
    assert rolled(saturday, Roll.FORWARD) == _day("2025-02-17")
    assert rolled(saturday, Roll.BACK) == _day("2025-02-14")
    assert rolled(saturday, Roll.NONE) == saturday


def test_d5_holidays_are_rolled_over_too() -> None:
    presidents_day = {_day("2025-02-17")}
    assert rolled(_day("2025-02-15"), Roll.FORWARD, presidents_day) == _day("2025-02-18")
