"""The bounce mailbox over real IMAP: every report counts once, and changes the right thing."""

import datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from accounts.actors import Actor
from billing.models import Invoice, MailSuppression
from billing.operations.sending import request_send
from core.models import Event
from integrations.mail import mailbox
from integrations.mail.mailbox import InvalidMailboxAddress, read_reports
from integrations.mail.outgoing import queue_message
from integrations.models import MailboxCursor, Message, RecipientFate
from integrations.work import drain
from tests.instants import AT
from tests.integrations.mail.bare_imap import bare_imap, nested
from tests.integrations.mail.conftest import Postmaster
from tests.integrations.mail.postbox import Postbox, chatter, complaint, returned
from tests.integrations.mail.tls import certificate, tls_front
from tests.integrations.receivers import raw_server

ANN, BOB = "ann@globex.test", "bob@globex.test"
LATER = AT + datetime.timedelta(hours=2)


@pytest.fixture
def message(actor: Actor, postmaster: Postmaster, invoice: Invoice) -> Message:
    """The invoice, accepted by the mail server for two people."""
    queued = request_send(
        actor=actor, at=AT, invoice_id=invoice.pk, to=[ANN, BOB], attach_pdf=False
    )
    drain(AT)
    return Message.objects.get(uuid=queued.message.uuid)


def read() -> int:
    return read_reports(lambda: LATER)


def statuses(message: Message) -> dict[str, str]:
    return dict(message.recipients.values_list("address", "status"))


def story(message: Message, address: str) -> list[tuple[str, datetime.datetime, str, str]]:
    rows = RecipientFate.objects.filter(recipient__message=message, recipient__address=address)
    return list(rows.order_by("pk").values_list("happened", "occurred_at", "source", "detail"))


def suppressed() -> list[tuple[str, str]]:
    rows = MailSuppression.objects.filter(lifted_at__isnull=True)
    return list(rows.order_by("pk").values_list("address", "reason"))


def test_a_hard_bounce_is_the_recipients_fate_with_its_story(
    message: Message, postbox: Postbox
) -> None:
    postbox.put(returned(message.message_id, ANN))
    assert read() == 1
    assert statuses(message) == {ANN: "bounced", BOB: "accepted"}
    words = "550 5.1.1 <nobody>: User unknown"
    assert story(message, ANN) == [
        ("queued", AT, "ourselves", ""),
        ("accepted", AT, "server", ""),
        ("bounced", LATER, "report", words),
    ]
    assert message.recipients.get(address=ANN).detail == words
    assert suppressed() == [(ANN, "bounced")]


def test_it_becomes_an_event_and_an_alert(message: Message, postbox: Postbox) -> None:
    postbox.put(returned(message.message_id, ANN))
    read()
    event = Event.objects.get(type="message.bounced")
    assert (event.subject_uuid, event.organization_id) == (message.uuid, message.organization_id)
    assert f'"address":"{ANN}"' in event.data
    drain(LATER)
    alert = Message.objects.get(kind="alert")
    assert alert.subject.startswith("Mail came back: INV-")
    assert "550 5.1.1" in alert.body


def test_the_same_report_read_twice_changes_nothing(message: Message, postbox: Postbox) -> None:
    report = returned(message.message_id, ANN)
    postbox.put(report, report)
    assert read() == 1
    before = (Event.objects.count(), RecipientFate.objects.count())
    postbox.renumber()
    postbox.put(report)
    assert read() == 0
    assert (Event.objects.count(), RecipientFate.objects.count()) == before
    assert suppressed() == [(ANN, "bounced")]


def test_each_round_goes_on_where_the_last_one_ended(message: Message, postbox: Postbox) -> None:
    postbox.put(chatter(), returned(message.message_id, ANN))
    assert [read(), read()] == [1, 0]
    first = MailboxCursor.objects.get().last_uid
    postbox.put(returned(message.message_id, BOB, report_id="<report-2@mx.test>"))
    assert [read(), read()] == [1, 0]
    assert MailboxCursor.objects.get().last_uid == first + 1
    assert statuses(message) == {ANN: "bounced", BOB: "bounced"}


def test_a_round_takes_so_many_at_most_and_the_next_the_rest(
    message: Message, postbox: Postbox
) -> None:
    postbox.put(
        returned(message.message_id, ANN),
        returned(message.message_id, BOB, report_id="<report-2@mx.test>"),
    )
    assert read_reports(lambda: LATER, most=1) == 1
    assert statuses(message) == {ANN: "bounced", BOB: "accepted"}
    assert read_reports(lambda: LATER, most=1) == 1
    assert statuses(message) == {ANN: "bounced", BOB: "bounced"}


def test_the_mailbox_itself_stays_as_it_was(message: Message, postbox: Postbox) -> None:
    postbox.put(chatter(), returned(message.message_id, ANN))
    read()
    assert postbox.unseen() == 2


def test_a_mail_that_nobody_can_take_apart_holds_up_no_other(
    message: Message, settings: Settings
) -> None:
    with raw_server(bare_imap(nested(1_500), returned(message.message_id, ANN))) as url:
        settings.BOUNCE_IMAP_URL = url.replace("http://", "imap://user:pass@")
        assert [read(), read()] == [1, 0]
    assert statuses(message)[ANN] == "bounced"


