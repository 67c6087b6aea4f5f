"""The payment and refund objects of /v1."""

from collections.abc import Mapping
from typing import Any

from integrations.dialects.base.figures import written
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.words import PAYMENT_METHODS, PAYMENT_STATUSES

Snapshot = Mapping[str, Any]


def present_payment(snapshot: Snapshot) -> dict[str, Any]:
    """The whole object. A payment refunded in part stays succeeded; see amount_refunded."""
    invoice = snapshot["invoice"]
    return {
        "id": wire_id("payment", snapshot["uuid"]),
        "object": "payment",
        "payment_number": snapshot["number"],
        "invoice_id": invoice and wire_id("invoice", invoice["uuid"]),
        "customer_id": wire_id("customer", snapshot["customer"]["uuid"]),
        "amount": written(snapshot["amount"]),
        "currency": snapshot["currency"],
        "amount_refunded": written(snapshot["amount_refunded"]),
        "amount_unapplied": written(snapshot["amount_unapplied"]),
        "payment_method": PAYMENT_METHODS.to_wire(snapshot["method"]),
        "payment_date": snapshot["payment_date"],
        "transaction_id": snapshot["transaction_id"] or None,
        "gateway": snapshot["gateway"] or None,
        "reference": snapshot["reference"] or None,
        "notes": snapshot["notes"],
        "failure_reason": snapshot["failure_reason"] or None,
        "metadata": snapshot["metadata"],
        "status": payment_status(snapshot),
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }


def present_refund(snapshot: Snapshot) -> dict[str, Any]:
    """The whole object. What paid out a stand-alone credit note belongs to no payment."""
    payment, note = snapshot["payment"], snapshot.get("credit_note")
    return {
        "id": wire_id("refund", snapshot["uuid"]),
        "object": "refund",
        "refund_number": snapshot["number"],
        "payment_id": payment and wire_id("payment", payment["uuid"]),
        "credit_note_id": note and wire_id("credit note", note["uuid"]),
        "amount": written(snapshot["amount"]),
        "currency": snapshot["currency"],
        "reason": snapshot["reason"],
        "refund_date": snapshot["refund_date"],
        "status": snapshot["status"],
        "created_at": snapshot["created_at"],
    }


def payment_status(snapshot: Snapshot) -> str:
    """/v1 says `refunded` once all of the money went back."""
    if snapshot["refund_state"] == "refunded":
        return "refunded"
    return PAYMENT_STATUSES.to_wire(snapshot["status"])
