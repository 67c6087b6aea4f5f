"""Handing a message over, and learning what became of each recipient."""

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

logger = logging.getLogger(__name__)


class Verdict(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"  # a temporary trouble: worth another attempt


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one recipient, with the server's words."""

    verdict: Verdict
    detail: str = ""


Fates = dict[str, Fate]


class Transport:
    """The installation's way to send mail, kept open for several messages.

    Over SMTP the server's answer per recipient counts. Every other backend either takes
    the message for all of them or fails.
    """

    def __init__(self) -> None:
        self._connection = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def deliver(
        self,
        message: EmailMessage,
        sender: str,
        recipients: Sequence[str],
        *,
        envelope_id: str = "",
    ) -> Fates:
        """Try to hand the message over to these recipients. Never raises for a mail trouble.

        `envelope_id` comes back in the delivery reports of servers that can do that; without
        one, none are asked for.
        """
        if not recipients:
            return {}
        try:
            if isinstance(self._connection, SmtpBackend):
                return _over_smtp(self._connection, message, sender, recipients, envelope_id)
            self._connection.send_messages([_Envelope(message, sender, recipients)])  # type: ignore[list-item]
        except smtplib.SMTPResponseException as error:
            self._close()
            return _all(recipients, _verdict(error.smtp_code), _words(error))
        except (smtplib.SMTPException, OSError) as error:
            # After a broken connection nobody knows whether the message arrived. Trying
            # again with the same Message-ID may show it twice; giving up may lose it.
            self._close()
            return _all(recipients, Verdict.LATER, f"{type(error).__name__}: {error}")
        return _all(recipients, Verdict.ACCEPTED, "")

    def _close(self) -> None:
        try:
            self._connection.close()
        except (smtplib.SMTPException, OSError) as error:
            logger.info("the mail server's connection did not close in order: %s", error)


class _Envelope:
    """A message as Django's mail backends expect one."""

    encoding = "utf-8"

    def __init__(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> None:
        self._message = message
        self._recipients = list(recipients)
        self.from_email = sender
        self.subject = str(message["Subject"])
        self.to = list(recipients)

    def message(self) -> EmailMessage:
        return self._message

    def recipients(self) -> list[str]:
        return self._recipients


def _over_smtp(
    backend: SmtpBackend,
    message: EmailMessage,
    sender: str,
    recipients: Sequence[str],
    envelope_id: str,
) -> Fates:
    backend.open()
    server = backend.connection
    if server is None:
        raise smtplib.SMTPServerDisconnected("there is no connection to the mail server")
    server.ehlo_or_helo_if_needed()
    is_read = bool(settings.BOUNCE_IMAP_URL and envelope_id)
    wants_reports = is_read and server.has_extn("dsn")
    try:
        refused = server.sendmail(
            sender,
            list(recipients),
            message.as_bytes(),
            mail_options=["RET=HDRS", f"ENVID={envelope_id}"] if wants_reports else [],
            rcpt_options=["NOTIFY=SUCCESS,FAILURE,DELAY"] if wants_reports else [],
        )
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    return {
        address: _answer(*refused[address]) if address in refused else Fate(Verdict.ACCEPTED)
        for address in recipients
    }


def _answer(code: int, reply: Any) -> Fate:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    return Fate(_verdict(code), f"{code} {words}"[:500])


def _verdict(code: int) -> Verdict:
    return Verdict.REFUSED if 500 <= code < 600 else Verdict.LATER


def _words(error: smtplib.SMTPResponseException) -> str:
    return _answer(error.smtp_code, error.smtp_error).detail


def _all(recipients: Sequence[str], verdict: Verdict, detail: str) -> Fates:
    return {address: Fate(verdict, detail[:500]) for address in recipients}