def test_a_mail_too_large_for_a_report_is_not_even_fetched(
    message: Message, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = returned(message.message_id, ANN)
    monkeypatch.setattr(mailbox, "MOST_BYTES", len(report) - 1)
    with raw_server(bare_imap(report)) as url:
        settings.BOUNCE_IMAP_URL = url.replace("http://", "imap://user:pass@")
        assert read() == 0
    assert MailboxCursor.objects.get().last_uid == 1


def test_a_delay_is_told_and_changes_nothing(message: Message, postbox: Postbox) -> None:
    words = "smtp; 451 4.7.1 Greylisted"
    postbox.put(returned(message.message_id, ANN, action="delayed", status="4.7.1", words=words))
    assert read() == 1
    assert statuses(message)[ANN] == "accepted"
    assert story(message, ANN)[-1] == ("deferred", LATER, "report", "451 4.7.1 Greylisted")
    assert suppressed() == []
    assert not Event.objects.filter(type="message.bounced").exists()


def test_a_server_that_gave_up_waiting_bounces_without_suppressing(
    message: Message, postbox: Postbox
) -> None:
    words = "smtp; 452 4.2.2 Mailbox full"
    postbox.put(returned(message.message_id, ANN, status="4.2.2", words=words))
    read()
    assert statuses(message)[ANN] == "bounced"
    assert suppressed() == []


def test_delivered_and_then_complained_of(message: Message, postbox: Postbox) -> None:
    words = "smtp; 250 2.1.5 Ok"
    postbox.put(returned(message.message_id, ANN, action="delivered", status="2.1.5", words=words))
    read()
    assert statuses(message)[ANN] == "delivered"
    postbox.put(complaint(message.message_id, ANN))
    read()
    assert statuses(message) == {ANN: "complained", BOB: "accepted"}
    assert suppressed() == [(ANN, "complained")]
    assert Event.objects.filter(type="message.complained").count() == 1


def test_a_complaint_without_a_name_is_nobodys_among_several(
    message: Message, postbox: Postbox
) -> None:
    postbox.put(complaint(message.message_id))
    assert read() == 0
    assert statuses(message) == {ANN: "accepted", BOB: "accepted"}


def test_a_lone_recipient_is_meant_wherever_the_mail_was_forwarded(
    actor: Actor, postmaster: Postmaster, postbox: Postbox, invoice: Invoice
) -> None:
    request_send(actor=actor, at=AT, invoice_id=invoice.pk, to=[ANN], attach_pdf=False)
    drain(AT)
    message = Message.objects.get()
    postbox.put(returned(message.message_id, "ann.private@elsewhere.test"))
    assert read() == 1
    assert suppressed() == [(ANN, "bounced")]


def test_reports_about_mail_that_is_not_ours_change_nothing(
    message: Message, postbox: Postbox
) -> None:
    postbox.put(
        returned("<forged@billing.test>", ANN),
        returned(message.message_id, "stranger@elsewhere.test", report_id="<r2@mx.test>"),
    )
    assert read() == 0
    assert statuses(message) == {ANN: "accepted", BOB: "accepted"}
    assert suppressed() == []


def test_the_envelope_id_finds_the_message(message: Message, postbox: Postbox) -> None:
    extra = f"Original-Envelope-Id: {message.uuid}\n"
    postbox.put(returned("(removed)", ANN, extra=extra))
    assert read() == 1


def test_a_bounced_alert_suppresses_nobody(
    actor: Actor, postmaster: Postmaster, postbox: Postbox
) -> None:
    alert = queue_message(actor=actor, at=AT, kind="alert", subject_id=1, to=["alice@acme.test"])
    drain(AT)
    postbox.put(returned(alert.message_id, "alice@acme.test"))
    assert read() == 1
    drain(LATER)
    assert suppressed() == []
    assert Message.objects.filter(kind="alert").count() == 1


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_log_cannot_be_rewritten(message: Message, verb: str) -> None:
    rows = RecipientFate.objects.filter(recipient__message=message)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(detail="all is well") if verb == "update" else rows._raw_delete(rows.db)
    assert rows.count() == 4


def test_a_mailbox_that_is_away_is_read_the_next_time(db: None, settings: Settings) -> None:
    settings.BOUNCE_IMAP_URL = "imap://user:pass@127.0.0.1:9/INBOX"
    assert read() == 0


def test_a_wrong_password_stops_nothing_else(
    postbox: Postbox, db: None, settings: Settings
) -> None:
    settings.BOUNCE_IMAP_URL = f"imap://bounces:wrong@127.0.0.1:{postbox.port}/INBOX"
    assert read() == 0


@pytest.mark.parametrize(("is_trusted", "news"), [(True, 1), (False, 0)])
def test_over_tls_only_a_server_that_can_be_trusted_hears_the_password(
    message: Message,
    postbox: Postbox,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_trusted: bool,
    news: int,
) -> None:
    postbox.put(returned(message.message_id, ANN))
    pem = certificate(tmp_path)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with tls_front(postbox.port, pem) as port:
        settings.BOUNCE_IMAP_URL = postbox.url.replace("imap:", "imaps:").replace(
            f":{postbox.port}/", f":{port}/"
        )
        assert read() == news


@pytest.mark.parametrize("url", ["https://user:pass@host/INBOX", "imaps://host/INBOX", "INBOX"])
def test_an_address_that_is_none_is_said_so(settings: Settings, url: str) -> None:
    settings.BOUNCE_IMAP_URL = url
    with pytest.raises(InvalidMailboxAddress):
        read()
