"""Invoices on their way to the customer: asked for, accepted, opened."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.actors import Actor
from billing.models import Invoice, InvoiceStatus
from billing.operations.issuing import issue_invoice
from billing.operations.locks import lock_invoice
from billing.operations.recipients import automatic, recipients_of
from billing.ports import QueuedMessage, mailer
from billing.queries.invoices import get_invoice
from billing.queries.lookup import Ref
from billing.snapshots import changed, invoice_snapshot, invoice_state
from core.errors import DomainError, Kind
from core.events import emit
from core.text import clean_text


class InvoiceNotSendable(DomainError):
    kind, code = Kind.CONFLICT, "invoice_not_sendable"
    message = "Invoice {number} is void and cannot be sent."


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A mail that is queued: the invoice as it is now, and whom the mail addresses.

    `sent_to` are the visible recipients, to and cc.
    """

    invoice: Invoice
    message: QueuedMessage
    sent_to: tuple[str, ...]


@transaction.atomic
def request_send(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    to: Iterable[str] | None = None,
    cc: Iterable[str] = (),
    bcc: Iterable[str] = (),
    subject: str = "",
    message: str = "",
    attach_pdf: bool = True,
    send_copy_to_self: bool = False,
) -> SendRequest:
    """Queue the invoice as mail; a draft is issued first, in the same transaction.

    Without `to` it goes to the customer and to the contacts who receive invoices. The
    copy to self goes to the organization's address, unseen. `sent_at` is set by
    record_sent, once a mail server took it (B16). Raises Forbidden, NotFound,
    InvoiceNotSendable, InvalidValue, and what issue_invoice raises; what goes out by itself
    also RecipientsSuppressed.
    """
    actor.require("invoices:send")
    invoice = lock_invoice(actor.organization_id, invoice_id)
    if invoice.status == InvoiceStatus.VOID:
        raise InvoiceNotSendable(number=invoice.number)
    recipients = recipients_of(
        invoice,
        to=to,
        cc=cc,
        bcc=bcc,
        send_copy_to_self=send_copy_to_self,
        without=automatic(actor),
    )
    body = clean_text(message, param="message")
    if invoice.is_draft:
        invoice = issue_invoice(actor=actor, at=at, invoice_id=invoice.pk)
    else:
        invoice = get_invoice(actor.organization_id, invoice.pk)
    queued = mailer.queue(
        actor=actor,
        at=at,
        kind="invoice",
        subject_id=invoice.pk,
        to=recipients.to,
        cc=recipients.cc,
        bcc=recipients.bcc,
        subject=subject,
        body=body,
        attach_pdf=attach_pdf,
    )
    emit(
        "invoice.send_requested",
        subject=invoice,
        data=invoice_snapshot(invoice),
        actor=actor,
        at=at,
    )
    return SendRequest(invoice, queued, recipients.visible)


@transaction.atomic
def record_sent(*, actor: Actor, at: datetime.datetime, invoice_id: Ref) -> Invoice:
    """A mail server accepted the invoice for its first recipient. Later calls change nothing.

    Raises Forbidden, NotFound.
    """
    actor.require("invoices:send")
    return _once("sent_at", "invoice.sent", actor, at, invoice_id)


@transaction.atomic
def record_viewed(*, actor: Actor, at: datetime.datetime, invoice_id: Ref) -> Invoice:
    """A person opened the invoice (B17). Later calls change nothing, nor does a draft.

    Needs no scope: whoever holds the public link may look. Raises NotFound.
    """
    return _once("viewed_at", "invoice.viewed", actor, at, invoice_id)


def _once(fact: str, event: str, actor: Actor, at: datetime.datetime, reference: Ref) -> Invoice:
    invoice = lock_invoice(actor.organization_id, reference)
    if getattr(invoice, fact) is not None or invoice.is_draft:
        return invoice
    before = invoice_state(invoice)
    setattr(invoice, fact, at)
    invoice.updated_at = at
    invoice.save(update_fields=[fact, "updated_at"])
    after = invoice_snapshot(invoice)
    emit(event, subject=invoice, data=after, previous=changed(before, after), actor=actor, at=at)
    return invoice
