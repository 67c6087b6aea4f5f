"""Mail that failed: what came back, from whom and why, with a button to send it again."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from billing.queries.organizations import today
from billing.schedule import end_of_day
from billing.web.access import StaffRequest, staff_view
from billing.web.listing import chosen_tab, page_of
from integrations.mail import resending
from integrations.mail.subjects import Document, documents_of
from integrations.models import Message, MessageRecipient

TABS = (("", "Today"), ("week", "Last 7 days"), ("month", "Last 30 days"))
_DAYS = {"": 1, "week": 7, "month": 30}
_ROUTES = {
    "invoice": "billing:invoice-detail",
    "credit_note": "billing:credit-note-detail",
    "quote": "billing:quote-detail",
    "payment": "billing:payment-detail",
}


@staff_view("invoices:read")
def failed(request: StaffRequest) -> HttpResponse:
    """Newest first; today begins at the organization's own midnight."""
    word = chosen_tab(request, TABS)
    zone = request.organization.timezone
    # Mail goes out in real time, whatever a sandbox's clock says.
    day_before = today(request.organization, timezone.now()) - datetime.timedelta(days=_DAYS[word])
    since = end_of_day(day_before, zone)
    rows = resending.failed_recipients(request.actor.organization_id, since)
    page = page_of(rows, request, {"failed": "updated_at"}, "-failed")
    documents = documents_of(row.message for row in page.rows)
    context = {
        "page": page,
        "rows": [_row(row, documents.get(row.message_id)) for row in page.rows],
        "tabs": TABS,
        "status": word,
    }
    return render(request, "app/mail/failed.html", context)


@staff_view("invoices:send", methods=("POST",))
def resend(request: StaffRequest, recipient_id: int) -> HttpResponse:
    """The same document to the same address, as a new mail."""
    message = resending.resend(actor=request.actor, at=request.at, recipient_id=recipient_id)
    address = message.recipients.get().address
    messages.success(
        request, gettext("It is on its way to {address} again.").format(address=address)
    )
    return redirect("integrations:mail-failed")


def _row(recipient: MessageRecipient, document: Document | None) -> dict[str, Any]:
    message = recipient.message
    can_resend = document is not None and message.kind != Message.Kind.ALERT
    return {
        "recipient": recipient,
        "message": message,
        "label": (document or {}).get("number") or message.subject or "–",
        "address": document and reverse(_ROUTES[document["object"]], args=[document["uuid"]]),
        "can_resend": can_resend and not recipient.is_sent_again,  # type: ignore[attr-defined]
        "is_sent_again": recipient.is_sent_again,  # type: ignore[attr-defined]
    }
