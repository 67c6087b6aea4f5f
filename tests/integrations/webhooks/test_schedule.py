"""The retry schedule (W5)."""

import datetime
import uuid

import pytest

from integrations.webhooks.schedule import MAX_ATTEMPTS, next_attempt, retry_after
from tests.instants import AT

HOUR = 3600
DELAYS = [5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]


def wait(attempts_made: int, status: int | None = 500, header: str = "", n: int = 1) -> float:
    due = next_attempt(
        attempts_made=attempts_made,
        at=AT,
        delivery_uuid=uuid.UUID(int=n),
        status=status,
        headers={"retry-after": header},
    )
    assert due is not None
    return (due - AT).total_seconds()


@pytest.mark.parametrize(("attempts_made", "delay"), list(enumerate(DELAYS, start=1)))
def test_wait_after_each_attempt_is_within_a_tenth(attempts_made: int, delay: int) -> None:
    waits = {wait(attempts_made, n=n) for n in range(300)}
    assert 0.9 * delay <= min(waits) < 0.92 * delay
    assert 1.08 * delay < max(waits) <= 1.1 * delay


def test_ten_attempts_and_no_more() -> None:
    assert MAX_ATTEMPTS == 10
    none = next_attempt(
        attempts_made=10, at=AT, delivery_uuid=uuid.uuid4(), status=None, headers={}
    )
    assert none is None


def test_same_delivery_always_waits_the_same() -> None:
    assert wait(3, n=7) == wait(3, n=7)
    assert wait(3, n=7) != wait(3, n=8)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_retry_after_makes_the_wait_longer_up_to_a_day(status: int) -> None:
    assert wait(1, status, "3600") == 3600
    assert wait(1, status, "9999999999999") == 24 * HOUR
    assert wait(5, status, "1") >= 0.9 * 5 * HOUR


def test_retry_after_counts_only_where_it_means_something() -> None:
    assert wait(1, 500, "3600") <= 5.5
    assert wait(1, None, "3600") <= 5.5


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("Wed, 15 Jan 2025 10:31:00 GMT", 60),
        ("Wed, 15 Jan 2025 10:29:00 GMT", 0),
        ("soon", 0),
        ("-5", 0),
        ("１２", 0),
        ("", 0),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(header: str, seconds: int) -> None:
    assert retry_after(header, AT) == datetime.timedelta(seconds=seconds)
