"""Late fees and what is agreed on them as /v1 shows them."""

from collections.abc import Mapping
from typing import Any

from integrations.dialects.base.figures import written
from integrations.dialects.enterprise.ids import wire_id

Snapshot = Mapping[str, Any]


def present_late_fee(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "id": wire_id("late fee", snapshot["uuid"]),
        "object": "late_fee",
        "kind": snapshot["kind"],
        "invoice_id": wire_id("invoice", snapshot["invoice"]),
        "invoice_number": snapshot["invoice_number"],
        "fee_invoice_id": wire_id("invoice", snapshot["fee_invoice"]),
        "fee_invoice_number": snapshot["fee_invoice_number"],
        "intended_date": snapshot["intended_date"],
        "period_start": snapshot["period_start"],
        "period_end": snapshot["period_end"],
        "base_amount": written(snapshot["base_amount"]),
        "amount": written(snapshot["amount"]),
        "total": written(snapshot["total"]),
        "currency": snapshot["currency"],
        "waived_at": snapshot["waived_at"],
        "waived_reason": snapshot["waived_reason"] or None,
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }


def present_late_fee_policy(snapshot: Snapshot) -> dict[str, Any]:
    customer, profile = snapshot["customer"], snapshot["tax_profile"]
    most = snapshot["most_amount"]
    return {
        "object": "late_fee_policy",
        "customer_id": customer and wire_id("customer", customer),
        "enabled": snapshot["is_enabled"],
        "fee_type": snapshot["fee_type"] or None,
        "fee_value": written(snapshot["fee_value"]),
        "every_days": snapshot["every_days"],
        "interest_rate": written(snapshot["interest_rate"]),
        "interest_every_days": snapshot["interest_every_days"],
        "grace_days": snapshot["grace_days"],
        "max_fees": snapshot["most_fees"],
        "max_amount": None if most is None else written(most),
        "currency": snapshot["currency"],
        "compounding": snapshot["is_compounding"],
        "tax_profile_id": profile and wire_id("tax profile", profile),
        "send": snapshot["is_sent"],
    }
