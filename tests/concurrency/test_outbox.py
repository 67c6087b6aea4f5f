"""Several workers share the outbox (W1): nothing missed, nothing taken twice.

PostgreSQL only: SQLite admits one writer at a time.
"""

import datetime
import threading
from collections import Counter

import pytest
from django.db import connection, transaction

from accounts.actors import Actor
from core import events, outbox
from core.models import Event
from tests.crowds import at_once
from tests.instants import AT

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

EVENTS = 400
WORKERS = 6


def emit_some(actor: Actor, acme: object, count: int) -> None:
    with transaction.atomic():
        for _ in range(count):
            events.emit("invoice.created", subject=acme, data={}, actor=actor, at=AT)


def test_without_leases_workers_take_the_same_events(actor: Actor, acme: object) -> None:
    """The race itself: look, then write."""
    emit_some(actor, acme, 60)
    together = threading.Barrier(WORKERS)
    taken: Counter[int] = Counter()

    def work() -> None:
        rows = list(Event.objects.filter(relayed_at=None).values_list("pk", flat=True))
        together.wait()
        # One by one: in one statement each worker would lock the rows in an order of its own.
        for pk in rows:
            Event.objects.filter(pk=pk).update(relayed_at=AT)
        taken.update(rows)

    at_once(*[work] * WORKERS)
    assert max(taken.values()) > 1


def test_every_event_is_claimed_exactly_once(actor: Actor, acme: object) -> None:
    emit_some(actor, acme, EVENTS)
    total = Event.objects.filter(relayed_at=None).count()
    taken: Counter[int] = Counter()

    def work() -> None:
        while claimed := outbox.claim_events(at=AT, limit=25):
            taken.update(event.pk for event in claimed)
            outbox.finish_events(claimed, at=AT)

    at_once(*[work] * WORKERS)
    # A claim that met only rows which others were taking comes back empty-handed.
    work()
    assert set(taken.values()) == {1}
    assert len(taken) == total


def test_event_that_commits_late_is_not_missed(actor: Actor, acme: object) -> None:
    """Ids are handed out before commit: whoever pages by id passes over the slow ones."""
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            events.emit("invoice.created", subject=acme, data={}, actor=actor, at=AT, sequence=900)
            written.set()
            may_commit.wait(10)

    thread = threading.Thread(target=lambda: (slow(), connection.close()))
    thread.start()
    written.wait(10)
    with transaction.atomic():
        events.emit("invoice.created", subject=acme, data={}, actor=actor, at=AT, sequence=901)
    first = outbox.claim_events(at=AT, limit=100)
    outbox.finish_events(first, at=AT)
    may_commit.set()
    thread.join()
    second = outbox.claim_events(at=AT, limit=100)
    assert 900 not in {event.sequence for event in first}
    assert [event.sequence for event in second] == [900]
    assert second[0].pk < max(event.pk for event in first)


def test_lease_is_not_handed_out_twice_even_when_it_runs_out(actor: Actor, acme: object) -> None:
    emit_some(actor, acme, 1)
    Event.objects.exclude(type="invoice.created").update(relayed_at=AT)
    outbox.claim_events(at=AT, limit=10)
    later = AT + datetime.timedelta(minutes=5)
    claims: list[int] = []
    together = threading.Barrier(WORKERS)

    def work() -> None:
        together.wait()
        claims.append(len(outbox.claim_events(at=later, limit=10)))

    at_once(*[work] * WORKERS)
    assert sorted(claims) == [0] * (WORKERS - 1) + [1]
