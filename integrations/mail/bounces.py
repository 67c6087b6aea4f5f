"""What a delivery report or a complaint changes: the recipient's fate, and whom we mail."""

import datetime
import logging
from typing import Any

from django.db import transaction

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.models import MailSuppression
from billing.operations.suppressions import suppress_address
from core import events
from core.models import as_uuid
from integrations.mail.fates import RECIPIENT, Source, fate, log
from integrations.mail.reports import News, Report, Told
from integrations.mail.subjects import document_of
from integrations.models import Message, MessageRecipient, RecipientFate

logger = logging.getLogger(__name__)
_REASONS = {
    News.BOUNCED: MailSuppression.Reason.BOUNCED,
    News.COMPLAINED: MailSuppression.Reason.COMPLAINED,
}


@transaction.atomic
def apply_report(report: Report, *, at: datetime.datetime) -> int:
    """Write down what the report says of our recipients; for how many it was news.

    The same report counts once. One about a message that is not ours, or of somebody the
    message did not go to, changes nothing.
    """
    message = find_message(report)
    if message is None:
        return 0
    recipients = list(message.recipients.select_for_update().order_by("pk"))
    return sum(_tell(message, recipients, told, report, at) for told in report.told)


def find_message(report: Report) -> Message | None:
    """The message it is about, or None. Call it in a transaction: the message stays locked.

    A worker that is sending it writes its own findings after ours or before.
    """
    rows = Message.objects.select_for_update()
    found = None
    if report.message_id:
        found = rows.filter(message_id=report.message_id).first()
    envelope = as_uuid(report.envelope_id)
    if found is None and envelope is not None:
        found = rows.filter(uuid=envelope).first()
    return found


def _tell(
    message: Message,
    recipients: list[MessageRecipient],
    told: Told,
    report: Report,
    at: datetime.datetime,
) -> int:
    recipient = _recipient_of(recipients, told.address)
    if recipient is None:
        logger.info("a report about %s names nobody it went to", message.message_id)
        return 0
    known = RecipientFate.objects.of(message.organization_id).filter(recipient=recipient)
    if known.filter(report_id=report.report_id).exists():
        return 0
    source = Source.COMPLAINT if told.news is News.COMPLAINED else Source.REPORT
    if report.is_from_provider:
        source = Source.PROVIDER
    happened, report_id = told.news.value, report.report_id
    log([fate(recipient, happened, at, source, detail=told.detail, report_id=report_id)])
    if not RECIPIENT.allows(recipient.status, happened):
        return 1
    recipient.status = MessageRecipient.Status(RECIPIENT.next(recipient.status, happened))
    recipient.detail, recipient.updated_at = told.detail, at
    recipient.save(update_fields=["status", "detail", "updated_at"])
    if told.news in _REASONS:
        _follow(message, recipient, told, at)
    return 1


def _recipient_of(recipients: list[MessageRecipient], address: str) -> MessageRecipient | None:
    """By address; where there was only one, whoever it was forwarded to."""
    named = [one for one in recipients if one.address.lower() == address]
    return named[0] if named else recipients[0] if len(recipients) == 1 else None


def _follow(
    message: Message, recipient: MessageRecipient, told: Told, at: datetime.datetime
) -> None:
    organization = Organization.objects.get(pk=message.organization_id)
    actor = system_actor(organization.pk, livemode=organization.livemode, label="mail")
    # The owners' own addresses are no customers' and have no page to be cleared on.
    if told.is_permanent and message.kind != Message.Kind.ALERT:
        suppress_address(
            actor=actor,
            at=at,
            address=recipient.address,
            reason=_REASONS[told.news],
            detail=told.detail,
        )
    _emit(message, recipient, actor, at)


def _emit(
    message: Message, recipient: MessageRecipient, actor: Actor, at: datetime.datetime
) -> None:
    events.emit(
        f"message.{recipient.status}",
        subject=message,
        data=message_snapshot(message, recipient),
        actor=actor,
        at=at,
    )


def message_snapshot(message: Message, recipient: MessageRecipient) -> dict[str, Any]:
    """What an event tells of a message and the one recipient it is about."""
    return {
        "object": "message",
        "uuid": str(message.uuid),
        "kind": message.kind,
        "message_id": message.message_id,
        "document": document_of(message),
        "recipient": {
            "address": recipient.address,
            "role": recipient.role,
            "status": recipient.status,
            "detail": recipient.detail,
        },
        "sent_at": message.sent_at,
        "created_at": message.created_at,
    }
