"""W11 against servers that misbehave: never lost, never twice but for the one unavoidable case."""

import datetime
from collections import Counter

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.sending import request_send
from integrations.mail import delivery
from integrations.mail.bounces import apply_report
from integrations.mail.reports import News, Report, Told
from integrations.models import Message, RecipientFate
from integrations.work import drain
from tests.instants import AT
from tests.integrations.mail.conftest import Postmaster
from tests.integrations.mail.ports import free_port

ANN, BOB, CEM = "ann@globex.test", "bob@globex.test", "cem@globex.test"


def send(actor: Actor, invoice: Invoice, *to: str) -> Message:
    queued = request_send(actor=actor, at=AT, invoice_id=invoice.pk, to=to, attach_pdf=False)
    return Message.objects.get(uuid=queued.message.uuid)


def wait_out(message: Message) -> datetime.datetime:
    """Drain at each moment the message names until it names none."""
    at = AT
    drain(at)
    while (due := Message.objects.get(pk=message.pk).next_attempt_at) is not None:
        at = due
        drain(at)
    return at


def copies(postmaster: Postmaster) -> Counter[str]:
    """How often each address was handed the message."""
    return Counter(address for _, to in postmaster.envelopes for address in to)


def story(message: Message, address: str) -> list[tuple[str, str]]:
    rows = RecipientFate.objects.filter(recipient__message=message, recipient__address=address)
    return list(rows.order_by("pk").values_list("happened", "detail"))


