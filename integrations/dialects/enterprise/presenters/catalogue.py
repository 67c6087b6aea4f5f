"""The product and tax profile objects of /v1."""

from collections.abc import Mapping
from typing import Any

from integrations.dialects.base.figures import price, written
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.words import TAX_KINDS

Snapshot = Mapping[str, Any]


def present_product(snapshot: Snapshot) -> dict[str, Any]:
    profile = snapshot["tax_profile"]
    currency = snapshot["currency"]
    cost, stock = snapshot["cost_price"], snapshot["stock_quantity"]
    return {
        "id": wire_id("product", snapshot["uuid"]),
        "object": "product",
        "type": snapshot["kind"],
        "name": snapshot["name"],
        "description": snapshot["description"],
        "sku": snapshot["sku"] or None,
        "unit_price": price(snapshot["unit_price"], currency),
        "currency": currency,
        "cost_price": None if cost is None else price(cost, currency),
        "track_inventory": stock is not None,
        "inventory_quantity": None if stock is None else written(stock),
        "low_stock_threshold": snapshot["low_stock_threshold"],
        "unit": snapshot["unit"],
        "unit_code": snapshot["unit_code"],
        "tax_profile_id": profile and wire_id("tax profile", profile["uuid"]),
        "category": snapshot["category"],
        "is_active": snapshot["is_active"],
        "metadata": snapshot["metadata"],
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }


def present_tax_profile(snapshot: Snapshot) -> dict[str, Any]:
    """A percentage has no currency: only a fixed tax is an amount."""
    currency = snapshot["currency"]
    return {
        "id": wire_id("tax profile", snapshot["uuid"]),
        "object": "tax_profile",
        "name": snapshot["name"],
        "type": snapshot["type"],
        "kind": TAX_KINDS.to_wire(snapshot["kind"]),
        "rate": written(snapshot["rate"]),
        "fixed_amount": price(snapshot["fixed_amount"], currency) if currency else None,
        "currency": currency or None,
        "in_tax_base": snapshot["is_in_tax_base"],
        "category": snapshot["category"],
        "compound": snapshot["is_compound"],
        "inclusive": snapshot["is_inclusive"],
        "exemption_reason": snapshot["exemption_reason"],
        "jurisdiction": snapshot["jurisdiction"],
        "description": snapshot["description"],
        "is_active": snapshot["is_active"],
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }
