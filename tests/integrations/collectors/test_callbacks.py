"""The callback: what it is sent, how often, and that it is told everything once."""

import base64
import datetime
import json
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from accounts.actors import Actor
from integrations.collectors import callbacks, intake
from integrations.collectors.accounts import CallbackMissing, get_account, update_account
from integrations.collectors.callbacks import CallbackFailed
from integrations.models import CallbackDelivery, CollectorAccount, CollectorUser
from tests.instants import AT
from tests.integrations.collectors.conftest import sealed_credential
from tests.integrations.collectors.scripted import PDF, invoice
from tests.integrations.receivers import Receiver

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def account(actor: Actor, receiver: Receiver) -> CollectorAccount:
    return update_account(actor=actor, at=AT, callback=receiver.url)


def collected(person: CollectorUser, number: str = "45FDD1544", **values: Any) -> Any:
    held = sealed_credential(person, locked_until=AT)
    found = invoice(number, amount="45.78€", link="https://portal.test/1", **values)
    return intake.keep(held, found, PDF, AT)


def deliver(at: datetime.datetime = AT) -> int:
    return callbacks.deliver_due(lambda: at)


def test_an_invoice_is_delivered_as_the_document_says(
    account: CollectorAccount, person: CollectorUser, receiver: Receiver
) -> None:
    kept = collected(person, details={"from": "free.fr"})
    assert deliver() == 1
    (request,) = receiver.received
    told = json.loads(request.body)
    config = told.pop("collector_config")
    assert (config["id"], config["name"]) == ("folder", "Watched folder")
    assert told == {
        "type": "invoice",
        "collector": "folder",
        "id": "folder",
        "remote_id": "A1B2C3D4",
        "credential_id": str(kept.credential.uuid),
        "user_id": str(person.uuid),
        "invoice": {
            "id": "45FDD1544",
            "timestamp": 1737023400000,
            "link": "https://portal.test/1",
            "collected_timestamp": 1736937000000,
            "amount": "45.78€",
            "mimetype": "application/pdf",
            "metadata": {"from": "free.fr"},
            "data": base64.b64encode(PDF).decode(),
        },
    }


def test_what_is_delivered_is_delivered_once(
    account: CollectorAccount, person: CollectorUser, receiver: Receiver
) -> None:
    collected(person)
    assert (deliver(), deliver(AT + datetime.timedelta(days=9))) == (1, 0)
    assert len(receiver.received) == 1


def test_its_signature_holds(
    account: CollectorAccount, person: CollectorUser, receiver: Receiver
) -> None:
    collected(person)
    now = datetime.datetime.now(datetime.UTC)
    CallbackDelivery.objects.update(next_attempt_at=AT)
    deliver(now)
    (request,) = receiver.received
    account.refresh_from_db()
    Webhook(account.secret).verify(request.body, request.headers)
    assert len(request.headers["X-Webhook-Signature"]) == 64


def test_a_callback_that_is_down_gets_it_when_it_is_back(
    account: CollectorAccount, person: CollectorUser, receiver: Receiver
) -> None:
    collected(person)
    receiver.status = 500
    at, moments = AT, []
    for _ in range(4):
        assert deliver(at) == 1
        row = CallbackDelivery.objects.get()
        assert row.next_attempt_at is not None
        moments.append((row.next_attempt_at - at).total_seconds())
        at = row.next_attempt_at
    assert moments == [10, 10, 3600, 3600]
    receiver.status = 202
    deliver(at)
    row = CallbackDelivery.objects.get()
    assert (row.status, row.attempts_made, row.response_code) == ("succeeded", 5, 202)
    assert len({request.body for request in receiver.received}) == 1
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1


def test_after_three_days_it_is_given_up(
    account: CollectorAccount, person: CollectorUser, receiver: Receiver
) -> None:
    collected(person)
    CallbackDelivery.objects.update(attempts_made=74)
    receiver.status = 500
    deliver()
    row = CallbackDelivery.objects.get()
    assert (row.status, row.attempts_made, row.next_attempt_at) == ("failed", 75, None)


def test_another_callback_gets_what_the_former_one_did_not_take(
    account: CollectorAccount, person: CollectorUser, receiver: Receiver, actor: Actor
) -> None:
    collected(person)
    CallbackDelivery.objects.update(status="failed", attempts_made=75, next_attempt_at=None)
    update_account(actor=actor, at=AT, callback=f"{receiver.url}/new")
    deliver()
    assert [request.path for request in receiver.received] == ["/hook/new"]


def test_a_dead_callback_is_asked_no_more_than_twice_in_a_round(
    account: CollectorAccount, person: CollectorUser, receiver: Receiver
) -> None:
    for number in range(5):
        collected(person, f"A-{number}")
    receiver.status = 503
    assert deliver() == 2
    receiver.status = 200
    assert deliver() == 3
    assert deliver(AT + 10 * SECOND) == 2


def test_a_notice_names_the_connection_and_no_invoice(
    account: CollectorAccount, person: CollectorUser, receiver: Receiver
) -> None:
    credential = sealed_credential(person)
    intake.plan_delivery(credential, CallbackDelivery.Kind.DISCONNECTED, AT)
    deliver()
    assert json.loads(receiver.received[0].body) == {
        "type": "notification_disconnected",
        "collector": "folder",
        "remote_id": "A1B2C3D4",
        "credential_id": str(credential.uuid),
        "user_id": str(person.uuid),
    }


def test_the_test_is_the_documents_fake_invoice(
    account: CollectorAccount, receiver: Receiver, actor: Actor
) -> None:
    callbacks.test_callback(actor=actor, at=AT)
    told = json.loads(receiver.received[0].body)
    assert (told["collector"], told["remote_id"]) == ("sliced_invoices", "fake")
    assert (told["invoice"]["id"], told["invoice"]["amount"]) == ("INV-3337", "$93.50")
    assert base64.b64decode(told["invoice"]["data"]).startswith(b"%PDF-")


def test_a_test_that_fails_says_what_the_callback_answered(
    account: CollectorAccount, receiver: Receiver, actor: Actor
) -> None:
    receiver.status, receiver.answer = 500, b"no database"
    with pytest.raises(CallbackFailed, match="answered 500. no database"):
        callbacks.test_callback(actor=actor, at=AT)


def test_there_is_nothing_to_test_without_a_callback(actor: Actor) -> None:
    get_account(actor.organization_id, AT)
    with pytest.raises(CallbackMissing):
        callbacks.test_callback(actor=actor, at=AT)
