"""How many mails an organization may send in an hour: a stolen key must not bomb mailboxes."""

import datetime
import math
import uuid

from django.conf import settings

from core.errors import DomainError, Kind
from core.ids import made_at
from integrations.models import Message, MessageRecipient

WINDOW = datetime.timedelta(hours=1)


class MailQuotaExceeded(DomainError):
    """`retry_after` is in whole seconds."""

    kind, code = Kind.RATE_LIMITED, "mail_quota_exceeded"
    message = "Your organization may send {limit} mails an hour; these are used up."


def check(organization_id: int, wanted: int, *, now: datetime.datetime) -> None:
    """Raises MailQuotaExceeded if that many more recipients are too many for this hour.

    Each recipient is a mail. Counted in real time by when messages were queued, also where
    a sandbox's clock says otherwise; alerts to the owners do not count.
    """
    limit = settings.MAIL_PER_HOUR
    recent = MessageRecipient.objects.filter(
        message__organization_id=organization_id, message__uuid__gte=first_after(now - WINDOW)
    ).exclude(message__kind=Message.Kind.ALERT)
    queued = list(recent.order_by("-message__uuid").values_list("message__uuid", flat=True)[:limit])
    if len(queued) + wanted <= limit:
        return
    # The hour of the oldest one that stands in the way must be over.
    blocking = queued[max(0, limit - wanted)] if wanted <= limit else queued[0]
    wait = (made_at(blocking) + WINDOW - now).total_seconds()
    raise MailQuotaExceeded(limit=limit, retry_after=max(1, math.ceil(wait)))


def first_after(moment: datetime.datetime) -> uuid.UUID:
    """The smallest id of that millisecond: the ids of messages carry when they were made."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)
