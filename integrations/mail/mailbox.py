"""The bounce mailbox: read from where we left off, changing nothing in it."""

import datetime
import hashlib
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from imaplib import IMAP4
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from imap_tools import AND, U
from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxUnencrypted

from integrations.mail.bounces import apply_report
from integrations.mail.reports import Report, read_report
from integrations.models import MailboxCursor

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime.datetime]

# A returned message with its attachments; nothing larger is a report.
MOST_BYTES = 40 * 1024 * 1024
_PORTS = {"imaps": 993, "imap": 143}


class InvalidMailboxAddress(ValueError):
    """BOUNCE_IMAP_URL is not imaps://user:password@host/folder."""


@dataclass(frozen=True, slots=True)
class _Address:
    is_encrypted: bool
    host: str
    port: int
    user: str
    password: str
    folder: str

    @property
    def name(self) -> str:
        """What tells this mailbox from others, without its password."""
        name = f"{self.user}@{self.host}:{self.port}/{self.folder}"
        return name if len(name) <= 300 else hashlib.sha256(name.encode()).hexdigest()


def read_reports(clock: Clock, *, most: int = 500) -> int:
    """Apply the reports that arrived since the last time, at most so many; how many changed us.

    Each mail and the step past it are one transaction: a crash repeats nothing. A mailbox
    that cannot be reached is read the next time.
    """
    if not settings.BOUNCE_IMAP_URL:
        return 0
    address = _parse(settings.BOUNCE_IMAP_URL)
    try:
        with _open(address) as mailbox:
            return _read(mailbox, address, clock, most)
    except (ImapToolsError, IMAP4.error, OSError) as error:
        logger.warning("the bounce mailbox %s could not be read: %s", address.name, error)
        return 0


def _read(mailbox: BaseMailBox, address: _Address, clock: Clock, most: int) -> int:
    # Asked for read-only: whoever else looks into the mailbox finds it as it was.
    mailbox.folder.set(address.folder, readonly=True)
    validity = int(mailbox.folder.status(address.folder, ["UIDVALIDITY"])["UIDVALIDITY"])
    last = _last_uid(address, validity)
    wanted = AND(uid=U(str(last + 1), "*"))
    # `n:*` names the last mail even where that is older than n.
    uids = sorted(uid for uid in map(int, mailbox.uids(wanted, charset=None)) if uid > last)
    news = 0
    for uid in uids[:most]:
        news += _read_one(mailbox, address, validity, uid, clock())
    return news


def _read_one(
    mailbox: BaseMailBox, address: _Address, validity: int, uid: int, at: datetime.datetime
) -> int:
    news = 0
    report = _report(mailbox, uid)
    with transaction.atomic():
        if report is not None:
            news = apply_report(report, at=at)
        MailboxCursor.objects.update_or_create(
            mailbox=address.name,
            defaults={"uid_validity": validity, "last_uid": uid, "read_at": at},
        )
    return news


def _report(mailbox: BaseMailBox, uid: int) -> Report | None:
    """What that mail reports, if anything. One that cannot be read holds up no other."""
    try:
        head = next(mailbox.fetch(uid_list=str(uid), mark_seen=False, headers_only=True), None)
        if head is None or head.size_rfc822 > MOST_BYTES:
            return None
        found = next(mailbox.fetch(uid_list=str(uid), mark_seen=False), None)
        return read_report(found.obj) if found else None
    except (ImapToolsError, IMAP4.error, OSError):
        raise
    except Exception:
        # Anybody can write to this mailbox, also what no library takes apart.
        logger.exception("mail %s of the bounce mailbox could not be read", uid)
        return None


def _last_uid(address: _Address, validity: int) -> int:
    known = MailboxCursor.objects.filter(mailbox=address.name, uid_validity=validity).first()
    return known.last_uid if known else 0


def _open(address: _Address) -> BaseMailBox:
    timeout = settings.EMAIL_TIMEOUT
    mailbox: BaseMailBox
    if address.is_encrypted:
        # Without a context of our own the server's certificate would go unchecked.
        context = ssl.create_default_context()
        mailbox = MailBox(address.host, address.port, timeout=timeout, ssl_context=context)
    else:
        mailbox = MailBoxUnencrypted(address.host, address.port, timeout=timeout)
    try:
        return mailbox.login(address.user, address.password, initial_folder=None)
    except BaseException:
        mailbox.client.shutdown()
        raise


def _parse(url: str) -> _Address:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or not parts.username:
        raise InvalidMailboxAddress("BOUNCE_IMAP_URL is imaps://user:password@host/folder")
    return _Address(
        is_encrypted=parts.scheme == "imaps",
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )
