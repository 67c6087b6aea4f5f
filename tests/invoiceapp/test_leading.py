"""The scheduler among others: it sends while it leads, and only then."""

import datetime
from typing import Any

import pytest
import time_machine
from celery import current_app
from celery.beat import Scheduler
from django.db import OperationalError

from core.models import Lease
from invoiceapp.leading import LeadingScheduler

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Who sent what is due."""
    seen: list[Any] = []

    def tick(self: Scheduler, *_: Any, **__: Any) -> float:
        seen.append(self)
        return 60.0

    monkeypatch.setattr(Scheduler, "tick", tick)
    return seen


def scheduler() -> LeadingScheduler:
    return LeadingScheduler(app=current_app._get_current_object(), lazy=True)


def test_one_of_two_sends(ticks: list[Any]) -> None:
    first, second = scheduler(), scheduler()
    assert first.tick() == 3.0
    assert 0 < second.tick() <= 3.0
    first.tick()
    assert ticks == [first, first]


def test_when_the_first_ends_the_second_sends(ticks: list[Any]) -> None:
    first, second = scheduler(), scheduler()
    first.tick()
    first.close()
    second.tick()
    assert ticks == [first, second]
    assert Lease.objects.get().holder == second._holder


def test_nothing_is_sent_while_the_database_is_away(
    ticks: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: Any) -> bool:
        raise OperationalError("connection refused")

    monkeypatch.setattr("core.leases.take", away)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    assert 0 < scheduler().tick() <= 3.0
    assert ticks == []


def test_a_clock_that_was_put_back_does_not_silence_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(Scheduler, "apply_entry", lambda self, entry, **_: sent.append(entry.name))
    now = datetime.datetime(2027, 1, 1, 0, 30, tzinfo=datetime.UTC)
    with time_machine.travel(now, tick=False) as clock:
        leader = scheduler()
        leader.setup_schedule()
        clock.shift(10)
        while leader.tick() == 0:
            pass
        assert "sweep" in sent
        sent.clear()
        clock.move_to(now - datetime.timedelta(days=40))
        leader.tick()
        clock.shift(3)
        while leader.tick() == 0:
            pass
    assert sent == ["sweep"]
