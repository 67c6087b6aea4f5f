"""What became of mails and webhooks, for the pages of the documents they are about."""

from typing import Any

from django import template
from django.db.models import Count
from django.template import RequestContext

from billing.models import CreditNote, Customer, Invoice, Quote
from integrations.models import Message, MessageRecipient, RecipientFate, WebhookDelivery

register = template.Library()
Source = RecipientFate.Source
# How a recipient's fate is shown: the badge, where it differs from the stored word.
_BADGES = {"accepted": "taken"}


@register.inclusion_tag("app/invoices/_deliveries.html", takes_context=True)
def invoice_deliveries(context: RequestContext, invoice: Invoice) -> dict[str, Any]:
    """Each mail with the fate of every recipient, and the webhooks of the invoice counted."""
    counted = (
        WebhookDelivery.objects.of(invoice.organization_id)
        .filter(event__subject_type="invoice", event__subject_id=invoice.pk)
        .values_list("status")
        .annotate(count=Count("id"))
    )
    return {
        "request": context["request"],
        "mails": _mails(invoice.organization_id, Message.Kind.INVOICE, invoice.pk),
        "webhooks": dict(counted),
        "can": context.get("can", {}),
    }


@register.inclusion_tag("app/invoices/_deliveries.html", takes_context=True)
def document_deliveries(context: RequestContext, document: Quote | CreditNote) -> dict[str, Any]:
    """Each mail with a quote or credit note, and the fate of every recipient."""
    kind = Message.Kind.QUOTE if isinstance(document, Quote) else Message.Kind.CREDIT_NOTE
    mails = _mails(document.organization_id, kind, document.pk)
    return {"request": context["request"], "mails": mails, "is_mail_alone": True}


@register.inclusion_tag("app/customers/_mails.html")
def customer_mails(customer: Customer) -> dict[str, Any]:
    """The latest mails to the customer's addresses, whatever they were about."""
    addresses = {customer.email, *customer.contacts.values_list("email", flat=True)} - {""}
    rows = MessageRecipient.objects.of(customer.organization_id).filter(address__in=addresses)
    rows = rows.exclude(message__kind=Message.Kind.ALERT).select_related("message")
    newest = rows.prefetch_related("fates").order_by("-pk")[:10]
    return {"mails": [(each.message, _recipient(each)) for each in newest]}


def _mails(
    organization_id: int, kind: str, subject_id: int
) -> list[tuple[Message, list[dict[str, Any]]]]:
    messages = (
        Message.objects.of(organization_id)
        .filter(kind=kind, subject_id=subject_id)
        .prefetch_related("recipients__fates")
        .order_by("-id")[:20]
    )
    return [(message, _recipients(message)) for message in messages]


def _recipients(message: Message) -> list[dict[str, Any]]:
    return [_recipient(recipient) for recipient in message.recipients.all()]


def _recipient(recipient: MessageRecipient) -> dict[str, Any]:
    return {
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
