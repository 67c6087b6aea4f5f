"""One key, one effect (I1 to I6)."""

import datetime
import threading
from typing import Any

import pytest
from django.db import connection

from accounts.models import Organization
from integrations.models import IdempotencyRecord
from integrations.retention import clean_up
from tests.crowds import at_once
from tests.instants import AT
from tests.integrations.dialects.base import toy
from tests.integrations.dialects.base.conftest import Call, caller
from tests.v1 import key_for

pytestmark = pytest.mark.django_db


def ran(organization: Organization) -> str:
    """How often the work happened for good, as plus signs."""
    organization.refresh_from_db()
    return organization.legal_name.replace("Acme GmbH", "")


@pytest.fixture(autouse=True)
def _count() -> None:
    toy.hook.append(toy.rename)


def test_a_second_request_gets_the_first_answer_I1(acme: Organization, call: Call) -> None:
    first = call("POST", "/toy/echo", b'{"a": 1}', X_Idempotency_Key="k")
    again = call("POST", "/toy/echo", b'{"a": 1}', X_Idempotency_Key="k")
    assert ran(acme) == "+"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for header in ("Content-Type", "Location"):
        assert again[header] == first[header]
    assert again["Idempotent-Replayed"] == "true"
    assert not first.has_header("Idempotent-Replayed")


def test_both_header_names_mean_the_same(acme: Organization, call: Call) -> None:
    call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")
    assert call("POST", "/toy/echo", b"{}", Idempotency_Key='"k"').has_header("Idempotent-Replayed")
    assert call("POST", "/toy/echo", b"{}", Idempotency_Key="k").has_header("Idempotent-Replayed")
    answer = call("POST", "/toy/echo", b"{}", Idempotency_Key="k", X_Idempotency_Key="l")
    assert (answer.status_code, answer.json()["oops"]) == (400, "invalid_idempotency_key")
    assert ran(acme) == "+"


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, '""'])
def test_a_key_that_is_none(acme: Organization, call: Call, key: str) -> None:
    answer = call("POST", "/toy/echo", b"{}", Idempotency_Key=key)
    if key == '""':
        key = ""
    assert (answer.status_code, answer.json()["oops"]) == (400, "invalid_idempotency_key")
    assert ran(acme) == ""


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/toy/echo", b'{"a": 1, "b": 3}'),
        ("/toy/echo", b'{"a": 1.0, "b": 2}'),
        ("/toy/echo?x=1", b'{"a": 1, "b": 2}'),
        ("/toy/secret", b'{"a": 1, "b": 2}'),
    ],
)
def test_another_request_is_refused_I3(
    acme: Organization, call: Call, path: str, body: bytes
) -> None:
    call("POST", "/toy/echo", b'{"a": 1, "b": 2}', X_Idempotency_Key="k")
    answer = call("POST", path, body, X_Idempotency_Key="k")
    assert (answer.status_code, answer.json()["oops"]) == (409, "idempotency_key_reused")
    assert ran(acme) == "+"


def test_spelling_of_the_json_does_not_count_I3(acme: Organization, call: Call) -> None:
    call("POST", "/toy/echo?x=1&y=2", b'{"a": 1, "b": 2}', X_Idempotency_Key="k")
    answer = call("POST", "/toy/echo?y=2&x=1", b'{ "b":2,"a":1 }', X_Idempotency_Key="k")
    assert answer.has_header("Idempotent-Replayed")


def test_failed_work_leaves_no_trace_and_may_be_repeated_I4(acme: Organization, call: Call) -> None:
    def fail_after_writing(view: Any) -> None:
        toy.rename(view)
        raise ZeroDivisionError

    toy.hook[:] = [fail_after_writing]
    broken = call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")
    assert broken.json()["oops"] == "internal_error"
    assert (ran(acme), IdempotencyRecord.objects.count()) == ("", 0)
    toy.hook[:] = [toy.rename]
    assert call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k").status_code == 201
    assert ran(acme) == "+"


def test_a_refused_request_is_not_kept(acme: Organization, call: Call) -> None:
    assert call("POST", "/toy/echo", b"[]", X_Idempotency_Key="k").status_code == 400
    other = caller(key_for(acme, "invoices:read"))
    assert other("POST", "/toy/echo", b"{}", X_Idempotency_Key="k").status_code > 400
    assert IdempotencyRecord.objects.count() == 0


def test_keys_do_not_cross_tenants_I5(acme: Organization, rival: Organization, call: Call) -> None:
    first = call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")
    other = caller(key_for(rival))("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")
    assert other.status_code == 201
    assert other.content != first.content


def test_a_key_lives_24_hours_I6(acme: Organization, call: Call, clock: Any) -> None:
    call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")
    clock.shift(86_399)
    assert call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k").has_header("Idempotent-Replayed")
    clock.shift(1)
    answer = call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")
    assert not answer.has_header("Idempotent-Replayed")
    assert ran(acme) == "++"


def test_a_key_is_deleted_after_its_day_I6(acme: Organization, call: Call) -> None:
    for name in "abc":
        call("POST", "/toy/echo", b"{}", X_Idempotency_Key=name)
    over = AT + datetime.timedelta(hours=24)
    clean_up(over)
    assert IdempotencyRecord.objects.count() == 3
    clean_up(over + datetime.timedelta(seconds=1))
    assert IdempotencyRecord.objects.count() == 0


def test_get_ignores_the_key(acme: Organization, call: Call) -> None:
    call("GET", "/toy/echo", X_Idempotency_Key="k")
    call("GET", "/toy/echo", X_Idempotency_Key="k")
    assert ran(acme) == "++"


def test_an_answer_with_a_secret_is_kept_encrypted(acme: Organization, call: Call) -> None:
    toy.hook[:] = [lambda view: "whsec_visible"]
    first = call("POST", "/toy/secret", b"{}", X_Idempotency_Key="k")
    assert b"whsec_visible" in first.content
    assert b"whsec_visible" not in bytes(IdempotencyRecord.objects.get().body)
    assert call("POST", "/toy/secret", b"{}", X_Idempotency_Key="k").content == first.content


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_twin_in_flight_is_told_so_at_once_I2(acme: Organization, call: Call) -> None:
    started, go_on = threading.Event(), threading.Event()

    def wait(view: Any) -> str:
        started.set()
        assert go_on.wait(10)
        return toy.rename(view)

    toy.hook[:] = [wait]
    answers: list[Any] = []

    def first() -> None:
        try:
            answers.append(call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k"))
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(10)
    twin = call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")
    assert (twin.status_code, twin.json()["oops"]) == (409, "idempotency_in_progress")
    assert twin["Retry-After"] == "1"
    go_on.set()
    thread.join()
    assert answers[0].status_code == 201
    replay = call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")
    assert replay.content == answers[0].content
    assert ran(acme) == "+"


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_64_at_once_have_one_effect_I1(acme: Organization, call: Call) -> None:
    answers = at_once(*[lambda: call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")] * 64)
    created = [a for a in answers if a.status_code == 201 and "Idempotent-Replayed" not in a]
    refused = {a.json()["oops"] for a in answers if a.status_code == 409}
    assert len(created) == 1
    assert {a.status_code for a in answers} <= {201, 409}
    assert refused <= {"idempotency_in_progress"}
    assert ran(acme) == "+"
    replays = {call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k").content for _ in range(20)}
    assert replays == {created[0].content}
