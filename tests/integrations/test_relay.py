"""The relay (W1, G3): consequences are planned once, and a poisonous event hurts only itself."""

import datetime
from collections.abc import Sequence

import pytest
from django.db import transaction

from core import outbox
from core.models import Event
from integrations import relay as relay_module
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.relay import has_waiting, relay
from integrations.subscriptions import CONSEQUENCES
from tests.instants import AT
from tests.integrations.conftest import Emit


class Poison(Exception):
    pass


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """What a consequence of invoice.updated was called with; invoice.deleted raises."""
    seen: list[Event] = []

    def consequence(events: Sequence[Event], at: datetime.datetime) -> None:
        for event in events:
            if event.type == "invoice.deleted":
                raise Poison("this one cannot be planned")
            seen.append(event)

    for name in ("invoice.updated", "invoice.deleted"):
        monkeypatch.setitem(CONSEQUENCES, name, (consequence,))
    return seen


@pytest.fixture(autouse=True)
def nothing_waiting(acme: object) -> None:
    while relay(at=AT):
        pass


def test_each_event_is_planned_once(planned: list[Event], emit: Emit) -> None:
    events = [emit("invoice.updated") for _ in range(3)]
    assert relay(at=AT) == 3
    assert relay(at=AT) == 0
    assert planned == events
    assert set(Event.objects.values_list("relayed_at", flat=True)) == {AT}


def test_rolled_back_event_has_no_consequence(planned: list[Event], emit: Emit) -> None:
    with pytest.raises(Poison), transaction.atomic():
        emit("invoice.updated")
        raise Poison
    assert relay(at=AT) == 0
    assert planned == []


def test_event_without_consequences_is_relayed_too(emit: Emit) -> None:
    emit("organization.renamed")
    assert relay(at=AT) == 1
    assert not has_waiting(AT)


def test_poison_waits_while_its_neighbours_go_on(planned: list[Event], emit: Emit) -> None:
    first, poison, last = emit("invoice.updated"), emit("invoice.deleted"), emit("invoice.updated")
    relay(at=AT)
    assert [event for event in planned if event in (first, last)] != []
    assert set(Event.objects.filter(relayed_at=None)) == {poison}
    poison.refresh_from_db()
    assert poison.last_error == "Poison: this one cannot be planned"
    assert poison.next_attempt_at > AT


def test_poison_is_parked_after_five_failures_and_can_be_tried_again(
    planned: list[Event], emit: Emit, caplog: pytest.LogCaptureFixture
) -> None:
    poison = emit("invoice.deleted")
    for hour in range(8):
        relay(at=AT + datetime.timedelta(hours=hour))
    poison.refresh_from_db()
    assert (poison.attempts, poison.relayed_at) == (5, None)
    assert list(outbox.parked_events()) == [poison]
    assert "parked" in caplog.records[-1].getMessage()
    CONSEQUENCES["invoice.deleted"] = ()
    later = AT + datetime.timedelta(days=1)
    assert relay(at=later) == 0
    assert outbox.retry_parked_events(at=later) == 1
    assert relay(at=later) == 1
    assert not outbox.parked_events().exists()


def test_event_of_a_worker_that_died_is_taken_over_after_its_lease(
    planned: list[Event], emit: Emit
) -> None:
    event = emit("invoice.updated")
    assert outbox.claim_events(at=AT, limit=10) == [event]
    assert relay(at=AT + datetime.timedelta(seconds=59)) == 0
    assert relay(at=AT + datetime.timedelta(seconds=61)) == 1
    assert planned == [event]


def test_event_that_kills_its_workers_is_parked_alone(emit: Emit) -> None:
    """A crash leaves no exception: the attempt counts before it is made."""
    emit("invoice.updated")
    emit("invoice.updated")
    sizes = [
        len(outbox.claim_events(at=AT + datetime.timedelta(hours=hour), limit=10))
        for hour in range(12)
    ]
    # Both together once, then one by one four times each, then never again.
    assert sizes == [2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]


def test_planning_twice_delivers_once(
    endpoint: WebhookEndpoint, emit: Emit, monkeypatch: pytest.MonkeyPatch
) -> None:
    emit()
    relay(at=AT)
    Event.objects.update(relayed_at=None, attempts=0)
    relay(at=AT)
    assert WebhookDelivery.objects.count() == 1


def test_consequences_and_mark_are_one_transaction(
    endpoint: WebhookEndpoint, emit: Emit, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = emit()

    def fail(events: list[Event], *, at: datetime.datetime) -> None:
        raise Poison("the mark cannot be written")

    monkeypatch.setattr(relay_module.outbox, "finish_events", fail)
    relay(at=AT)
    event.refresh_from_db()
    assert event.relayed_at is None
    assert not WebhookDelivery.objects.exists()


def test_every_event_type_of_the_product_has_its_line() -> None:
    nouns = {
        "invoice": "created updated deleted issued send_requested sent viewed paid partially_paid"
        " overdue voided uncollectible",
        "payment": "created succeeded failed refunded deleted",
        "refund": "created",
        "customer": "created updated deleted",
        "product": "created updated deleted",
        "tax_profile": "created updated deleted",
        "quote": "created sent accepted declined converted",
        "credit_note": "created voided",
    }
    names = {f"{noun}.{verb}" for noun, verbs in nouns.items() for verb in verbs.split()}
    assert names <= set(CONSEQUENCES)
