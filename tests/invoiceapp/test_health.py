"""/healthz and /readyz."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core.models import WorkerHeartbeat
from integrations.tasks import heartbeat
from invoiceapp import health


def beat(age: float) -> None:
    seen = timezone.now() - datetime.timedelta(seconds=age)
    WorkerHeartbeat.objects.create(name="worker@test", seen_at=seen)


def test_alive_without_asking_the_database(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_ready_when_a_worker_was_seen_lately(client: Client, db: None) -> None:
    beat(20)
    response = client.get("/readyz")
    body = response.json()
    assert (response.status_code, body["status"]) == (200, "ok")
    assert {name: check["ok"] for name, check in body["checks"].items()} == {
        "database": True,
        "migrations": True,
        "broker": True,
        "worker": True,
        "outbox": True,
    }
    assert 20 <= body["checks"]["worker"]["age_seconds"] < 25
    assert body["checks"]["database"]["vendor"] == connection.vendor


@pytest.mark.parametrize("age", [None, 60])
def test_not_ready_without_a_worker(client: Client, db: None, age: int | None) -> None:
    if age:
        beat(age)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["worker"]["ok"] is False
    assert response.json()["checks"]["database"]["ok"] is True


def test_what_failed_is_named_without_its_secrets(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> health.Check:
        raise ConnectionRefusedError("redis://:s3cret@10.0.0.5:6379")

    monkeypatch.setitem(health._CHECKS, "broker", refuse)
    beat(1)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["broker"] == {"ok": False, "error": "ConnectionRefusedError"}
    assert b"s3cret" not in response.content


def test_heartbeat_task_makes_the_worker_seen(client: Client, db: None) -> None:
    heartbeat()
    heartbeat()
    assert WorkerHeartbeat.objects.count() == 1
    assert client.get("/readyz").status_code == 200
