"""Disputes as /v1 shows them."""

from collections.abc import Mapping
from typing import Any

from integrations.dialects.base.figures import written
from integrations.dialects.enterprise.ids import wire_id

Snapshot = Mapping[str, Any]


def present_dispute(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "id": wire_id("dispute", snapshot["uuid"]),
        "object": "dispute",
        "type": snapshot["kind"],
        "status": snapshot["status"],
        "outcome": snapshot["outcome"] or None,
        "invoice_id": wire_id("invoice", snapshot["invoice"]),
        "invoice_number": snapshot["invoice_number"],
        "line_id": _id("line", snapshot["line"]),
        "payment_id": _id("payment", snapshot["payment"]),
        "refund_id": _id("refund", snapshot["taken"]),
        "returned_payment_id": _id("payment", snapshot["returned"]),
        "credit_note_id": _id("credit note", snapshot["credit_note"]),
        "fee_invoice_id": _id("invoice", snapshot["fee_invoice"]),
        "amount": written(snapshot["amount"]),
        "currency": snapshot["currency"],
        "reason": snapshot["reason"],
        "reference": snapshot["reference"] or None,
        "opened_on": snapshot["opened_on"],
        "closed_on": snapshot["closed_on"],
        "closed_at": snapshot["closed_at"],
        "note": snapshot["note"] or None,
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }


def _id(noun: str, value: str | None) -> str | None:
    return wire_id(noun, value) if value else None
