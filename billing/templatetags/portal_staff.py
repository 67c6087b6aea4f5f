"""What the customer's page says of the portal."""

from typing import Any

from django import template

from billing.models import Customer
from billing.web.portal_staff import portal_address, waiting

register = template.Library()


@register.simple_tag(takes_context=True)
def portal_of(context: dict[str, Any], customer: Customer) -> dict[str, Any]:
    """The portal's address, empty while it is off, and the announced payments that wait."""
    return {
        "address": portal_address(context["request"].organization),
        "waiting": waiting(customer),
    }
