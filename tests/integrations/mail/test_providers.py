"""What a mail provider tells over HTTP: signed, once, and only of our own mail."""

import base64
import hashlib
import hmac
import json
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Invoice, MailSuppression
from billing.operations.sending import request_send
from integrations.mail import providers
from integrations.models import Message, RecipientFate
from integrations.work import drain
from tests.instants import AT
from tests.integrations.mail.conftest import Postmaster

ANN, BOB = "ann@globex.test", "bob@globex.test"
HOOK = "/hooks/mail"
SECRET = "mailer:correct-horse"


@pytest.fixture(params=["mailgun", "postmark", "brevo"])
def provider(request: pytest.FixtureRequest, settings: Settings) -> str:
    settings.MAIL_PROVIDER, settings.MAIL_PROVIDER_SECRET = request.param, SECRET
    return str(request.param)


@pytest.fixture
def message(provider: str, actor: Actor, postmaster: Postmaster, invoice: Invoice) -> Message:
    """The invoice, taken over by the provider for two people."""
    queued = request_send(
        actor=actor, at=AT, invoice_id=invoice.pk, to=[ANN, BOB], attach_pdf=False
    )
    drain(AT)
    return Message.objects.get(uuid=queued.message.uuid)


def news(
    provider: str, happened: str, mark: str, address: str, words: str = "", key: str = SECRET
) -> dict[str, Any]:
    """A request as the provider makes it: its payload, and what proves that it made it."""
    body = _BODIES[provider](happened, mark, address, words)
    if provider == "mailgun":
        digest = hmac.new(key.encode(), b"1790000000token", hashlib.sha256).hexdigest()
        body["signature"] = {"timestamp": "1790000000", "token": "token", "signature": digest}
        return {"data": json.dumps(body)}
    given = base64.b64encode(key.encode()).decode()
    return {"data": json.dumps(body), "HTTP_AUTHORIZATION": f"Basic {given}"}


def _mailgun(happened: str, mark: str, address: str, words: str) -> dict[str, Any]:
    event = {"bounced": "failed"}.get(happened, happened)
    return {
        "event-data": {
            "event": event,
            "severity": "permanent",
            "timestamp": 1790000000.5,
            "recipient": address,
            "message": {"headers": {"message-id": "not-ours@mailgun.test"}},
            "user-variables": {"message": mark},
            "delivery-status": {"message": words, "code": 550},
            "client-info": {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Thunderbird/140"},
        }
    }


def _postmark(happened: str, mark: str, address: str, words: str) -> dict[str, Any]:
    kinds = {
        "bounced": {"RecordType": "Bounce", "Type": "HardBounce", "Email": address, "ID": 7},
        "delivered": {"RecordType": "Delivery", "Recipient": address},
        "complained": {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Email": address},
        "opened": {"RecordType": "Open", "Recipient": address},
        "clicked": {"RecordType": "Click", "Recipient": address},
    }
    return {
        **kinds[happened],
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"message": mark},
        "Details": words,
        "ReceivedAt": "2026-11-22T03:00:00Z",
        "UserAgent": "Mozilla/5.0 (X11; Linux x86_64) Thunderbird/140",
    }


def _brevo(happened: str, mark: str, address: str, words: str) -> dict[str, Any]:
    names = {"bounced": "hard_bounce", "complained": "spam", "clicked": "click"}
    return {
        "event": names.get(happened, happened),
        "email": address,
        "ts_epoch": 1790000000000,
        "message-id": "<201798300811.5787683@smtp-relay.brevo.test>",
        "X-Mailin-custom": json.dumps({"message": mark}),
        "reason": words,
    }


_BODIES = {"mailgun": _mailgun, "postmark": _postmark, "brevo": _brevo}


def tell(given: dict[str, Any]) -> tuple[int, Any]:
    answer = Client().post(HOOK, content_type="application/json", **given)
    return answer.status_code, answer.json()


def story(address: str) -> list[tuple[str, str]]:
    rows = RecipientFate.objects.filter(recipient__address=address).order_by("pk")
    return list(rows.values_list("happened", "source"))[2:]


def test_the_mail_carries_what_the_provider_hands_back(
    provider: str, message: Message, postmaster: Postmaster
) -> None:
    (sent,) = postmaster.messages
    mark = providers.mark(message.uuid)
    assert mark is not None
    assert sent[mark[0]] == mark[1]
    assert str(message.uuid) in mark[1]


@pytest.mark.parametrize("happened", ["delivered", "bounced", "complained"])
def test_what_happened_is_the_recipients_fate(
    provider: str, message: Message, happened: str
) -> None:
    given = news(provider, happened, str(message.uuid), ANN, "550 5.1.1 no such user")
    assert tell(given) == (200, {"news": 1})
    assert dict(message.recipients.values_list("address", "status")) == {
        ANN: happened,
        BOB: "accepted",
    }
    assert story(ANN) == [(happened, "provider")]
    is_lost = happened in ("bounced", "complained")
    held_back = list(MailSuppression.objects.values_list("address", "reason"))
    assert held_back == ([(ANN, happened)] if is_lost else [])


def test_what_is_told_twice_counts_once(provider: str, message: Message) -> None:
    given = news(provider, "bounced", str(message.uuid), ANN, "550 5.1.1 no such user")
    assert [tell(given)[1]["news"] for _ in range(2)] == [1, 0]
    assert story(ANN) == [("bounced", "provider")]


def test_a_full_mailbox_is_not_the_end_of_the_address(provider: str, message: Message) -> None:
    tell(news(provider, "bounced", str(message.uuid), ANN, "452 4.2.2 mailbox is full"))
    assert message.recipients.get(address=ANN).status == "bounced"
    assert not MailSuppression.objects.exists()


@pytest.mark.parametrize("mark", ["", "x", "0195a3c0-0000-7000-8000-000000000000"])
def test_a_message_that_is_not_ours_changes_nothing(
    provider: str, message: Message, mark: str
) -> None:
    assert tell(news(provider, "bounced", mark, ANN)) == (200, {"news": 0})
    assert story(ANN) == []


def test_somebody_it_did_not_go_to_changes_nothing(provider: str, message: Message) -> None:
    given = news(provider, "bounced", str(message.uuid), "eve@globex.test")
    assert tell(given) == (200, {"news": 0})


@pytest.mark.parametrize("key", ["", "mailer:wrong"])
def test_who_cannot_prove_to_be_the_provider_is_refused(
    provider: str, message: Message, key: str
) -> None:
    given = news(provider, "bounced", str(message.uuid), ANN, key=key)
    assert tell(given) == (401, {"error": "This does not come from the mail provider."})
    assert story(ANN) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"event-data": 1}'])
