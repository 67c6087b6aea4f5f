"""Several processes over one database and one broker, as they run on several hosts."""

import datetime
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organization
from core.models import Lease, WorkerHeartbeat
from integrations.models import WebhookDelivery
from integrations.webhooks.endpoints import create_endpoint
from invoiceapp.queues import QUEUES
from tests.integrations.receivers import Receiver
from tests.invoiceapp.test_embedded import free_port, is_ready, wait_until
from tests.v1 import key_for

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.django_db(transaction=True),
]

ROOT = Path(__file__).parents[2]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a command of the product on the database of the tests; what still runs is killed."""
    running: list[subprocess.Popen[bytes]] = []
    url = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}")
    _forget_queues()

    def start(name: str, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development",
                    "DATABASE_URL": urlunsplit(url),
                    "DATA_DIR": str(tmp_path),
                    "SECRET_KEY": settings.SECRET_KEY,
                    "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
                    "OUTBOUND_ALLOW_CIDRS": "127.0.0.0/8",
                    **environment,
                },
                stdout=log,
                stderr=log,
            )
        running.append(child)
        return child

    yield start
    for child in running:
        if child.poll() is None:
            child.kill()
            child.wait(10)
    _forget_queues()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def _forget_queues() -> None:
    redis.Redis.from_url(os.environ["REDIS_URL"]).delete(*QUEUES, "unacked", "unacked_index")


def sent_by(process: subprocess.Popen[bytes]) -> list[str]:
    """The tasks it put into the queues, where servers of other tests may ring at the same time."""
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    waiting = [json.loads(message) for queue in QUEUES for message in broker.lrange(queue, 0, -1)]
    headers = [message["headers"] for message in waiting]
    return [each["task"] for each in headers if each["origin"].startswith(f"gen{process.pid}@")]


def leader() -> str:
    lease = Lease.objects.filter(held_until__gt=timezone.now()).first()
    return lease.holder.split(":")[1] if lease else ""


def test_a_second_scheduler_sends_nothing_until_the_first_dies(
    start: Start, tmp_path: Path
) -> None:
    beat = ("celery", "-A", "invoiceapp", "beat")
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    first = start("first", *beat)
    wait_until(lambda: leader() == str(first.pid))
    wait_until(lambda: broker.llen("schedule") > 0)
    second = start("second", *beat)
    # It is there, asks, and is told that another leads.
    wait_until(lambda: b"celery beat" in (tmp_path / "second.log").read_bytes())

    first.kill()
    first.wait(10)
    _forget_queues()
    while leader() == str(first.pid):
        sent = sent_by(second)
        if leader() == str(first.pid):
            assert sent == []
        time.sleep(0.1)

    wait_until(lambda: leader() == str(second.pid))
    wait_until(lambda: sent_by(second) != [])
    second.terminate()
    assert second.wait(20) == 0
    # It ended in order, so a third would lead at once.
    assert leader() == ""


def test_a_worker_that_is_told_to_end_finishes_what_is_under_way(
    start: Start, actor: Actor, receiver: Receiver
) -> None:
    receiver.delay_seconds = 3.0
    at = timezone.now()
    endpoint = create_endpoint(actor=actor, at=at, url=receiver.url, events=["invoice.paid"])
    delivery = WebhookDelivery.objects.create(
        uuid=endpoint.uuid,
        organization_id=actor.organization_id,
        endpoint=endpoint,
        event_type="invoice.paid",
        body="{}",
        created_at=at,
        next_attempt_at=at,
    )
    worker = start(
        "worker", "celery", "-A", "invoiceapp", "worker", "--concurrency", "1", "-Q", "webhooks"
    )
    wait_until(lambda: WorkerHeartbeat.objects.filter(name__startswith="webhooks@").exists())
    assert not WorkerHeartbeat.objects.exclude(name__startswith="webhooks@").exists()
    subprocess.run(
        [sys.executable, "-c", _RING],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.development"},
        check=True,
    )
    wait_until(lambda: len(receiver.received) == 1)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_made) == ("succeeded", 1)
    assert len(receiver.received) == 1


_RING = """
import django; django.setup()
from integrations.tasks import deliver_webhooks
deliver_webhooks.apply_async()
"""


def test_a_web_server_that_is_told_to_end_answers_what_it_was_asked(
    start: Start, acme: Organization
) -> None:
    secret, port = key_for(acme), free_port()
    WorkerHeartbeat.objects.create(
        name="default@host", seen_at=timezone.now() + datetime.timedelta(minutes=1)
    )
    server = start(
        "web",
        *("gunicorn", "-c", "invoiceapp/gunicorn_conf.py", "invoiceapp.wsgi"),
        PORT=str(port),
        WEB_CONCURRENCY="1",
    )
    wait_until(lambda: is_ready(port))

    def ask() -> int:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/customers", headers={"Authorization": f"Bearer {secret}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE billing_customer IN ACCESS EXCLUSIVE MODE")
            answer = pool.submit(ask)
            wait_until(_somebody_waits)
            server.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            assert server.poll() is None
        assert answer.result(20) == 200
    assert server.wait(20) == 0


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        row = cursor.fetchone()
    return bool(row and row[0])
