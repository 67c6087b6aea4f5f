"""Replaying deliveries: the same ids once more, never two on their way (W7, W8)."""

import datetime
from collections.abc import Callable

import pytest

from accounts.actors import Actor
from core.errors import Forbidden, InvalidValue, NotFound
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.relay import relay
from integrations.webhooks import replay, testing
from integrations.webhooks.endpoints import create_endpoint, update_endpoint
from integrations.webhooks.replay import Replay, replay_delivery, replay_range
from tests.instants import AT
from tests.integrations.conftest import Emit
from tests.integrations.receivers import Receiver

Drain = Callable[..., int]
HOUR = datetime.timedelta(hours=1)
Status = WebhookDelivery.Status


@pytest.fixture
def delivered(endpoint: WebhookEndpoint, emit: Emit, drain: Drain) -> WebhookDelivery:
    emit(total="10.00")
    drain(AT)
    return WebhookDelivery.objects.get()


def ids(receiver: Receiver) -> list[str]:
    return [request.headers["webhook-id"] for request in receiver.received]


def test_one_is_sent_again_with_the_same_id_and_bytes_W8(
    actor: Actor, delivered: WebhookDelivery, receiver: Receiver, drain: Drain
) -> None:
    again = replay_delivery(
        actor=actor,
        at=AT + HOUR,
        endpoint_id=delivered.endpoint_id,
        delivery_id=delivered.uuid,
    )
    assert (again.status, again.next_attempt_at) == (Status.PENDING, AT + HOUR)
    drain(AT + HOUR)
    first, second = receiver.received
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    delivered.refresh_from_db()
    assert (delivered.status, delivered.attempts_in_all) == (Status.SUCCEEDED, 2)
    assert list(delivered.attempts.order_by("pk").values_list("number", flat=True)) == [1, 2]


def test_one_that_is_pending_stays_as_it_is(
    actor: Actor, endpoint: WebhookEndpoint, emit: Emit
) -> None:
    emit()
    relay(at=AT)
    pending = WebhookDelivery.objects.get()
    again = replay_delivery(
        actor=actor, at=AT + HOUR, endpoint_id=endpoint.pk, delivery_id=pending.pk
    )
    assert (again.next_attempt_at, again.replayed_at) == (AT, None)


def test_a_replay_has_a_schedule_of_its_own(
    actor: Actor, delivered: WebhookDelivery, receiver: Receiver, drain: Drain
) -> None:
    replay_delivery(actor=actor, at=AT, endpoint_id=delivered.endpoint_id, delivery_id=delivered.pk)
    receiver.status = 500
    drain(AT)
    delivered.refresh_from_db()
    assert delivered.next_attempt_at is not None
    # The first wait of the schedule: five seconds, give or take a tenth.
    assert 4.5 <= (delivered.next_attempt_at - AT).total_seconds() <= 5.5


