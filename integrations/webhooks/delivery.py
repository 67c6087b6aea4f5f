"""Delivering: one pump claims many due rows, posts them at once and records what came of each."""

import datetime
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from core import outbox
from integrations import http
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import payloads, results, signing
from integrations.webhooks.turns import Turns

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(seconds=90)
SLOTS = 64
# Rows that one pump holds, under way or queued behind those.
HELD = SLOTS * 8
# An organization's endpoints together get no more, however many it has.
SLOTS_PER_ORGANIZATION = SLOTS // 3
HELD_PER_ORGANIZATION = HELD // 2
# Nor do all those that fail or are slow, of everybody and of one organization: who is
# healthy always finds a slot, also beside its own organization's bad ones.
SLOTS_FOR_HARD_GOING = SLOTS // 2
SLOTS_FOR_HARD_GOING_PER_ORGANIZATION = SLOTS_PER_ORGANIZATION // 2
# A healthy endpoint may queue this many in one pump; four of them are under way at a time.
QUEUED_PER_ENDPOINT = 128
# One that fails gets no more than what is under way, so that it cannot fill the pump.
QUEUED_PER_FAILING_ENDPOINT = 4
# So is one that takes longer than this for an answer: a full queue would outlast its lease.
SLUGGISH_MS = 1_000
POLL_SECONDS = 0.25
# Many outcomes are recorded in one transaction; for this long they are waited for.
LINGER_SECONDS = 0.01

Clock = Callable[[], datetime.datetime]


def has_due(at: datetime.datetime) -> bool:
    """Whether any delivery waits for an attempt now."""
    return outbox.due(_waiting(), at).exists()


