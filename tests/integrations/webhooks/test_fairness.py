"""SAFETY 2.3: who fails or is slow takes slots from nobody else."""

import datetime
import socket
import threading
import time
from collections.abc import Sequence

import pytest

from accounts.actors import Actor
from integrations import http
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.relay import relay
from integrations.webhooks import delivery, endpoints
from integrations.webhooks.delivery import SLOTS, SLOTS_FOR_HARD_GOING, SLOTS_PER_ORGANIZATION
from integrations.webhooks.turns import Turns
from tests.instants import AT
from tests.integrations.conftest import Emit
from tests.integrations.receivers import Receiver, raw_server


def later() -> datetime.datetime:
    return AT + datetime.timedelta(seconds=2)


def subscribe(actor: Actor, url: str, count: int) -> None:
    """So many endpoints at one address."""
    made = endpoints.create_endpoint(
        actor=actor, at=AT, url=url, events=["invoice.created"], dialect="plain"
    )
    WebhookEndpoint.objects.bulk_create(
        WebhookEndpoint(
            organization_id=actor.organization_id,
            dialect="plain",
            url=url,
            events=["invoice.created"],
            secret=made.secret,
            created_at=AT,
            updated_at=AT,
        )
        for _ in range(count - 1)
    )


def test_no_organization_gets_more_than_a_third_of_the_slots() -> None:
    """Thirty endpoints that take their time are one tenant's own trouble."""
    reached: list[float] = []
    go = threading.Event()

    def wait(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        reached.append(time.monotonic())
        go.wait(10)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with raw_server(wait) as url, http.Courier(slots=SLOTS) as courier:
        share = (("organization", 1), SLOTS_PER_ORGANIZATION)
        posts = [http.Post(url, b"{}", {}, key=n, group=n, shares=(share,)) for n in range(30)]
        courier.send(posts)
        deadline = time.monotonic() + 10
        while len(reached) < SLOTS // 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.3)
        assert len(reached) == SLOTS_PER_ORGANIZATION == SLOTS // 3
        go.set()
        done: list[http.Outcome] = []
        while len(done) < len(posts):
            done += courier.finished(timeout=10)
    assert all(one.is_success for one in done)


def test_endpoints_that_failed_share_half_of_the_slots(
    actor: Actor, receiver: Receiver, emit: Emit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many of them wait, they are claimed up to that, and the healthy one beyond."""
    subscribe(actor, "http://127.0.0.1:9/hook", 49)
    WebhookEndpoint.objects.update(consecutive_failures=1, failing_since=AT)
    for _ in range(3):
        emit()
    relay(at=AT)
    assert WebhookDelivery.objects.count() == 49 * 3
    endpoints.create_endpoint(
        actor=actor, at=AT, url=receiver.url, events=["invoice.created"], dialect="plain"
    )
    emit()
    relay(at=AT + datetime.timedelta(seconds=1))
    sent: list[http.Post] = []

    class Still(http.Courier):
        def send(self, posts: Sequence[http.Post]) -> None:
            sent.extend(posts)

    with Still() as courier:
        pump = delivery._Pump(later, courier, Turns("here", later))
        pump._claim_and_send()
    healthy = WebhookEndpoint.objects.get(url=receiver.url).pk
    ours = ("organization", actor.organization_id), SLOTS_PER_ORGANIZATION
    shares = {post.group == healthy: post.shares for post in sent}
    assert [post.group for post in sent].count(healthy) == 1
    assert len(sent) == SLOTS_FOR_HARD_GOING + 1
    hard = (
        (("hard going", actor.organization_id), SLOTS_PER_ORGANIZATION // 2),
        ("hard going", SLOTS_FOR_HARD_GOING),
    )
    assert shares == {True: (ours,), False: (*hard, ours)}


def test_a_healthy_endpoint_beside_ten_bad_ones_of_its_organization(
    actor: Actor, receiver: Receiver, emit: Emit
) -> None:
    """Forty attempts hang, more than the organization has slots, and none of them is ours."""
    go = threading.Event()

    def hang(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        go.wait(20)

    with raw_server(hang) as url:
        subscribe(actor, url, 10)
        WebhookEndpoint.objects.update(consecutive_failures=1, failing_since=AT)
        endpoints.create_endpoint(
            actor=actor, at=AT, url=receiver.url, events=["invoice.created"], dialect="plain"
        )
        for _ in range(4):
            emit()
        relay(at=AT)
        with http.Courier(slots=SLOTS) as courier:
            pump = delivery._Pump(later, courier, Turns("here", later))
            pump._claim_and_send()
            deadline = time.monotonic() + 10
            while len(receiver.received) < 4 and time.monotonic() < deadline:
                time.sleep(0.01)
            go.set()
    assert len(receiver.received) == 4


def test_names_that_are_not_answered_keep_no_other_name_waiting(receiver: Receiver) -> None:
    go = threading.Event()

    def lookup(host: str, port: int) -> list[str]:
        if host.startswith("slow"):
            go.wait(10)
        return ["127.0.0.1"]

    slow = [
        http.Post(f"http://slow{n}.example:{receiver.port}/", b"{}", {}, key=n, group=n)
        for n in range(40)
    ]
    quick = http.Post(f"http://quick.example:{receiver.port}/", b"{}", {}, key="quick", group="q")
    with http.Courier(lookup=lookup) as courier:
        courier.send([*slow, quick])
        first = courier.finished(timeout=8)
        go.set()
        assert [one.key for one in first] == ["quick"]
