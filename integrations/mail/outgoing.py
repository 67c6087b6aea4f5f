"""Queueing mail: a row in the caller's transaction; a worker renders and sends it later."""

import datetime
import functools
import uuid
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from accounts.actors import Actor
from billing.ports import Posted
from core import text
from core.errors import DomainError
from core.ids import made_at, uuid7
from core.many_rows import AHEAD, append_many, draw_ids
from core.pipeline import check_references
from core.rows import new_row
from integrations.mail import quota
from integrations.mail.addresses import recipients
from integrations.mail.fates import Happened, Source, fate, log
from integrations.mail.keeping import KEPT, clock_of, left_to_send
from integrations.models import Message, MessageRecipient, RecipientFate


class InvalidSubject(DomainError):
    code = "invalid_subject"
    message = "A subject is one line without control characters."
    default_param = "subject"


@transaction.atomic
def queue_message(
    *,
    actor: Actor,
    at: datetime.datetime,
    kind: str,
    subject_id: int,
    to: Sequence[str],
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    subject: str = "",
    body: str = "",
    attach_pdf: bool = True,
) -> Message:
    """Keep a message about a document to be sent. `kind` is a Message.Kind.

    Empty subject and body mean the defaults in the document's language. Everything that
    could refuse it is checked now; its Message-ID is fixed now, so that a message sent
    twice after a crash is one message in the mailbox.
    Raises InvalidEmail, NoRecipient, TooManyRecipients, InvalidSubject, InvalidValue,
    MailQuotaExceeded.
    """
    everyone = recipients(to=to, cc=cc, bcc=bcc)
    identifier = uuid7()
    # What the installation sends by itself waits for nobody's patience and must not get lost.
    if actor.kind != "system":
        quota.check(actor.organization_id, len(everyone), now=made_at(identifier))
    message = _message(actor, at, Message.Kind(kind), subject_id, identifier, attach_pdf=attach_pdf)
    message.subject = _clean_subject(subject)
    message.body = text.clean_text(body, param="message")
    message.save(force_insert=True)
    queued = MessageRecipient.objects.bulk_create(
        [_recipient(message, role, address) for role, address in everyone]
    )
    log(fate(one, Happened.QUEUED, at, Source.OURSELVES) for one in queued)
    return message


def queue_messages(
    *,
    actor: Actor,
    at: datetime.datetime,
    kind: str,
    mails: Sequence[Posted],
    attach_pdf: bool,
) -> Iterator[bool]:
    """What queue_message keeps for each of many mails that the installation sends by itself.

    They are kept as the caller goes through them, in its transaction: whether each is kept in
    the house, where the organization's clock is set. Those are written as sent, for the caller
    to record. All is read from the database before the first of them.
    """
    desk = _Desk(actor, at, Message.Kind(kind), mails, attach_pdf=attach_pdf)
    return _written(mails, desk)


class _Rows(NamedTuple):
    """What is kept of one mail, unwritten."""

    message: Message
    recipients: list[MessageRecipient]
    fates: list[RecipientFate]


class _Desk:
    """Draws up one mail after the other, while the organization may still send."""

    def __init__(
        self,
        actor: Actor,
        at: datetime.datetime,
        kind: Message.Kind,
        mails: Sequence[Posted],
        *,
        attach_pdf: bool,
    ) -> None:
        owner = actor.organization_id
        self._at = at
        self._left = None if clock_of(owner) is None else left_to_send(owner)
        self._message = functools.partial(_message, actor, at, kind, attach_pdf=attach_pdf)
        self._message_ids = iter(draw_ids(Message, len(mails)))
        at_most = sum(len(each.to) + len(each.bcc) for each in mails)
        self._recipient_ids = iter(draw_ids(MessageRecipient, at_most))

    def draw_up(self, mail: Posted) -> _Rows:
        """The mail with ids; as sent, if it is kept in the house."""
        everyone = recipients(to=mail.to, cc=(), bcc=mail.bcc)
        message = self._message(mail.subject_id)
        message.pk = next(self._message_ids)
        rows = _Rows(message, [self._recipient(message, *one) for one in everyone], [])
        rows.fates.extend(self._fate(one, Happened.QUEUED) for one in rows.recipients)
        if not self._may_send(len(everyone)):
            self._keep(rows)
        return rows

    def _may_send(self, count: int) -> bool:
        if self._left is None:
            return True
        if self._left < count:
            return False
        self._left -= count
        return True

    def _keep(self, rows: _Rows) -> None:
        message = rows.message
        message.status, message.attempts_made = Message.Status.SENT, 1
        message.sent_at, message.next_attempt_at = self._at, None
        told = "; ".join(f"{one.address}: {KEPT}" for one in rows.recipients)
        message.last_error = told[:500]
        for one in rows.recipients:
            one.status, one.detail = MessageRecipient.Status.ACCEPTED, KEPT
        rows.fates.extend(self._fate(one, Happened.ACCEPTED, KEPT) for one in rows.recipients)

    def _recipient(self, message: Message, role: str, address: str) -> MessageRecipient:
        one = _recipient(message, role, address)
        one.pk = next(self._recipient_ids)
        return one

    def _fate(self, recipient: MessageRecipient, what: Happened, detail: str = "") -> RecipientFate:
        return fate(recipient, what, self._at, Source.OURSELVES, detail=detail)


def _written(mails: Sequence[Posted], desk: _Desk) -> Iterator[bool]:
    for start in range(0, len(mails), AHEAD):
        piece = [desk.draw_up(each) for each in mails[start : start + AHEAD]]
        append_many([rows.message for rows in piece])
        append_many([one for rows in piece for one in rows.recipients])
        append_many([one for rows in piece for one in rows.fates])
        check_references()
        yield from (rows.message.status == Message.Status.SENT for rows in piece)


def _clean_subject(subject: str) -> str:
    """Refused rather than repaired: a line break in a subject is an attempt on the headers."""
    if any(character < " " or character == "\x7f" for character in subject):
        raise InvalidSubject
    return text.clean_line(subject, param="subject", max_length=300)


def _message(
    actor: Actor,
    at: datetime.datetime,
    kind: Message.Kind,
    subject_id: int,
    identifier: uuid.UUID | None = None,
    *,
    attach_pdf: bool,
) -> Message:
    """Unwritten and without words of the sender's own."""
    identifier = identifier or uuid7()
    return new_row(
        Message,
        uuid=identifier,
        organization_id=actor.organization_id,
        kind=kind,
        subject_id=subject_id,
        attach_pdf=attach_pdf,
        message_id=_message_id(identifier),
        # Mail goes out in real time, whatever a sandbox's clock says.
        next_attempt_at=min(at, made_at(identifier)),
        requested_by=actor.label[:200],
        created_at=at,
        updated_at=at,
    )


def _recipient(message: Message, role: str, address: str) -> MessageRecipient:
    one = new_row(
        MessageRecipient,
        organization_id=message.organization_id,
        role=MessageRecipient.Role(role),
        address=address,
        updated_at=message.updated_at,
    )
    one.message = message
    return one


def _message_id(identifier: uuid.UUID) -> str:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<{identifier}@{host}>"
