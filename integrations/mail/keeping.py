"""Mail under a test clock: the first of each hour is really sent, the rest stays in the house.

A year that passes in a minute would otherwise pour its mail over people and mail servers.
What is kept counts as accepted at its own instant, so the documents come out the same.
"""

import datetime
import uuid

from django.conf import settings

from accounts.models import Organization
from core.ids import made_at, uuid7
from integrations.mail.quota import WINDOW, first_after
from integrations.models import Message, MessageRecipient

KEPT = "Kept in the sandbox, whose clock is set."


def clock_of(organization_id: int) -> datetime.datetime | None:
    """Where the organization's test clock stands; None where real time goes."""
    rows = Organization.objects.filter(pk=organization_id)
    return rows.values_list("test_clock", flat=True).first()


def left_to_send(organization_id: int, before: uuid.UUID | None = None) -> int:
    """How many more mails of a sandbox whose clock is set are really sent in this hour.

    Each recipient is a mail, counted in real time by when it was queued, `before` a message
    of that id.
    """
    limit, until = settings.TEST_CLOCK_MAIL_PER_HOUR, before or uuid7()
    recent = MessageRecipient.objects.of(organization_id).filter(
        message__uuid__gte=first_after(made_at(until) - WINDOW), message__uuid__lt=until
    )
    recent = recent.exclude(message__kind=Message.Kind.ALERT).exclude(detail=KEPT)
    return limit - len(recent.order_by("message__uuid").values_list("pk")[:limit])


def kept_at(message: Message, recipients: int) -> datetime.datetime | None:
    """The instant at which the message stays in the house; None if it is to be sent.

    Alerts go to the organization's own people, who live in real time.
    """
    if message.kind == Message.Kind.ALERT:
        return None
    clock = clock_of(message.organization_id)
    if clock is None or left_to_send(message.organization_id, message.uuid) >= recipients:
        return None
    return clock
