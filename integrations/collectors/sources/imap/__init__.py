"""A mailbox: the documents attached to the messages of one folder."""

import datetime
import fnmatch
import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imap_tools import BaseMailBox, MailMessage
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from integrations.collectors.base import (
    MOST_BYTES,
    AuthenticationFailed,
    Description,
    Found,
    Maintenance,
    Opened,
    Param,
    ParamRefused,
    Source,
    Visit,
)
from integrations.collectors.documents import media_type_of
from integrations.collectors.outgoing import checked_address

SECONDS = 30
_PORTS = frozenset({143, 993})
# Messages looked at in one visit; the next one goes on after them.
MOST_MESSAGES = 1_000


class Imap(Source):
    """Reads with PEEK, so that nothing is marked as read; remembers the last UID."""

    description = Description(
        id="imap",
        kind="email",
        name={"en": "Mailbox (IMAP)", "fr": "Boîte aux lettres (IMAP)"},
        description={
            "en": "Collects documents attached to the messages of a mailbox.",
            "fr": "Récupère les documents joints aux messages d'une boîte aux lettres.",
        },
        instructions={
            "en": "Many providers want a password made for one application.",
            "fr": "Beaucoup de fournisseurs demandent un mot de passe d'application.",
        },
        params={
            "host": Param(name={"en": "Server", "fr": "Serveur"}, placeholder="imap.example.com"),
            "port": Param(
                name={"en": "Port", "fr": "Port"},
                type="number",
                placeholder="993",
                is_mandatory=False,
            ),
            "security": Param(
                name={"en": "Encryption (tls, none)", "fr": "Chiffrement (tls, none)"},
                placeholder="tls",
                is_mandatory=False,
            ),
            "email": Param(
                name={"en": "User", "fr": "Utilisateur"}, placeholder="invoices@example.com"
            ),
            "password": Param(name={"en": "Password", "fr": "Mot de passe"}, type="password"),
            "folder": Param(
                name={"en": "Folder", "fr": "Dossier"}, placeholder="INBOX", is_mandatory=False
            ),
            "sender": Param(
                name={"en": "Sender", "fr": "Expéditeur"},
                placeholder="*@example.com",
                is_mandatory=False,
            ),
            "subject": Param(
                name={"en": "Subject", "fr": "Objet"}, placeholder="*invoice*", is_mandatory=False
            ),
        },
    )

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        if params.get("security", "tls") not in ("tls", "none"):
            raise ParamRefused("security", "This must be tls or none.")
        port = params.get("port", "993")
        if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
            raise ParamRefused("port", "This must be the number of a port.")
        return params

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        params = visit.params
        host, is_encrypted = params["host"], params.get("security", "tls") == "tls"
        port = int(params.get("port") or (993 if is_encrypted else 143))
        address = checked_address(host, port, _PORTS)
        try:
            mailbox = _MailBox(host, address, port, is_encrypted)
            try:
                mailbox.login(params["email"], params["password"], initial_folder=None)
                mailbox.folder.set(params.get("folder") or "INBOX", readonly=True)
                yield _OpenMailbox(mailbox, visit)
            finally:
                # A connection that broke has no goodbye.
                with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
                    mailbox.logout()
        except MailboxLoginError:
            raise AuthenticationFailed("The mail server refuses the user or password.") from None
        except MailboxFolderSelectError:
            raise AuthenticationFailed("The mailbox has no such folder.") from None
        except (imaplib.IMAP4.error, ImapToolsError, OSError):
            raise Maintenance("The mail server could not be reached.") from None


class _OpenMailbox(Opened):
    def __init__(self, mailbox: "_MailBox", visit: Visit) -> None:
        self._mailbox, self._visit = mailbox, visit

    def list(self) -> Iterator[Found]:
        session, last = self._visit.session, self._start()
        # `n:*` answers the last message even when n is past the end.
        uids = sorted(int(uid) for uid in self._mailbox.uids(f"UID {last + 1}:*"))
        for uid in [uid for uid in uids if uid > last][:MOST_MESSAGES]:
            for message in self._mailbox.fetch(_one(uid), mark_seen=False):
                if self._is_wanted(message):
                    yield from _documents(message)
            session["last_uid"] = uid

    def download(self, found: Found) -> bytes:
        return bytes(found.reference)

    def _start(self) -> int:
        """The last UID that was looked at, unless the server has numbered them anew."""
        session = self._visit.session
        status = self._mailbox.folder.status(options=["UIDVALIDITY"])
        validity = int(status["UIDVALIDITY"])
        if session.get("uid_validity") != validity:
            session.clear()
            session["uid_validity"] = validity
        return int(session.get("last_uid", 0))

    def _is_wanted(self, message: MailMessage) -> bool:
        sender, subject = self._visit.params.get("sender"), self._visit.params.get("subject")
        return _fits(message.from_, sender) and _fits(message.subject, subject)


class _MailBox(BaseMailBox):
    """Connects to the one address that was checked, whatever its name means by now."""

    def __init__(self, host: str, address: str, port: int, is_encrypted: bool) -> None:
        self._make = (_Encrypted if is_encrypted else _Plain, host, address, port)
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        kind, host, address, port = self._make
        return kind(host, address, port)


class _Plain(imaplib.IMAP4):
    def __init__(self, host: str, address: str, port: int) -> None:
        self._address = address
        super().__init__(host, port, timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((self._address, self.port), timeout)


class _Encrypted(_Plain):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = super()._create_socket(timeout)
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _one(uid: int) -> str:
    # In base64 a document has a third more bytes, and the message has some of its own.
    return f"UID {uid} SMALLER {MOST_BYTES * 3 // 2}"


def _fits(text: str, pattern: str | None) -> bool:
    return not pattern or fnmatch.fnmatchcase(text.lower(), pattern.lower())


def _documents(message: MailMessage) -> Iterator[Found]:
    """The attachments that are documents by their first bytes, whatever they are called."""
    message_id = message.headers.get("message-id", (f"uid:{message.uid}",))[0].strip()[:200]
    sent_at = message.date
    if sent_at.tzinfo is None:
        sent_at = sent_at.replace(tzinfo=datetime.UTC)
    for number, part in enumerate(message.attachments, 1):
        content = part.payload
        if 0 < len(content) <= MOST_BYTES and media_type_of(content):
            yield Found(
                id=f"{message_id}/{number}",
                issued_at=sent_at,
                details={"from": message.from_[:200], "subject": message.subject[:200]},
                reference=content,
                names_carrier=True,
            )
