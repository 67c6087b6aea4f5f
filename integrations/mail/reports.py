"""Reading delivery reports (RFC 3464) and complaints (RFC 5965): what they say of whom.

Plain text in, plain values out. Every mail server writes them a little differently, and
anybody can write to the bounce mailbox: whatever makes no sense is no report.
"""

import email
import email.errors
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail
from enum import Enum

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,190}>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_SPACE = re.compile(r"\s+")
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"})


class News(Enum):
    """What a report says of one recipient."""

    DELIVERED = "delivered"
    DELAYED = "deferred"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Told:
    """One recipient of a report. `address` is empty where the report names nobody.

    `is_permanent` says that trying the address again is pointless (5.x.x).
    """

    address: str
    news: News
    is_permanent: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report about one of our messages, named by its Message-ID or its envelope id.

    `is_from_provider`: told by the mail provider over HTTP, not by a server in a mail.
    """

    report_id: str
    message_id: str
    envelope_id: str
    told: tuple[Told, ...]
    is_from_provider: bool = False


def read_report(mail: Mail) -> Report | None:
    """What the mail reports, or None if it is no report about a message that it names."""
    told: list[Told] = []
    envelope_id = ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            blocks = _blocks(part)
            envelope_id = envelope_id or _text(
                blocks[0] if blocks else None, "Original-Envelope-Id"
            )
            told += [each for each in map(_delivery, blocks) if each is not None]
        elif kind == "message/feedback-report":
            told += [each for block in _blocks(part)[:1] for each in _complaint(block)]
    message_id = _original_id(mail)
    if not told or not (message_id or envelope_id):
        return None
    return Report(_report_id(mail), message_id, envelope_id, tuple(told))


def _delivery(block: Mail) -> Told | None:
    action = _text(block, "Action").lower()
    status = _STATUS.search(_text(block, "Status"))
    code = status.group(0) if status else ""
    news = {"failed": News.BOUNCED, "delayed": News.DELAYED, "delivered": News.DELIVERED}.get(
        action
    )
    if news is None:
        return None
    words = _text(block, "Diagnostic-Code").partition(";")[2].strip() or _text(block, "Status")
    address = _address(_text(block, "Original-Recipient") or _text(block, "Final-Recipient"))
    detail = words if code in words else f"{code} {words}"
    return Told(address, news, code.startswith("5"), detail.strip()[:500])


def _complaint(block: Mail) -> Iterator[Told]:
    """One for each recipient that is named; providers often name nobody."""
    kind = _text(block, "Feedback-Type").lower()
    if kind not in _COMPLAINTS:
        return
    named = [_address(_line(each)) for each in block.get_all("Original-Rcpt-To", [])]
    agent = _text(block, "User-Agent")
    detail = f"{kind}, reported by {agent}" if agent else kind
    for address in named or [""]:
        yield Told(address, News.COMPLAINED, True, detail[:500])


def _original_id(mail: Mail) -> str:
    """The Message-ID of the message that the report encloses, else of the one it answers."""
    for part in mail.walk():
        if part is mail:
            continue
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            part = email.message_from_bytes(content if isinstance(content, bytes) else b"")
        elif kind == "message/rfc822":
            enclosed = part.get_payload()
            part = enclosed[0] if isinstance(enclosed, list) and enclosed else part  # type: ignore[assignment]
        else:
            continue
        found = _MESSAGE_ID.search(_text(part, "Message-ID"))
        if found:
            return found.group(0)
    answered = _MESSAGE_ID.search(f"{_text(mail, 'In-Reply-To')} {_text(mail, 'References')}")
    return answered.group(0) if answered else ""


def _report_id(mail: Mail) -> str:
    found = _MESSAGE_ID.search(_text(mail, "Message-ID"))
    return found.group(0) if found else "sha256:" + hashlib.sha256(mail.as_bytes()).hexdigest()


def _blocks(part: Mail) -> list[Mail]:
    """The groups of fields in a part that holds nothing else."""
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Mail)] if isinstance(payload, list) else []


def _address(value: str) -> str:
    """`rfc822; ann@example.com` without its type and brackets, in small letters."""
    return value.rpartition(";")[2].strip().strip("<>").lower()


def _text(mail: Mail | None, name: str) -> str:
    return _line(mail.get(name, "")) if mail is not None else ""


def _line(value: object) -> str:
    printable = "".join(sign if sign.isprintable() else " " for sign in str(value))
    return _SPACE.sub(" ", printable).strip()
