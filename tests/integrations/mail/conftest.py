"""A real SMTP server that does as it is told, and an invoice to send."""

import socket
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


class Postmaster:
    """Keeps what was accepted; `rcpt` and `data` map an address (or "") to another answer."""

    def __init__(self) -> None:
        self.rcpt: dict[str, str] = {}
        self.data = ""
        self.drop_after_data = False
        self.envelopes: list[tuple[str, list[str]]] = []
        self.messages: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(postmaster, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.DEFAULT_FROM_EMAIL = "InvoiceApp <invoices@billing.test>"
    yield postmaster
    controller.stop()


@pytest.fixture
def invoice(actor: Actor) -> Invoice:
    return issued_invoice(actor, "1234.50")
