"""What the customer objected to, and what was answered."""

from typing import Any

from billing.models import Dispute, Invoice
from billing.web.portal.access import PortalRequest, formats_of


def objections_to(request: PortalRequest, invoice: Invoice) -> list[dict[str, Any]]:
    """What the customer objected to, oldest first, and the answers."""
    rows = Dispute.objects.of(invoice.organization_id).filter(
        invoice=invoice, kind=Dispute.Kind.OBJECTION
    )
    formats = formats_of(request, invoice.currency)
    return [
        {
            "about": row.line.name if row.line else "",
            "reason": row.reason,
            "date": formats.date(row.opened_on),
            "state": request.words[f"objection_{row.status}"],
            "is_open": row.status == Dispute.Status.OPEN,
            "answer": row.note,
        }
        for row in rows.select_related("line").order_by("pk")[:50]
    ]
