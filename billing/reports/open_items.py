"""What one customer owed at the end of a day, invoice by invoice."""

import datetime
import uuid
from dataclasses import dataclass

from accounts.models import Organization
from billing.models import Customer, Invoice
from billing.queries.ageing import open_parts_on
from billing.reports.table import Column, Kind, Table
from billing.reports.wording import day_in_words


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


def open_items_table(organization: Organization, customer: Customer, on: datetime.date) -> Table:
    """The customer's open items as a table, with a total per currency."""
    items = open_items(organization.pk, customer.pk, on)
    totals: dict[str, int] = {}
    for item in items:
        totals[item.currency] = totals.get(item.currency, 0) + item.amount_due
    return Table(
        key="open-items",
        title="Open items",
        subtitle=(customer.name, f"As of {day_in_words(organization, on)}"),
        columns=(
            Column("number", "Invoice"),
            Column("issue_date", "Issued", Kind.DAY),
            Column("due_date", "Due", Kind.DAY),
            Column("days_overdue", "Days overdue", Kind.COUNT),
            Column("currency", "Currency"),
            Column("amount_due", "Amount due", Kind.MONEY),
        ),
        rows=[
            {
                "invoice_id": item.invoice_id,
                "number": item.number,
                "issue_date": item.issue_date,
                "due_date": item.due_date,
                "days_overdue": item.days_overdue,
                "currency": item.currency,
                "amount_due": item.amount_due,
            }
            for item in items
        ],
        totals=[
            {"number": "Total", "currency": code, "amount_due": amount}
            for code, amount in sorted(totals.items())
        ],
        day=on,
    )
