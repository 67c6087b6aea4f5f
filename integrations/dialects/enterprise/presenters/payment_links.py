"""The payment link object of /v1."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from integrations.dialects.base.figures import written
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.words import PAYMENT_LINK_STATUSES

Snapshot = Mapping[str, Any]


def present_payment_link(snapshot: Snapshot) -> dict[str, Any]:
    """The whole object; an event of its use names what was made through it."""
    amount = snapshot["amount"]
    return {
        "id": wire_id("payment link", snapshot["uuid"]),
        "object": "payment_link",
        "status": PAYMENT_LINK_STATUSES.to_wire(snapshot["state"]),
        "url": f"{settings.BASE_URL}/pay/{snapshot['public_token']}",
        "invoice_id": _id("invoice", snapshot["invoice"]),
        "product_id": _id("product", snapshot["product"]),
        "quantity": written(snapshot["quantity"]),
        "name": snapshot["name"] or None,
        "description": snapshot["description"],
        "amount": None if amount is None else written(amount),
        "currency": snapshot["currency"],
        "tax_profile_id": _id("tax profile", snapshot["tax_profile"]),
        "max_uses": snapshot["max_uses"],
        "times_used": snapshot["times_used"],
        "expires_at": snapshot["expires_at"],
        "last_used_at": snapshot["last_used_at"],
        "deactivated_at": snapshot["deactivated_at"],
        "metadata": snapshot["metadata"],
        **_made(snapshot),
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }


def _made(snapshot: Snapshot) -> dict[str, Any]:
    made = {}
    if snapshot["made_invoice"]:
        made["created_invoice_id"] = _id("invoice", snapshot["made_invoice"])
    if snapshot["made_payment"]:
        made["payment_id"] = _id("payment", snapshot["made_payment"])
    return made


def _id(noun: str, row: Snapshot | None) -> str | None:
    return wire_id(noun, row["uuid"]) if row else None
