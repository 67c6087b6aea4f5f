"""Addresses that get no automatic mail, said where somebody is about to write to them."""

from typing import Any

from django import template

from billing.models import Customer
from billing.queries.suppressions import suppressions_of

register = template.Library()


@register.inclusion_tag("app/_held_back.html")
def held_back(customer: Customer) -> dict[str, Any]:
    """A warning about the customer's own and its contacts' addresses; nothing if all is well."""
    return {"customer": customer, "suppressions": list(suppressions_of(customer))}
