"""A mailbox at Dovecot, over TLS, from the message to the callback."""

import imaplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.integrations.collectors.journeys import Journey
from tests.integrations.collectors.servers import PASSWORD, USER, Mail, dovecot

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]
XML = b'<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl"/>'


@pytest.fixture(scope="module")
def server() -> Iterator[Mail]:
    with dovecot() as mail:
        yield mail


@pytest.fixture
def mailbox(server: Mail, monkeypatch: pytest.MonkeyPatch) -> Iterator[imaplib.IMAP4_SSL]:
    """The user's own program, with an empty folder. The server's certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    client = imaplib.IMAP4_SSL(
        "127.0.0.1", server.tls_port, ssl_context=ssl.create_default_context()
    )
    client.login(USER, PASSWORD)
    client.create("Bills")
    yield client
    client.delete("Bills")
    client.logout()


def put(mailbox: imaplib.IMAP4, number: int, *contents: bytes, **headers: str) -> EmailMessage:
    message = letter(number, *contents, **headers)
    mailbox.append("Bills", "", None, message.as_bytes())  # type: ignore[arg-type]
    return message


def letter(number: int, *contents: bytes, name: str = "a.pdf", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = headers.get("sender", "billing@example.com")
    message["Subject"] = headers.get("subject", "Your invoice")
    message["Message-ID"] = f"<{number}@example.com>"
    message["Date"] = "Wed, 15 Jan 2025 10:30:00 +0000"
    message.set_content("Here it is.")
    for content in contents:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message


def connect(journey: Journey, server: Mail, **params: str) -> None:
    given = {"host": "127.0.0.1", "port": str(server.tls_port), "email": USER, "folder": "Bills"}
    journey.connect("imap", **{**given, "password": PASSWORD, **params})


def test_only_new_messages_come_in_the_second_run(
    journey: Journey, server: Mail, mailbox: imaplib.IMAP4_SSL
) -> None:
    connect(journey, server)
    put(mailbox, 1, b"%PDF-1.7 one")
    assert journey.collect() == ["<1@example.com>/1"]
    put(mailbox, 2, b"%PDF-1.7 two", XML)
    assert sorted(journey.collect()) == ["<2@example.com>/1", "<2@example.com>/2"]
    assert journey.collect() == []
    assert set(journey.documents()) == {b"%PDF-1.7 one", b"%PDF-1.7 two", XML}
    mailbox.select("Bills", readonly=True)
    assert mailbox.search(None, "UNSEEN") == ("OK", [b"1 2"])


def test_forwarded_and_inline_invoices_are_found_and_logos_are_not(
    journey: Journey, server: Mail, mailbox: imaplib.IMAP4_SSL
) -> None:
    message = letter(1)
    message.add_attachment(XML, maintype="application", subtype="xml", disposition="inline")
    png = b"\x89PNG\r\n\x1a\n logo"
    message.add_attachment(png, maintype="image", subtype="png", cid="<logo>", filename="l.png")
    message.add_attachment(letter(2, b"%PDF-1.7 forwarded"))
    mailbox.append("Bills", "", None, message.as_bytes())  # type: ignore[arg-type]
    connect(journey, server)
    journey.collect()
    assert sorted(journey.documents()) == [b"%PDF-1.7 forwarded", XML]


def test_messages_are_chosen_by_sender_subject_and_attachment(
    journey: Journey, server: Mail, mailbox: imaplib.IMAP4_SSL
) -> None:
    put(mailbox, 1, b"%PDF-1.7 1", sender="friend@elsewhere.test")
    put(mailbox, 2, b"%PDF-1.7 2", subject="Holidays")
    put(mailbox, 3, b"%PDF-1.7 3", name="terms.pdf")
    put(mailbox, 4, b"%PDF-1.7 4", name="Invoice 4.PDF")
    wanted = {"sender": "x@y.test, *@EXAMPLE.com", "subject": "*invoice*", "attachment": "inv*"}
    connect(journey, server, **wanted)
    assert journey.collect() == ["<4@example.com>/1"]


def test_a_folder_numbered_anew_sends_nothing_again(
    journey: Journey, server: Mail, mailbox: imaplib.IMAP4_SSL
) -> None:
    connect(journey, server)
    put(mailbox, 1, b"%PDF-1.7 one")
    journey.collect()
    mailbox.delete("Bills")
    mailbox.create("Bills")
    put(mailbox, 1, b"%PDF-1.7 one")
    put(mailbox, 2, b"%PDF-1.7 two")
    assert journey.collect() == ["<2@example.com>/1"]


def test_starttls_is_insisted_on(
    journey: Journey, server: Mail, mailbox: imaplib.IMAP4_SSL
) -> None:
    put(mailbox, 1, b"%PDF-1.7 one")
    connect(journey, server, security="starttls", port=str(server.plain_port))
    assert journey.collect() == ["<1@example.com>/1"]


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    journey: Journey, server: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    connect(journey, server)
    assert journey.collect() == []
    assert journey.state() == (0, "The mail server's certificate is not valid.")
