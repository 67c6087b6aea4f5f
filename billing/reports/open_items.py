"""What one customer owed at the end of a day, as a table."""

import datetime

from accounts.models import Organization
from billing.models import Customer
from billing.queries.open_items import open_items
from billing.reports.table import Column, Kind, Table
from billing.reports.wording import day_in_words


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
