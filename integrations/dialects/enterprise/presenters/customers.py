"""The customer object of /v1."""

from collections.abc import Iterable, Mapping
from typing import Any

from billing.models import CustomerBalance
from integrations.dialects.base.figures import money, written
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.presenters.contacts import present_place


def present_customer(
    snapshot: Mapping[str, Any], balances: Iterable[CustomerBalance] | None = None
) -> dict[str, Any]:
    """The whole object. `balance` is what is owed in the customer's currency, and credit is

    shown apart: the two are never netted silently. An event knows no balances.
    """
    return {
        "id": wire_id("customer", snapshot["uuid"]),
        "object": "customer",
        "type": snapshot["kind"],
        "name": snapshot["name"],
        "company_name": snapshot["legal_name"],
        "email": snapshot["email"],
        "phone": snapshot["phone"],
        "billing_address": {
            "street": snapshot["address_line1"],
            "street2": snapshot["address_line2"],
            "city": snapshot["city"],
            "state": snapshot["subdivision"],
            "postal_code": snapshot["postal_code"],
            "country": snapshot["country"],
        },
        # Events from before there was one know none.
        "shipping_address": (place := snapshot.get("shipping_address")) and present_place(place),
        "contact_person": {
            "name": snapshot["contact_name"],
            "email": snapshot["contact_email"],
            "phone": snapshot["contact_phone"],
        },
        "payment_terms": snapshot["payment_terms_days"],
        "payment_terms_rule": snapshot.get("payment_terms", ""),
        "currency": snapshot["currency"],
        "tax_number": snapshot["vat_id"] or snapshot["tax_registration_id"],
        "tax_exempt": snapshot["is_tax_exempt"],
        "reminders_enabled": snapshot.get("reminders_enabled", True),
        "credit_limit": None
        if snapshot["credit_limit"] is None
        else written(snapshot["credit_limit"]),
        "tags": snapshot["tags"],
        "notes": snapshot["notes"],
        "reference": snapshot["external_reference"],
        "metadata": snapshot["metadata"],
        **_balances(snapshot["currency"], balances),
        "status": snapshot["status"],
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }


def _balances(currency: str, balances: Iterable[CustomerBalance] | None) -> dict[str, Any]:
    if balances is None:
        return {}
    owed, credit = 0, 0
    for balance in balances:
        if balance.currency == currency:
            owed, credit = balance.receivable, balance.credit
    return {"balance": money(owed, currency), "credit_balance": money(credit, currency)}
