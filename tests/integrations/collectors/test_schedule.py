"""When the next visit is: days are counted from the last one, on day 100."""

import datetime

import pytest

from integrations.collectors.schedule import next_collect
from tests.instants import AT

LAST = 100


def day(number: float) -> datetime.datetime:
    return AT + datetime.timedelta(days=number)


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        ([], 107),  # nothing known: a week
        ([90], 107),  # one is no rhythm
        ([40, 70, 99], 128.5),  # 29.5 days apart on average
        ([10, 40, 70], 107),  # the expected day, 100, is not after the visit
        ([0, 99], 130),  # 99 days apart: thirty days at most
        ([0, *range(80, 100, 2)], 107),  # the newest ten alone count; 100 again
        ([0, *range(81, 101, 2)], 101),
    ],
)
def test_next_collect(issued: list[int], expected: float) -> None:
    assert next_collect(day(LAST), [day(number) for number in issued]) == day(expected)
