"""From event to receiver: bodies, retries, health of endpoints (G3 to G7, W1, W5 to W7)."""

import datetime
import json
import time
from collections.abc import Sequence
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries
from standardwebhooks.webhooks import Webhook

from accounts.actors import Actor
from core.models import Event
from integrations.models import Message, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from integrations.relay import relay
from integrations.webhooks import delivery, endpoints
from integrations.webhooks.payloads import webhook_id
from integrations.webhooks.results import Done
from integrations.work import drain
from tests.instants import AT
from tests.integrations import receivers
from tests.integrations.conftest import Emit
from tests.integrations.receivers import Receiver, raw_server


def after(**time: float) -> datetime.datetime:
    return AT + datetime.timedelta(**time)


def test_event_arrives_once_signed_and_exact(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    event = emit(total=Decimal("99999999999999.99"), name="Grüße")
    drain(AT)
    drain(after(days=3))
    assert len(receiver.received) == 1
    request = receiver.received[0]
    identifier = webhook_id(event.uuid)
    expected = f'{{"id":"{identifier}","type":"invoice.created",'
    expected += '"data":{"total":99999999999999.99,"name":"Grüße"}}'
    assert request.body.decode() == expected
    assert request.headers["webhook-id"] == identifier
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["User-Agent"] == "InvoiceApp/0.1.0"
    assert request.headers["X-Request-ID"] == f"{identifier}.1"
    assert len(request.headers["X-Webhook-Signature"]) == 64
    # The receiver's own clock is not ours here, so the library checks all but the age.
    signature = Webhook(endpoint.secret).sign(identifier, AT, request.body.decode())
    assert request.headers["webhook-signature"] == signature


def test_all_endpoints_get_the_same_id_and_an_alias_gets_its_own(
    actor: Actor, receiver: Receiver, emit: Emit
) -> None:
    """One event per subscribed name (contradiction 1 of the /v1 document)."""
    for names in (["payment.received", "payment.succeeded"], ["*"], ["payment.received"]):
        endpoints.create_endpoint(
            actor=actor, at=AT, url=receiver.url, events=names, dialect="plain"
        )
    event = emit("payment.succeeded")
    drain(AT)
    found = [(json.loads(r.body)["type"], json.loads(r.body)["id"]) for r in receiver.received]
    assert sorted(name for name, _ in found) == ["payment.received"] * 2 + ["payment.succeeded"] * 2
    assert {one for name, one in found if name == "payment.succeeded"} == {webhook_id(event.uuid)}
    aliases = {one for name, one in found if name == "payment.received"}
    assert len(aliases) == 1
    assert webhook_id(event.uuid) not in aliases


def test_only_what_was_asked_for_is_planned(actor: Actor, receiver: Receiver, emit: Emit) -> None:
    endpoints.create_endpoint(
        actor=actor, at=AT, url=receiver.url, events=["invoice.paid"], dialect="plain"
    )
    emit("invoice.created")
    emit("customer.created")
    drain(AT)
    assert not WebhookDelivery.objects.exists()


def test_other_tenants_events_stay_away(
    endpoint: WebhookEndpoint, receiver: Receiver, mallory_actor: Actor
) -> None:
    endpoints.create_endpoint(
        actor=mallory_actor, at=AT, url=receiver.url, events=["*"], dialect="plain"
    )
    drain(AT)
    assert receiver.received == []


def test_receiver_that_was_down_gets_it_once_it_is_back(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    receiver.close()
    emit(total=Decimal("1.50"))
    drain(AT)
    planned = WebhookDelivery.objects.get()
    body = planned.body
    assert (planned.status, planned.attempts_made, planned.locked_until) == ("pending", 1, None)
    assert planned.attempts.get().error == "Could not connect."
    back = Receiver(port=receiver.port)
    drain(after(seconds=4))
    assert back.received == []
    drain(after(seconds=6))
    back.close()
    assert [r.body.decode() for r in back.received] == [body]
    assert back.received[0].headers["webhook-timestamp"] == str(int(after(seconds=6).timestamp()))
    endpoint.refresh_from_db()
    assert (endpoint.failing_since, endpoint.consecutive_failures) == (None, 0)


def test_ten_attempts_with_the_same_bytes_then_an_alert(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    receiver.status = 500
    emit()
    at = AT
    for _ in range(12):
        drain(at)
        due = WebhookDelivery.objects.get().next_attempt_at
        if due is None:
            break
        at = due
    assert len(receiver.received) == 10
    assert len({(r.body, r.headers["webhook-id"]) for r in receiver.received}) == 1
    assert len({r.headers["webhook-signature"] for r in receiver.received}) == 10
    assert list(WebhookAttempt.objects.order_by("pk").values_list("number", "response_code")) == [
        (number, 500) for number in range(1, 11)
    ]
    assert WebhookDelivery.objects.get().status == "failed"
    # 75 h 35 min 5 s in all, give or take a tenth: the endpoint itself is not given up yet.
    assert 0.9 <= (at - AT) / datetime.timedelta(hours=75.58) <= 1.1
    endpoint.refresh_from_db()
    assert endpoint.is_active
    alert = Message.objects.get(kind="alert")
    assert alert.subject == f"Webhook deliveries fail: {receiver.url}"
    assert alert.recipients.get().address == "alice@acme.test"


def test_five_days_without_success_switch_the_endpoint_off_and_tell(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    receiver.status = 500
    emit()
    drain(AT)
    drain(after(seconds=6))
    drain(after(days=4, hours=23))
    endpoint.refresh_from_db()
    assert endpoint.is_active
    drain(after(days=5))
    drain(after(days=5, hours=1))
    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert endpoint.disabled_reason == "No delivery succeeded for 5 days."
    assert Message.objects.get(kind="alert").subject == f"Webhook switched off: {receiver.url}"
    assert Event.objects.filter(type="webhook_endpoint.disabled").count() == 1


def test_one_failure_alone_does_not_begin_the_five_days(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    """Were we away for a week ourselves, the receiver is not to blame."""
    receiver.status = 500
    emit()
    drain(AT)
    drain(after(days=6))
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.failing_since) == (True, after(days=6))
    assert endpoint.consecutive_failures == 1


def test_switched_off_endpoint_waits_and_gets_the_rest_when_it_is_on_again(
    actor: Actor, endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    receiver.status = 503
    emit()
    drain(AT)
    endpoints.update_endpoint(actor=actor, at=AT, endpoint_id=endpoint.pk, is_active=False)
    drain(after(days=1))
    assert len(receiver.received) == 1
    receiver.status = 200
    endpoints.update_endpoint(actor=actor, at=AT, endpoint_id=endpoint.pk, is_active=True)
    drain(after(days=1))
    assert len(receiver.received) == 2
    assert WebhookDelivery.objects.get().status == "succeeded"


def test_410_switches_off_at_once(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    receiver.status = 410
    emit()
    drain(AT)
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.disabled_reason) == (
        False,
        "The receiver answered 410 Gone.",
    )
    assert WebhookDelivery.objects.get().status == "failed"
    drain(after(days=2))
    assert len(receiver.received) == 1


def test_retry_after_is_honoured(endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "7200"}
    emit()
    drain(AT)
    assert WebhookDelivery.objects.get().next_attempt_at == after(hours=2)


def test_redirect_is_a_failure(endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit) -> None:
    receiver.status, receiver.headers = 301, {"Location": receiver.url}
    emit()
    drain(AT)
    assert len(receiver.received) == 1
    assert WebhookDelivery.objects.get().status == "pending"


def test_rotation_signs_with_both_secrets_for_a_day(
    actor: Actor, endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    fresh = endpoints.rotate_secret(actor=actor, at=AT, endpoint_id=endpoint.pk).secret
    for at in (after(hours=23), after(hours=25)):
        emit()
        drain(at)
        request = receiver.received[-1]
        signed = [
            Webhook(secret).sign(request.headers["webhook-id"], at, request.body.decode())
            for secret in (fresh, endpoint.secret)
        ]
        expected = signed if at < after(hours=24) else signed[:1]
        assert request.headers["webhook-signature"].split() == expected


def test_deleted_endpoint_takes_its_deliveries_along(
    actor: Actor, endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    receiver.status = 500
    emit()
    drain(AT)
    endpoints.delete_endpoint(actor=actor, at=AT, endpoint_id=endpoint.pk)
    drain(after(days=1))
    assert len(receiver.received) == 1
    assert not WebhookDelivery.objects.exists()


def test_attempt_of_a_lost_lease_is_logged_and_changes_nothing(
    endpoint: WebhookEndpoint, emit: Emit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker took over while this one was slow."""
    emit()
    elsewhere = after(hours=1)
    record = delivery.results.record

    def after_the_other(done: Sequence[Done], *, at: datetime.datetime) -> None:
        WebhookDelivery.objects.update(locked_until=elsewhere)
        record(done, at=at)

    monkeypatch.setattr(delivery.results, "record", after_the_other)
    drain(AT)
    planned = WebhookDelivery.objects.get()
    assert (planned.status, planned.locked_until) == ("pending", elsewhere)
    assert planned.attempts.get().response_code == 200


def test_hanging_receiver_does_not_delay_the_others(
    actor: Actor,
    endpoint: WebhookEndpoint,
    receiver: Receiver,
    emit: Emit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("integrations.http.TOTAL_SECONDS", 1.0)
    finished: list[tuple[bool, float]] = []
    record = delivery.results.record

    def note(done: Sequence[Done], *, at: datetime.datetime) -> None:
        finished.extend((one.is_success, time.monotonic() - started) for _, one in done)
        record(done, at=at)

    monkeypatch.setattr(delivery.results, "record", note)
    with raw_server(receivers.hang) as url:
        endpoints.create_endpoint(actor=actor, at=AT, url=url, events=["*"], dialect="plain")
        for _ in range(12):
            emit()
        started = time.monotonic()
        drain(AT)
    healthy = [seconds for is_success, seconds in finished if is_success]
    hanging = [seconds for is_success, seconds in finished if not is_success]
    assert (len(healthy), len(hanging)) == (12, 12)
    assert max(healthy) < 0.9
    # Four at a time: three rounds of one deadline each.
    assert 2.9 < max(hanging) < 5


def test_fan_out_costs_the_same_for_one_event_and_for_fifty(
    endpoint: WebhookEndpoint, emit: Emit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    relay(at=AT)
    for _ in range(50):
        emit()
    with django_assert_max_num_queries(18):
        assert relay(at=AT) == 50
    assert WebhookDelivery.objects.count() == 50