def deliver_due(
    clock: Clock,
    *,
    budget_seconds: float = 60,
    lookup: http.Lookup = http.system_lookup,
    holder: str = "",
) -> int:
    """Make every attempt that is due; how many were made.

    Endpoints that another holder serves at this moment are left to it. `holder` names who
    may take over from a predecessor that died; by default it is nobody else.

    Keeps claiming while a slow receiver holds some of the slots, so that the others do not
    wait for it. Stops claiming after `budget_seconds`; what is under way then ends within
    the deadline of one request, and until that healthy endpoints are served as before.
    """
    if not has_due(clock()):
        return 0
    with http.Courier(slots=SLOTS, lookup=lookup) as courier:
        turns = Turns(holder or uuid.uuid4().hex, clock)
        try:
            return _Pump(clock, courier, turns).run(time.monotonic() + budget_seconds)
        finally:
            turns.give_back()


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
    def __init__(self, clock: Clock, courier: http.Courier, turns: Turns) -> None:
        self._clock = clock
        self._courier = courier
        self._turns = turns
        self._under_way: dict[int, WebhookDelivery] = {}
        self._failing: set[int] = set()
        self._look_again_at = 0.0

    def run(self, stop_claiming_at: float) -> int:
        made = 0
        while True:
            is_ending = time.monotonic() >= stop_claiming_at
            if is_ending:
                # Nobody else claims while the last attempts of bad endpoints take their time.
                is_over = time.monotonic() >= stop_claiming_at + http.TOTAL_SECONDS
                may_claim = bool(self._under_way) and not is_over
            else:
                may_claim = True
            if may_claim and self._is_time_to_look():
                self._claim_and_send(healthy_only=is_ending)
            if not self._under_way:
                return made
            self._turns.take({row.endpoint_id for row in self._under_way.values()})
            outcomes = self._courier.finished(timeout=POLL_SECONDS, linger=LINGER_SECONDS)
            if outcomes:
                made += len(outcomes)
                self._record(outcomes)

    def _is_time_to_look(self) -> bool:
        """When there is room for many, or the last look was a while ago."""
        if len(self._under_way) <= HELD // 2 or time.monotonic() >= self._look_again_at:
            self._look_again_at = time.monotonic() + POLL_SECONDS
            return True
        return False

    def _claim_and_send(self, *, healthy_only: bool = False) -> None:
        at = self._clock()
        until = at + LEASE
        wanted = self._choose_ours(at, healthy_only=healthy_only)
        taken = outbox.lease(_waiting(), wanted, at=at, until=until)
        rows = list(WebhookDelivery.objects.filter(pk__in=taken).order_by("next_attempt_at", "pk"))
        endpoints = WebhookEndpoint.objects.in_bulk({row.endpoint_id for row in rows})
        posts = []
        for delivery in rows:
            endpoint = endpoints.get(delivery.endpoint_id)
            if endpoint is None:  # deleted at this moment, and the delivery with it
                continue
            self._under_way[delivery.pk] = delivery
            posts.append(self._post(delivery, endpoint, at))
        self._courier.send(posts)

    def _post(
        self, delivery: WebhookDelivery, endpoint: WebhookEndpoint, at: datetime.datetime
    ) -> http.Post:
        body = delivery.body.encode()
        # The narrower first: what waits for its turn holds nothing that others could use.
        owner = endpoint.organization_id
        shares: list[tuple[Any, int]] = [(("organization", owner), SLOTS_PER_ORGANIZATION)]
        if endpoint.pk in self._failing:
            shares = [
                (("hard going", owner), SLOTS_FOR_HARD_GOING_PER_ORGANIZATION),
                ("hard going", SLOTS_FOR_HARD_GOING),
                *shares,
            ]
        return http.Post(
            endpoint.url,
            body,
            headers_for(endpoint, delivery, body, at),
            key=delivery.pk,
            group=endpoint.pk,
            shares=tuple(shares),
        )

    def _choose_ours(self, at: datetime.datetime, *, healthy_only: bool) -> list[int]:
        """Ids of due rows whose endpoints nobody else serves; they are ours from now on."""
        while wanted := self._choose(at, healthy_only=healthy_only):
            served = self._turns.take(set(wanted.values()))
            if served:
                return [pk for pk, endpoint_id in wanted.items() if endpoint_id in served]
            # All of it is served elsewhere: what stands behind that must not wait for it.
        return []

    def _choose(self, at: datetime.datetime, *, healthy_only: bool) -> dict[int, int]:
        """Ids of due rows, each with its endpoint's; one with a full queue is looked past."""
        held = _Held(self._under_way.values(), self._failing)
        room = HELD - len(self._under_way)
        chosen: dict[int, int] = {}
        full = self._turns.elsewhere()
        while len(chosen) < room:
            page = list(
                outbox.due(_waiting(), at)
                .exclude(endpoint_id__in=full)
                .exclude(pk__in=chosen)
                .values_list(
                    "pk", "endpoint_id", "organization_id", "endpoint__consecutive_failures"
                )[:HELD]
            )
            before = len(chosen) + len(full)
            for pk, endpoint_id, organization_id, failures in page:
                if failures:
                    self._failing.add(endpoint_id)
                is_unwanted = healthy_only and endpoint_id in self._failing
                if is_unwanted or not held.has_room(endpoint_id, organization_id):
                    full.add(endpoint_id)
                elif len(chosen) < room:
                    held.take(endpoint_id, organization_id)
                    chosen[pk] = endpoint_id
            if len(page) < HELD or len(chosen) + len(full) == before:
                break
        return chosen

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


class _Held:
    """How many rows the pump has of each endpoint, of each organization, of all that fail."""

    def __init__(self, rows: Iterable[WebhookDelivery], failing: set[int]) -> None:
        self._failing = failing
        self._of_endpoint: Counter[int] = Counter()
        self._of_organization: Counter[int] = Counter()
        self._failing_in_all = 0
        for row in rows:
            self.take(row.endpoint_id, row.organization_id)

    def has_room(self, endpoint_id: int, organization_id: int) -> bool:
        """Whether one more of that endpoint leaves the others their share."""
        if self._of_organization[organization_id] >= HELD_PER_ORGANIZATION:
            return False
        if endpoint_id not in self._failing:
            return self._of_endpoint[endpoint_id] < QUEUED_PER_ENDPOINT
        return (
            self._of_endpoint[endpoint_id] < QUEUED_PER_FAILING_ENDPOINT
            and self._failing_in_all < SLOTS_FOR_HARD_GOING
        )

    def take(self, endpoint_id: int, organization_id: int) -> None:
        """Count one more."""
        self._of_endpoint[endpoint_id] += 1
        self._of_organization[organization_id] += 1
        self._failing_in_all += endpoint_id in self._failing


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
