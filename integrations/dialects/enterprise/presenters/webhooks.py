"""The webhook and delivery objects of /v1."""

from typing import Any

from core import exactjson
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.words import DELIVERY_STATUSES
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


def present_webhook(endpoint: WebhookEndpoint, *, with_secret: bool = False) -> dict[str, Any]:
    """The endpoint; its signing secret only when it was just made."""
    return {
        "id": wire_id("webhook", endpoint.uuid),
        "object": "webhook",
        "url": endpoint.url,
        "events": endpoint.events,
        "description": endpoint.description,
        **({"secret": endpoint.secret} if with_secret else {}),
        "secret_overlap_ends_at": endpoint.previous_secret_expires_at,
        "active": endpoint.is_active,
        "disabled_reason": endpoint.disabled_reason or None,
        "disabled_at": endpoint.disabled_at,
        "failing_since": endpoint.failing_since,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    }


def present_delivery_row(delivery: WebhookDelivery, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """The delivery as a list shows it. Its id is the event's, as the receiver saw it."""
    attempts = list(delivery.attempts.all())
    last = attempts[-1] if attempts else None
    return {
        "id": wire_id("delivery", delivery.uuid),
        "object": "webhook_delivery",
        "webhook_id": wire_id("webhook", endpoint.uuid),
        "event": delivery.event_type,
        "status": DELIVERY_STATUSES.to_wire(delivery.status),
        "attempts_count": delivery.attempts_in_all,
        "response_code": last and last.response_code,
        "response_time_ms": last and last.duration_ms,
        "error": (last and last.error) or None,
        "last_attempt_at": last and last.attempted_at,
        "next_attempt_at": delivery.next_attempt_at,
        "replayed_at": delivery.replayed_at,
        "finished_at": delivery.finished_at,
        "created_at": delivery.created_at,
    }


def present_delivery(delivery: WebhookDelivery, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """The same with what was sent and every attempt."""
    return {
        **present_delivery_row(delivery, endpoint),
        "payload": exactjson.loads(delivery.body),
        "attempts": [_attempt(attempt) for attempt in delivery.attempts.all()],
    }


def _attempt(attempt: WebhookAttempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "attempted_at": attempt.attempted_at,
        "response_code": attempt.response_code,
        "response_time_ms": attempt.duration_ms,
        "response_body": attempt.response_body,
        "error": attempt.error or None,
    }
