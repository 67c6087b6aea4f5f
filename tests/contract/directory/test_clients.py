"""The document's own clients, saved as printed, against a server that runs."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from accounts.models import ApiKey, Organization
from accounts.operations.memberships import invite_member
from integrations.dialects.base import ratelimit
from integrations.models import RateLimitWindow
from tests.contract.directory.conftest import directory_key
from tests.instants import AT

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = Path(__file__).with_name("clients")
EACH = pytest.mark.parametrize(
    "program",
    [
        [sys.executable, "drive.py"],
        pytest.param(["node", "drive.mjs"], marks=pytest.mark.node),
        pytest.param(["php", "drive.php"], marks=pytest.mark.php),
    ],
    ids=["python", "javascript", "php"],
)
_MOST_SECONDS = 120


@pytest.fixture
def secret(acme: Organization) -> str:
    return directory_key(acme)


@pytest.fixture
def twelve(actor: Any) -> None:
    for number in range(12):
        email = f"member{number}@acme.test"
        invite_member(actor=actor, at=AT, email=email, name=f"Member {number}", role="viewer")


def run(program: list[str], what: str, server: str, key: str) -> Any:
    """What the program saw."""
    done = subprocess.run(
        [*program, what],
        cwd=CLIENTS,
        env={**os.environ, "BASE_URL": server, "API_KEY": key},
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    *_, last = done.stdout.strip().splitlines()
    return json.loads(last.removeprefix("RESULT "))


@EACH
def test_everything_that_it_can_do(
    program: list[str], secret: str, twelve: None, live_server: LiveServer
) -> None:
    saw = run(program, "everything", live_server.url, secret)
    assert saw["meta"] == {
        "total": 12,
        "per_page": 5,
        "current_page": 1,
        "last_page": 3,
        "from": 1,
        "to": 5,
    }
    assert saw["names"] == [f"Member {number}" for number in range(12)]
    assert saw["made"] == ["Jane Doe", "jane@example.com", "customer"]
    assert (saw["changed"], saw["seen"], saw["places"]) == ("Jane Smith", True, 1)
    assert saw["renamed"] == ["Acme Ltd", 14]
    limit, remaining, reset = saw["rate"]
    # Fourteen requests with this key, the refused one with another not counted.
    assert (limit, 0 < 1000 - remaining <= 14, saw["limited"]) == (1000, True, False)
    assert -5 < reset - time.time() <= 61


@EACH
def test_its_error_handling(
    program: list[str], secret: str, twelve: None, live_server: LiveServer
) -> None:
    taken, invalid, missing, stranger = run(program, "everything", live_server.url, secret)[
        "refused"
    ]
    assert taken[0] == 409
    assert taken[2] == "Email already exists"
    assert taken[1]["details"] == {"email": ["This email is already registered"]}
    assert (invalid[0], invalid[1]["error"]) == (400, "Validation Error")
    assert set(invalid[1]["details"]) == {"name", "email"}
    assert missing == [404, {"error": "Not Found", "message": "User not found"}, "User not found"]
    # Without a `message` the clients fall back on their own words.
    assert stranger == [
        401,
        {"error": "Unauthorized: Valid API key required"},
        "API request failed",
    ]


@EACH
def test_it_waits_as_long_as_it_is_told_and_then_gets_through(
    program: list[str], secret: str, live_server: LiveServer
) -> None:
    nothing_left(seconds=3)
    assert run(program, "retry", live_server.url, secret) == {"total": 1, "remaining": 999}


def test_the_printed_batch_ends(secret: str, twelve: None, live_server: LiveServer) -> None:
    assert run([sys.executable, "drive.py"], "batch", live_server.url, secret) is None


def nothing_left(*, seconds: int) -> None:
    """As if the key had made its thousand requests in a window that ends that soon."""
    key = f"directory:api_key:{ApiKey.objects.get().pk}"
    started = int(time.time()) - 60 + seconds
    if connection.vendor == "postgresql":
        RateLimitWindow.objects.create(key=key, window_start=started, used=1000)
    else:
        ratelimit._local[key] = (started, 1000)
