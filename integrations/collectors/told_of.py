"""What was read in a document, as the callback tells it beside what the source says."""

from typing import Any

from babel.numbers import format_currency

from integrations.collectors.parsing import wire
from integrations.collectors.parsing.figures import ParsedInvoice
from integrations.models import CollectedInvoice, SupplierInvoice


def figures(invoice: CollectedInvoice) -> ParsedInvoice | None:
    """What its document said when it came, whatever staff made of it since."""
    rows = SupplierInvoice.objects.of(invoice.organization_id).filter(collected=invoice)
    told = rows.values_list("figures", flat=True).first()
    return wire.invoice_loaded(told) if told else None


def amount(read: ParsedInvoice | None) -> str:
    """The amount to be paid as text with the sign of its currency; empty if it was not read."""
    if read is None or not read.currency:
        return ""
    totals = read.totals
    value = totals.gross if totals.payable is None else totals.payable
    if value is None:
        return ""
    return str(format_currency(value, read.currency, locale="en", currency_digits=True))


def metadata(read: ParsedInvoice | None) -> dict[str, Any]:
    """The other figures by name, as text; what was not read is left out."""
    if read is None:
        return {}
    totals = read.totals
    found = {
        "supplier": read.supplier.name,
        "supplier_tax_id": read.supplier.tax_id,
        "number": read.number,
        "issue_date": read.issue_date,
        "due_date": read.due_date,
        "currency": read.currency,
        "net": totals.net,
        "tax": totals.tax,
        "gross": totals.gross,
        "payable": totals.payable,
    }
    return {name: str(value) for name, value in found.items() if value not in (None, "")}
