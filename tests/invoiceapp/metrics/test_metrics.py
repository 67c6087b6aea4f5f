"""/metrics: who may read it, and that its figures are the database's."""

import datetime
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.actors import Actor
from accounts.models import User
from billing.models import RecurringInvoice
from billing.operations.recurring import create_recurring
from core.models import Event, WorkerHeartbeat
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from integrations.webhooks.endpoints import create_endpoint
from tests.builders import customer, issued_invoice
from tests.instants import AT
from tests.invoiceapp.test_embedded import free_port

TOKEN = "t" * 40
ROOT = Path(__file__).parents[3]
Samples = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture(autouse=True)
def _open(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def samples(text: str) -> Samples:
    """Each sample by its name and the values of its labels."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(client: Client | None = None) -> Samples:
    answer = (client or Client()).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    return samples(answer.content.decode())


def test_without_a_token_there_is_no_such_page(settings: Settings, db: None) -> None:
    settings.METRICS_TOKEN = ""
    for header in ({}, {"Authorization": "Bearer "}):
        assert Client().get("/metrics", headers=header).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN])
def test_another_bearer_is_refused(db: None, given: str) -> None:
    answer = Client().get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"')
    assert b"invoiceapp_" not in answer.content


def test_waiting_work_is_counted_with_its_age(actor: Actor, _now: None) -> None:
    issued_invoice(actor, total="10.00")
    Event.objects.update(next_attempt_at=AT - datetime.timedelta(seconds=90))
    count = Event.objects.count()
    last = Event.objects.latest("pk")
    Event.objects.filter(pk=last.pk).update(attempts=5)

    found = scrape()

    assert found["invoiceapp_pending", ("outbox",)] == count - 1
    assert found["invoiceapp_pending_due", ("outbox",)] == count - 1
    assert found["invoiceapp_pending_age_seconds", ("outbox",)] == 90
    assert found["invoiceapp_outbox_lag_seconds", ()] == 90
    assert found["invoiceapp_outbox_parked", ()] == 1
    for kind in ("webhooks", "messages", "shop_deliveries", "recurring_runs"):
        assert found["invoiceapp_pending", (kind,)] == 0
        assert found["invoiceapp_pending_age_seconds", (kind,)] == 0


@pytest.mark.parametrize(("status", "waiting"), [("active", 1), ("paused", 0)])
def test_a_recurring_invoice_waits_unless_it_is_paused(
    actor: Actor, _now: None, status: str, waiting: int
) -> None:
    monthly = create_recurring(
        actor=actor,
        at=AT,
        customer_id=customer(actor).pk,
        frequency="monthly",
        start_date=AT.date(),
        lines=[{"description": "Hosting", "quantity": Decimal(1), "unit_price": Decimal(10)}],
    )
    since = AT - datetime.timedelta(hours=2)
    RecurringInvoice.objects.filter(pk=monthly.pk).update(status=status, next_run_at=since)

    found = scrape()

    assert found["invoiceapp_pending_due", ("recurring_runs",)] == waiting
    assert found["invoiceapp_pending_age_seconds", ("recurring_runs",)] == waiting * 7_200


@pytest.fixture
def endpoint(actor: Actor) -> WebhookEndpoint:
    return create_endpoint(actor=actor, at=AT, url="http://127.0.0.1:9/", events=["invoice.paid"])


def deliver(endpoint: WebhookEndpoint, *codes: int | None, ago: int = 60) -> WebhookDelivery:
    delivery = WebhookDelivery.objects.create(
        uuid=endpoint.uuid,
        organization_id=endpoint.organization_id,
        endpoint=endpoint,
        event_type="invoice.paid",
        body="{}",
        created_at=AT,
        next_attempt_at=AT + datetime.timedelta(minutes=5),
    )
    for number, code in enumerate(codes, 1):
        WebhookAttempt.objects.create(
            organization_id=endpoint.organization_id,
            delivery=delivery,
            number=number,
            attempted_at=AT - datetime.timedelta(seconds=ago),
            duration_ms=3,
            response_code=code,
        )
    return delivery


def test_attempts_are_counted_by_what_came_of_them(endpoint: WebhookEndpoint, _now: None) -> None:
    deliver(endpoint, 200, 204, 404, 503, None, None)

    found = scrape()

    outcomes = {
        labels[1]: value
        for (name, labels), value in found.items()
        if name == "invoiceapp_outcomes_last_hour" and labels[0] == "webhooks"
    }
    assert outcomes == {"succeeded": 2, "refused": 1, "failed": 1, "unreachable": 2}
    # It waits for its next attempt, which is not due yet.
    assert found["invoiceapp_pending", ("webhooks",)] == 1
    assert found["invoiceapp_pending_due", ("webhooks",)] == 0


def test_attempts_of_more_than_an_hour_ago_are_not_counted(
    endpoint: WebhookEndpoint, _now: None
) -> None:
    deliver(endpoint, 200, ago=3_601)
    assert scrape()["invoiceapp_outcomes_last_hour", ("webhooks", "succeeded")] == 0


def test_workers_are_told_with_the_age_of_their_heartbeat(db: None, _now: None) -> None:
    seen = AT - datetime.timedelta(seconds=12)
    WorkerHeartbeat.objects.create(name="mail@host", seen_at=seen)
    assert scrape()["invoiceapp_worker_heartbeat_age_seconds", ("mail@host",)] == 12
    assert scrape()["invoiceapp_scheduler_leads", ()] == 0


def test_requests_are_counted_by_dialect_and_class_of_status(db: None) -> None:
    client = Client()
    before = scrape(client)
    client.get("/v1/invoices")
    client.get("/v1/invoices")
    client.get("/accounts/login/")
    client.get("/healthz")
    after = scrape(client)

    def more(*labels: str) -> float:
        name = "invoiceapp_request_seconds_count"
        return after.get((name, labels), 0) - before.get((name, labels), 0)

    assert more("enterprise", "4xx") == 2
    assert more("pages", "2xx") == 1
    assert more("pages", "4xx") == 0


def test_requests_are_told_even_without_a_database(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(at: datetime.datetime) -> Any:
        raise OperationalError("could not connect to db.internal")

    monkeypatch.setattr("invoiceapp.figures.backlogs", away)
    found = scrape()
    assert found["invoiceapp_database_up", ()] == 0
    assert not [name for name, _ in found if name.startswith("invoiceapp_pending")]


@pytest.mark.once
def test_several_web_processes_are_counted_together(tmp_path: Path) -> None:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "invoiceapp/gunicorn_conf.py", "invoiceapp.wsgi"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
            "DATA_DIR": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "PORT": str(port),
            "METRICS_TOKEN": TOKEN,
            "EMBEDDED_WORKER": "0",
            "WEB_CONCURRENCY": "2",
            "WEB_THREADS": "1",
            "REDIS_URL": "",
        },
        stderr=subprocess.DEVNULL,
    )

    def get(path: str) -> tuple[int, str]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, ""

    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                get("/healthz")
                break
            except OSError:
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.1)
        statuses = [get("/openapi.json")[0] for _ in range(40)]
        server.send_signal(signal.SIGHUP)
        told = samples(get("/metrics")[1])
        writers = {path.name for path in tmp_path.glob("invoiceapp-counts-*/*.db")}
    finally:
        server.terminate()
        server.wait(30)

    assert statuses == [200] * 40
    assert told["invoiceapp_request_seconds_count", ("pages", "2xx")] == 40
    assert len(writers) == 2
    assert list(tmp_path.glob("invoiceapp-counts-*")) == []


def test_the_admin_tells_superusers_the_same_in_words(actor: Actor, alice: User) -> None:
    issued_invoice(actor, total="10.00")
    count = Event.objects.count()
    client = Client()
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    assert client.get("/admin/figures/").status_code == 403
    assert "How the installation fares" not in client.get("/admin/").content.decode()

    alice.is_superuser = True
    alice.save()
    page = client.get("/admin/figures/").content.decode()
    row = f'<th scope="row">Events whose consequences are to be planned</th><td>{count}</td>'
    assert row in page
    assert "No worker was ever seen." in page
    assert "How the installation fares" in client.get("/admin/").content.decode()
