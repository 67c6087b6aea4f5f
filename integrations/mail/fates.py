"""What may become of a recipient, and the log of it."""

import datetime
from collections.abc import Iterable

from django.db.models import Q

from core.lifecycle import Lifecycle
from core.rows import new_row
from integrations.models import MessageRecipient, RecipientFate

Status = MessageRecipient.Status
Happened = RecipientFate.Happened
Source = RecipientFate.Source

RECIPIENT = Lifecycle(
    "recipient",
    {
        ("queued", "accepted"): Status.ACCEPTED,
        ("queued", "refused"): Status.REFUSED,
        ("queued", "suppressed"): Status.SUPPRESSED,
        # Where the connection broke before the server's answer, a report is the first news.
        ("queued", "delivered"): Status.DELIVERED,
        ("queued", "bounced"): Status.BOUNCED,
        ("accepted", "delivered"): Status.DELIVERED,
        ("accepted", "bounced"): Status.BOUNCED,
        ("accepted", "complained"): Status.COMPLAINED,
        # Delivered to a server that forwards may still come back.
        ("delivered", "bounced"): Status.BOUNCED,
        ("delivered", "complained"): Status.COMPLAINED,
    },
)
# Whoever is in one of these had the message taken over by a mail server.
TAKEN = frozenset({Status.ACCEPTED, Status.DELIVERED, Status.COMPLAINED})
FAILED = (Status.REFUSED, Status.BOUNCED, Status.COMPLAINED)
IS_FAILED = Q(status__in=FAILED)


def fate(
    recipient: MessageRecipient,
    happened: str,
    at: datetime.datetime,
    source: str,
    *,
    detail: str = "",
    report_id: str = "",
) -> RecipientFate:
    """The log's unsaved line."""
    line = new_row(
        RecipientFate,
        organization_id=recipient.organization_id,
        happened=Happened(happened),
        occurred_at=at,
        source=Source(source),
        detail=detail[:500],
        report_id=report_id,
    )
    line.recipient = recipient
    return line


def log(fates: Iterable[RecipientFate]) -> None:
    """Add the lines, in the caller's transaction."""
    RecipientFate.objects.bulk_create(fates)
