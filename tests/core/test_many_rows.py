"""Many rows at once: in order, with ids drawn ahead, and behind the caller on PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, connections
from django.db.transaction import TransactionManagementError, atomic

from accounts.actors import Actor
from billing.models import CustomerBalance, TaxProfile
from core import pipeline
from core.many_rows import Appending, append_many, give_ids, update_many
from core.models import Event
from core.pipeline import pipelined
from core.rows import new_row
from core.statements import insert
from tests.instants import AT

MORE_THAN_A_PIECE = 300
UNDER_WAY = psycopg.pq.TransactionStatus.ACTIVE


def event(actor: Actor, n: int, **values: Any) -> Event:
    given: dict[str, Any] = {
        "organization_id": actor.organization_id,
        "type": "test.happened",
        "subject_type": "test",
        "subject_id": n,
        "subject_uuid": "01936f2e-0000-7000-8000-000000000000",
        "sequence": 1,
        "data": f'{{"n":{n}}}',
        "actor_kind": "system",
        "actor_label": "test",
        "occurred_at": AT,
        "next_attempt_at": AT,
    }
    return new_row(Event, **{**given, **values})


def numbers() -> list[int]:
    rows = Event.objects.filter(subject_type="test").order_by("pk")
    return list(rows.values_list("subject_id", flat=True))


@pytest.mark.django_db
def test_rows_come_in_order_from_whoever_makes_them(actor: Actor) -> None:
    with pipelined():
        append_many(event(actor, n) for n in range(MORE_THAN_A_PIECE))
    assert numbers() == list(range(MORE_THAN_A_PIECE))


@pytest.mark.django_db
def test_drawn_ids_are_kept_and_not_given_again(actor: Actor) -> None:
    first, drawn = [event(actor, 1)], [event(actor, 2), event(actor, 3)]
    insert(first)
    give_ids(drawn, [])
    assert first[0].pk < drawn[0].pk < drawn[1].pk
    append_many(drawn)
    last = [event(actor, 4)]
    insert(last)
    found = Event.objects.filter(subject_type="test").order_by("subject_id")
    ids = [first[0].pk, drawn[0].pk, drawn[1].pk, last[0].pk]
    assert list(found.values_list("pk", flat=True)) == ids == sorted(set(ids))


@pytest.mark.django_db
def test_ids_of_a_table_that_never_had_a_row() -> None:
    rows = [new_row(CustomerBalance, organization_id=1, customer_id=1, currency="EUR")]
    give_ids(rows)
    assert rows[0].pk >= 1


@pytest.mark.django_db
def test_what_is_asked_in_between_sees_what_was_written(actor: Actor) -> None:
    with pipelined():
        append_many([event(actor, 1), event(actor, 2)])
        rows = Event.objects.filter(subject_type="test")
        pipeline.update(rows.filter(subject_id=1), actor_label="another")
        assert rows.filter(actor_label="another").count() == 1
        with atomic():
            append_many([event(actor, 3)])
        changed = rows.get(subject_id=2)
        changed.last_error = "x"
        update_many([changed], ["last_error"])
    assert [(each.actor_label, each.last_error) for each in rows.order_by("pk")] == [
        ("another", ""),
        ("test", "x"),
        ("test", ""),
    ]


@pytest.mark.django_db
def test_an_update_of_nothing_asks_nothing() -> None:
    with pipelined():
        pipeline.update(TaxProfile.objects.none(), name="x")


@pytest.mark.django_db
def test_a_row_that_is_refused_is_told_at_the_end(actor: Actor) -> None:
    with pytest.raises(IntegrityError), atomic(), pipelined():
        append_many([event(actor, 1)])
        append_many([event(actor, 1)])
        append_many([event(actor, 2)])
    assert numbers() == []


@pytest.mark.django_db
def test_the_callers_own_error_is_the_one_that_is_told(actor: Actor) -> None:
    def breaking() -> Iterator[Event]:
        yield event(actor, 1)
        yield event(actor, 1)
        raise LookupError("the caller's own")

    with pytest.raises(LookupError), atomic(), pipelined():
        append_many([event(actor, 1)])
        append_many(breaking())
    assert numbers() == []


@pytest.mark.django_db
@pytest.mark.postgres
def test_the_caller_goes_on_meanwhile() -> None:
    with pipelined():
        pipeline.execute("SELECT pg_sleep(%s)", [0.05])
        with pipelined():  # the same
            assert connection.connection.info.transaction_status == UNDER_WAY
        assert connection.connection.info.transaction_status == UNDER_WAY
    assert connection.connection.info.transaction_status != UNDER_WAY


@pytest.mark.django_db
@pytest.mark.postgres
def test_a_question_after_a_refusal_tells_of_the_refusal(actor: Actor) -> None:
    with pytest.raises(IntegrityError), atomic(), pipelined():
        append_many([event(actor, 1), event(actor, 1)])
        numbers()
    assert numbers() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_only_within_a_transaction() -> None:
    with pytest.raises(TransactionManagementError), pipelined():
        raise AssertionError("it began")


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_server_that_goes_away_meanwhile(actor: Actor) -> None:
    other = connections["default"].copy()
    try:
        with pytest.raises(OperationalError), atomic(), pipelined():
            append_many([event(actor, 1)])
            with other.cursor() as cursor:
                own = connection.connection.info.backend_pid
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [own])
            append_many([event(actor, 2)])
    finally:
        other.close()
    connection.close()
    assert numbers() == []


@pytest.mark.django_db
def test_rows_that_come_one_by_one_among_others(actor: Actor) -> None:
    odd, even = Appending(), Appending()
    with pipelined():
        for n in range(2 * MORE_THAN_A_PIECE):
            (odd if n % 2 else even).add(event(actor, n))
        odd.finish()
        even.finish()
    assert sorted(numbers()) == list(range(2 * MORE_THAN_A_PIECE))


@pytest.mark.django_db
def test_a_reference_to_nothing_is_found_before_the_end(actor: Actor) -> None:
    stray = new_row(
        CustomerBalance, organization_id=actor.organization_id, customer_id=0, currency="EUR"
    )
    with pytest.raises(IntegrityError), atomic(), pipelined():
        append_many([stray])
        pipeline.check_references()
        connection.check_constraints()  # what SQLite is left to
