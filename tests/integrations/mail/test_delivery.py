"""Sending (B16, W11): each recipient's own fate, and never "sent" without an acceptance."""

import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.attachments import attach_file
from billing.operations.issuing import void_invoice
from billing.operations.sending import request_send
from core.models import Event
from integrations.mail import delivery
from integrations.mail.outgoing import queue_message
from integrations.models import Message
from integrations.work import drain
from tests.instants import AT
from tests.integrations.mail.conftest import Postmaster

TWO = ["ap@globex.test", "cfo@globex.test"]


def after(**time: float) -> datetime.datetime:
    return AT + datetime.timedelta(**time)


def send(actor: Actor, invoice: Invoice, **changes: object) -> Message:
    given = {"to": TWO, "attach_pdf": False, **changes}
    queued = request_send(actor=actor, at=AT, invoice_id=invoice.pk, **given)  # type: ignore[arg-type]
    return Message.objects.get(uuid=queued.message.uuid)


def fates(message: Message) -> list[tuple[str, str]]:
    return list(message.recipients.order_by("pk").values_list("address", "status"))


def test_accepted_mail_makes_the_invoice_sent_once(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    message = send(actor, invoice)
    invoice.refresh_from_db()
    assert invoice.sent_at is None
    drain(after(seconds=1))
    send(actor, invoice)
    drain(after(hours=1))
    invoice.refresh_from_db()
    message.refresh_from_db()
    assert invoice.sent_at == after(seconds=1)
    assert (message.status, message.sent_at) == ("sent", after(seconds=1))
    assert fates(message) == [(address, "accepted") for address in TWO]
    assert Event.objects.filter(type="invoice.sent").count() == 1
    assert len(postmaster.messages) == 2


def test_files_that_go_with_the_invoice_are_enclosed(
    actor: Actor, postmaster: Postmaster, invoice: Invoice, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    for name, content, goes in (
        ("hours.csv", b"day;hours\n", True),
        ("order.xml", b"<order/>", True),
        ("secret.txt", b"ours", False),
    ):
        attach_file(
            actor=actor,
            at=AT,
            noun="invoice",
            subject_id=invoice.pk,
            file_name=name,
            content=content,
            send_with_invoice=goes,
        )
    send(actor, invoice)
    drain(after(seconds=1))
    (sent,) = postmaster.messages
    found = {part.get_filename(): part.get_content() for part in sent.iter_attachments()}
    assert found == {"hours.csv": "day;hours\n", "order.xml": b"<order/>"}


def test_a_mail_waits_for_a_file_that_cannot_be_read(
    actor: Actor, postmaster: Postmaster, invoice: Invoice, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    kept = attach_file(
        actor=actor,
        at=AT,
        noun="invoice",
        subject_id=invoice.pk,
        file_name="hours.csv",
        content=b"day;hours\n",
        send_with_invoice=True,
    )
    lost = tmp_path / kept.storage_name
    content = lost.read_bytes()
    lost.unlink()
    message = send(actor, invoice)
    drain(after(seconds=1))
    message.refresh_from_db()
    assert (postmaster.messages, message.status) == ([], "queued")
    lost.write_bytes(content)
    drain(after(minutes=2))
    assert len(postmaster.messages) == 1


def test_one_of_two_refused_is_kept_apart(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    postmaster.rcpt[TWO[0]] = "550 5.1.1 No such user"
    message = send(actor, invoice)
    drain(AT)
    message.refresh_from_db()
    assert fates(message) == [(TWO[0], "refused"), (TWO[1], "accepted")]
    assert message.recipients.get(address=TWO[0]).detail == "550 5.1.1 No such user"
    assert (message.status, message.next_attempt_at) == ("sent", None)
    assert postmaster.envelopes == [("invoices@billing.test", [TWO[1]])]
    invoice.refresh_from_db()
    assert invoice.sent_at == AT


def test_all_refused_is_not_sent_and_staff_hear_of_it(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    for address in TWO:
        postmaster.rcpt[address] = "550 5.1.1 No such user"
    message = send(actor, invoice)
    drain(AT)
    message.refresh_from_db()
    invoice.refresh_from_db()
    assert fates(message) == [(address, "refused") for address in TWO]
    assert (message.status, message.sent_at, invoice.sent_at) == ("failed", None, None)
    assert not Event.objects.filter(type="invoice.sent").exists()
    assert Event.objects.filter(type="message.failed").count() == 1
    drain(after(days=1))
    alert = postmaster.messages[-1]
    assert len(postmaster.messages) == 1
    assert alert["To"] == "alice@acme.test"
    assert "550 5.1.1 No such user" in str(alert.get_body(("plain",)))


def test_temporary_refusal_is_tried_again_for_that_recipient_only(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    postmaster.rcpt[TWO[0]] = "451 4.7.1 Greylisted"
    message = send(actor, invoice)
    drain(AT)
    assert fates(message) == [(TWO[0], "queued"), (TWO[1], "accepted")]
    message.refresh_from_db()
    assert (message.status, message.next_attempt_at) == ("queued", after(minutes=1))
    postmaster.rcpt.clear()
    drain(after(seconds=59))
    assert len(postmaster.messages) == 1
    drain(after(minutes=1))
    assert fates(message) == [(address, "accepted") for address in TWO]
    assert [recipients for _, recipients in postmaster.envelopes] == [[TWO[1]], [TWO[0]]]
    first, second = postmaster.messages
    assert first["Message-ID"] == second["Message-ID"] == message.message_id
    assert first["To"] == second["To"] == ", ".join(TWO)


def test_temporary_refusals_end_after_eight_attempts(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    postmaster.data = "451 4.3.0 Try again later"
    message = send(actor, invoice, to=TWO[:1])
    at = AT
    while (due := Message.objects.get(pk=message.pk).next_attempt_at) is not None:
        at = due
        drain(at)
    message.refresh_from_db()
    assert (message.status, message.attempts_made) == ("failed", 8)
    assert message.last_error == f"{TWO[0]}: 451 4.3.0 Try again later"
    assert at - AT == datetime.timedelta(minutes=1 + 5 + 15 + 60 + 240 + 720 + 1440)


def test_refused_content_is_final(actor: Actor, postmaster: Postmaster, invoice: Invoice) -> None:
    postmaster.data = "554 5.7.1 Looks like spam"
    message = send(actor, invoice)
    drain(AT)
    message.refresh_from_db()
    assert (message.status, message.attempts_made) == ("failed", 1)


def test_connection_lost_after_data_is_tried_again_under_the_same_id(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    """Nobody knows whether it arrived: at most one copy more, never none."""
    postmaster.drop_after_data = True
    message = send(actor, invoice)
    drain(AT)
    invoice.refresh_from_db()
    assert invoice.sent_at is None
    postmaster.drop_after_data = False
    drain(after(minutes=1))
    invoice.refresh_from_db()
    assert invoice.sent_at == after(minutes=1)
    assert [one["Message-ID"] for one in postmaster.messages] == [message.message_id] * 2


def test_server_that_is_away_is_waited_for(
    actor: Actor, invoice: Invoice, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    message = send(actor, invoice)
    drain(AT)
    message.refresh_from_db()
    assert (message.status, message.next_attempt_at) == ("queued", after(minutes=1))
    assert "ConnectionRefusedError" in message.last_error


def test_invoice_voided_meanwhile_is_not_mailed(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    message = send(actor, invoice)
    void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="Duplicate")
    drain(AT)
    message.refresh_from_db()
    assert message.status == "dropped"
    assert postmaster.messages == []


def test_worker_that_died_is_replaced_after_its_lease(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    message = send(actor, invoice)
    Message.objects.update(locked_until=AT + delivery.LEASE)
    drain(after(minutes=3))
    assert postmaster.messages == []
    drain(after(minutes=4, seconds=1))
    message.refresh_from_db()
    assert message.status == "sent"


def test_message_that_cannot_be_drawn_does_not_stop_the_others(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    broken = queue_message(
        actor=actor, at=AT, kind="invoice", subject_id=999_999, to=["x@globex.test"]
    )
    message = send(actor, invoice)
    drain(AT)
    broken.refresh_from_db()
    message.refresh_from_db()
    assert (broken.status, message.status) == ("queued", "sent")
    assert "DoesNotExist" in broken.last_error


def test_draft_is_issued_by_sending_it(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    queued = request_send(actor=actor, at=AT, invoice_id=invoice.pk, attach_pdf=True)
    drain(AT)
    assert queued.sent_to == ("ap@globex.test",)
    assert len(list(postmaster.messages[0].iter_attachments())) == 1


@pytest.fixture
def mailbox(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "integrations.mail.eml.EmlFileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def test_without_a_mail_server_messages_become_files(
    actor: Actor, mailbox: Path, invoice: Invoice
) -> None:
    message = send(actor, invoice, bcc=["archive@acme.test"], attach_pdf=True)
    drain(AT)
    message.refresh_from_db()
    assert message.status == "sent"
    (path,) = mailbox.iterdir()
    assert path.suffix == ".eml"
    assert str(invoice.number) not in path.name
    assert path.stat().st_mode & 0o777 == 0o600
    raw = path.read_bytes()
    assert b"archive@acme.test" not in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")
    parsed = message_from_bytes(raw, policy=policy.default)
    assert parsed["Message-ID"] == message.message_id
    assert [one.get_filename() for one in parsed.iter_attachments()] == [  # type: ignore[attr-defined]
        f"Invoice_{invoice.number}.pdf"
    ]


def test_full_disk_delays_the_mail(
    actor: Actor, mailbox: Path, invoice: Invoice, settings: Settings
) -> None:
    mailbox.parent.joinpath("blocked").write_text("not a folder")
    settings.EMAIL_FILE_PATH = mailbox.parent / "blocked" / "mail"
    message = send(actor, invoice)
    drain(AT)
    message.refresh_from_db()
    invoice.refresh_from_db()
    assert (message.status, invoice.sent_at) == ("queued", None)
