"""Mail bombing through `send` ends at the organization's quota (SAFETY threat 13)."""

import datetime
from typing import Any

import pytest
import time_machine

from accounts.actors import Actor, system_actor
from core import ids
from integrations.mail.outgoing import queue_message
from integrations.mail.quota import MailQuotaExceeded
from integrations.models import Message
from tests.builders import issued_invoice
from tests.instants import AT
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_an_hour(settings: Any, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MAIL_PER_HOUR = 3
    # Ids never go back in time within a process; these tests do.
    monkeypatch.setattr(ids, "_last", (0, 0))


def queue(actor: Actor, *to: str) -> Message:
    return queue_message(
        actor=actor, at=AT, kind="invoice", subject_id=1, to=to or ["ann@globex.test"]
    )


def test_the_quota_passes_exactly_and_comes_back_an_hour_later(actor: Actor) -> None:
    with time_machine.travel(AT, tick=False) as clock:
        queue(actor)
        clock.shift(600)
        queue(actor)
        queue(actor)
        with pytest.raises(MailQuotaExceeded) as refusal:
            queue(actor)
        assert refusal.value.details == {"limit": 3, "retry_after": 3000}
        assert Message.objects.count() == 3
        clock.shift(3001)
        queue(actor)
        with pytest.raises(MailQuotaExceeded) as refusal:
            queue(actor)
        assert refusal.value.details["retry_after"] == 599


def test_every_recipient_counts(actor: Actor) -> None:
    queue(actor, "a@globex.test", "b@globex.test")
    with pytest.raises(MailQuotaExceeded):
        queue(actor, "c@globex.test", "d@globex.test")
    queue(actor, "c@globex.test")


def test_organizations_have_quotas_of_their_own(actor: Actor, mallory_actor: Actor) -> None:
    for _ in range(3):
        queue(mallory_actor)
    queue(actor)


def test_what_the_installation_sends_is_not_held_up(actor: Actor) -> None:
    for _ in range(3):
        queue(actor)
    queue(system_actor(actor.organization_id))
    queue_message(
        actor=system_actor(actor.organization_id),
        at=AT,
        kind="alert",
        subject_id=1,
        to=["alice@acme.test"],
    )
    assert Message.objects.count() == 5


def test_at_v1_it_is_429_with_a_wait_and_nothing_is_issued(
    acme: Any, actor: Actor, settings: Any
) -> None:
    settings.REDIS_URL = ""
    invoice = issued_invoice(actor)
    v1 = V1(key_for(acme))
    path = f"/invoices/{v1.get('/invoices').json['data'][0]['id']}/send"
    assert [v1.post(path, {}).status for _ in range(3)] == [200, 200, 200]
    answer = v1.post(path, {})
    assert (answer.status, answer.error["code"]) == (429, "mail_quota_exceeded")
    assert answer.error["type"] == "rate_limit_error"
    assert 3590 <= answer.error["retry_after"] <= 3600
    assert answer.headers["Retry-After"] == str(answer.error["retry_after"])
    assert Message.objects.filter(subject_id=invoice.pk).count() == 3
    assert datetime.timedelta(seconds=answer.error["retry_after"]) <= datetime.timedelta(hours=1)
