"""The relay: takes events out of the outbox and plans what follows from them."""

import datetime
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import outbox
from core.models import Event
from integrations import feed
from integrations.spans import span
from integrations.subscriptions import Consequence, consequences_of

logger = logging.getLogger(__name__)


def has_waiting(at: datetime.datetime) -> bool:
    """Whether any event waits for its consequences now."""
    waiting = Event.objects.filter(relayed_at__isnull=True, attempts__lt=outbox.MAX_EVENT_ATTEMPTS)
    return outbox.due(waiting, at).exists()


def relay(limit: int = 100, *, at: datetime.datetime | None = None) -> int:
    """Plan the consequences of up to `limit` waiting events; how many were taken.

    All in one transaction when nothing goes wrong. If something does, each event gets one
    of its own, so that only the culprit waits; after five failures it is parked.
    `at` defaults to the present.
    """
    at = at or timezone.now()
    if not has_waiting(at):
        return 0
    events = outbox.claim_events(at=at, limit=limit)
    with span("outbox relay", _told(events)):
        feed.place(events)
        try:
            _plan(events, at)
        except Exception as error:  # whatever a consequence raised
            if len(events) == 1:
                _postpone(events[0], at, error)
            else:
                for event in events:
                    _plan_alone(event, at)
    return len(events)


def tell_of_crashed(at: datetime.datetime) -> int:
    """Say loudly which events were parked because they end their workers; how many."""
    crashed = outbox.note_crashed_events(at=at)
    for event in crashed:
        logger.error("event %s (%s) ended its worker each time: parked", event.uuid, event.type)
    return len(crashed)


def _told(events: Sequence[Event]) -> dict[str, Any]:
    """For a trace: which requests' events these are."""
    return {
        "invoiceapp.events": len(events),
        "invoiceapp.request_ids": sorted({event.request_id for event in events} - {""}),
    }


@transaction.atomic
def _plan(events: Sequence[Event], at: datetime.datetime) -> None:
    by_consequence: dict[Consequence, list[Event]] = defaultdict(list)
    for event in events:
        for consequence in consequences_of(event.type):
            by_consequence[consequence].append(event)
    for consequence, its_events in by_consequence.items():
        consequence(its_events, at)
    outbox.finish_events(list(events), at=at)


def _plan_alone(event: Event, at: datetime.datetime) -> None:
    try:
        _plan([event], at)
    except Exception as error:  # whatever a consequence raised
        _postpone(event, at, error)


def _postpone(event: Event, at: datetime.datetime, error: Exception) -> None:
    words = f"{type(error).__name__}: {error}"
    if outbox.postpone_event(event, at=at, error=words):
        logger.warning("event %s (%s) postponed: %s", event.uuid, event.type, words)
    else:
        logger.error("event %s (%s) parked: %s", event.uuid, event.type, words, exc_info=error)
