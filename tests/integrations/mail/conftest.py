"""A real SMTP server that does as it is told, and an invoice to send."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from accounts.actors import Actor
from billing.models import Invoice
from tests.builders import issued_invoice
from tests.integrations.mail.ports import free_port
from tests.integrations.mail.postbox import Postbox, imap_server


class Postmaster:
    """Keeps what was accepted; `rcpt` and `data` map an address (or "") to another answer."""

    def __init__(self) -> None:
        self.rcpt: dict[str, str] = {}
        self.data = ""
        self.drop_after_data = False
        self.drop_at_rcpt = False
        self.envelopes: list[tuple[str, list[str]]] = []
        self.messages: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.drop_at_rcpt:
            assert server.transport is not None
            server.transport.close()
        if answer := self.rcpt.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data:
            return self.data
        content = envelope.content
        assert isinstance(content, bytes)
        assert envelope.mail_from is not None
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        parsed = message_from_bytes(content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.messages.append(parsed)
        if self.drop_after_data:
            assert server.transport is not None
            server.transport.close()
        return "250 taken"


@pytest.fixture
def postmaster(settings: Settings) -> Iterator[Postmaster]:
    """The installation sends through this server."""
    postmaster = Postmaster()
    port = free_port()
    controller = Controller(postmaster, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.DEFAULT_FROM_EMAIL = "InvoiceApp <invoices@billing.test>"
    yield postmaster
    controller.stop()


@pytest.fixture(scope="module")
def imap_port() -> Iterator[int]:
    """A running IMAP server."""
    with imap_server() as port:
        yield port


@pytest.fixture
def postbox(imap_port: int, settings: Settings, request: pytest.FixtureRequest) -> Postbox:
    """The installation's bounce mailbox, empty and of this test alone."""
    postbox = Postbox(imap_port, f"box{abs(hash(request.node.nodeid))}")
    postbox.create()
    settings.BOUNCE_IMAP_URL = postbox.url
    return postbox


@pytest.fixture
def invoice(actor: Actor) -> Invoice:
    return issued_invoice(actor, "1234.50")