def test_what_makes_no_sense_is_refused_in_words(
    provider: str, message: Message, text: str
) -> None:
    given = news(provider, "delivered", str(message.uuid), ANN) | {"data": text}
    status, answer = tell(given)
    assert status in (200, 400, 401) and ("error" in answer or answer == {"news": 0})


@pytest.mark.parametrize("provider", ["mailgun", "postmark"], indirect=True)
@pytest.mark.parametrize("happened", ["opened", "clicked"])
@pytest.mark.parametrize("is_wanted", [True, False])
def test_opens_and_clicks_count_where_the_organization_tracks_mail(
    provider: str, message: Message, happened: str, is_wanted: bool
) -> None:
    Organization.objects.filter(pk=message.organization_id).update(tracks_mail=is_wanted)
    given = news(provider, happened, str(message.uuid), ANN)
    assert [tell(given)[1]["news"] for _ in range(2)] == [int(is_wanted), 0]
    assert story(ANN) == ([(happened, "reader")] if is_wanted else [])


def test_there_is_no_such_page_without_a_provider(db: None) -> None:
    assert Client().post(HOOK, data="{}", content_type="application/json").status_code == 404


def test_only_news_is_taken(db: None, provider: str) -> None:
    assert Client().head(HOOK).status_code == 200
    assert Client().get(HOOK).status_code == 405


@pytest.mark.parametrize(
    ("name", "secret", "words"),
    [("mailgum", "x", "is one of"), ("mailgun", "", "MAIL_PROVIDER_SECRET is not")],
)
def test_half_a_provider_ends_the_start(
    settings: Settings, name: str, secret: str, words: str
) -> None:
    settings.MAIL_PROVIDER, settings.MAIL_PROVIDER_SECRET = name, secret
    with pytest.raises(ImproperlyConfigured, match=words):
        providers.check()


def test_a_provider_without_the_library_says_what_to_install(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "anymail.webhooks", None)
    with pytest.raises(ImproperlyConfigured, match=r"requirements-anymail\.txt"):
        providers.check()
