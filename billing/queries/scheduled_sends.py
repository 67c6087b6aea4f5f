"""Mails of an invoice that somebody planned."""

from typing import Any

from django.db.models import QuerySet

from billing.models import Invoice, ScheduledSend


def list_scheduled_sends(invoice: Invoice) -> QuerySet[ScheduledSend]:
    """Newest first, whatever became of them."""
    rows = ScheduledSend.objects.of(invoice.organization_id).filter(invoice=invoice)
    return rows.select_related("invoice").order_by("-created_at", "-id")


def scheduled_send_snapshot(plan: ScheduledSend) -> dict[str, Any]:
    """What an answer shows of it."""
    return {
        "uuid": str(plan.uuid),
        "invoice": str(plan.invoice.uuid),
        "send_at": plan.send_at,
        "status": plan.status,
        "to": list(plan.mail.get("to") or ()),
        "error": plan.error,
        "created_at": plan.created_at,
        "updated_at": plan.updated_at,
    }
