"""A credential whose parameters are changed by whoever knows its password."""

import json
from typing import Any

import pytest

from integrations.collectors import vault
from integrations.models import CollectorCredential
from tests.contract.collector.conftest import CALLBACK, Collector

pytestmark = pytest.mark.django_db
IMAP = {"host": "127.0.0.1", "email": "jane", "password": "canary-1", "port": "1143"}


@pytest.fixture
def jane(collector: Collector) -> Collector:
    collector.post("/customer", {"callback": CALLBACK})
    return Collector(token=collector.welcome()["token"])


@pytest.fixture
def broken(jane: Collector) -> str:
    """A mailbox that refused its password."""
    made = jane.post("/credential", {"collector": "imap", "params": IMAP}).json
    CollectorCredential.objects.update(state=-1, state_message="No.", next_attempt_at=None)
    identifier: str = made["id"]
    return identifier


def params() -> Any:
    row = CollectorCredential.objects.get()
    return json.loads(vault.unseal(row, "params", bytes(row.sealed_params)))


def test_a_new_password_is_tried_at_once(jane: Collector, broken: str) -> None:
    answer = jane.call("PUT", f"/credential/{broken}", {"params": {"password": "canary-2"}})
    assert answer.status == 200 and b"canary" not in answer.content
    assert answer.json["state"] == {"index": 0, "max": 7, "title": "Scheduled", "message": ""}
    assert answer.json["next_collect_timestamp"] is not None
    assert params() == {**IMAP, "password": "canary-2"}


def test_another_server_does_not_get_the_old_password(jane: Collector, broken: str) -> None:
    answer = jane.call("PUT", f"/credential/{broken}", {"params": {"host": "127.0.0.2"}})
    assert (answer.status, answer.json["message"]) == (400, 'The param "password" is missing')
    assert params() == IMAP
    assert CollectorCredential.objects.get().state == -1
    both = {"host": "127.0.0.2", "password": "canary-2"}
    assert jane.call("PUT", f"/credential/{broken}", {"params": both}).status == 200
    assert params() == {**IMAP, **both}


def test_what_is_said_again_is_no_change(jane: Collector, broken: str) -> None:
    same = {"host": "127.0.0.1", "password": "canary-2"}
    assert jane.call("PUT", f"/credential/{broken}", {"params": same}).status == 200
    assert params() == {**IMAP, "password": "canary-2"}


def test_a_note_alone_collects_nothing(jane: Collector, broken: str) -> None:
    answer = jane.call("PUT", f"/credential/{broken}", {"note": "Home"})
    assert (answer.json["note"], answer.json["state"]["index"]) == ("Home", -1)
    answer = jane.call("PUT", f"/credential/{broken}", {"params": {"note": "Office"}})
    assert (answer.json["note"], answer.json["state"]["index"]) == ("Office", -1)


def test_what_cannot_work_is_refused_and_changes_nothing(jane: Collector, broken: str) -> None:
    wrong = {"port": "x", "password": "canary-2"}
    answer = jane.call("PUT", f"/credential/{broken}", {"params": wrong})
    assert answer.status == 400
    assert answer.json["message"] == (
        'The param "port" is not accepted: This must be the number of a port.'
    )
    assert params() == IMAP


def test_nobody_elses(collector: Collector, theirs: Collector, broken: str) -> None:
    john = Collector(token=collector.welcome("JOHN")["token"])
    body = {"params": {"password": "x"}}
    assert john.call("PUT", f"/credential/{broken}", body).status == 403
    assert theirs.call("PUT", f"/credential/{broken}", body).status == 404
    assert params() == IMAP
