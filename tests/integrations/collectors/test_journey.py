"""From a folder to the callback over the public API, with the work done as workers do it."""

import base64
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import Organization
from integrations.collectors import callbacks, runner
from integrations.models import CollectorCredential
from tests.contract.collector.conftest import Collector, bearer_for
from tests.integrations.receivers import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def collector(acme: Organization, settings: Any, receiver: Receiver) -> Collector:
    settings.COLLECTOR_TERMS = False
    made = Collector(bearer_for(acme))
    assert made.post("/customer", {"callback": receiver.url}).status == 200
    return made


@pytest.fixture
def watched(acme: Organization, settings: Any, tmp_path: Path) -> Path:
    settings.COLLECTOR_FOLDERS = str(tmp_path)
    folder = tmp_path / str(acme.uuid) / "in"
    folder.mkdir(parents=True)
    return folder


def work() -> tuple[int, int]:
    """What the workers do now: visits and attempts."""
    return runner.collect_due(timezone.now), callbacks.deliver_due(timezone.now)


def told(receiver: Receiver) -> list[tuple[str, str, bytes]]:
    bodies = [json.loads(request.body) for request in receiver.received]
    return [
        (one["remote_id"], one["invoice"]["id"], base64.b64decode(one["invoice"]["data"]))
        for one in bodies
    ]


def test_only_what_is_new_is_sent_and_a_removal_leaves_nothing(
    collector: Collector, watched: Path, receiver: Receiver
) -> None:
    user = collector.user()
    (watched / "a.pdf").write_bytes(b"%PDF-1.7 a")
    connected = collector.connected_with(user["id"], download_from_timestamp=0)
    assert work() == (1, 1)
    assert told(receiver) == [("A1B2C3D4", "a.pdf", b"%PDF-1.7 a")]

    (watched / "b.pdf").write_bytes(b"%PDF-1.7 b")
    (watched / "a again.pdf").write_bytes(b"%PDF-1.7 a")
    collector.post(f"/user/{user['id']}/credential/{connected['id']}/collect")
    assert work() == (1, 1)
    assert [number for _, number, _ in told(receiver)] == ["a.pdf", "b.pdf"]

    shown = collector.get(f"/user/{user['id']}/credential/{connected['id']}").json
    assert (shown["state"]["index"], len(shown["invoices"])) == (7, 2)
    assert collector.get("/customer/stats").json == {
        "users": 1,
        "credentials": 1,
        "invoicesThisMonth": 2,
    }

    assert collector.delete("/user", {"remote_id": "A1B2C3D4"}).status == 200
    assert work() == (0, 0)
    for model in apps.get_app_config("integrations").get_models():
        if model.__name__.startswith(("Collect", "Callback")):
            assert model._base_manager.count() == (model.__name__ == "CollectorAccount")


def test_nothing_is_lost_while_the_callback_is_down(
    collector: Collector, watched: Path, receiver: Receiver
) -> None:
    user = collector.user()
    (watched / "a.pdf").write_bytes(b"%PDF-1.7 a")
    receiver.status = 503
    connected = collector.connected_with(user["id"], download_from_timestamp=0)
    work()
    path = f"/user/{user['id']}/credential/{connected['id']}"
    collector.post(f"{path}/collect")
    assert work() == (1, 0)
    receiver.status = 200
    assert collector.post("/customer", {"callback": receiver.url}).status == 200
    assert work() == (0, 1)
    assert {number for _, number, _ in told(receiver)} == {"a.pdf"}
    assert len(collector.get(path).json["invoices"]) == 1


def test_a_password_is_in_no_row_log_or_answer(
    collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    user = collector.user()
    params = {
        "host": "127.0.0.1",
        "port": "1",
        "security": "none",
        "email": "jane",
        "password": "canary-3308",
    }
    with caplog.at_level(logging.DEBUG):
        collector.connected_with(user["id"], collector="imap", params=params)
        assert work() == (1, 0)
    row = CollectorCredential.objects.get()
    assert (row.state, row.state_message) == (0, "The mail server could not be reached.")
    assert "canary-3308" not in caplog.text
    assert b"canary-3308" not in collector.get("/credentials").content
    for model in apps.get_models():
        for values in model._base_manager.all().values():
            assert "canary-3308" not in repr(values), model
