"""The contact and address objects of /v1."""

from collections.abc import Mapping
from typing import Any

from billing.models import Customer, CustomerAddress, CustomerContact
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.words import ADDRESS_TYPES

# Ours -> the wire's, in order.
_PLACE = {
    "name": "name",
    "line1": "street",
    "line2": "street2",
    "line3": "street3",
    "city": "city",
    "subdivision": "state",
    "postal_code": "postal_code",
    "country": "country",
}


def present_contact(contact: CustomerContact, customer: Customer) -> dict[str, Any]:
    return {
        "id": wire_id("contact", contact.uuid),
        "object": "contact",
        "customer_id": wire_id("customer", customer.uuid),
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "position": contact.position,
        "is_primary": contact.is_primary,
        "receives_invoices": contact.receives_invoices,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
    }


def present_address(address: CustomerAddress, customer: Customer) -> dict[str, Any]:
    return {
        "id": wire_id("address", address.uuid),
        "object": "address",
        "customer_id": wire_id("customer", customer.uuid),
        "type": ADDRESS_TYPES.to_wire(address.kind),
        **{wire: getattr(address, ours) for ours, wire in _PLACE.items()},
        "created_at": address.created_at,
        "updated_at": address.updated_at,
    }


def present_place(place: Mapping[str, Any]) -> dict[str, Any]:
    """An address without a row of its own, from a snapshot."""
    return {wire: place[ours] for ours, wire in _PLACE.items()}
