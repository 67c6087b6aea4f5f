"""The sums of a document: from the subtotal to what is due, and the tax per rate."""

from collections.abc import Mapping, Sequence

from billing.documents.formats import Formatter
from billing.documents.view import TaxRow, TotalRow
from billing.models import DiscountType, Invoice, InvoiceStatus
from billing.models.base import DocumentTax, SalesDocument

Words = Mapping[str, str]


def invoice_totals(
    invoice: Invoice, formats: Formatter, words: Words
) -> tuple[TotalRow, tuple[TotalRow, ...]]:
    """The amount due, which is also the last of the rows."""
    rows = list(document_totals(invoice, formats, words))
    settled = [
        ("paid", invoice.amount_paid),
        ("credited", invoice.amount_credited),
        ("written_off", invoice.amount_written_off),
    ]
    rows += [TotalRow(key, words[key], formats.money(-amount)) for key, amount in settled if amount]
    due = TotalRow("amount_due", words["amount_due"], formats.money(invoice.amount_due), "due")
    if invoice.status == InvoiceStatus.VOID:
        return rows[-1], tuple(rows)
    return due, (*rows, due)


def document_totals(
    document: SalesDocument, formats: Formatter, words: Words, total_key: str = "total"
) -> tuple[TotalRow, ...]:
    """Subtotal, discount, charges, tax, rounding, total. The amounts add up to the last one."""
    subtotal = "subtotal_without_tax" if document.prices_include_tax else "subtotal"
    rows = [TotalRow("subtotal", words[subtotal], formats.money(document.subtotal))]
    if document.discount_total:
        label = words["discount"]
        if document.discount_type == DiscountType.PERCENT:
            label += f" {formats.percent(document.discount_value)}"
        rows.append(TotalRow("discount", label, formats.money(-document.discount_total)))
    rows += _charge_rows(document, formats)
    rows.append(TotalRow("tax", words["tax"], formats.money(document.tax_total)))
    if document.rounding_amount:
        amount = formats.money(document.rounding_amount)
        rows.append(TotalRow("rounding", words["rounding"], amount))
    total = formats.money(document.total)
    rows.append(TotalRow("total", words[total_key], total, "strong"))
    return tuple(rows)


def tax_rows(
    document: SalesDocument, taxes: Sequence[DocumentTax], formats: Formatter, words: Words
) -> tuple[TaxRow, ...]:
    """A row per rate; in a foreign currency also the tax in the currency of the books (BT-111)."""
    rows = [_tax_row(tax, formats) for tax in taxes]
    books = document.accounting_currency
    if rows and books and books != document.currency and document.tax_total:
        in_books = Formatter(formats.locale, books)
        total = sum(tax.accounting_amount for tax in taxes)
        label = words["tax_in"].format(currency=books)
        rate = f"1 {document.currency} = {formats.quantity(document.exchange_rate)} {books}"
        rows.append(TaxRow(label, "", "", in_books.money(total), rate))
    return tuple(rows)


def _tax_row(tax: DocumentTax, formats: Formatter) -> TaxRow:
    return TaxRow(
        name=tax.name,
        rate=formats.percent(tax.rate) if tax.kind == "percent" else "",
        base=formats.amount(tax.base_amount),
        tax=formats.amount(tax.tax_amount),
        note=tax.exemption_reason,
    )


def _charge_rows(document: SalesDocument, formats: Formatter) -> list[TotalRow]:
    """Charges and allowances without tax, so that the column adds up."""
    nets = [int(charge["net"]) for charge in document.calculation.get("charges", [])]
    names = [str(charge["name"]) for charge in document.charges]
    return [
        TotalRow("charge", name, formats.money(net)) for name, net in zip(names, nets, strict=True)
    ]