def test_a_test_is_not_replayed(
    actor: Actor, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    testing.test_endpoint(actor=actor, at=AT, endpoint_id=endpoint.pk)
    test = WebhookDelivery.objects.get()
    with pytest.raises(replay.TestNotReplayable):
        replay_delivery(actor=actor, at=AT, endpoint_id=endpoint.pk, delivery_id=test.pk)


def test_only_the_given_up_are_replayed_when_asked(
    actor: Actor, endpoint: WebhookEndpoint, emit: Emit, receiver: Receiver, drain: Drain
) -> None:
    emit()
    drain(AT)
    lost = emit()
    relay(at=AT)
    WebhookDelivery.objects.filter(event=lost).update(status=Status.FAILED, finished_at=AT)
    done = replay_range(actor=actor, at=AT, endpoint_id=endpoint.pk, only_failed=True)
    assert done == Replay(planned=1, already_pending=0)
    drain(AT)
    assert len(receiver.received) == 2
    assert WebhookDelivery.objects.get(event=lost).status == Status.SUCCEEDED


def test_a_range_is_planned_once_however_often_it_is_asked_for(
    actor: Actor, endpoint: WebhookEndpoint, emit: Emit, receiver: Receiver, drain: Drain
) -> None:
    for _ in range(3):
        emit()
    drain(AT)
    first = replay_range(actor=actor, at=AT, endpoint_id=endpoint.pk)
    second = replay_range(actor=actor, at=AT, endpoint_id=endpoint.pk)
    assert (first, second) == (Replay(3, 0), Replay(0, 3))
    drain(AT)
    assert len(receiver.received) == 6
    assert len(set(ids(receiver))) == 3
    assert replay_range(actor=actor, at=AT, endpoint_id=endpoint.pk) == Replay(3, 0)


def test_what_happened_before_it_existed_is_delivered_too(
    actor: Actor, emit: Emit, receiver: Receiver, drain: Drain
) -> None:
    early = [emit(), emit("invoice.paid"), emit("payment.succeeded")]
    drain(AT)
    endpoint = create_endpoint(
        actor=actor,
        at=AT,
        url=receiver.url,
        events=["invoice.created", "payment.received"],
        dialect="plain",
    )
    assert replay_range(actor=actor, at=AT, endpoint_id=endpoint.pk) == Replay(2, 0)
    drain(AT)
    made = WebhookDelivery.objects.order_by("pk")
    assert [row.event_type for row in made] == ["invoice.created", "payment.received"]
    assert made[0].uuid == early[0].uuid


def test_what_happened_while_it_was_off_is_delivered_once_it_is_on_W7(
    actor: Actor, endpoint: WebhookEndpoint, emit: Emit, receiver: Receiver, drain: Drain
) -> None:
    update_endpoint(actor=actor, at=AT, endpoint_id=endpoint.pk, is_active=False)
    for _ in range(4):
        emit()
    drain(AT)
    replay_range(actor=actor, at=AT, endpoint_id=endpoint.pk)
    drain(AT)
    assert receiver.received == []
    update_endpoint(actor=actor, at=AT, endpoint_id=endpoint.pk, is_active=True)
    drain(AT)
    assert len(receiver.received) == len(set(ids(receiver))) == 4


def test_time_and_type_narrow_the_range(
    actor: Actor, endpoint: WebhookEndpoint, emit: Emit, drain: Drain
) -> None:
    emit()
    emit("invoice.paid")
    drain(AT)

    def count(**narrow: object) -> int:
        done = replay_range(
            actor=actor,
            at=AT,
            endpoint_id=endpoint.pk,
            **narrow,  # type: ignore[arg-type]
        )
        drain(AT)
        return done.planned

    assert count(since=AT, until=AT) == 2
    assert count(since=AT + HOUR) == 0
    assert count(until=AT - HOUR) == 0
    assert count(types=["invoice.paid"]) == 1
    assert count(types=[]) == 0


def test_events_older_than_thirty_days_are_gone(
    actor: Actor, endpoint: WebhookEndpoint, emit: Emit, drain: Drain
) -> None:
    emit()
    drain(AT)
    later = AT + datetime.timedelta(days=30, seconds=1)
    assert replay_range(actor=actor, at=later, endpoint_id=endpoint.pk).planned == 0


def test_more_than_the_most_is_refused_whole(
    actor: Actor,
    endpoint: WebhookEndpoint,
    emit: Emit,
    drain: Drain,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay, "MOST_AT_ONCE", 2)
    for _ in range(3):
        emit()
    drain(AT)
    with pytest.raises(replay.TooManyEvents):
        replay_range(actor=actor, at=AT, endpoint_id=endpoint.pk)
    assert not WebhookDelivery.objects.filter(status=Status.PENDING).exists()


def test_a_range_that_ends_before_it_starts_is_refused(
    actor: Actor, endpoint: WebhookEndpoint
) -> None:
    with pytest.raises(InvalidValue):
        replay_range(actor=actor, at=AT, endpoint_id=endpoint.pk, since=AT, until=AT - HOUR)


def test_strangers_and_readers_replay_nothing(
    actor: Actor, bob_actor: Actor, mallory_actor: Actor, delivered: WebhookDelivery
) -> None:
    for stranger, refusal in ((bob_actor, Forbidden), (mallory_actor, NotFound)):
        with pytest.raises(refusal):
            replay_range(actor=stranger, at=AT, endpoint_id=delivered.endpoint_id)
        with pytest.raises(refusal):
            replay_delivery(
                actor=stranger,
                at=AT,
                endpoint_id=delivered.endpoint_id,
                delivery_id=delivered.pk,
            )
    delivered.refresh_from_db()
    assert delivered.status == Status.SUCCEEDED
