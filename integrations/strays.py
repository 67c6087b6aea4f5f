"""Work that a wrong clock planned for a time that nobody meant, brought back to the present.

A host whose clock ran ahead plans the next attempt by that clock, and takes leases that end by
it. Once the clock is right again, such a row would wait for the day the clock had shown.
"""

import datetime
import logging
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from core.models import Event
from integrations.models import Message, WebhookDelivery

logger = logging.getLogger(__name__)

# A host that is further from the database's time than this neither deletes nor mends.
WORST_SKEW = datetime.timedelta(minutes=30)
# Longer than any lease, and than any clock is wrong that somebody looks after.
SLACK = datetime.timedelta(hours=1)
# A first attempt is planned for the moment it was asked for.
LATE = datetime.timedelta(minutes=10)
# The longest wait of either schedule, with its tenth.
LONGEST_WAIT = datetime.timedelta(hours=27)


def is_wrong(at: datetime.datetime) -> bool:
    """Whether the clock that says `at` is far from the database's: what seems over may not be."""
    if connection.vendor != "postgresql":
        return False  # the file is on this host, and has its clock
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        ((theirs,),) = cursor.fetchall()
    if abs(theirs - at) <= WORST_SKEW:
        return False
    logger.warning("this host's clock says %s and the database's %s", at, theirs)
    return True


def bring_back(at: datetime.datetime) -> int:
    """Make due what lies too far ahead, and free what is held too long; how many rows."""
    found = 0
    for rows, tried in _pending():
        first = Q(**{tried: 0}, next_attempt_at__gt=at + LATE)
        strayed = rows.filter(first | Q(next_attempt_at__gt=at + LONGEST_WAIT))
        found += strayed.update(next_attempt_at=at)
        found += rows.filter(locked_until__gt=at + SLACK).update(locked_until=None)
    if found:
        logger.warning("%s pieces of work were planned by a wrong clock", found)
    return found


def _pending() -> tuple[tuple[QuerySet[Any], str], ...]:
    return (
        (Event.objects.filter(relayed_at__isnull=True), "attempts"),
        (WebhookDelivery.objects.filter(status="pending"), "attempts_made"),
        (Message.objects.filter(status="queued"), "attempts_made"),
    )
