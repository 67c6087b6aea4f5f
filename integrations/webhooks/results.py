"""What came of attempts: the log, the next attempt, and the endpoint's health."""

import datetime
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from accounts.actors import system_actor
from accounts.models import Organization
from core import events
from core.many_rows import append_many
from core.rows import new_row
from integrations.http import Outcome
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from integrations.webhooks import schedule
from integrations.webhooks.endpoints import endpoint_snapshot

Done = tuple[WebhookDelivery, Outcome]

DISABLED = "webhook_endpoint.disabled"
EXHAUSTED = "webhook_endpoint.exhausted"


@transaction.atomic
def record(done: Sequence[Done], *, at: datetime.datetime) -> None:
    """Log the attempts and settle what follows from them.

    The delivery of an endpoint that was deleted meanwhile is forgotten. One whose lease
    was lost is logged, and left to whoever holds it now.
    """
    rows = WebhookDelivery.objects.filter(pk__in=[delivery.pk for delivery, _ in done])
    leases = dict(rows.select_for_update().order_by("pk").values_list("pk", "locked_until"))
    done = [one for one in done if one[0].pk in leases]
    append_many([_attempt(*one, at) for one in done])
    ours = [one for one in done if leases[one[0].pk] == one[0].locked_until]
    _succeed([delivery for delivery, outcome in ours if outcome.is_success], at)
    _fail([one for one in ours if not one[1].is_success], at)


def _attempt(delivery: WebhookDelivery, outcome: Outcome, at: datetime.datetime) -> WebhookAttempt:
    return new_row(
        WebhookAttempt,
        organization_id=delivery.organization_id,
        delivery_id=delivery.pk,
        number=delivery.attempts_in_all + 1,
        attempted_at=at,
        duration_ms=outcome.duration_ms,
        response_code=outcome.status,
        response_body=outcome.body,
        error=outcome.error,
    )


def _succeed(deliveries: list[WebhookDelivery], at: datetime.datetime) -> None:
    by_attempt: dict[int, list[int]] = defaultdict(list)
    for delivery in deliveries:
        by_attempt[delivery.attempts_made + 1].append(delivery.pk)
    for number, pks in by_attempt.items():
        WebhookDelivery.objects.filter(pk__in=pks).update(
            status=WebhookDelivery.Status.SUCCEEDED,
            attempts_made=number,
            next_attempt_at=None,
            locked_until=None,
            finished_at=at,
        )
    unwell = Q(failing_since__isnull=False) | Q(consecutive_failures__gt=0)
    WebhookEndpoint.objects.filter(
        unwell, pk__in={delivery.endpoint_id for delivery in deliveries}
    ).update(failing_since=None, consecutive_failures=0)


def _fail(failed: list[Done], at: datetime.datetime) -> None:
    by_endpoint: dict[int, list[Done]] = defaultdict(list)
    for delivery, outcome in failed:
        by_endpoint[delivery.endpoint_id].append((delivery, outcome))
        gone = outcome.status == schedule.GONE
        delivery.attempts_made += 1
        delivery.locked_until = None
        delivery.next_attempt_at = None if gone else _next_attempt(delivery, outcome, at)
        if delivery.next_attempt_at is None:
            delivery.status = WebhookDelivery.Status.FAILED
            delivery.finished_at = at
    WebhookDelivery.objects.bulk_update(
        [delivery for delivery, _ in failed],
        ["attempts_made", "locked_until", "next_attempt_at", "status", "finished_at"],
    )
    locked = WebhookEndpoint.objects.filter(pk__in=by_endpoint).select_for_update()
    for endpoint in locked.order_by("pk"):
        _note_failures(endpoint, by_endpoint[endpoint.pk], at)


def _next_attempt(
    delivery: WebhookDelivery, outcome: Outcome, at: datetime.datetime
) -> datetime.datetime | None:
    return schedule.next_attempt(
        attempts_made=delivery.attempts_made,
        at=at,
        delivery_uuid=delivery.uuid,
        status=outcome.status,
        headers=outcome.headers,
    )


def _note_failures(endpoint: WebhookEndpoint, failed: list[Done], at: datetime.datetime) -> None:
    since = endpoint.failing_since
    if since is None or (endpoint.consecutive_failures < 2 and at - since > schedule.ALONE_AFTER):
        # One failure alone says little: the five days count from one that another followed.
        endpoint.failing_since, endpoint.consecutive_failures = at, 0
    endpoint.consecutive_failures += len(failed)
    reason = _reason_to_disable(endpoint, failed, at)
    if reason and endpoint.is_active:
        endpoint.is_active = False
        endpoint.disabled_reason = reason
        endpoint.disabled_at = at
    endpoint.save(
        update_fields=[
            "failing_since",
            "consecutive_failures",
            "is_active",
            "disabled_reason",
            "disabled_at",
        ]
    )
    if reason and endpoint.disabled_at == at:
        _emit(DISABLED, endpoint, at)
    elif _is_first_exhaustion(endpoint, failed):
        _emit(EXHAUSTED, endpoint, at)


def _reason_to_disable(endpoint: WebhookEndpoint, failed: list[Done], at: datetime.datetime) -> str:
    if any(outcome.status == schedule.GONE for _, outcome in failed):
        return "The receiver answered 410 Gone."
    since = endpoint.failing_since
    if since and at - since >= schedule.DISABLE_AFTER and endpoint.consecutive_failures >= 2:
        return f"No delivery succeeded for {schedule.DISABLE_AFTER.days} days."
    return ""


def _is_first_exhaustion(endpoint: WebhookEndpoint, failed: list[Done]) -> bool:
    given_up = [d.pk for d, _ in failed if d.status == WebhookDelivery.Status.FAILED]
    earlier = WebhookDelivery.objects.filter(
        endpoint=endpoint,
        status=WebhookDelivery.Status.FAILED,
        finished_at__gte=endpoint.failing_since,
    ).exclude(pk__in=given_up)
    return bool(given_up) and not earlier.exists()


def _emit(type: str, endpoint: WebhookEndpoint, at: datetime.datetime) -> None:
    livemode = Organization.objects.values_list("livemode", flat=True).get(
        pk=endpoint.organization_id
    )
    actor = system_actor(endpoint.organization_id, livemode=livemode, label="webhooks")
    events.emit(type, subject=endpoint, data=endpoint_snapshot(endpoint), actor=actor, at=at)
