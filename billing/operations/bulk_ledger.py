"""Posting many invoices that are issued together: what ledger posts for one, table by table."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence

from billing.models import (
    CustomerBalance,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    JournalEntry,
    Posting,
)
from billing.operations.ledger import ISSUED, issued_lines, posting_rows, require_balance
from core import pipeline
from core.ids import uuid7
from core.many_rows import append_many
from core.rows import new_row

# An invoice that is being issued, with its lines and taxes.
IssuedRows = tuple[Invoice, Sequence[InvoiceLine], Sequence[InvoiceTax]]


def post_invoices_issued(
    issued: Sequence[IssuedRows],
    at: datetime.datetime,
    *,
    accounts: dict[str, int],
    is_numbered: bool,
) -> None:
    """What post_invoice_issued writes for each invoice of one organization, table by table.

    The memo names the number if the drafts had one. The `accounts` are those of
    ensure_chart. The balances are moved apart, by move_balances_issued, before numbers are
    taken.
    """
    entries = [
        new_row(
            JournalEntry,
            uuid=uuid7(),
            organization_id=invoice.organization_id,
            kind=ISSUED,
            entry_date=invoice.issue_date,
            created_at=at,
            memo=(invoice.number or "") if is_numbered else "",
            source_type="invoice",
            source_id=invoice.pk,
        )
        for invoice, _, _ in issued
    ]
    append_many(_postings_issued(issued, entries, accounts))
    append_many(entries)


def _postings_issued(
    issued: Sequence[IssuedRows], entries: Sequence[JournalEntry], accounts: dict[str, int]
) -> Iterator[Posting]:
    for (invoice, own_lines, taxes), entry in zip(issued, entries, strict=True):
        found = issued_lines(invoice, own_lines, taxes)
        lines = [line for line in found if line.amount_minor or line.base_amount]
        require_balance(ISSUED, lines, invoice.accounting_currency)
        yield from posting_rows(entry, lines, accounts, invoice.accounting_currency)


def move_balances_issued(invoices: Sequence[Invoice]) -> None:
    """Add the totals to what the customers of one organization owe: locks ascending, as ever."""
    owed: dict[tuple[int, str], int] = defaultdict(int)
    for invoice in invoices:
        owed[invoice.customer_id, invoice.currency] += invoice.total
    organization_id, table = invoices[0].organization_id, CustomerBalance._meta.db_table
    moves = [
        (organization_id, customer_id, currency, total)
        for (customer_id, currency), total in sorted(owed.items())
    ]
    places = ", ".join(["(%s, %s, %s, %s, 0)"] * len(moves))
    pipeline.execute(
        f"INSERT INTO {table} (organization_id, customer_id, currency, receivable, credit)"  # noqa: S608
        f" VALUES {places} ON CONFLICT (organization_id, customer_id, currency)"
        f" DO UPDATE SET receivable = {table}.receivable + excluded.receivable",
        [value for move in moves for value in move],
    )
