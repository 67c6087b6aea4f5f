"""The order of the feed: by commit, so that nothing ever appears behind a reader."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.actors import system_actor
from accounts.models import Organization
from accounts.operations.organizations import create_organization
from core import events
from core.models import Event
from integrations import feed
from integrations.models import FeedCounter
from integrations.relay import relay
from tests.crowds import take_a_seat
from tests.instants import AT
from tests.integrations.conftest import Emit


def positions() -> list[int | None]:
    return list(Event.objects.order_by("pk").values_list("feed_position", flat=True))


def test_an_event_has_no_place_before_the_relay_saw_it(emit: Emit) -> None:
    emit()
    assert positions()[-1] is None
    relay(at=AT)
    assert None not in positions()


def test_places_rise_and_stay(emit: Emit) -> None:
    relay(at=AT)
    first = emit()
    relay(at=AT)
    first.refresh_from_db()
    second = emit()
    relay(at=AT)
    kept = first.feed_position
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.feed_position == kept
    assert second.feed_position is not None and kept is not None
    assert second.feed_position > kept


def test_placing_again_moves_nothing(emit: Emit) -> None:
    relay(at=AT)
    before = positions()
    feed.place(list(Event.objects.all()))
    assert positions() == before


def test_one_that_was_seen_late_goes_last(emit: Emit) -> None:
    """Its id is lower, because its row was written first; the reader was past it."""
    relay(at=AT)
    slow, quick = emit(), emit()
    feed.place([quick])
    feed.place([slow])
    slow.refresh_from_db()
    quick.refresh_from_db()
    assert slow.pk < quick.pk
    assert slow.feed_position is not None and quick.feed_position is not None
    assert slow.feed_position > quick.feed_position


def test_a_counter_that_starts_late_begins_above_every_id(emit: Emit) -> None:
    event = emit()
    FeedCounter.objects.all().delete()
    feed.place([event])
    event.refresh_from_db()
    assert event.feed_position is not None
    assert event.feed_position > Event.objects.count()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_reader_going_forward_misses_none_of_many_writers() -> None:
    """Writers commit out of order, two relays place, and a reader follows the end (finding 3)."""
    organization = create_organization(at=AT, name="Busy", slug="busy", currency="USD")
    writing = threading.Event()
    writing.set()
    errors: list[BaseException] = []
    writers = [_thread(lambda n=n: _write(organization, n), errors) for n in range(6)]
    relays = [_thread(lambda: _relay_while(writing), errors) for _ in range(2)]
    seen: list[int] = []
    reader = _thread(lambda: _follow(organization.pk, seen, writing), errors)
    for thread in [*writers, *relays, reader]:
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in [*relays, reader]:
        thread.join()
    assert errors == []
    assert len(seen) == len(set(seen))
    assert set(seen) == set(Event.objects.values_list("pk", flat=True))
    assert len(seen) == 6 * 40 + 1


def _thread(work: Callable[[], None], errors: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            take_a_seat()
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    return threading.Thread(target=run)


def _write(organization: Organization, number: int) -> None:
    """Every other transaction stays open a while after it wrote its event."""
    actor = system_actor(organization.pk)
    pause = threading.Event()
    for turn in range(40):
        # Far beyond the rows there are, whose events have their first sequence already.
        subject = Organization(pk=10**9 + 1000 * number + turn, name="x")
        with transaction.atomic():
            events.emit("invoice.created", subject=subject, data={}, actor=actor, at=AT, sequence=1)
            if (turn + number) % 2:
                pause.wait(0.01)


def _relay_while(writing: threading.Event) -> None:
    while relay(limit=7, at=AT) or writing.is_set():
        pass


def _follow(organization_id: int, seen: list[int], writing: threading.Event) -> None:
    """What a consumer of `ending_before` does: remember the newest, ask for what is above it."""
    last = 0
    idle = 0
    while writing.is_set() or idle < 20:
        rows = Event.objects.filter(organization_id=organization_id, feed_position__gt=last)
        found = list(rows.order_by("feed_position").values_list("pk", "feed_position")[:5])
        seen += [pk for pk, _ in found]
        last = found[-1][1] if found else last
        idle = 0 if found else idle + 1
        threading.Event().wait(0.005)
