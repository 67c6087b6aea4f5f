"""Delivering: one pump claims many due rows, posts them at once and records what came of each."""

import datetime
import logging
import time
from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.db.models import QuerySet

from core import outbox
from integrations import http
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import payloads, results, signing

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(seconds=90)
SLOTS = 64
# A healthy endpoint may queue this many in one pump; four of them are under way at a time.
QUEUED_PER_ENDPOINT = 128
# One that fails gets no more than what is under way, so that it cannot fill the pump.
QUEUED_PER_FAILING_ENDPOINT = 4
# So is one that takes longer than this for an answer: a full queue would outlast its lease.
SLUGGISH_MS = 1_000
POLL_SECONDS = 0.25

Clock = Callable[[], datetime.datetime]


def has_due(at: datetime.datetime) -> bool:
    """Whether any delivery waits for an attempt now."""
    return outbox.due(_waiting(), at).exists()


def deliver_due(
    clock: Clock, *, budget_seconds: float = 60, lookup: http.Lookup = http.system_lookup
) -> int:
    """Make every attempt that is due; how many were made.

    Keeps claiming while a slow receiver holds some of the slots, so that the others do not
    wait for it. Stops claiming after `budget_seconds`; what is under way then ends within
    the deadline of one request.
    """
    if not has_due(clock()):
        return 0
    with http.Courier(slots=SLOTS, lookup=lookup) as courier:
        return _Pump(clock, courier).run(time.monotonic() + budget_seconds)


def headers_for(
    endpoint: WebhookEndpoint, delivery: WebhookDelivery, body: bytes, at: datetime.datetime
) -> dict[str, str]:
    """All headers of one attempt at that instant."""
    expires = endpoint.previous_secret_expires_at
    overlapping = expires is not None and at < expires
    identifier = payloads.webhook_id(delivery.uuid)
    return {
        "Content-Type": "application/json",
        "User-Agent": f"{settings.PRODUCT_NAME}/{settings.PRODUCT_VERSION}",
        "X-Request-ID": f"{identifier}.{delivery.attempts_in_all + 1}",
        **signing.signature_headers(
            body,
            webhook_id=identifier,
            timestamp=int(at.timestamp()),
            secret=endpoint.secret,
            previous_secret=endpoint.previous_secret if overlapping else "",
        ),
    }


class _Pump:
    def __init__(self, clock: Clock, courier: http.Courier) -> None:
        self._clock = clock
        self._courier = courier
        self._under_way: dict[int, WebhookDelivery] = {}
        self._failing: set[int] = set()

    def run(self, stop_claiming_at: float) -> int:
        made = 0
        while True:
            claimed = 0
            if time.monotonic() < stop_claiming_at:
                claimed = self._claim_and_send()
            if not self._under_way:
                return made
            outcomes = self._courier.finished(timeout=0 if claimed else POLL_SECONDS)
            if outcomes:
                made += len(outcomes)
                self._record(outcomes)

    def _claim_and_send(self) -> int:
        at = self._clock()
        until = at + LEASE
        wanted = self._choose(at)
        taken = outbox.lease(_waiting(), wanted, at=at, until=until)
        rows = list(WebhookDelivery.objects.filter(pk__in=taken).order_by("next_attempt_at", "pk"))
        endpoints = WebhookEndpoint.objects.in_bulk({row.endpoint_id for row in rows})
        posts = []
        for delivery in rows:
            endpoint = endpoints.get(delivery.endpoint_id)
            if endpoint is None:  # deleted at this moment, and the delivery with it
                continue
            body = delivery.body.encode()
            self._under_way[delivery.pk] = delivery
            posts.append(
                http.Post(
                    endpoint.url,
                    body,
                    headers_for(endpoint, delivery, body, at),
                    key=delivery.pk,
                    group=endpoint.pk,
                )
            )
        self._courier.send(posts)
        return len(posts)

    def _choose(self, at: datetime.datetime) -> list[int]:
        """Ids of due rows, fair to every endpoint: one with a full queue is looked past."""
        queued = Counter(delivery.endpoint_id for delivery in self._under_way.values())
        chosen: list[int] = []
        while len(self._under_way) + len(chosen) < SLOTS * 4:
            full = [pk for pk, count in queued.items() if count >= self._limit(pk)]
            candidates = list(
                outbox.due(_waiting(), at)
                .exclude(endpoint_id__in=full)
                .exclude(pk__in=chosen)
                .values_list("pk", "endpoint_id", "endpoint__consecutive_failures")[: SLOTS * 4]
            )
            before = len(chosen)
            for pk, endpoint_id, failures in candidates:
                if failures:
                    self._failing.add(endpoint_id)
                if queued[endpoint_id] < self._limit(endpoint_id):
                    queued[endpoint_id] += 1
                    chosen.append(pk)
            if len(candidates) < SLOTS * 4 or len(chosen) == before:
                break
        return chosen

    def _limit(self, endpoint_id: int) -> int:
        if endpoint_id in self._failing:
            return QUEUED_PER_FAILING_ENDPOINT
        return QUEUED_PER_ENDPOINT

    def _record(self, outcomes: list[http.Outcome]) -> None:
        at = self._clock()
        done = [(self._under_way.pop(one.key), one) for one in outcomes]
        results.record(done, at=at)
        hard = {delivery.endpoint_id for delivery, one in done if _is_hard_going(one)}
        self._failing -= {delivery.endpoint_id for delivery, _ in done}
        self._failing |= hard
        self._give_back(hard)

    def _give_back(self, endpoint_ids: set[int]) -> None:
        """Let go of what queues behind a failing or slow one: its lease would run out here."""
        waiting = {
            pk: delivery
            for pk, delivery in self._under_way.items()
            if delivery.endpoint_id in endpoint_ids
        }
        if not waiting:
            return
        stopped = self._courier.cancel(list(waiting))
        for pk in stopped:
            held = outbox.held(WebhookDelivery, [pk], until=_lease_of(waiting[pk]))
            held.update(locked_until=None)
            del self._under_way[pk]


def _is_hard_going(outcome: http.Outcome) -> bool:
    return not outcome.is_success or outcome.duration_ms > SLUGGISH_MS


def _waiting() -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(
        status=WebhookDelivery.Status.PENDING, endpoint__is_active=True
    )


def _lease_of(delivery: WebhookDelivery) -> datetime.datetime:
    if delivery.locked_until is None:
        raise ValueError("a delivery under way has a lease")
    return delivery.locked_until
