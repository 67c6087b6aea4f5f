"""A mailbox: the documents attached to, or inside, the messages of one folder."""

import datetime
import fnmatch
import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import Message

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
_SECURITY = ("tls", "starttls", "none")
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
                name={
                    "en": "Encryption (tls, starttls, none)",
                    "fr": "Chiffrement (tls, starttls, none)",
                },
                placeholder="tls",
                is_mandatory=False,
                choices=_SECURITY,
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
                placeholder="*@example.com, billing@*",
                is_mandatory=False,
            ),
            "subject": Param(
                name={"en": "Subject", "fr": "Objet"}, placeholder="*invoice*", is_mandatory=False
            ),
            "attachment": Param(
                name={"en": "Name of the attachment", "fr": "Nom de la pièce jointe"},
                placeholder="*.pdf, *.xml",
                is_mandatory=False,
            ),
        },
    )

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        if params.get("security", "tls") not in _SECURITY:
            raise ParamRefused("security", "This must be tls, starttls or none.")
        port = params.get("port", "993")
        if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
            raise ParamRefused("port", "This must be the number of a port.")
        return params

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        params = visit.params
        host, security = params["host"], params.get("security") or "tls"
        port = int(params.get("port") or (993 if security == "tls" else 143))
        address = checked_address(host, port, _PORTS)
        try:
            mailbox = _MailBox(host, address, port, security)
            try:
                mailbox.login(params["email"], params["password"], initial_folder=None)
                mailbox.folder.set(params.get("folder") or "INBOX", readonly=True)
                yield _OpenMailbox(mailbox, visit)
            finally:
                _leave(mailbox)
        except ssl.SSLCertVerificationError:
            raise Maintenance("The mail server's certificate is not valid.") from None
        except MailboxLoginError:
            raise AuthenticationFailed("The mail server refuses the user or password.") from None
        except MailboxFolderSelectError:
            raise AuthenticationFailed("The mailbox has no such folder.") from None
        except (imaplib.IMAP4.error, ImapToolsError, OSError):
            raise Maintenance("The mail server could not be reached.") from None


def _leave(mailbox: "_MailBox") -> None:
    """Say goodbye. A connection that broke has none, and has to be closed all the same."""
    with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
        mailbox.logout()
    with suppress(OSError):
        mailbox.client.shutdown()


class _OpenMailbox(Opened):
    def __init__(self, mailbox: "_MailBox", visit: Visit) -> None:
        self._mailbox, self._visit = mailbox, visit

    def list(self) -> Iterator[Found]:
        session, last = self._visit.session, self._start()
        # `n:*` answers the last message even when n is past the end.
        uids = sorted(int(uid) for uid in self._mailbox.uids(f"UID {last + 1}:*"))
        for uid in [uid for uid in uids if uid > last][:MOST_MESSAGES]:
            for message in self._messages(uid):
                yield from _documents(message, self._visit.params.get("attachment"), session)
            session["last_uid"] = uid

    def download(self, found: Found) -> bytes:
        return bytes(found.reference)

    def _messages(self, uid: int) -> Iterator[MailMessage]:
        """The message if it is wanted. Where that depends, its head is read first."""
        params = self._visit.params
        if params.get("sender") or params.get("subject"):
            heads = self._mailbox.fetch(_one(uid), mark_seen=False, headers_only=True)
            if not any(self._is_wanted(head) for head in heads):
                return
        yield from self._mailbox.fetch(_one(uid), mark_seen=False)

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

    def __init__(self, host: str, address: str, port: int, security: str) -> None:
        self._place, self._security = (host, address, port), security
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        kind = _Encrypted if self._security == "tls" else _Plain
        client = kind(*self._place)
        if self._security == "starttls":
            try:
                # A server that offers none raises: nothing is sent in clear instead.
                client.starttls(ssl.create_default_context())
            except BaseException:
                client.shutdown()
                raise
        return client


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


def _fits(text: str, patterns: str | None) -> bool:
    """Whether the text is like one of the patterns, which have commas between them."""
    wanted = [each.strip().lower() for each in (patterns or "").split(",") if each.strip()]
    return not wanted or any(fnmatch.fnmatchcase(text.lower(), each) for each in wanted)


def _documents(
    message: MailMessage, names: str | None, session: dict[str, object]
) -> Iterator[Found]:
    """The parts that are documents by their first bytes, those of forwarded messages too."""
    unnamed = f"uid:{session['uid_validity']}.{message.uid}"
    message_id = message.headers.get("message-id", (unnamed,))[0].strip()[:200]
    sent_at = message.date
    if sent_at.tzinfo is None:
        sent_at = sent_at.replace(tzinfo=datetime.UTC)
    for number, part in enumerate(filter(_is_enclosed, message.obj.walk()), 1):
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not 0 < len(content) <= MOST_BYTES:
            continue
        kind = media_type_of(content)
        # A picture in the text is a logo or a signature.
        is_picture_in_text = kind.startswith("image/") and part.get("Content-ID") is not None
        if kind and not is_picture_in_text and _fits(_name_of(part), names):
            yield Found(
                id=f"{message_id}/{number}",
                issued_at=sent_at,
                details={"from": message.from_[:200], "subject": message.subject[:200]},
                reference=content,
                names_carrier=True,
            )


def _is_enclosed(part: Message) -> bool:
    """Whether it is something else than the text of the message."""
    if part.is_multipart():
        return False
    return bool(part.get_filename()) or part.get_content_type() not in ("text/plain", "text/html")


def _name_of(part: Message) -> str:
    return " ".join(str(part.get_filename() or "").split())
