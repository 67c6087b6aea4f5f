"""A real IMAP server on 127.0.0.1, and mail of the kinds that a bounce mailbox gets."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from imaplib import IMAP4

from imap_tools.mailbox import MailBoxUnencrypted

from tests.integrations.mail.ports import free_port

USER, PASSWORD = "bounces", "p@ss/word"
_START = "from pymap.main import main; main()"


@contextmanager
def imap_server() -> Iterator[int]:
    """The port of a server in a process of its own, until the block ends."""
    port = free_port()
    address = ["--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    account = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen([sys.executable, "-c", _START, *address, *account])
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


@dataclass
class Postbox:
    """One folder on the server, which mail is put into."""

    port: int
    folder: str

    @property
    def url(self) -> str:
        return f"imap://{USER}:p%40ss%2Fword@127.0.0.1:{self.port}/{self.folder}"

    def create(self) -> None:
        with self._open() as mailbox:
            mailbox.folder.create(self.folder)

    def put(self, *mails: bytes) -> None:
        with self._open() as mailbox:
            for mail in mails:
                mailbox.append(mail, self.folder)

    def unseen(self) -> int:
        with self._open() as mailbox:
            return mailbox.folder.status(self.folder, ["UNSEEN"])["UNSEEN"]

    def renumber(self) -> None:
        """Empty it and begin with another UIDVALIDITY, as after a restored backup."""
        with self._open() as mailbox:
            mailbox.folder.delete(self.folder)
            mailbox.folder.create(self.folder)

    def _open(self) -> MailBoxUnencrypted:
        mailbox = MailBoxUnencrypted("127.0.0.1", self.port, timeout=10)
        return mailbox.login(USER, PASSWORD, initial_folder=None)


def returned(
    message_id: str,
    recipient: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "smtp; 550 5.1.1 <nobody>: User unknown",
    report_id: str = "<report-1@mx.test>",
    extra: str = "",
    enclosed: str = "text/rfc822-headers",
) -> bytes:
    """A delivery status notification as Postfix writes one (RFC 3464)."""
    original = f"From: InvoiceApp <invoices@billing.test>\nMessage-ID: {message_id}\nSubject: x\n"
    body = "\nHello.\n" if enclosed == "message/rfc822" else ""
    return f"""From: MAILER-DAEMON@mx.test (Mail Delivery System)
To: invoices@billing.test
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: {report_id}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test
X-Postfix-Queue-ID: 4F1c
{extra}Arrival-Date: Wed, 15 Jan 2025 10:31:00 +0000 (UTC)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.globex.test
Diagnostic-Code: {words}

--b1
Content-Description: Undelivered Message Headers
Content-Type: {enclosed}

{original}{body}
--b1--
""".replace("\n", "\r\n").encode()


def complaint(message_id: str, recipient: str = "", *, kind: str = "abuse") -> bytes:
    """A feedback report as mailbox providers send them (RFC 5965)."""
    named = f"Original-Rcpt-To: <{recipient}>\n" if recipient else ""
    return f"""From: <abusedesk@provider.test>
To: invoices@billing.test
Subject: FW: Invoice
Message-ID: <complaint-1@provider.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b2"

--b2
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--b2
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{named}
--b2
Content-Type: message/rfc822

From: InvoiceApp <invoices@billing.test>
Message-ID: {message_id}
Subject: Invoice

Hello.

--b2--
""".replace("\n", "\r\n").encode()


def chatter(text: str = "I am on holiday.") -> bytes:
    """What people and robots write to any mailbox."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@globex.test", "invoices@billing.test", "Re: x"
    mail.set_content(text)
    return mail.as_bytes()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            IMAP4("127.0.0.1", port, timeout=10).logout()
        except OSError:
            continue
        return
    raise RuntimeError("the IMAP server did not start")
