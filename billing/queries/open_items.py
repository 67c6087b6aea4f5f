"""What one customer owed at the end of a day, invoice by invoice."""

import datetime
import uuid
from dataclasses import dataclass

from billing.models import Invoice
from billing.queries.ageing import open_parts_on


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice, or an instalment of one, that was open. Minor units of `currency`."""

    invoice_id: uuid.UUID
    number: str
    issue_date: datetime.date
    due_date: datetime.date
    days_overdue: int
    amount_due: int
    currency: str


def open_items(
    organization_id: int, customer_id: int, on: datetime.date, *, currency: str | None = None
) -> list[OpenItem]:
    """Everything open at the end of that civil date, earliest due first."""
    parts = open_parts_on(organization_id, on, customer_id=customer_id, currency=currency)
    rows = Invoice.objects.of(organization_id).filter(pk__in={part.invoice_id for part in parts})
    invoices = {row.pk: row for row in rows.only("uuid", "number", "issue_date")}
    return [
        OpenItem(
            invoice_id=invoices[part.invoice_id].uuid,
            number=invoices[part.invoice_id].number or "",
            issue_date=invoices[part.invoice_id].issue_date,
            due_date=part.due_date,
            days_overdue=max(0, (on - part.due_date).days),
            amount_due=part.amount,
            currency=part.currency,
        )
        for part in parts
    ]
