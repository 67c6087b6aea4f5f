"""The tax report as a table."""

import uuid
from collections.abc import Callable, Iterator

from accounts.models import Organization
from billing.reports.sales_tables import CURRENCY
from billing.reports.table import Column, Kind, Row, Table
from billing.reports.tax import CASH, TaxReport, TaxRow
from billing.reports.wording import span_in_words
from core.money import from_minor

_NOTES = {
    False: "By issue date: invoices less credit notes, each in its own period. Drafts and void"
    " documents are left out.",
    True: "By the days on which invoices were paid, cumulative per invoice.",
}


_NAME = Column("name", "Tax")
_FIGURES = (
    Column("invoice_count", "Invoices", Kind.COUNT),
    Column("credit_note_count", "Credit notes", Kind.COUNT),
    Column("total_sales", "Taxed amount", Kind.MONEY),
    Column("total_tax_collected", "Tax", Kind.MONEY),
)
_RATE = Column("rate", "Rate", Kind.PERCENT)
_REASONS = Column("exemption_reasons", "Exemption")
_CATEGORY = Column("category", "Category")


def tax_table(
    report: TaxReport,
    organization: Organization,
    spell_id: Callable[[uuid.UUID], str] | None = None,
) -> Table:
    """A row per tax. With `spell_id` it is for programs: every figure, and ids."""
    is_cash = report.basis == CASH
    return Table(
        key=f"tax-{report.basis}",
        title="Tax",
        subtitle=(
            span_in_words(organization, report.span),
            "Cash basis" if is_cash else "Accrual basis",
        ),
        columns=_for_programs() if spell_id else _for_people(report),
        rows=_rows(report, spell_id),
        totals=[
            {
                "name": "Total",
                "currency": section.currency,
                "total_sales": section.total_sales,
                "total_tax_collected": section.total_tax,
            }
            for section in report.sections
        ],
        day=report.span.end,
        notes=(
            _NOTES[is_cash],
            "An amount that bears two taxes is in the taxed amount of both.",
        ),
    )


def _for_programs() -> list[Column]:
    return [
        Column("tax_profile_id", "Tax profile id"),
        _NAME,
        Column("type", "Type"),
        _CATEGORY,
        _RATE,
        _REASONS,
        CURRENCY,
        *_FIGURES,
        Column("accounting_currency", "Books"),
        Column("accounting_tax_collected", "Tax in the books"),
    ]


def _for_people(report: TaxReport) -> list[Column]:
    """Without what says nothing here: no exemption, or no currency but that of the books."""
    rows = [(section.currency, row) for section in report.sections for row in section.rows]
    return [
        _NAME,
        _CATEGORY,
        _RATE,
        *([_REASONS] if any(row.reasons for _, row in rows) else []),
        CURRENCY,
        *_FIGURES,
        *(
            [Column("in_books", "In the books")]
            if any(currency != row.accounting_currency for currency, row in rows)
            else []
        ),
    ]


def _rows(report: TaxReport, spell_id: Callable[[uuid.UUID], str] | None) -> Iterator[Row]:
    for section in report.sections:
        for row in section.rows:
            yield {
                "tax_profile_id": (spell_id or str)(row.profile.uuid) if row.profile else None,
                "name": row.name,
                "type": row.type,
                "category": row.key.category,
                "rate": row.key.rate,
                "exemption_reasons": "; ".join(row.reasons),
                "currency": section.currency,
                "invoice_count": row.invoices_count,
                "credit_note_count": row.credit_notes_count,
                "total_sales": row.sums.base,
                "total_tax_collected": row.sums.tax,
                **_in_books(row),
            }


def _in_books(row: TaxRow) -> Row:
    """The books' currency is another than the row's, so this is no cell of the row's money."""
    books = row.accounting_currency
    amount = format(from_minor(row.sums.accounting, books), "f")
    return {
        "accounting_currency": books,
        "accounting_tax_collected": amount,
        "in_books": f"{amount}\N{NO-BREAK SPACE}{books}",
    }
