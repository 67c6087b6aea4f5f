"""The log of deliveries: what was sent to an endpoint, and what came of each attempt."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from core.errors import NotFound
from core.models import as_uuid
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


def list_deliveries(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """The endpoint's deliveries, the newest first, without their bodies.

    Attempts come without what was answered, oldest first.
    """
    rows = WebhookDelivery.objects.of(endpoint.organization_id).filter(endpoint=endpoint)
    attempts = WebhookAttempt.objects.defer("response_body").order_by("number", "pk")
    return (
        rows.defer("body")
        .prefetch_related(Prefetch("attempts", queryset=attempts))
        .order_by("-created_at", "-id")
    )


def get_delivery(endpoint: WebhookEndpoint, delivery_id: Any) -> WebhookDelivery:
    """By row id or by the webhook-id that the receiver saw. Raises NotFound."""
    rows = WebhookDelivery.objects.of(endpoint.organization_id).filter(endpoint=endpoint)
    attempts = WebhookAttempt.objects.order_by("number", "pk")
    rows = rows.prefetch_related(Prefetch("attempts", queryset=attempts))
    if isinstance(delivery_id, int):
        found = rows.filter(pk=delivery_id).first()
    else:
        value = as_uuid(delivery_id)
        found = rows.filter(uuid=value).first() if value else None
    if found is None:
        raise NotFound(noun="delivery", id=delivery_id)
    return found
