"""The webhook object, its deliveries, and what its actions answer."""

from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    Value,
    choice,
    flag,
    maybe,
    moment,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.resources import CREATED, TIMES, reference, resource
from integrations.dialects.enterprise.words import DELIVERY_STATUSES

WEBHOOK = resource(
    "Webhook",
    "webhook",
    "webhook",
    {
        "url": text(),
        "events": Many(text()),
        "description": text(),
        "secret": text("Signs the deliveries; shown only when it was just made."),
        "secret_overlap_ends_at": maybe(moment("Until then the secret before it signs too.")),
        "active": flag(),
        "disabled_reason": maybe(text()),
        "disabled_at": maybe(moment()),
        "failing_since": maybe(moment("Since when no delivery succeeded.")),
        **TIMES,
    },
    optional=frozenset({"secret"}),
)
WEBHOOKS = page_of(WEBHOOK)
WEBHOOK_TEST = Shape(
    name="WebhookTest",
    fields={
        "test_event_id": text(),
        "delivery_status": choice("success", "failed"),
        "response_code": maybe(whole()),
        "response_time_ms": maybe(whole()),
    },
)
_ROW: dict[str, Node] = {
    "webhook_id": reference("webhook"),
    "event": text("The name it was delivered under."),
    "status": choice(*DELIVERY_STATUSES.words),
    "attempts_count": whole(),
    "response_code": maybe(whole("Of the last attempt.")),
    "response_time_ms": maybe(whole("Of the last attempt.")),
    "error": maybe(text("Why the last attempt got no answer.")),
    "last_attempt_at": maybe(moment()),
    "next_attempt_at": maybe(moment()),
    "replayed_at": maybe(moment()),
    "finished_at": maybe(moment()),
    **CREATED,
}
DELIVERY_ROW = resource(
    "WebhookDeliveryRow",
    "delivery",
    "webhook_delivery",
    _ROW,
    description="Its id is the event's, which the receiver saw as webhook-id.",
)
DELIVERIES = page_of(DELIVERY_ROW)
DELIVERY = resource(
    "WebhookDelivery",
    "delivery",
    "webhook_delivery",
    {
        **_ROW,
        "payload": Value(kind="open", description="What was sent."),
        "attempts": Many(
            Shape(
                name="WebhookAttempt",
                fields={
                    "number": whole(),
                    "attempted_at": moment(),
                    "response_code": maybe(whole()),
                    "response_time_ms": whole(),
                    "response_body": text("At most 4 KB."),
                    "error": maybe(text()),
                },
            )
        ),
    },
)
REPLAY = Shape(
    name="WebhookReplay",
    fields={
        "object": choice("webhook_replay"),
        "webhook_id": reference("webhook"),
        "planned": whole("Deliveries that are due again."),
        "already_pending": whole("Deliveries that were on their way."),
    },
)
