"""SAFETY 2.3: at most four at once to an endpoint, however many hosts deliver."""

import datetime
from collections import Counter

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from core.models import Lease
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.relay import relay
from integrations.webhooks import delivery
from integrations.webhooks.endpoints import create_endpoint
from integrations.webhooks.turns import HELD, Turns
from tests.crowds import at_once
from tests.instants import AT
from tests.integrations.conftest import Emit
from tests.integrations.receivers import Receiver

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SECOND = datetime.timedelta(seconds=1)


def turns(holder: str, at: datetime.datetime = AT) -> Turns:
    return Turns(holder, lambda: at)


def send_until_done(holder: str) -> None:
    while WebhookDelivery.objects.filter(status="pending").exists():
        delivery.deliver_due(lambda: AT, holder=holder)


def test_without_turns_three_hosts_have_more_than_four_under_way(
    endpoint: WebhookEndpoint,
    receiver: Receiver,
    emit: Emit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Turns, "take", lambda self, endpoint_ids: set(endpoint_ids))
    # So that each finds some, whoever looks first.
    monkeypatch.setattr(delivery, "QUEUED_PER_ENDPOINT", 8)
    receiver.delay_seconds = 0.3
    for _ in range(24):
        emit()
    relay(at=AT)
    at_once(*(lambda name=name: send_until_done(name) for name in "abc"))
    assert receiver.most_at_once > 4


def test_three_hosts_together_have_four_under_way(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    receiver.delay_seconds = 0.1
    for _ in range(24):
        emit()
    relay(at=AT)
    at_once(*(lambda name=name: send_until_done(name) for name in "abc"))
    assert receiver.most_at_once <= 4
    calls = Counter(one.headers["webhook-id"] for one in receiver.received)
    assert len(calls) == 24 and set(calls.values()) == {1}


def test_what_another_host_serves_holds_up_nothing_else(
    actor: Actor, endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    for _ in range(delivery.QUEUED_PER_ENDPOINT + 1):
        emit()
    create_endpoint(actor=actor, at=AT, url=receiver.url, events=["invoice.paid"], dialect="plain")
    emit("invoice.paid")
    while relay(at=AT):
        pass
    assert turns("a").take({endpoint.pk}) == {endpoint.pk}
    assert delivery.deliver_due(lambda: AT, holder="b") == 1
    assert not WebhookDelivery.objects.exclude(endpoint=endpoint).filter(status="pending").exists()
    # The same host again: whoever had the lease is dead.
    assert delivery.deliver_due(lambda: AT, holder="a") == delivery.QUEUED_PER_ENDPOINT + 2


def test_an_endpoint_of_a_host_that_vanished_waits_for_the_leases_end() -> None:
    assert turns("a").take({1, 2}) == {1, 2}
    assert turns("b", AT + HELD - SECOND).take({1, 3}) == {3}
    assert turns("b", AT + HELD).take({1, 2}) == {1, 2}


def test_who_is_done_keeps_nobody_waiting() -> None:
    first = turns("a")
    first.take({1})
    first.give_back()
    assert turns("b").take({1}) == {1}


def test_a_turn_that_was_refused_is_not_asked_for_at_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    turns("a").take({1})
    late = turns("b")
    assert late.take({1}) == set()
    assert late.elsewhere() == {1}


def test_what_is_held_is_asked_for_once_in_a_while(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    mine = turns("a")
    mine.take({1, 2})
    with django_assert_num_queries(0):
        assert mine.take({1, 2}) == {1, 2}
    assert Lease.objects.count() == 2


def test_two_that_ask_at_once_share_them_out() -> None:
    found: list[set[int]] = []
    wanted = set(range(50))
    at_once(*(lambda name=name: found.append(turns(name).take(wanted)) for name in "ab"))
    assert found[0] | found[1] == wanted and not found[0] & found[1]
