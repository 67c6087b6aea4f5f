"""What the dashboard tells of mail and webhooks that need somebody."""

import datetime
from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.mail.resending import failed_recipients
from integrations.models import WebhookEndpoint

register = template.Library()
RECENTLY = datetime.timedelta(days=7)


@register.simple_tag(takes_context=True)
def operations_attention(context: RequestContext) -> list[dict[str, Any]]:
    """Failed mail of the last week, and webhooks that were switched off; nothing in order."""
    actor = context["request"].actor
    found = []
    # Mail goes out in real time, whatever a sandbox's clock says.
    since = timezone.now() - RECENTLY
    failed = failed_recipients(actor.organization_id, since).count()
    if failed:
        words = _("mail failed in the last seven days")
        page = reverse("integrations:mail-failed") + "?status=week"
        found.append((failed, "mail", words, page))
    if actor.may("webhooks:manage"):
        off = WebhookEndpoint.objects.filter(
            organization_id=actor.organization_id, is_active=False, disabled_at__isnull=False
        ).count()
        if off:
            words = _("webhook was switched off")
            found.append((off, "hook", words, reverse("integrations:webhooks")))
    return [
        {"count": count, "icon": icon, "tone": "tone-bad", "words": words, "href": href}
        for count, icon, words, href in found
    ]
