"""Webhook payloads of /api/v0: {event, invoice, id, created_at}."""

from typing import Any

from accounts.models import Organization
from billing.models import Invoice
from billing.queries.organizations import today
from core import exactjson
from core.ids import encode_id
from core.models import Event
from integrations.dialects.wallet.figures import moment
from integrations.dialects.wallet.presenters import present_invoice
from integrations.dialects.wallet.scene import scene_of, shown_invoices
from integrations.dialects.wallet.words import EVENTS

EVENT_NAMES = frozenset(EVENTS)
# What the event itself says of the status, whatever came after it.
_STATUSES = {"invoice.paid": "PAID", "invoice.overdue": "PASTDUE"}


def render_event(event: Event, alias: str) -> dict[str, Any]:
    """The event with its invoice as the API shows it."""
    organization_id = event.organization_id or 0
    row = shown_invoices(organization_id).filter(pk=event.subject_id).first()
    return {
        "id": encode_id("evt", event.uuid),
        "event": alias,
        "created_at": moment(event.occurred_at),
        "invoice": _gone(event) if row is None else _shown(event, row),
    }


def _shown(event: Event, row: Invoice) -> dict[str, Any]:
    organization = Organization.objects.get(pk=row.organization_id)
    day = today(organization, event.occurred_at)
    status = _STATUSES.get(event.type)
    if status is None:
        # An open invoice is made and issued in one breath.
        is_open = row.issued_at is not None and row.issued_at <= event.occurred_at
        status = "OPEN" if is_open else "DRAFT"
    return present_invoice(row, scene_of(row.organization_id, [row], day), status)


def _gone(event: Event) -> dict[str, Any]:
    """What names an invoice that was deleted or voided since."""
    snapshot = exactjson.loads(event.data)
    return {"id": str(event.subject_uuid), "invoice_number": snapshot.get("number")}
