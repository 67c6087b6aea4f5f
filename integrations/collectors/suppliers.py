"""Who sends invoices: told apart, remembered, and what is odd about a new one."""

import datetime
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from core.currencies import UnknownCurrency, get_currency
from core.money import to_minor
from integrations.collectors.parsing.figures import Finding, ParsedInvoice
from integrations.models import Supplier, SupplierInvoice

_LARGEST = Decimal(10) ** 13


def draft(row: SupplierInvoice, invoice: ParsedInvoice) -> None:
    """Fill the draft with what was read, and the category with what is remembered."""
    totals = invoice.totals
    row.supplier_name = invoice.supplier.name[:300]
    row.supplier_tax_id = invoice.supplier.tax_id[:100]
    row.supplier_key = key_of(row.supplier_name, row.supplier_tax_id)
    row.number = invoice.number[:100]
    row.issue_date, row.due_date = invoice.issue_date, invoice.due_date
    row.currency = _known_currency(invoice.currency)
    # What is still to be paid; of what was paid on the spot, what it cost.
    amounts = [amount for amount in (totals.payable, totals.gross) if amount]
    amount = amounts[0] if amounts else None
    row.is_credit_note = invoice.is_credit_note or (amount is not None and amount < 0)
    row.total = None if amount is None or not row.currency else _minor(abs(amount), row.currency)
    supplier = known(row)
    if supplier is not None and not row.is_credit_note:
        row.category = supplier.category


def remember(row: SupplierInvoice, at: datetime.datetime) -> None:
    """Note the supplier of an approved invoice, and what it was filed under."""
    if not row.supplier_key:
        return
    values = {"name": row.supplier_name, "tax_id": row.supplier_tax_id, "updated_at": at}
    if not row.is_credit_note and row.category_id is not None:
        values |= {"category_id": row.category_id}
    Supplier.objects.update_or_create(
        organization_id=row.organization_id,
        key=row.supplier_key,
        defaults=values,
        create_defaults={**values, "created_at": at},
    )


def known(row: SupplierInvoice) -> Supplier | None:
    """Its supplier, if an invoice of theirs was approved before."""
    rows = Supplier.objects.of(row.organization_id).select_related("category")
    return rows.filter(key=row.supplier_key).first() if row.supplier_key else None


def notes(row: SupplierInvoice) -> Iterator[Finding]:
    """What a person should know of it that its document does not say."""
    others = SupplierInvoice.objects.of(row.organization_id).exclude(pk=row.pk)
    others = others.exclude(status=SupplierInvoice.Status.REJECTED)
    numbered = others.filter(supplier_key=row.supplier_key, number=row.number)
    if others.filter(sha256=row.sha256).exists():
        yield Finding(code="same_document")
    elif row.number and row.supplier_key and numbered.exists():
        yield Finding(code="same_number", about=row.number)
    if row.supplier_key and known(row) is None:
        yield Finding(code="supplier_unknown")


def key_of(name: str, tax_id: str) -> str:
    """What tells suppliers apart: the VAT id, else the name without case, accents and signs."""
    plain_id = re.sub(r"[^0-9A-Z]", "", tax_id.upper())
    if plain_id:
        return f"id:{plain_id}"
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.sub(r"[\W_]+", " ", "".join(c for c in plain if not unicodedata.combining(c)))
    return f"name:{words.strip()[:300]}" if words.strip() else ""


def _known_currency(code: str) -> str:
    try:
        return get_currency(code).code if code else ""
    except UnknownCurrency:
        return ""


def _minor(amount: Decimal, currency: str) -> int | None:
    """None for what the currency cannot say exactly, or the books cannot hold."""
    if amount >= _LARGEST:
        return None
    try:
        return to_minor(amount, currency)
    except ValueError:
        return None
