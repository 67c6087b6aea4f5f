"""From an event to its deliveries: one row per endpoint and name, with the finished body."""

import datetime
from collections import defaultdict
from collections.abc import Sequence

from core.many_rows import insert_new
from core.models import Event
from core.rows import new_row
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import payloads


def fan_out(events: Sequence[Event], at: datetime.datetime) -> None:
    """Plan a delivery of each event for each active endpoint that asked for it.

    The body is rendered here, once. Planning twice plans nothing twice.
    """
    organizations = {event.organization_id for event in events if event.organization_id}
    endpoints: dict[int, list[WebhookEndpoint]] = defaultdict(list)
    rows = WebhookEndpoint.objects.filter(organization_id__in=organizations, is_active=True)
    # Secrets stay sealed: opening them costs, and planning needs none.
    for endpoint in rows.defer("secret", "previous_secret"):
        endpoints[endpoint.organization_id].append(endpoint)
    told = [event for event in events if event.organization_id in endpoints]
    payloads.load_zones(told)
    planned = [
        delivery
        for event in told
        for delivery in plan_deliveries(event, endpoints[event.organization_id or 0], at)
    ]
    insert_new(planned)


def plan_deliveries(
    event: Event, endpoints: Sequence[WebhookEndpoint], at: datetime.datetime
) -> list[WebhookDelivery]:
    """Unsaved deliveries of the event, one per endpoint and name it asked for."""
    bodies: dict[tuple[str, str], str] = {}
    planned = []
    for endpoint in endpoints:
        for name in payloads.names_for(endpoint.dialect, endpoint.events, event.type):
            spelling = (endpoint.dialect, name)
            if spelling not in bodies:
                bodies[spelling] = payloads.render_body(endpoint.dialect, event, name)
            planned.append(
                new_row(
                    WebhookDelivery,
                    uuid=payloads.wire_uuid(event, name),
                    organization_id=endpoint.organization_id,
                    endpoint_id=endpoint.pk,
                    event_id=event.pk,
                    event_type=name,
                    body=bodies[spelling],
                    created_at=at,
                    next_attempt_at=at,
                )
            )
    return planned
