"""Files on documents and customers: kept as they came, under names of our own making."""

import datetime
import hashlib
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum

from accounts.actors import Actor
from billing.file_types import clean_file_name, media_type_of
from billing.models import Attachment, CreditNote, Customer, Invoice, Quote
from billing.queries.attachments import list_attachments
from billing.queries.lookup import Ref, find
from core import files
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit
from core.ids import random_text

FOLDER = "attachments"
MOST_PER_OBJECT = 50
MOST_MAILED_BYTES = 10 * 1_048_576
# Noun -> its model, and what reading and changing its files needs.
SUBJECTS: dict[str, tuple[type[Any], str, str]] = {
    "invoice": (Invoice, "invoices:read", "invoices:write"),
    "quote": (Quote, "invoices:read", "invoices:write"),
    "credit note": (CreditNote, "invoices:read", "invoices:write"),
    "customer": (Customer, "customers:read", "customers:write"),
}


class TooManyAttachments(DomainError):
    kind, code = Kind.CONFLICT, "too_many_attachments"
    message = "There are {limit} files on it already."


class MailTooLarge(DomainError):
    code = "attachments_too_large_for_mail"
    message = "The files that go out with an invoice have at most {limit} bytes together."
    default_param = "send_with_invoice"


@transaction.atomic
def attach_file(
    *,
    actor: Actor,
    at: datetime.datetime,
    noun: str,
    subject_id: Ref,
    file_name: str,
    content: bytes,
    send_with_invoice: bool = False,
) -> Attachment:
    """Keep a file on an invoice, quote, credit note or customer, whatever its state.

    `send_with_invoice` encloses it in the invoice's mail. Raises Forbidden, NotFound,
    InvalidValue, FileRefused, PictureRefused, FileTooLarge, TooManyAttachments, MailTooLarge.
    """
    model, _, scope = SUBJECTS[noun]
    actor.require(scope)
    name = clean_file_name(file_name)
    media_type = media_type_of(name, content)
    if send_with_invoice and noun != "invoice":
        raise InvalidValue("Only files of an invoice go out with it.", param="send_with_invoice")
    subject = find(model.objects.of(actor.organization_id).select_for_update(), subject_id, noun)
    _check_room(subject, len(content), send_with_invoice)
    attachment = Attachment(
        organization_id=actor.organization_id,
        file_name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_name=f"{FOLDER}/{actor.organization_id}/{random_text(32)}",
        send_with_invoice=send_with_invoice,
        uploaded_by=actor.label[:200],
        created_at=at,
        updated_at=at,
        **{noun.replace(" ", "_"): subject},
    )
    attachment.save(force_insert=True)
    _emit("attachment.created", attachment, actor, at, sequence=1)
    # Last, so that only a crash between here and the commit leaves a file without a row.
    files.keep(attachment.storage_name, content)
    return attachment


@transaction.atomic
def delete_attachment(*, actor: Actor, at: datetime.datetime, attachment_id: Ref) -> None:
    """Remove a file, once the transaction is through. Raises Forbidden, NotFound."""
    rows = list_attachments(actor.organization_id).select_for_update(of=("self",))
    attachment = find(rows, attachment_id, "attachment")
    actor.require(scopes_of(attachment)[1])
    _emit("attachment.deleted", attachment, actor, at)
    name = attachment.storage_name
    attachment.delete()
    transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def scopes_of(attachment: Attachment) -> tuple[str, str]:
    """What reading and what changing this file needs."""
    _, reading, writing = SUBJECTS[attachment.subject[0].replace("_", " ")]
    return reading, writing


def remove_orphans(*, at: datetime.datetime) -> int:
    """Delete files without a row: of deleted drafts, and of uploads that never committed.

    How many went. Young ones stay: their transaction may still be under way.
    """
    return files.remove_orphans(FOLDER, Attachment.objects.all(), at=at)


def attachment_snapshot(attachment: Attachment) -> dict[str, Any]:
    noun, subject = attachment.subject
    return {
        "object": "attachment",
        "uuid": str(attachment.uuid),
        "subject": noun,
        "subject_uuid": str(subject.uuid),
        "file_name": attachment.file_name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "send_with_invoice": attachment.send_with_invoice,
        "created_at": attachment.created_at,
    }


def _check_room(subject: Any, size: int, send_with_invoice: bool) -> None:
    if subject.attachments.count() >= MOST_PER_OBJECT:
        raise TooManyAttachments(limit=MOST_PER_OBJECT)
    if send_with_invoice:
        mailed = subject.attachments.filter(send_with_invoice=True).aggregate(all=Sum("size"))
        if (mailed["all"] or 0) + size > MOST_MAILED_BYTES:
            raise MailTooLarge(limit=MOST_MAILED_BYTES)


def _emit(
    type: str,
    attachment: Attachment,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
) -> None:
    emit(
        type,
        subject=attachment,
        data=attachment_snapshot(attachment),
        actor=actor,
        at=at,
        sequence=sequence,
    )
