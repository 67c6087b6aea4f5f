"""Webhook payloads of /api/v2."""

from typing import Any

from billing.models import Customer
from core import exactjson
from core.ids import encode_id
from core.models import Event

# `payment.received` is in the document's example; no list of events is.
ALIASES = {"payment.received": "payment.succeeded"}
EVENT_NAMES = frozenset(
    {
        *(f"invoice.{word}" for word in ("created", "updated", "deleted", "issued", "sent")),
        *(f"invoice.{word}" for word in ("viewed", "paid", "partially_paid", "overdue", "voided")),
        *(f"payment.{word}" for word in ("created", "succeeded", "failed", "refunded", "deleted")),
        *(f"customer.{word}" for word in ("created", "updated", "deleted")),
        *(f"product.{word}" for word in ("created", "updated", "deleted")),
        *(f"quote.{word}" for word in ("created", "sent", "accepted", "declined", "converted")),
        *(f"transaction.{word}" for word in ("created", "updated", "deleted")),
        *(f"ticket.{word}" for word in ("created", "updated", "replied", "deleted")),
        *(f"lead.{word}" for word in ("created", "updated", "converted", "deleted")),
    }
)
# What of a snapshot is nobody else's business, or has no meaning outside.
_INNER = frozenset(
    {"uuid", "seller", "buyer", "delivery", "calculation", "public_token", "lines", "taxes"}
)


def render_event(event: Event, alias: str) -> dict[str, Any]:
    """The event with the object as it was, its id as the API's paths take it."""
    snapshot = exactjson.loads(event.data)
    data: dict[str, Any] = {"id": event.subject_id}
    data |= {name: value for name, value in snapshot.items() if name not in _INNER}
    data["id"] = event.subject_id
    if isinstance(party := snapshot.get("customer"), dict):
        data.pop("customer")
        data["customer_id"] = party.get("id") or _customer_id(event, party["uuid"])
    return {
        "id": encode_id("evt", event.uuid),
        "event": alias,
        "created_at": event.occurred_at,
        "sequence": event.sequence,
        "data": data,
    }


def _customer_id(event: Event, uuid: str) -> int | None:
    rows = Customer.objects.of(event.organization_id or 0).filter(uuid=uuid)
    return rows.values_list("pk", flat=True).first()
