"""Replaying: the same events once more, under their own ids, from the log or from the feed."""

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet

from accounts.actors import Actor
from core import events
from core.errors import DomainError, InvalidValue, Kind
from core.many_rows import insert_new
from core.models import Event
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import payloads
from integrations.webhooks.endpoints import endpoint_snapshot, lock_endpoint
from integrations.webhooks.fanout import plan_deliveries
from integrations.webhooks.log import get_delivery

KEPT = datetime.timedelta(days=30)
MOST_AT_ONCE = 10_000
_BITE = 500
Status = WebhookDelivery.Status


class TestNotReplayable(DomainError):
    __test__ = False  # not a test case
    kind, code = Kind.CONFLICT, "test_not_replayable"
    message = "A test delivery is made once: send another test."


class TooManyEvents(DomainError):
    code = "too_many_events"
    message = "That is more than {limit} deliveries: narrow the range."
    default_param = "created"


@dataclass(frozen=True, slots=True)
class Replay:
    """How many deliveries were planned, and how many were on their way already."""

    planned: int
    already_pending: int


@transaction.atomic
def replay_delivery(
    *, actor: Actor, at: datetime.datetime, endpoint_id: Any, delivery_id: Any
) -> WebhookDelivery:
    """Send the same bytes under the same id again, with a schedule of its own.

    One that is still on its way stays as it is: there are never two of it. An endpoint
    that is off gets it once it is on again. Raises NotFound, TestNotReplayable.
    """
    actor.require("webhooks:manage")
    endpoint = lock_endpoint(actor.organization_id, endpoint_id)
    delivery = get_delivery(endpoint, delivery_id)
    if delivery.event_id is None:
        raise TestNotReplayable
    if _rearm(WebhookDelivery.objects.filter(pk=delivery.pk), at):
        _note(endpoint, actor, at, Replay(1, 0))
    return get_delivery(endpoint, delivery_id)


@transaction.atomic
def replay_range(
    *,
    actor: Actor,
    at: datetime.datetime,
    endpoint_id: Any,
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
    types: Collection[str] | None = None,
    only_failed: bool = False,
) -> Replay:
    """Plan every event of `since` <= occurred <= `until` that the endpoint asks for.

    Also those that happened while it was off or before there was an endpoint, as far as
    events are kept (30 days). `types` narrows further, by real names. `only_failed` takes
    just the deliveries that were given up. One that is on its way is not planned twice.
    Raises NotFound, InvalidValue, TooManyEvents.
    """
    actor.require("webhooks:manage")
    endpoint = lock_endpoint(actor.organization_id, endpoint_id)
    if since is not None and until is not None and until < since:
        raise InvalidValue("The range ends before it starts.", param="created.lte")
    found = _events(endpoint, at, since, until, types)
    known = WebhookDelivery.objects.filter(endpoint=endpoint, event__in=found.values("pk"))
    if only_failed:
        done = Replay(_rearm_some(known.filter(status=Status.FAILED), at), 0)
    else:
        counted = found.order_by().values_list("type").annotate(count=Count("pk"))
        if sum(count * len(_names(endpoint, type)) for type, count in counted) > MOST_AT_ONCE:
            raise TooManyEvents(limit=MOST_AT_ONCE)
        have: set[tuple[int | None, str]] = set(known.values_list("event_id", "event_type"))
        pending = known.filter(status=Status.PENDING).count()
        again = _rearm_some(known.exclude(status=Status.PENDING), at)
        done = Replay(again + _plan_missing(endpoint, found, have, at), pending)
    if done.planned:
        _note(endpoint, actor, at, done)
    return done


def _events(
    endpoint: WebhookEndpoint,
    at: datetime.datetime,
    since: datetime.datetime | None,
    until: datetime.datetime | None,
    types: Collection[str] | None,
) -> QuerySet[Event]:
    names = payloads.vocabulary(endpoint.dialect).event_names
    heard = [name for name in names if _names(endpoint, name)]
    oldest = at - KEPT
    rows = Event.objects.filter(
        organization_id=endpoint.organization_id,
        type__in=heard if types is None else [name for name in heard if name in types],
        occurred_at__gte=oldest if since is None else max(since, oldest),
    )
    return rows if until is None else rows.filter(occurred_at__lte=until)


def _names(endpoint: WebhookEndpoint, type: str) -> list[str]:
    return payloads.names_for(endpoint.dialect, endpoint.events, type)


def _rearm_some(rows: QuerySet[WebhookDelivery], at: datetime.datetime) -> int:
    pks = list(rows.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(pks) > MOST_AT_ONCE:
        raise TooManyEvents(limit=MOST_AT_ONCE)
    return sum(
        _rearm(WebhookDelivery.objects.filter(pk__in=bite), at) for bite in _bites(pks, _BITE)
    )


def _rearm(rows: QuerySet[WebhookDelivery], at: datetime.datetime) -> int:
    """Make finished deliveries due again; how many there were."""
    return rows.exclude(status=Status.PENDING).update(
        status=Status.PENDING,
        attempts_before=F("attempts_before") + F("attempts_made"),
        attempts_made=0,
        next_attempt_at=at,
        locked_until=None,
        finished_at=None,
        replayed_at=at,
    )


def _plan_missing(
    endpoint: WebhookEndpoint,
    found: QuerySet[Event],
    have: set[tuple[int | None, str]],
    at: datetime.datetime,
) -> int:
    """Deliveries of events that the endpoint was never sent."""
    planned = 0
    pks = list(found.order_by("pk").values_list("pk", "type"))
    missing = [
        pk for pk, type in pks if any((pk, name) not in have for name in _names(endpoint, type))
    ]
    for bite in _bites(missing, _BITE):
        rows = list(Event.objects.filter(pk__in=bite).order_by("pk"))
        payloads.load_zones(rows)
        fresh = [
            delivery
            for event in rows
            for delivery in plan_deliveries(event, [endpoint], at)
            if (event.pk, delivery.event_type) not in have
        ]
        # The relay may be planning the newest of them at this moment.
        insert_new(fresh)
        planned += len(fresh)
    return planned


def _bites(pks: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (pks[start : start + size] for start in range(0, len(pks), size))


def _note(endpoint: WebhookEndpoint, actor: Actor, at: datetime.datetime, done: Replay) -> None:
    events.emit(
        "webhook_endpoint.replayed",
        subject=endpoint,
        data={**endpoint_snapshot(endpoint), "planned": done.planned},
        actor=actor,
        at=at,
    )
