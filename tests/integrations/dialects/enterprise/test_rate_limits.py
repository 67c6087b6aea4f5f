"""Exactly the plan's requests pass, however many processes and connections ask (A1)."""

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import Organization
from accounts.operations.organizations import create_organization
from tests.instants import AT
from tests.integrations.dialects.base.test_ratelimit import _redis
from tests.v1 import V1, key_for

PROCESSES, THREADS, EACH = 4, 8, 10
LIMIT = 100
# A process of its own: it connects, waits for the others, and asks as fast as it can.
CHILD = """
import json, sys, threading
import django
django.setup()
from django.db import connection
from django.test import Client
from tests.crowds import take_a_seat
secret, threads, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
seen, gate = [], threading.Barrier(threads + 1)
def work():
    client = Client()
    take_a_seat()
    gate.wait()
    for _ in range(each):
        answer = client.get("/v1/products?limit=1", headers={"Authorization": f"Bearer {secret}"})
        seen.append([answer.status_code, *(answer.headers.get(name) for name in (
            "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"))])
    connection.close()
crowd = [threading.Thread(target=work) for _ in range(threads)]
for thread in crowd:
    thread.start()
print("ready", flush=True)
sys.stdin.readline()
gate.wait()
for thread in crowd:
    thread.join()
print(json.dumps(seen))
"""


def ask_from_many_processes(secret: str, redis_url: str) -> list[list[Any]]:
    """Every answer that the processes saw: status, limit, remaining, reset, retry after."""
    database = connection.settings_dict
    host, port = database["HOST"] or "127.0.0.1", database["PORT"] or 5432
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "invoiceapp.settings.test",
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{host}:{port}"
        f"/{database['NAME']}",
        "REDIS_URL": redis_url,
    }
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, secret, str(THREADS), str(EACH)],
            cwd=django_settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    try:
        for process in crowd:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready"
        answers: list[list[Any]] = []
        for process in crowd:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in crowd:
            out, _ = process.communicate(timeout=120)
            answers += json.loads(out)
        return answers
    finally:
        for process in crowd:
            process.kill()


def check_exactly_the_limit_passed(answers: list[list[Any]]) -> None:
    assert Counter(status for status, *_ in answers) == {
        200: LIMIT,
        429: PROCESSES * THREADS * EACH - LIMIT,
    }
    passed = sorted(int(remaining) for status, _, remaining, *_ in answers if status == 200)
    assert passed == list(range(LIMIT))
    assert {limit for _, limit, *_ in answers} == {str(LIMIT)}
    resets = {int(reset) for _, _, _, reset, _ in answers}
    assert max(resets) - min(resets) <= 1
    refused = [row for row in answers if row[0] == 429]
    assert {row[2] for row in refused} == {"0"}
    assert all(1 <= int(row[4]) <= 60 for row in refused)


@pytest.fixture
def starter(transactional_db: None) -> Organization:
    """A hundred requests a minute."""
    return create_organization(at=AT, name="Small", slug="small", currency="USD", plan="starter")


@pytest.mark.postgres
def test_four_processes_in_the_database_A1(starter: Organization) -> None:
    check_exactly_the_limit_passed(ask_from_many_processes(key_for(starter), ""))


@pytest.mark.postgres
@pytest.mark.redis
def test_four_processes_in_redis_A1(starter: Organization) -> None:
    url = django_settings.REDIS_URL
    _redis().delete(f"rate:enterprise:organization:{starter.pk}")
    check_exactly_the_limit_passed(ask_from_many_processes(key_for(starter), url))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("plan", "own", "limit"),
    [
        ("starter", None, 100),
        ("professional", None, 1_000),
        ("enterprise", None, 10_000),
        ("starter", 7, 7),
        ("enterprise", 25_000, 25_000),
        ("professional", 0, 0),
    ],
)
def test_the_limit_is_the_plans_or_the_organizations_own(
    acme: Organization, clock: object, plan: str, own: int | None, limit: int
) -> None:
    Organization.objects.filter(pk=acme.pk).update(plan=plan, rate_limit_per_minute=own)
    answer = V1(key_for(acme)).get("/account")
    assert answer.headers["X-RateLimit-Limit"] == str(limit)
    assert answer.headers["X-RateLimit-Remaining"] == str(max(0, limit - 1))
    assert answer.headers["X-RateLimit-Reset"] == str(int(AT.timestamp()) + 60)
    assert answer.status == (200 if limit else 429)
    if limit:
        assert answer.json["rate_limit"] == {"requests": limit, "per_seconds": 60}


@pytest.mark.django_db
def test_a_key_more_or_another_address_buys_nothing(acme: Organization, clock: object) -> None:
    Organization.objects.filter(pk=acme.pk).update(rate_limit_per_minute=3)
    first, second = V1(key_for(acme)), V1(key_for(acme))
    statuses = [
        first.get("/account").status,
        second.get("/account", X_Forwarded_For="203.0.113.7").status,
        first.get("/nowhere", X_Forwarded_For="203.0.113.8").status,
        second.post("/customers", {}).status,
        first.get("/account", X_Forwarded_For="203.0.113.9").status,
    ]
    # What leads nowhere is counted by address, before anybody is known.
    assert statuses == [200, 200, 404, 422, 429]


@pytest.mark.django_db
def test_the_refusal_says_when_to_come_back(acme: Organization, clock: Any) -> None:
    Organization.objects.filter(pk=acme.pk).update(rate_limit_per_minute=1)
    v1 = V1(key_for(acme))
    v1.get("/account")
    clock.shift(15)
    answer = v1.get("/account")
    assert (answer.status, answer.error["type"]) == (429, "rate_limit_error")
    assert answer.error["code"] == "rate_limit_exceeded"
    assert answer.error["message"].startswith("You have exceeded the rate limit of 1 requests per")
    assert answer.error["retry_after"] == 45
    assert answer.headers["Retry-After"] == "45"
    clock.shift(45)
    assert v1.get("/account").status == 200
