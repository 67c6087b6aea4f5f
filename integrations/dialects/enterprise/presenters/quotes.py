"""The quote object of /v1."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from integrations.dialects.base.figures import written
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.presenters.invoices import present_line
from integrations.dialects.enterprise.words import QUOTE_STATUSES

Snapshot = Mapping[str, Any]


def present_quote(snapshot: Snapshot, today: datetime.date) -> dict[str, Any]:
    """The whole object. `today` is the organization's civil date, which decides on expired."""
    currency = snapshot["currency"]
    lines = [present_line(line, currency) for line in snapshot["lines"]]
    row = present_quote_row(snapshot, today)
    return {
        **row,
        "line_items": lines,
        "discount_type": snapshot["discount_type"] or None,
        "discount_value": written(snapshot["discount_value"]),
        "charge_total": written(snapshot["charge_total"]),
        "rounding_amount": written(snapshot["rounding_amount"]),
        "notes": snapshot["notes"],
        "terms": snapshot["terms"],
        "footer": snapshot["footer"],
        "template_id": snapshot["template"],
        "metadata": snapshot["metadata"],
    }


def present_quote_row(snapshot: Snapshot, today: datetime.date) -> dict[str, Any]:
    """A row of a list, from quote_state: the object without lines, texts and metadata."""
    quote_id = wire_id("quote", snapshot["uuid"])
    customer, buyer = snapshot["customer"], snapshot["buyer"]
    invoice = snapshot.get("invoice")
    is_draft = snapshot["status"] == "draft"
    return {
        "id": quote_id,
        "object": "quote",
        "number": snapshot["number"],
        "status": QUOTE_STATUSES.to_wire(_status(snapshot, today)),
        "customer": {
            "id": wire_id("customer", customer["uuid"]),
            "name": buyer.get("name") or customer["name"],
            "email": buyer.get("email", customer["email"]),
        },
        "issue_date": snapshot["issue_date"],
        "valid_until": snapshot["valid_until"],
        "currency": snapshot["currency"],
        "subtotal": written(snapshot["subtotal"]),
        "discount_total": written(snapshot["discount_total"]),
        "tax_total": written(snapshot["tax_total"]),
        "total": written(snapshot["total"]),
        "po_number": snapshot["purchase_order"],
        "reference": snapshot["reference"],
        "version": snapshot["version"],
        "invoice_id": invoice and wire_id("invoice", invoice["uuid"]),
        "pdf_url": None if is_draft else f"{settings.BASE_URL}/v1/quotes/{quote_id}/pdf",
        "public_url": public_url(snapshot["public_token"]),
        "sent_at": snapshot["sent_at"],
        "viewed_at": snapshot["viewed_at"],
        "accepted_at": snapshot["accepted_at"],
        "accepted_by": snapshot["accepted_by"] or None,
        "declined_at": snapshot["declined_at"],
        "decline_reason": snapshot["decline_reason"] or None,
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }


def public_url(token: str) -> str:
    """The page where the customer reads and answers the quote without signing in."""
    return f"{settings.BASE_URL}/q/{token}"


def _status(snapshot: Snapshot, today: datetime.date) -> str:
    last = snapshot["valid_until"]
    day = last if isinstance(last, datetime.date) else datetime.date.fromisoformat(last)
    return "expired" if snapshot["status"] == "open" and day < today else snapshot["status"]
