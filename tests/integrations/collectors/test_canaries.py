"""What opens other people's accounts is found nowhere outside its seal: not in a dump of the
database, in a log with everything on, in what goes through the broker, or in any answer.
"""

import dataclasses
import io
import logging
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection
from django.utils import timezone

from core import tenancy
from integrations import tasks
from integrations.collectors import callbacks, runner
from integrations.collectors.base import AuthenticationFailed, Param, Visit
from integrations.collectors.sources import SOURCES
from integrations.models import CollectorCredential
from tests.integrations.collectors.journeys import Journey
from tests.integrations.collectors.scripted import Scripted, invoice
from tests.integrations.collectors.servers import USER, Cloud, put, webdav

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD, CODE, TOKEN = "canary-pass-4471", "canary-code-4472", "canary-token-4473"
SECRETS = (PASSWORD, CODE, TOKEN)
Dump = Callable[[], bytes]


class Secretive(Scripted):
    """One that takes a password."""

    description = dataclasses.replace(
        Scripted.description, params={"password": Param(name={"en": "P"}, type="password")}
    )


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    put(tmp_path, "a.pdf", b"%PDF-1.7 a")
    with webdav(tmp_path) as made:
        yield made


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, with tracebacks, as a handler would write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    # Not the server's own: it stands for a supplier.
    names = [each for each in logging.root.manager.loggerDict if not each.startswith("wsgidav")]
    loggers = [logging.getLogger(name) for name in names] + [logging.getLogger()]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        if logger is logging.root or not logger.propagate:
            logger.addHandler(handler)
    yield written
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.removeHandler(handler)


def collect(journey: Journey, while_waiting: Callable[[], Any] = lambda: None) -> None:
    journey.collector.post(f"{journey.path}/collect")
    runner.collect_due(timezone.now, sleep=lambda _: while_waiting())
    callbacks.deliver_due(timezone.now)


def everything_happens(journey: Journey, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Successes, refusals, outages and faults of every source that takes a secret."""

    def meet(visit: Visit) -> None:
        visit.session["token"] = TOKEN
        code = visit.ask_code("The code, please.")
        if code != CODE:
            raise AuthenticationFailed("Another code was expected.")

    def burst(visit: Visit) -> None:
        raise ValueError(f"cannot log in with {PASSWORD} and {visit.session}")

    source = Secretive(invoice("A-1", days=0), meet=meet)
    monkeypatch.setitem(SOURCES, "scripted", source)
    journey.connect("scripted", password=PASSWORD)
    collect(journey, lambda: journey.answer(CODE))
    source.meet = burst
    collect(journey)
    dead = {"host": "127.0.0.1", "port": "1", "password": PASSWORD}
    journey.connect("imap", **dead, security="none", email="jane")
    collect(journey)
    journey.connect("sftp", **dead, user="jane")
    collect(journey)
    key = {"url": "http://127.0.0.1:1/list", "secret": f"Bearer {TOKEN}"}
    journey.connect("http_json", **key)
    collect(journey)
    journey.connect("stripe", api_base="http://127.0.0.1:1", api_key=TOKEN)
    collect(journey)
    journey.connect("webdav", url=cloud.url, user=USER, password=PASSWORD)
    collect(journey)
    refused = journey.refused("sftp", host="h", user="u", key=f"-----BEGIN {TOKEN}", port="1")
    assert TOKEN not in refused


def test_no_secret_is_found_outside_its_seal(
    journey: Journey,
    cloud: Cloud,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    everything_happens(journey, cloud, monkeypatch)
    states = set(CollectorCredential.objects.values_list("state", flat=True))
    assert states == {7, 0, -1}
    answers = journey.collector.get("/credentials").content
    sent = b"".join(request.body for request in journey.receiver.received)
    texts = {"log": log.getvalue().encode(), "dump": _dump(tmp_path), "sent": sent + answers}
    for place, text in texts.items():
        assert text, place
        assert [one for one in SECRETS if one.encode() in text] == [], place
    assert b"collector_credential.connected" in texts["dump"]
    assert "ValueError at " in log.getvalue()


@pytest.mark.redis
def test_tasks_carry_no_secret_through_the_broker(
    journey: Journey, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_happens(journey, cloud, monkeypatch)
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    queue = "collectors-canary"
    with tasks.collect_invoices.app.connection_for_write(os.environ["REDIS_URL"]) as link:
        for task in (tasks.collect_invoices, tasks.deliver_collected, tasks.sweep, tasks.relay):
            task.apply_async(connection=link, queue=queue)
    messages = broker.lrange(queue, 0, -1)
    broker.delete(queue)
    assert len(messages) == 4
    everything = b"".join(messages)
    assert b"collect_invoices" in everything
    assert [one for one in SECRETS if one.encode() in everything] == []


def _dump(folder: Path) -> bytes:
    """The database as its thief would read it."""
    if connection.vendor == "sqlite":
        copy = folder / "stolen.sqlite3"
        with sqlite3.connect(copy) as target:
            connection.connection.backup(target)
        target.close()
        return copy.read_bytes()
    place = connection.settings_dict
    command = [
        "pg_dump",
        "--inserts",
        "--enable-row-security",
        "-h",
        place["HOST"],
        "-p",
        str(place["PORT"] or 5432),
    ]
    command += ["-U", place["USER"], place["NAME"]]
    # Row-level security hides everything from who does not ask for all of it.
    wide = {**os.environ, "PGOPTIONS": f"-c {tenancy.SETTING}={tenancy.WIDE}"}
    return subprocess.run(command, capture_output=True, check=True, env=wide).stdout
