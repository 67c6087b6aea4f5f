"""Planned mails as /v1 shows them."""

from collections.abc import Mapping
from typing import Any

from integrations.dialects.enterprise.ids import wire_id


def present_scheduled_send(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": wire_id("scheduled send", snapshot["uuid"]),
        "object": "scheduled_send",
        "invoice_id": wire_id("invoice", snapshot["invoice"]),
        "send_at": snapshot["send_at"],
        "status": snapshot["status"],
        "to": snapshot["to"],
        "error": snapshot["error"] or None,
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }
