"""The sales report as tables, by period, customer or product."""

import uuid
from collections.abc import Callable, Iterator

from accounts.models import Organization
from billing.reports.periods import STEPS
from billing.reports.product_sales import ProductFigures, ProductReport, ProductSection
from billing.reports.sales import SalesFigures, SalesReport, SalesRow
from billing.reports.table import Column, Kind, Row, Table
from billing.reports.wording import span_in_words

PERIOD_COLUMNS = (Column("period", "From", Kind.DAY), Column("period_end", "To", Kind.DAY))
CURRENCY = Column("currency", "Currency")

_FIGURES = (
    Column("invoices_count", "Invoices", Kind.COUNT),
    Column("total_invoiced", "Invoiced", Kind.MONEY),
    Column("total_paid", "Paid", Kind.MONEY),
    Column("total_credited", "Credited", Kind.MONEY),
    Column("total_written_off", "Written off", Kind.MONEY),
    Column("total_outstanding", "Outstanding", Kind.MONEY),
    Column("total_tax", "Tax invoiced", Kind.MONEY),
    Column("credit_notes_count", "Credit notes", Kind.COUNT),
    Column("total_credit_notes", "Credit notes total", Kind.MONEY),
    Column("net_sales", "Net sales", Kind.MONEY),
    Column("total_received", "Received", Kind.MONEY),
)
_PRODUCT_FIGURES = (
    Column("invoices_count", "Invoices", Kind.COUNT),
    Column("net_invoiced", "Invoiced, net", Kind.MONEY),
    Column("net_credited", "Credited, net", Kind.MONEY),
    Column("net_sales", "Net sales", Kind.MONEY),
)
# What programs want and people would only scroll past.
_FOR_PROGRAMS = frozenset({"total_tax", "credit_notes_count", "total_credit_notes"})
OTHER_LINES = "Lines without a product, and charges"


def figures(sums: SalesFigures) -> dict[str, int]:
    """A row's figures under the names that every rendering of it uses."""
    return {column.key: getattr(sums, column.key) for column in _FIGURES}


def product_figures(sums: ProductFigures | ProductSection) -> dict[str, int]:
    """The same for a product; a section's sum has no count, as an invoice is in many rows."""
    keys = (column.key for column in _PRODUCT_FIGURES)
    return {key: getattr(sums, key) for key in keys if hasattr(sums, key)}


def sales_table(
    report: SalesReport,
    organization: Organization,
    spell_id: Callable[[uuid.UUID], str] | None = None,
) -> Table:
    """By period or customer. With `spell_id` it is for programs: every figure, and ids."""
    heads: tuple[Column, ...] = PERIOD_COLUMNS
    if report.group_by not in STEPS:
        heads = (Column("customer_id", "Customer id"), Column("customer_name", "Customer"))
        heads = heads if spell_id else heads[1:]
    return Table(
        key="sales",
        title="Sales",
        subtitle=(span_in_words(organization, report.span),),
        columns=[*heads, CURRENCY, *(_FIGURES if spell_id else _for_people(report))],
        rows=_rows(report, spell_id or str),
        totals=[
            {
                "period": report.span.start,
                "period_end": report.span.end,
                "customer_name": "Total",
                "currency": section.currency,
                **figures(section.summary),
            }
            for section in report.sections
        ],
        day=report.span.end,
        notes=(
            "Invoices count on their issue date, with what has been paid, credited and written"
            " off on them to this day. Drafts and void invoices are left out.",
            "Net sales are without tax and less the credit notes of the period; received is"
            " money of the period less refunds.",
        ),
    )


def product_table(
    report: ProductReport,
    organization: Organization,
    spell_id: Callable[[uuid.UUID], str] | None = None,
) -> Table:
    """By product. With `spell_id` every product's id stands in a column."""
    heads = (
        Column("product_id", "Product id"),
        Column("product_name", "Product"),
        Column("sku", "SKU"),
    )
    return Table(
        key="sales-by-product",
        title="Sales by product",
        subtitle=(span_in_words(organization, report.span),),
        columns=[
            *(heads if spell_id else heads[1:]),
            CURRENCY,
            Column("quantity", "Quantity"),
            *_PRODUCT_FIGURES,
        ],
        rows=_product_rows(report, spell_id or str),
        totals=[
            {"product_name": "Total", "currency": section.currency, **product_figures(section)}
            for section in report.sections
        ],
        day=report.span.end,
        notes=("Without tax, discounts taken off. Credit notes count on their own dates.",),
    )


def named(row: SalesRow, spell_id: Callable[[uuid.UUID], str]) -> Row:
    """What the row is about: its period, or its customer."""
    if row.period is not None:
        return {"period": row.period.start, "period_end": row.period.end}
    if row.customer is None:
        return {}
    return {"customer_id": spell_id(row.customer.uuid), "customer_name": row.customer.name}


def _for_people(report: SalesReport) -> list[Column]:
    hidden = set(_FOR_PROGRAMS)
    if not any(section.summary.total_written_off for section in report.sections):
        hidden.add("total_written_off")
    return [column for column in _FIGURES if column.key not in hidden]


def _rows(report: SalesReport, spell_id: Callable[[uuid.UUID], str]) -> Iterator[Row]:
    for section in report.sections:
        for row in section.rows:
            head = {**named(row, spell_id), "currency": section.currency}
            yield {**head, **figures(row.figures)}


def _product_rows(report: ProductReport, spell_id: Callable[[uuid.UUID], str]) -> Iterator[Row]:
    for section in report.sections:
        for row in section.rows:
            product = row.product
            yield {
                "product_id": spell_id(product.uuid) if product else None,
                "product_name": product.name if product else OTHER_LINES,
                "sku": product.sku if product else "",
                "currency": section.currency,
                "quantity": format(row.quantity, "f") if product else None,
                **product_figures(row),
            }
