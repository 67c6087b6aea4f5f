"""The night in which sandboxes are emptied, as their users were promised."""

import datetime
import logging

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import system_actor
from accounts.models import Organization
from core.models import Event
from integrations.sandbox.wiping import reset_sandbox

logger = logging.getLogger(__name__)

# Hours of UTC in which it may happen: a worker that was away comes too late for this night.
FROM_HOUR, TO_HOUR = 0, 5


def reset_due(at: datetime.datetime) -> int:
    """Empty every sandbox in which something happened since it was last emptied; how many.

    Once a night at most, and never a sandbox whose clock somebody has set: there a night
    passes only when its users say so.
    """
    if not FROM_HOUR <= at.hour < TO_HOUR:
        return 0
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    done = 0
    for organization in _used_before(midnight):
        actor = system_actor(organization.pk, livemode=False, label="daily reset")
        gone = reset_sandbox(actor=actor, at=at)
        logger.info("the sandbox %s was emptied of %d rows", organization.slug, gone)
        done += 1
    return done


def _used_before(midnight: datetime.datetime) -> QuerySet[Organization]:
    mine = Event.objects.filter(organization_id=OuterRef("pk"))
    resets = mine.filter(type="sandbox.reset")
    last_reset = Coalesce(Subquery(resets.order_by("-pk").values("pk")[:1]), 0)
    # By row number: events of a sandbox carry the time of its clock.
    since = mine.filter(pk__gt=OuterRef("last_reset"), occurred_at__lt=midnight)
    return (
        Organization.objects.filter(
            livemode=False, sandbox_of__isnull=False, test_clock__isnull=True
        )
        .annotate(last_reset=last_reset)
        .filter(Exists(since), ~Exists(resets.filter(occurred_at__gte=midnight)))
        .order_by("pk")
    )
