"""Quotes and credit notes on their way to the customer: asked for, accepted, opened."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.actors import Actor
from billing.lifecycle import QUOTE
from billing.models import CreditNote, Quote
from billing.operations.locks import lock_credit_note, lock_quote
from billing.operations.quote_answers import open_quote, refuse_expired
from billing.operations.recipients import recipients_of
from billing.ports import QueuedMessage, mailer
from billing.queries.credit_notes import get_credit_note
from billing.queries.lookup import Ref
from billing.snapshots import changed, credit_note_snapshot, quote_snapshot, quote_state
from core.errors import DomainError, Kind
from core.events import emit
from core.text import clean_text


class QuoteNotSendable(DomainError):
    kind, code = Kind.CONFLICT, "quote_not_sendable"
    message = "Quote {number} is {status} and cannot be sent."


class CreditNoteNotSendable(DomainError):
    kind, code = Kind.CONFLICT, "credit_note_not_sendable"
    message = "Credit note {number} is void and cannot be sent."


@dataclass(frozen=True, slots=True)
class QuoteSendRequest:
    """A mail that is queued, the quote as it is now, and the visible recipients."""

    quote: Quote
    message: QueuedMessage
    sent_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreditNoteSendRequest:
    """A mail that is queued, the credit note as it is now, and the visible recipients."""

    credit_note: CreditNote
    message: QueuedMessage
    sent_to: tuple[str, ...]


@transaction.atomic
def request_quote_send(
    *,
    actor: Actor,
    at: datetime.datetime,
    quote_id: Ref,
    to: Iterable[str] | None = None,
    cc: Iterable[str] = (),
    bcc: Iterable[str] = (),
    subject: str = "",
    message: str = "",
    attach_pdf: bool = True,
    send_copy_to_self: bool = False,
) -> QuoteSendRequest:
    """Queue the quote as mail; a draft is opened first, in the same transaction.

    Recipients as for an invoice. `sent_at` is set by record_quote_sent, once a mail
    server took it (B16). Raises Forbidden, NotFound, QuoteNotSendable, QuoteExpired,
    InvalidValue.
    """
    actor.require("invoices:send")
    quote = lock_quote(actor.organization_id, quote_id)
    recipients = recipients_of(quote, to=to, cc=cc, bcc=bcc, send_copy_to_self=send_copy_to_self)
    body = clean_text(message, param="message")
    if QUOTE.allows(quote.status, "open"):
        quote = open_quote(actor=actor, at=at, quote_id=quote.pk)
    elif not QUOTE.allows(quote.status, "accept"):
        raise QuoteNotSendable(number=quote.number, status=quote.status)
    refuse_expired(quote, at)
    queued = mailer.queue(
        actor=actor,
        at=at,
        kind="quote",
        subject_id=quote.pk,
        to=recipients.to,
        cc=recipients.cc,
        bcc=recipients.bcc,
        subject=subject,
        body=body,
        attach_pdf=attach_pdf,
    )
    emit("quote.send_requested", subject=quote, data=quote_snapshot(quote), actor=actor, at=at)
    return QuoteSendRequest(quote, queued, recipients.visible)


@transaction.atomic
def record_quote_sent(*, actor: Actor, at: datetime.datetime, quote_id: Ref) -> Quote:
    """A mail server accepted the quote for its first recipient. Later calls change nothing.

    Raises Forbidden, NotFound.
    """
    actor.require("invoices:send")
    return _once("sent_at", "quote.sent", actor, at, quote_id)


@transaction.atomic
def record_quote_viewed(*, actor: Actor, at: datetime.datetime, quote_id: Ref) -> Quote:
    """A person opened the quote (B17). Later calls change nothing, nor does a draft.

    Needs no scope: whoever holds the public link may look. Raises NotFound.
    """
    return _once("viewed_at", "quote.viewed", actor, at, quote_id)


@transaction.atomic
def request_credit_note_send(
    *,
    actor: Actor,
    at: datetime.datetime,
    credit_note_id: Ref,
    to: Iterable[str] | None = None,
    cc: Iterable[str] = (),
    bcc: Iterable[str] = (),
    subject: str = "",
    message: str = "",
    attach_pdf: bool = True,
    send_copy_to_self: bool = False,
) -> CreditNoteSendRequest:
    """Queue the credit note as mail, as request_quote_send does a quote.

    Raises Forbidden, NotFound, CreditNoteNotSendable, InvalidValue.
    """
    actor.require("invoices:send")
    lock_credit_note(actor.organization_id, credit_note_id)
    note = get_credit_note(actor.organization_id, credit_note_id)
    if note.status == CreditNote.Status.VOID:
        raise CreditNoteNotSendable(number=note.number)
    recipients = recipients_of(note, to=to, cc=cc, bcc=bcc, send_copy_to_self=send_copy_to_self)
    queued = mailer.queue(
        actor=actor,
        at=at,
        kind="credit_note",
        subject_id=note.pk,
        to=recipients.to,
        cc=recipients.cc,
        bcc=recipients.bcc,
        subject=subject,
        body=clean_text(message, param="message"),
        attach_pdf=attach_pdf,
    )
    data = credit_note_snapshot(note)
    emit("credit_note.send_requested", subject=note, data=data, actor=actor, at=at)
    return CreditNoteSendRequest(note, queued, recipients.visible)


@transaction.atomic
def record_credit_note_sent(
    *, actor: Actor, at: datetime.datetime, credit_note_id: Ref
) -> CreditNote:
    """A mail server accepted the note for its first recipient. Later calls change nothing.

    Raises Forbidden, NotFound.
    """
    actor.require("invoices:send")
    lock_credit_note(actor.organization_id, credit_note_id)
    note = get_credit_note(actor.organization_id, credit_note_id)
    if note.sent_at is not None:
        return note
    before = credit_note_snapshot(note)
    note.sent_at = note.updated_at = at
    note.save(update_fields=["sent_at", "updated_at"])
    after = credit_note_snapshot(note)
    previous = changed(before, after)
    emit("credit_note.sent", subject=note, data=after, previous=previous, actor=actor, at=at)
    return note


def _once(fact: str, event: str, actor: Actor, at: datetime.datetime, reference: Ref) -> Quote:
    quote = lock_quote(actor.organization_id, reference)
    if getattr(quote, fact) is not None or QUOTE.allows(quote.status, "open"):
        return quote
    before = quote_state(quote)
    setattr(quote, fact, at)
    quote.updated_at = at
    quote.save(update_fields=[fact, "updated_at"])
    after = quote_snapshot(quote)
    emit(event, subject=quote, data=after, previous=changed(before, after), actor=actor, at=at)
    return quote
