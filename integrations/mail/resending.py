"""Mail that failed: listed, and sent again to the same address by hand."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import Actor
from core.errors import DomainError, Kind, NotFound
from integrations.mail.fates import FAILED, IS_FAILED
from integrations.mail.outgoing import queue_message
from integrations.models import Message, MessageRecipient


class MessageNotFailed(DomainError):
    kind, code = Kind.CONFLICT, "message_not_failed"
    message = "The mail to {address} has not failed."


class MessageSentAgain(DomainError):
    kind, code = Kind.CONFLICT, "message_sent_again"
    message = "It was sent to {address} again already."


def failed_recipients(organization_id: int, since: datetime.datetime) -> QuerySet[MessageRecipient]:
    """Refused, bounced or complained since that instant; `is_sent_again` says of each whether."""
    rows = _recipients(organization_id).filter(IS_FAILED, updated_at__gte=since)
    return rows.select_related("message")


@transaction.atomic
def resend(*, actor: Actor, at: datetime.datetime, recipient_id: int) -> Message:
    """Queue the message's document anew for this one recipient, in the same words.

    A suppression does not hold back what a person sends by hand. Raises Forbidden, NotFound,
    MessageNotFailed, MessageSentAgain, MailQuotaExceeded.
    """
    actor.require("invoices:send")
    locked = MessageRecipient.objects.of(actor.organization_id).select_for_update()
    if locked.filter(pk=recipient_id).first() is None:
        raise NotFound(noun="recipient", id=recipient_id)
    recipient = _recipients(actor.organization_id).select_related("message").get(pk=recipient_id)
    message = recipient.message
    if recipient.status not in FAILED or message.kind == Message.Kind.ALERT:
        raise MessageNotFailed(address=recipient.address)
    if recipient.is_sent_again:  # type: ignore[attr-defined]
        raise MessageSentAgain(address=recipient.address)
    return queue_message(
        actor=actor,
        at=at,
        kind=message.kind,
        subject_id=message.subject_id,
        to=[recipient.address],
        subject=message.subject,
        body=message.body,
        attach_pdf=message.attach_pdf,
    )


def _recipients(organization_id: int) -> QuerySet[MessageRecipient]:
    later = MessageRecipient.objects.of(organization_id).filter(
        address=OuterRef("address"),
        message__kind=OuterRef("message__kind"),
        message__subject_id=OuterRef("message__subject_id"),
        message_id__gt=OuterRef("message_id"),
    )
    return MessageRecipient.objects.of(organization_id).annotate(is_sent_again=Exists(later))
