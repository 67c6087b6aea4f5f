"""Exactly the limit passes, whoever counts (A1)."""

import threading
from typing import Any

import pytest
import time_machine
from django.db import connection

from integrations.dialects.base import ratelimit
from integrations.dialects.base.ratelimit import count
from tests.instants import AT

START = int(AT.timestamp())


def test_a_window_opens_with_its_first_request_and_lasts_a_minute(
    db: None, clock: time_machine.Traveller
) -> None:
    first = count("k", 2, 60)
    assert (first.used, first.remaining, first.resets_at, first.retry_after) == (
        1,
        1,
        START + 60,
        60,
    )
    clock.shift(45)
    second = count("k", 2, 60)
    assert (second.remaining, second.is_exceeded, second.retry_after) == (0, False, 15)
    third = count("k", 2, 60)
    assert (third.remaining, third.is_exceeded, third.resets_at) == (0, True, START + 60)
    clock.shift(15)
    assert count("k", 2, 60).used == 1


def test_keys_are_counted_apart(db: None, clock: time_machine.Traveller) -> None:
    count("a", 5, 60)
    assert count("b", 5, 60).used == 1


def test_an_exact_number_passes(db: None, clock: time_machine.Traveller) -> None:
    quotas = [count("k", 100, 60) for _ in range(130)]
    assert sum(not quota.is_exceeded for quota in quotas) == 100
    assert [quota.remaining for quota in quotas[:100]] == list(range(99, -1, -1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_many_at_once_in_the_database_A1() -> None:
    """Connections of their own, one row."""
    assert _passed_at_once(connections=16, each=20, limit=100) == 100


def test_many_threads_at_once_in_one_process_A1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "_count_in_database", lambda key, seconds: None)
    assert _passed_at_once(connections=16, each=20, limit=100) == 100


@pytest.mark.redis
def test_many_at_once_in_redis_A1() -> None:
    _redis().delete("rate:test:many")
    assert _passed_at_once(connections=64, each=10, limit=100) == 100


@pytest.mark.redis
def test_the_window_in_redis() -> None:
    _redis().delete("rate:test:window")
    first = count("test:window", 2, 60)
    assert (first.used, first.remaining) == (1, 1)
    assert 59 <= first.retry_after <= 60
    assert 50_000 < _redis().pttl("rate:test:window") <= 60_000
    assert count("test:window", 2, 60).used == 2
    # A counter that lost its end gets a new one instead of refusing for ever.
    _redis().persist("rate:test:window")
    assert count("test:window", 2, 60).retry_after == 60


def test_without_redis_each_process_counts_for_itself(
    settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    quotas = [count("k", 3, 60) for _ in range(5)]
    assert [quota.is_exceeded for quota in quotas] == [False, False, False, True, True]
    # Asked once, then left alone for a while.
    assert len([r for r in caplog.records if "Redis does not answer" in r.message]) == 1


def test_a_broken_database_lets_requests_pass(
    monkeypatch: pytest.MonkeyPatch, db: None, clock: time_machine.Traveller
) -> None:
    """The request itself will then say that the service is busy."""
    monkeypatch.setattr(ratelimit, "_count_in_database", lambda key, seconds: None)
    assert [count("k", 1, 60).is_exceeded for _ in range(2)] == [False, True]
    clock.shift(60)
    assert count("k", 1, 60).used == 1


def test_local_memory_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "_LOCAL_KEYS_MOST", 10)
    for number in range(100):
        ratelimit._count_here(f"k{number}", 60)
    assert len(ratelimit._local) <= 10


def _redis() -> Any:
    client, _script = ratelimit._script(ratelimit.settings.REDIS_URL)
    return client


def _passed_at_once(*, connections: int, each: int, limit: int) -> int:
    passed: list[bool] = []

    def work() -> None:
        try:
            passed.extend(not count("test:many", limit, 60).is_exceeded for _ in range(each))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(passed)
