"""Background work as a whole: tasks, the command, the doorbell, retention."""

import datetime
import io
import threading
from collections.abc import Callable

import pytest
from celery import Task, current_app
from django.core.management import call_command
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.actors import Actor
from core.models import Event, WorkerHeartbeat
from integrations import doorbell, tasks
from integrations.models import (
    IdempotencyRecord,
    RateLimitWindow,
    WebhookDelivery,
    WebhookEndpoint,
)
from integrations.relay import relay
from integrations.retention import clean_up
from integrations.turns import only_one
from integrations.work import drain
from invoiceapp.beat import SCHEDULE, heartbeats
from invoiceapp.queues import DEFAULT, QUEUES, ROUTES
from tests.instants import AT
from tests.integrations.conftest import Emit
from tests.integrations.receivers import Receiver


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the tasks that were sent to the broker."""
    names: list[str] = []

    def note(self: object, name: str, *args: object, **options: object) -> None:
        names.append(name.rpartition(".")[2])

    monkeypatch.setattr(type(current_app._get_current_object()), "send_task", note)
    for task in (tasks.relay, tasks.deliver_webhooks, tasks.send_mail):
        monkeypatch.setattr(task, "delay", lambda name=task.name: note(None, name))
    return names


def test_drain_does_everything_and_ends(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    emit()
    assert drain(AT) > 0
    assert drain(AT) == 0
    assert len(receiver.received) == 1


def test_relay_task_starts_what_became_due(
    endpoint: WebhookEndpoint, emit: Emit, started: list[str]
) -> None:
    emit()
    tasks.relay()
    assert started == ["deliver_webhooks"]
    tasks.deliver_webhooks()
    assert WebhookDelivery.objects.get().status == "succeeded"


def test_one_delivery_task_per_host_is_enough(endpoint: WebhookEndpoint, emit: Emit) -> None:
    """Otherwise one slow receiver with a backlog takes every worker, two seconds apart."""
    emit()
    relay()
    with only_one("webhooks") as mine:
        assert mine
        tasks.deliver_webhooks()
        assert WebhookDelivery.objects.get().attempts_made == 0
        with only_one("mail") as also_mine:
            assert also_mine
    tasks.deliver_webhooks()
    assert WebhookDelivery.objects.get().attempts_made == 1


def test_sweep_finds_what_nobody_rang_for(
    endpoint: WebhookEndpoint, emit: Emit, started: list[str]
) -> None:
    drain()
    tasks.sweep()
    assert started == []
    emit()
    tasks.sweep()
    assert started == ["relay"]


def test_schedule_names_only_tasks_that_exist() -> None:
    every = SCHEDULE | heartbeats(QUEUES)
    assert {entry["task"] for entry in every.values()} <= set(current_app.tasks)
    assert all("expires" in entry["options"] for entry in every.values())


def test_routes_name_only_tasks_and_queues_that_exist() -> None:
    assert set(ROUTES) <= set(current_app.tasks)
    assert {route["queue"] for route in ROUTES.values()} | {DEFAULT} == set(QUEUES)


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        (tasks.send_mail, "mail"),
        (tasks.deliver_webhooks, "webhooks"),
        (tasks.run_recurring, "documents"),
        (tasks.sweep, "schedule"),
        (tasks.relay, "default"),
    ],
)
def test_each_kind_of_work_has_its_queue(task: Task, queue: str) -> None:
    router = current_app.amqp.router
    assert router.route({}, task.name)["queue"].name == queue


def test_every_queue_has_a_heartbeat_of_its_own() -> None:
    beats = heartbeats(QUEUES).values()
    assert [(beat["args"], beat["options"]["queue"]) for beat in beats] == [
        ((queue,), queue) for queue in QUEUES
    ]


def test_committed_event_rings_and_rolled_back_one_does_not(
    emit: Emit,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    rings: list[bool] = []
    monkeypatch.setattr("core.events.doorbells", [lambda: rings.append(True)])
    with django_capture_on_commit_callbacks(execute=True):
        emit()
    assert rings == [True]


def test_many_rings_become_few_messages_and_the_last_one_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = []
    bell = doorbell.Doorbell()
    monkeypatch.setattr(bell, "_tell", lambda: told.append(True) or True)
    for _ in range(1_000):
        bell.ring()
    _wait_until(lambda: len(told) >= 1)
    bell.ring()
    _wait_until(lambda: len(told) >= 2)
    assert len(told) <= 4


def test_broker_that_is_away_hurts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(type(current_app._get_current_object()), "send_task", fail)
    assert doorbell.Doorbell()._tell() is False


def test_memory_broker_is_heard_by_nobody_else() -> None:
    assert not doorbell.is_heard()


def test_work_command_does_what_is_due(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    emit()
    out = io.StringIO()
    call_command("work", once=True, stdout=out)
    assert out.getvalue().startswith("Done: ")
    assert len(receiver.received) == 1


def test_work_command_gives_parked_events_another_chance(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    event = emit()
    Event.objects.filter(pk=event.pk).update(attempts=5)
    call_command("work", once=True, stdout=io.StringIO())
    assert receiver.received == []
    call_command("work", once=True, retry_parked=True, stdout=io.StringIO())
    assert len(receiver.received) == 1


def test_clean_up_deletes_only_what_is_too_old(
    actor: Actor, endpoint: WebhookEndpoint, emit: Emit
) -> None:
    emit()
    drain(AT)
    emit()
    drain(AT + datetime.timedelta(days=20))
    for name, expires in (("old", AT), ("new", AT + datetime.timedelta(days=60))):
        IdempotencyRecord.objects.create(
            organization_id=actor.organization_id,
            key=name,
            fingerprint="x",
            status_code=201,
            content_type="application/json",
            body=b"{}",
            created_at=AT,
            expires_at=expires,
        )
    now = AT + datetime.timedelta(days=31)
    RateLimitWindow.objects.create(key="old", window_start=int(AT.timestamp()), used=1)
    RateLimitWindow.objects.create(key="new", window_start=int(now.timestamp()), used=1)
    WorkerHeartbeat.objects.create(name="gone", seen_at=AT)
    WorkerHeartbeat.objects.create(name="here", seen_at=now)
    clean_up(now)
    assert WebhookDelivery.objects.get().created_at == AT + datetime.timedelta(days=20)
    assert IdempotencyRecord.objects.get().key == "new"
    assert RateLimitWindow.objects.get().key == "new"
    assert WorkerHeartbeat.objects.get().name == "here"
    # The events themselves are the audit log.
    assert Event.objects.filter(type="invoice.created").count() == 2


def test_heartbeat_is_one_row_per_host(db: None) -> None:
    tasks.heartbeat()
    tasks.heartbeat()
    seen = WorkerHeartbeat.objects.get()
    assert timezone.now() - seen.seen_at < datetime.timedelta(seconds=10)


def _wait_until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(200):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it did not happen within four seconds")
