"""SAFETY 2.4: what ends its worker again and again is given up, and somebody is told."""

import datetime

import pytest

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.sending import request_send
from core import outbox
from core.models import Event
from integrations.mail import delivery
from integrations.models import Message
from integrations.relay import relay, tell_of_crashed
from integrations.work import drain
from tests.instants import AT
from tests.integrations.conftest import Emit
from tests.integrations.mail.conftest import Postmaster


def die_of(message: Message, times: int) -> datetime.datetime:
    """Claim it as often, each time by a worker that does not come back."""
    at = AT
    for _ in range(times):
        assert delivery._lease(message.pk, 1, at)
        at = Message.objects.get(pk=message.pk).locked_until + datetime.timedelta(seconds=1)
    return at


def test_a_message_that_ends_five_workers_is_given_up_with_an_alert(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    to = ("ann@globex.test",)
    queued = request_send(actor=actor, at=AT, invoice_id=invoice.pk, to=to, attach_pdf=False)
    message = Message.objects.get(uuid=queued.message.uuid)
    at = die_of(message, delivery.MAX_CRASHES)
    delivery.send_due(lambda: at)
    message.refresh_from_db()
    assert (message.status, message.claims) == ("failed", 0)
    assert postmaster.messages == []
    assert Event.objects.filter(type="message.failed").count() == 1
    drain(at)
    (alert,) = postmaster.messages
    assert "each attempt ended the program" in str(alert.get_body(("plain",)))


def test_four_workers_may_die_of_other_causes(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    to = ("ann@globex.test",)
    queued = request_send(actor=actor, at=AT, invoice_id=invoice.pk, to=to, attach_pdf=False)
    message = Message.objects.get(uuid=queued.message.uuid)
    at = die_of(message, delivery.MAX_CRASHES - 1)
    delivery.send_due(lambda: at)
    message.refresh_from_db()
    assert (message.status, message.claims) == ("sent", 0)


def test_an_event_that_ends_five_workers_is_parked_and_told_of_once(
    actor: Actor, emit: Emit, caplog: pytest.LogCaptureFixture
) -> None:
    while relay(at=AT):
        pass
    event = emit()
    at = AT
    for _ in range(outbox.MAX_EVENT_ATTEMPTS):
        while event.pk not in {one.pk for one in outbox.claim_events(at=at, limit=1)}:
            continue
        at += outbox.EVENT_LEASE + datetime.timedelta(seconds=1)
    assert (tell_of_crashed(at), tell_of_crashed(at)) == (1, 0)
    event.refresh_from_db()
    assert event.last_error == "Each attempt ended the worker."
    assert outbox.parked_events().get() == event
    assert [record.levelname for record in caplog.records] == ["ERROR"]
