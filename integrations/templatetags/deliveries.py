"""What became of mails and webhooks, for the pages of the documents they are about."""

from typing import Any

from django import template
from django.db.models import Count
from django.template import RequestContext

from billing.models import Invoice
from integrations.models import Message, RecipientFate, WebhookDelivery

register = template.Library()
Source = RecipientFate.Source
# How a recipient's fate is shown: the badge, where it differs from the stored word.
_BADGES = {"accepted": "taken"}


@register.inclusion_tag("app/invoices/_deliveries.html", takes_context=True)
def invoice_deliveries(context: RequestContext, invoice: Invoice) -> dict[str, Any]:
    """Each mail with the fate of every recipient, and the webhooks of the invoice counted."""
    messages = (
        Message.objects.of(invoice.organization_id)
        .filter(kind=Message.Kind.INVOICE, subject_id=invoice.pk)
        .prefetch_related("recipients__fates")
        .order_by("-id")[:20]
    )
    counted = (
        WebhookDelivery.objects.of(invoice.organization_id)
        .filter(event__subject_type="invoice", event__subject_id=invoice.pk)
        .values_list("status")
        .annotate(count=Count("id"))
    )
    return {
        "request": context["request"],
        "mails": [(message, _recipients(message)) for message in messages],
        "webhooks": dict(counted),
        "can": context.get("can", {}),
    }


def _recipients(message: Message) -> list[dict[str, Any]]:
    return [
        {
            "address": recipient.address,
            "role": recipient.get_role_display(),
            "badge": _BADGES.get(recipient.status, recipient.status),
            "detail": recipient.detail,
            "fates": [
                {
                    "badge": _BADGES.get(fate.happened, fate.happened),
                    "at": fate.occurred_at,
                    "source": "" if fate.source == Source.OURSELVES else fate.get_source_display(),
                    "detail": fate.detail,
                }
                for fate in sorted(recipient.fates.all(), key=lambda fate: fate.pk)
            ],
        }
        for recipient in message.recipients.all()
    ]