def test_W11_refused_greylisted_and_accepted_side_by_side(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    postmaster.rcpt[ANN] = "550 5.1.1 No such user"
    postmaster.rcpt[BOB] = "451 4.7.1 Greylisted, come back"
    message = send(actor, invoice, ANN, BOB, CEM)
    drain(AT)
    del postmaster.rcpt[BOB]
    wait_out(message)
    assert copies(postmaster) == {BOB: 1, CEM: 1}
    assert story(message, ANN) == [("queued", ""), ("refused", "550 5.1.1 No such user")]
    assert story(message, BOB) == [
        ("queued", ""),
        ("deferred", "451 4.7.1 Greylisted, come back"),
        ("accepted", ""),
    ]
    assert story(message, CEM) == [("queued", ""), ("accepted", "")]


def test_W11_a_greylist_that_lasts_ends_in_a_refusal(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    postmaster.rcpt[ANN] = "451 4.7.1 Greylisted"
    message = send(actor, invoice, ANN)
    end = wait_out(message)
    told = [happened for happened, _ in story(message, ANN)]
    assert told == ["queued", *["deferred"] * 7, "refused"]
    assert end - AT == datetime.timedelta(days=2, hours=-6, minutes=-39)
    assert copies(postmaster)[ANN] == 0


def test_W11_a_connection_lost_before_the_message_costs_no_copy(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    postmaster.drop_at_rcpt = True
    message = send(actor, invoice, ANN)
    drain(AT)
    postmaster.drop_at_rcpt = False
    wait_out(message)
    assert copies(postmaster) == {ANN: 1}


def test_W11_a_connection_lost_after_the_message_costs_one_copy_under_the_same_id(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    """Nobody can know: the server has it, and could not say so."""
    postmaster.drop_after_data = True
    message = send(actor, invoice, ANN)
    drain(AT)
    postmaster.drop_after_data = False
    wait_out(message)
    assert copies(postmaster) == {ANN: 2}
    assert {one["Message-ID"] for one in postmaster.messages} == {message.message_id}
    assert [happened for happened, _ in story(message, ANN)] == ["queued", "deferred", "accepted"]


@pytest.mark.parametrize(("news", "end"), [(News.DELIVERED, "sent"), (News.BOUNCED, "failed")])
def test_W11_a_report_in_between_spares_even_that_copy(
    actor: Actor, postmaster: Postmaster, invoice: Invoice, news: News, end: str
) -> None:
    postmaster.drop_after_data = True
    message = send(actor, invoice, ANN)
    drain(AT)
    postmaster.drop_after_data = False
    told = Told(ANN, news, False, "it says")
    apply_report(Report("<r@mx.test>", message.message_id, "", (told,)), at=AT)
    wait_out(message)
    assert copies(postmaster)[ANN] == 1
    message.refresh_from_db()
    assert (message.status, message.recipients.get().status) == (end, news.value)


def test_W11_what_was_accepted_is_not_sent_again_when_the_next_one_breaks(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    first = send(actor, invoice, ANN)
    drain(AT)
    postmaster.drop_after_data = True
    second = send(actor, invoice, BOB)
    drain(AT)
    postmaster.drop_after_data = False
    wait_out(second)
    wait_out(first)
    assert copies(postmaster) == {ANN: 1, BOB: 2}


def test_W11_a_lease_outlives_the_slowest_answers_of_every_recipient(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    """Fifty answers of fourteen seconds each must not let a second worker begin."""
    message = send(actor, invoice, *(f"p{n}@globex.test" for n in range(50)))
    assert delivery._lease(message.pk, 50, AT)
    message.refresh_from_db()
    assert message.locked_until is not None
    slowest = datetime.timedelta(seconds=14) * (50 + 6)
    assert message.locked_until - AT == datetime.timedelta(minutes=16, seconds=30) > slowest


def test_W11_a_worker_that_lost_its_lease_writes_nothing_over_the_other(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    message = send(actor, invoice, ANN)
    assert delivery._lease(message.pk, 1, AT)
    slow = Message.objects.get(pk=message.pk)
    wait_out_at = AT + datetime.timedelta(minutes=5)
    drain(wait_out_at)
    delivery._record(slow, {}, at=wait_out_at)
    message.refresh_from_db()
    assert (message.status, message.attempts_made) == ("sent", 1)


class _Reporting(SMTP):
    """A server with delivery status notifications (RFC 3461)."""

    options: list[str]

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        address, _, options = (arg or "").partition(" ")
        self.options = [options]
        await super().smtp_MAIL(address)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        address, _, options = (arg or "").partition(" ")
        self.options.append(options)
        await super().smtp_RCPT(address)


class _Noting:
    def __init__(self) -> None:
        self.options: list[str] = []
        self.mail_from = ""

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        return [*answers[:-1], "250-DSN", answers[-1]]

    async def handle_DATA(  # noqa: N802
        self, server: _Reporting, session: Session, envelope: Envelope
    ) -> str:
        self.options, self.mail_from = server.options, str(envelope.mail_from)
        return "250 taken"


class _ReportingController(Controller):
    def factory(self) -> SMTP:
        return _Reporting(self.handler)


@pytest.mark.parametrize("has_mailbox", [True, False])
def test_a_server_that_can_report_is_asked_to_where_somebody_reads_it(
    actor: Actor, invoice: Invoice, settings: Settings, has_mailbox: bool
) -> None:
    noting, port = _Noting(), free_port()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.BOUNCE_ADDRESS = "bounces@billing.test"
    settings.BOUNCE_IMAP_URL = "imap://u:p@127.0.0.1:9/INBOX" if has_mailbox else ""
    controller = _ReportingController(noting, hostname="127.0.0.1", port=port)
    controller.start()
    message = send(actor, invoice, ANN)
    delivery.send_due(lambda: AT)
    controller.stop()
    message.refresh_from_db()
    assert message.status == "sent"
    assert noting.mail_from == "bounces@billing.test"
    asked = [
        f"size={noting.options[0].partition('=')[2].partition(' ')[0]} RET=HDRS"
        f" ENVID={message.uuid}",
        "NOTIFY=SUCCESS,FAILURE,DELAY",
    ]
    unasked = [noting.options[0], ""]
    assert noting.options == (asked if has_mailbox else unasked)
    assert ("ENVID" in noting.options[0]) is has_mailbox
