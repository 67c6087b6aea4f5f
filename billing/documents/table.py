"""The line table: which columns a document needs, and what stands in each row."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from billing.documents.formats import Formatter
from billing.documents.view import Column, Row
from billing.models import Allocation, DiscountType, Payment
from billing.models.base import DocumentLine, SalesDocument

Words = Mapping[str, str]

# Long text is cut here: a document stays a document, and drawing it stays quick.
MOST_CHARACTERS = 10_000
_EN_DASH = "\N{EN DASH}"


def columns_of(document: SalesDocument, words: Words) -> tuple[Column, ...]:
    amount = "amount_with_tax" if document.prices_include_tax else "amount"
    keys = ["quantity", "unit_price", "tax"]
    return (*(Column(key, words[key]) for key in keys), Column("amount", words[amount]))


def document_rows(document: Any, formats: Formatter, words: Words) -> tuple[Row, ...]:
    """The lines in order, each with the sum of the amounts up to and including it."""
    rows, running = [], 0
    for line in document.lines.all():
        shown = line.total if document.prices_include_tax else line.net_amount
        running += shown
        rows.append(_row(line, shown, running, formats, words))
    return tuple(rows)


def receipt_columns(words: Words) -> tuple[Column, ...]:
    keys = ("issue_date", "invoice_total", "applied")
    return tuple(Column(key, words[key]) for key in keys)


def rows_of_payment(payment: Payment, formats: Formatter) -> tuple[tuple[Row, ...], int]:
    """A row per invoice that the payment settles, and the sum in minor units."""
    allocations = Allocation.objects.of(payment.organization_id).filter(payment=payment)
    applied: dict[int, int] = {}
    invoices = {}
    for allocation in allocations.select_related("invoice").order_by("pk"):
        key = allocation.invoice_id
        invoices[key] = allocation.invoice
        applied[key] = applied.get(key, 0) + allocation.amount
    rows, running = [], 0
    for key, amount in applied.items():
        if amount == 0:
            continue
        invoice, running = invoices[key], running + amount
        cells = (
            formats.date(invoice.issue_date),
            formats.amount(invoice.total),
            formats.amount(amount),
        )
        rows.append(Row(invoice.number or "", (), cells, running))
    return tuple(rows), running


def _row(line: DocumentLine, shown: int, running: int, formats: Formatter, words: Words) -> Row:
    unit_price = formats.price(line.unit_price)
    if line.price_base_quantity != 1:
        unit_price += f" / {formats.quantity(line.price_base_quantity)}"
    cells = (
        " ".join(filter(None, [formats.quantity(line.quantity), line.unit])),
        unit_price,
        tax_label(line.taxes, formats),
        formats.amount(shown),
    )
    return Row(line.name, _details(line, formats, words), cells, running)


def _details(line: DocumentLine, formats: Formatter, words: Words) -> tuple[str, ...]:
    details = [line.description[:MOST_CHARACTERS]]
    if line.description.strip() == line.name.strip():
        details = []
    period = [formats.date(day) for day in (line.period_start, line.period_end) if day]
    details.append(f" {_EN_DASH} ".join(period))
    if line.seller_item_id:
        details.append(f"{words['item']} {line.seller_item_id}")
    if line.buyer_item_id:
        details.append(f"{words['your_item']} {line.buyer_item_id}")
    if line.discount_amount:
        percent = ""
        if line.discount_type == DiscountType.PERCENT:
            percent = f" {formats.percent(line.discount_value)}"
        details.append(f"{words['line_discount']}{percent}: {formats.money(-line.discount_amount)}")
    return tuple(text for text in details if text.strip())


def tax_label(taxes: Sequence[Mapping[str, Any]], formats: Formatter) -> str:
    """`19%`, `5% + 9.975%`; a dash where nothing is taxed."""
    labels = []
    for tax in taxes:
        if tax.get("kind") == "fixed":
            labels.append(str(tax.get("name", "")))
        else:
            labels.append(formats.percent(Decimal(str(tax.get("rate", "0")))))
    return " + ".join(labels) or _EN_DASH
