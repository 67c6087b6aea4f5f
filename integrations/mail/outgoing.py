"""Queueing mail: a row in the caller's transaction; a worker renders and sends it later."""

import datetime
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from accounts.actors import Actor
from core import text
from core.errors import DomainError
from core.ids import made_at, uuid7
from integrations.mail import quota
from integrations.mail.addresses import recipients
from integrations.mail.fates import Happened, Source, fate, log
from integrations.models import Message, MessageRecipient


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
    message = Message.objects.create(
        uuid=identifier,
        organization_id=actor.organization_id,
        kind=Message.Kind(kind),
        subject_id=subject_id,
        subject=_clean_subject(subject),
        body=text.clean_text(body, param="message"),
        attach_pdf=attach_pdf,
        message_id=_message_id(identifier),
        # Mail goes out in real time, whatever a sandbox's clock says.
        next_attempt_at=min(at, made_at(identifier)),
        requested_by=actor.label[:200],
        created_at=at,
        updated_at=at,
    )
    queued = MessageRecipient.objects.bulk_create(
        [
            MessageRecipient(
                organization_id=actor.organization_id,
                message=message,
                role=role,
                address=address,
                updated_at=at,
            )
            for role, address in everyone
        ]
    )
    log(fate(one, Happened.QUEUED, at, Source.OURSELVES) for one in queued)
    return message


def _clean_subject(subject: str) -> str:
    """Refused rather than repaired: a line break in a subject is an attempt on the headers."""
    if any(character < " " or character == "\x7f" for character in subject):
        raise InvalidSubject
    return text.clean_line(subject, param="subject", max_length=300)


def _message_id(identifier: uuid.UUID) -> str:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<{identifier}@{host}>"
