"""The test delivery: one real POST, made while the caller waits, and its true outcome."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from core.ids import uuid7
from integrations import http
from integrations.models import WebhookAttempt, WebhookDelivery
from integrations.webhooks import payloads
from integrations.webhooks.delivery import headers_for
from integrations.webhooks.endpoints import get_endpoint


@dataclass(frozen=True, slots=True)
class TestResult:
    """`delivery_status` is `success` or `failed`; without an answer there is no response_code."""

    __test__ = False  # not a test case

    event_id: str
    delivery_status: str
    response_code: int | None
    response_time_ms: int
    error: str


def test_endpoint(
    *,
    actor: Actor,
    at: datetime.datetime,
    endpoint_id: Any,
    lookup: http.Lookup = http.system_lookup,
) -> TestResult:
    """Send a test event (`livemode` false) to the endpoint and report what came of it.

    It is logged with the other deliveries but never tried again, and counts neither for
    nor against the endpoint. Takes up to 15 seconds: do not hold a transaction around it.
    Raises NotFound.
    """
    actor.require("webhooks:manage")
    endpoint = get_endpoint(actor.organization_id, endpoint_id)
    identifier = uuid7()
    delivery = WebhookDelivery(
        uuid=identifier,
        organization_id=endpoint.organization_id,
        endpoint=endpoint,
        event_type=payloads.TEST_EVENT,
        body=payloads.render_test(identifier, endpoint.url, at),
        created_at=at,
    )
    body = delivery.body.encode()
    post = http.Post(endpoint.url, body, headers_for(endpoint, delivery, body, at))
    outcome = http.post_many([post], lookup=lookup)[0]
    _log(delivery, outcome, at)
    return TestResult(
        event_id=payloads.webhook_id(identifier),
        delivery_status="success" if outcome.is_success else "failed",
        response_code=outcome.status,
        response_time_ms=outcome.duration_ms,
        error=outcome.error,
    )


test_endpoint.__test__ = False  # type: ignore[attr-defined]


@transaction.atomic
def _log(delivery: WebhookDelivery, outcome: http.Outcome, at: datetime.datetime) -> None:
    status = WebhookDelivery.Status
    delivery.status = status.SUCCEEDED if outcome.is_success else status.FAILED
    delivery.attempts_made = 1
    delivery.finished_at = at
    delivery.save()
    WebhookAttempt.objects.create(
        organization_id=delivery.organization_id,
        delivery=delivery,
        number=1,
        attempted_at=at,
        duration_ms=outcome.duration_ms,
        response_code=outcome.status,
        response_body=outcome.body,
        error=outcome.error,
    )
