"""Leases: how workers share rows of pending work without losing or doubling one.

A row of work has `next_attempt_at` and `locked_until`. A worker claims due rows by
setting `locked_until`; a worker that dies leaves a lease that runs out, and the row is
due again. Who finishes a row names the lease it held, so a worker that was too slow
cannot overwrite the result of the one that took over.
"""

import datetime
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F, Model, Q, QuerySet

from core.models import Event

W = TypeVar("W", bound=Model)

# Crashes and errors together; after that the event is parked for a person to look at.
MAX_EVENT_ATTEMPTS = 5
EVENT_LEASE = datetime.timedelta(seconds=60)


def due(rows: QuerySet[W], at: datetime.datetime) -> QuerySet[W]:
    """The rows whose time has come and that nobody holds, the longest waiting first."""
    return rows.filter(
        Q(locked_until__isnull=True) | Q(locked_until__lt=at), next_attempt_at__lte=at
    ).order_by("next_attempt_at", "pk")


def lease(
    rows: QuerySet[W], pks: list[int], *, at: datetime.datetime, until: datetime.datetime
) -> list[int]:
    """Take those of the rows that are still due; their ids, in the given order.

    PostgreSQL skips rows that another worker is taking at this moment. SQLite admits one
    writer at a time, so there the condition in the update decides.
    """
    if not pks:
        return []
    with transaction.atomic():
        mine = due(rows.filter(pk__in=pks), at)
        if connection.features.has_select_for_update_skip_locked:
            mine = mine.select_for_update(skip_locked=True, of=("self",))
        taken = set(mine.values_list("pk", flat=True))
        rows.model._default_manager.filter(pk__in=taken).update(locked_until=until)
    return [pk for pk in pks if pk in taken]


def held(model: type[W], pks: list[int], *, until: datetime.datetime) -> QuerySet[W]:
    """Those of the rows that this lease still holds: the only ones its holder may finish."""
    return model._default_manager.filter(pk__in=pks, locked_until=until)


def claim_events(*, at: datetime.datetime, limit: int) -> list[Event]:
    """Lease events whose consequences are still to be planned, in order of occurrence.

    Counts the attempt before it is made, so that an event that kills its worker is found
    out. One that failed before comes alone: its neighbours do not suffer with it.
    """
    waiting = Event.objects.filter(relayed_at__isnull=True, attempts__lt=MAX_EVENT_ATTEMPTS)
    fresh = due(waiting.filter(attempts=0), at).values_list("pk", flat=True)[:limit]
    pks = list(fresh) or list(due(waiting, at).values_list("pk", flat=True)[:1])
    taken = lease(waiting, pks, at=at, until=at + EVENT_LEASE)
    Event.objects.filter(pk__in=taken).update(attempts=F("attempts") + 1)
    return list(Event.objects.filter(pk__in=taken).order_by("pk"))


def finish_events(events: list[Event], *, at: datetime.datetime) -> None:
    """Their consequences are planned. Call it in the transaction that planned them."""
    pks = [event.pk for event in events]
    Event.objects.filter(pk__in=pks).update(relayed_at=at, locked_until=None, last_error="")


def postpone_event(event: Event, *, at: datetime.datetime, error: str) -> bool:
    """Planning failed: try again a little later. False once it is parked."""
    Event.objects.filter(pk=event.pk, relayed_at__isnull=True).update(
        locked_until=None,
        next_attempt_at=at + datetime.timedelta(seconds=2**event.attempts),
        last_error=error[:2000],
    )
    return event.attempts < MAX_EVENT_ATTEMPTS


def parked_events() -> QuerySet[Event]:
    """Events that failed too often and wait for a person."""
    return Event.objects.filter(relayed_at__isnull=True, attempts__gte=MAX_EVENT_ATTEMPTS)


def note_crashed_events(*, at: datetime.datetime) -> list[Event]:
    """Those that ended their worker each time and are parked now: which, each told of once.

    Whoever fails in order gives its lease back; a lease that ran out is what a crash leaves.
    """
    left = parked_events().filter(locked_until__lt=at)
    crashed = list(left.order_by("pk"))
    told = left.filter(pk__in=[event.pk for event in crashed])
    told.update(locked_until=None, last_error="Each attempt ended the worker.")
    return crashed


def retry_parked_events(*, at: datetime.datetime) -> int:
    """Give the parked events all their attempts again; how many there were."""
    fresh: dict[str, Any] = {"attempts": 0, "next_attempt_at": at, "locked_until": None}
    return parked_events().update(**fresh)
