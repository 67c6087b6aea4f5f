"""A customer's statement of account as a table: for a page, a CSV file or a PDF."""

import re
import uuid
from collections.abc import Callable, Iterator

from accounts.models import Organization
from billing.models import Customer
from billing.queries.statements import Statement
from billing.reports.table import Column, Kind, Row, Table
from billing.reports.wording import day_in_words, span_in_words


def statement_table(
    statement: Statement,
    organization: Organization,
    spell_source: Callable[[str, uuid.UUID], str] | None = None,
) -> Table:
    """The statement as a table; `spell_source(noun, uuid)` adds the documents' ids."""
    has_many = len(statement.sections) > 1
    columns = [
        Column("date", "Date", Kind.DAY),
        Column("type", "Type") if spell_source else Column("title", "What"),
        Column("number", "Number"),
        Column("id", "Id"),
        Column("reference", "Reference"),
        Column("due_date", "Due", Kind.DAY),
        Column("currency", "Currency"),
        Column("amount", "Amount", Kind.MONEY),
        Column("balance", "Balance", Kind.MONEY),
    ]
    hidden = set() if spell_source else {"id"}
    if not spell_source and not has_many:
        hidden.add("currency")
    closing_day = day_in_words(organization, statement.span.end)
    owed = [
        {
            "title": "Closing balance",
            "type": "closing_balance",
            "currency": section.currency,
            "date": statement.span.end,
            "balance": section.closing,
        }
        for section in statement.sections
    ]
    return Table(
        key=f"statement_{_file_words(statement.customer)}",
        title="Statement of account",
        subtitle=(
            statement.customer.name,
            span_in_words(organization, statement.span),
            *(f"Amounts in {s.currency}" for s in statement.sections if not has_many),
        ),
        columns=[column for column in columns if column.key not in hidden],
        rows=_rows(statement, spell_source),
        totals=owed,
        day=statement.span.end,
        notes=_open_notes(statement, organization, closing_day),
    )


def _rows(
    statement: Statement, spell_source: Callable[[str, uuid.UUID], str] | None
) -> Iterator[Row]:
    for section in statement.sections:
        common = {"currency": section.currency}
        yield {
            **common,
            "date": statement.span.start,
            "type": "opening_balance",
            "title": "Opening balance",
            "balance": section.opening,
            "is_strong": True,
        }
        for line in section.lines:
            shown_id = None
            if spell_source and line.source_id:
                shown_id = spell_source(line.source, line.source_id)
            yield {
                **common,
                "date": line.date,
                "type": line.type,
                "title": line.title,
                "number": line.number,
                "id": shown_id,
                "source": line.source,
                "source_id": line.source_id,
                "reference": line.reference,
                "due_date": line.due_date,
                "amount": line.amount,
                "balance": line.balance,
            }


def _open_notes(statement: Statement, organization: Organization, closing_day: str) -> list[str]:
    notes = []
    for section in statement.sections:
        late = sum(item.amount_due for item in section.open_items if item.days_overdue)
        notes.append(
            f"{section.currency}: {len(section.open_items)} open items on {closing_day},"
            f" of which {sum(bool(i.days_overdue) for i in section.open_items)} overdue."
            if late or section.open_items
            else f"{section.currency}: nothing open on {closing_day}."
        )
    return notes


def _file_words(customer: Customer) -> str:
    """The customer's name as far as it makes a file's name; else the id."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", customer.name).strip("-")[:40]
    return words or customer.uuid.hex[:8]
