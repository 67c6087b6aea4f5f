"""Saying in time that an API key is about to end: 14 and 3 days before, and when it has."""

import datetime

from django.db import transaction
from django.db.models import Q

from accounts.actors import system_actor
from accounts.models import ApiKey
from accounts.operations.api_keys import api_key_snapshot
from core import events

# Days before the end, from early to late; 0 is the end itself.
STAGES = (14, 3, 0)
# Who was not told for so long is not told any more.
_TOO_LATE = datetime.timedelta(days=3)
_ONE_DAY = datetime.timedelta(days=1)


def note_expiring_keys(*, at: datetime.datetime, limit: int = 500) -> int:
    """Raise api_key.expiring or api_key.expired, each stage once; how many, at most `limit`.

    After an outage only the latest stage is told. A key that was made for less time than a
    stage is not announced by it, nor is one that was replaced: its end is meant.
    """
    ends = Q(expires_at__lte=at + STAGES[0] * _ONE_DAY, expires_at__gt=at - _TOO_LATE)
    rows = ApiKey.objects.filter(ends, revoked_at__isnull=True, replaced_by__isnull=True)
    # The last stage is the end of it.
    rows = rows.exclude(expiry_noted_days=STAGES[-1]).order_by("expires_at", "pk")
    told = 0
    for pk in rows.values_list("pk", flat=True)[: 10 * limit]:
        if told >= limit:
            break
        told += _note(pk, at)
    return told


def stage_of(key: ApiKey, at: datetime.datetime) -> int | None:
    """The latest stage that the key has come to, or None."""
    if key.expires_at is None:
        return None
    left = key.expires_at - at
    came = [
        days
        for days in STAGES
        if left <= days * _ONE_DAY and key.created_at <= key.expires_at - days * _ONE_DAY
    ]
    return min(came, default=None)


@transaction.atomic
def _note(pk: int, at: datetime.datetime) -> int:
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("organization").get(pk=pk)
    stage = stage_of(key, at)
    noted = key.expiry_noted_days
    if stage is None or key.revoked_at is not None or (noted is not None and noted <= stage):
        return 0
    key.expiry_noted_days = stage
    key.save(update_fields=["expiry_noted_days"])
    organization = key.organization
    events.emit(
        "api_key.expired" if stage == 0 else "api_key.expiring",
        subject=key,
        data={**api_key_snapshot(key), "days_left": stage},
        actor=system_actor(organization.pk, livemode=organization.livemode, label="scheduler"),
        at=at,
    )
    return 1
