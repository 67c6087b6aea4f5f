"""What other pages say of the collector."""

from django import template
from django.template import RequestContext
from django.utils import timezone

from accounts.models import ApiKey
from integrations.collectors import bearers

register = template.Library()


@register.simple_tag(takes_context=True)
def printed_bearer(context: RequestContext) -> ApiKey | None:
    """The bearer that stands in the console's log, for those who can replace it."""
    actor = context["request"].actor
    if not (actor.may("settings:write") and actor.may("webhooks:manage")):
        return None
    return bearers.printed_bearer(actor.organization_id, timezone.now())
