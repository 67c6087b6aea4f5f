"""The chain over the event log: what was changed afterwards shows, and where."""

import datetime
import json
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.models import Organization
from core.models import Event, EventSeal
from core.seals import seal_all, seal_events, unsealed, verify_chain
from integrations.work import drain
from tests.builders import customer
from tests.instants import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(actor: Actor) -> list[Event]:
    """Six events under three seals, two each."""
    for n in range(3):
        for m in range(2):
            customer(actor, name=f"Customer {n} {m}")
        drain(AT)
        seal_events(actor.organization_id, at=AT + datetime.timedelta(days=n))
    return list(Event.objects.filter(type="customer.created").order_by("feed_position"))


def is_whole(actor: Actor) -> bool:
    return verify_chain(actor.organization_id).is_whole


def test_a_log_that_nobody_touched_is_whole(actor: Actor, log: list[Event]) -> None:
    verdict = verify_chain(actor.organization_id)
    assert verdict.is_whole and verdict.seals == 3
    assert verdict.events == Event.objects.filter(organization_id=actor.organization_id).count()
    assert verdict.head == EventSeal.objects.order_by("number").last().hash  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "column, value",
    [
        ("data", "{}"),
        ("previous", '{"a":1}'),
        ("actor_label", "somebody else"),
        ("occurred_at", AT - datetime.timedelta(seconds=1)),
        ("type", "customer.updated"),
        ("sequence", 9),
    ],
)
def test_a_changed_event_shows_and_is_located(
    actor: Actor, log: list[Event], column: str, value: object
) -> None:
    Event.objects.filter(pk=log[2].pk).update(**{column: value})
    verdict = verify_chain(actor.organization_id)
    assert not verdict.is_whole
    assert (verdict.broken_from, verdict.broken_to) == (AT, AT + datetime.timedelta(days=1))


@pytest.mark.parametrize("index", [0, 3, 5])
def test_an_event_that_was_taken_out_shows(actor: Actor, log: list[Event], index: int) -> None:
    Event.objects.filter(pk=log[index].pk).delete()
    assert not is_whole(actor)


def test_events_that_changed_places_show(actor: Actor, log: list[Event]) -> None:
    first, second = log[2], log[3]
    Event.objects.filter(pk=first.pk).update(feed_position=second.feed_position)
    Event.objects.filter(pk=second.pk).update(feed_position=first.feed_position)
    assert not is_whole(actor)


def test_an_event_that_was_put_in_shows(actor: Actor, log: list[Event]) -> None:
    forged = log[3]
    position = log[0].feed_position
    forged.pk, forged.uuid, forged.sequence = None, Event().uuid, 77
    forged.feed_position = position
    forged.save(force_insert=True)
    assert not is_whole(actor)


def test_a_seal_that_was_taken_out_or_forged_shows(actor: Actor, log: list[Event]) -> None:
    seal = EventSeal.objects.get(number=2)
    EventSeal.objects.filter(pk=seal.pk).update(hash="0" * 64)
    assert not is_whole(actor)
    seal.delete()
    assert not is_whole(actor)


def test_the_outbox_may_go_on_working(actor: Actor, log: list[Event]) -> None:
    Event.objects.update(attempts=3, last_error="later", relayed_at=AT)
    assert is_whole(actor)


def test_every_organization_has_a_chain_of_its_own(
    actor: Actor, mallory_actor: Actor, log: list[Event]
) -> None:
    customer(mallory_actor)
    drain(AT)
    everybody = Organization.objects.all()
    assert seal_all(owners=everybody, at=AT) > 0
    assert seal_all(owners=everybody, at=AT) == 0
    Event.objects.filter(organization_id=mallory_actor.organization_id).update(data="{}")
    assert is_whole(actor) and not is_whole(mallory_actor)


def test_only_who_has_something_unsealed_is_asked(
    actor: Actor, mallory_actor: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    everybody = Organization.objects.all()
    drain(AT)
    seal_all(owners=everybody, at=AT)
    with django_assert_num_queries(1):
        assert seal_all(owners=everybody, at=AT) == 0
    customer(mallory_actor)
    assert not unsealed(everybody).exists()  # it is not in the feed yet
    drain(AT)
    assert [one.pk for one in unsealed(everybody)] == [mallory_actor.organization_id]


@pytest.mark.postgres
def test_asking_reads_the_ends_of_long_logs_alone(actor: Actor, mallory_actor: Actor) -> None:
    customer(actor)
    drain(AT)
    seal_all(owners=Organization.objects.all(), at=AT)
    _lengthen_logs(events=30_000, seals=10_000)
    with connection.cursor() as cursor:
        sql, params = unsealed(Organization.objects.all()).values("pk").query.sql_with_params()
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        ((plan,),) = cursor.fetchall()
    scans = list(_scans(json.loads(plan) if isinstance(plan, str) else plan))
    # A row for each time an organization is asked for, of which there are a handful.
    assert {name: rows for name, rows in scans if rows > 1} == {}
    assert {name for name, _ in scans} == {"core_event", "core_eventseal"}


def _lengthen_logs(*, events: int, seals: int) -> None:
    """Copies of what the organizations have, behind what is sealed."""
    with connection.cursor() as cursor:
        for table, key, count in (
            ("core_event", "feed_position", events),
            ("core_eventseal", "number", seals),
        ):
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")
            names = [one.name for one in cursor.description or ()]
            given = {"id": "-n", "uuid": "gen_random_uuid()", "sequence": "1000 + n", key: "n"}
            if table == "core_eventseal":
                given["number"] = "1000 + n"
            chosen = ", ".join(given.get(name, f"o.{name}") for name in names)
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM"
                f" (SELECT * FROM {table} ORDER BY id DESC LIMIT 1) o,"
                f" generate_series(1, {count}) n"
            )
            assert cursor.rowcount == count
            cursor.execute(f"ANALYZE {table}")


def _scans(plan: Any) -> Any:
    """Each scan of the log or the chain, with how many rows it brought."""
    if isinstance(plan, list):
        for one in plan:
            yield from _scans(one)
    elif isinstance(plan, dict):
        if plan.get("Relation Name", "").startswith("core_event"):
            yield plan["Relation Name"], plan["Actual Rows"]
        for one in plan.values():
            yield from _scans(one)


def test_long_logs_are_read_in_bites(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.seals._BITE", 2)
    monkeypatch.setattr("core.seals.MOST_EVENTS", 3)
    for n in range(7):
        customer(actor, name=f"Customer {n}")
    drain(AT)
    assert seal_events(actor.organization_id, at=AT) >= 7
    verdict = verify_chain(actor.organization_id)
    assert verdict.is_whole and verdict.seals >= 3
