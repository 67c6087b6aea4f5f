"""What a row looked like at one moment: neutral dictionaries that events carry for ever.

Keys are our field names, amounts are Decimals in major units, ids are the public
UUIDs as text. A dialect renders its own words from these alone, long after the row
has changed again.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from accounts.models.parties import PARTY_FIELDS
from billing.models import (
    CreditNote,
    Customer,
    CustomerAddress,
    Dispute,
    Invoice,
    Payment,
    PaymentLink,
    Product,
    Quote,
    Refund,
    TaxProfile,
)
from billing.models.base import DocumentLine, DocumentTax, SalesDocument
from core.money import from_minor

Snapshot = dict[str, Any]


def _words(text: str) -> list[str]:
    return text.split()


_HEAD = _words(
    "number issue_date currency exchange_rate accounting_currency seller buyer delivery"
    " buyer_reference purchase_order sales_order contract project reference period_start"
    " period_end discount_type discount_value charges prices_include_tax rounding notes terms"
    " footer template locale metadata version public_token created_at updated_at"
)
_TOTALS = _words("subtotal discount_total charge_total tax_total rounding_amount total")
_LINE = _words(
    "position name description quantity unit unit_code unit_price price_base_quantity"
    " discount_type discount_value seller_item_id buyer_item_id period_start period_end taxes"
)
_LINE_AMOUNTS = _words("discount_amount net_amount tax_amount total")
_TAX = _words("position name kind category rate exemption_reason")
_PAYMENT = _words(
    "method payment_date transaction_id gateway reference notes failure_reason metadata"
    " created_at updated_at"
)
_DISPUTE = _words(
    "kind status outcome reason reference opened_on closed_on closed_at note created_at updated_at"
)
_DISPUTE_RELATED = _words("line payment taken returned credit_note fee_invoice")
_REFUND = _words("currency reason refund_date status method transaction_id created_at updated_at")
_CUSTOMER = _words(
    "name kind status first_name last_name email phone currency locale payment_terms_days"
    " payment_terms buyer_reference is_tax_exempt reminders_enabled tags notes external_reference"
    " metadata created_at updated_at"
)
_ADDRESS = _words("name line1 line2 line3 city subdivision postal_code country")
_PRODUCT = _words(
    "name description sku kind unit_price currency cost_price unit unit_code category"
    " stock_quantity low_stock_threshold is_active metadata created_at updated_at"
)
_PAYMENT_LINK = _words(
    "public_token quantity name description currency max_uses times_used expires_at"
    " deactivated_at last_used_at metadata created_at updated_at"
)
_TAX_PROFILE = _words(
    "name type kind rate fixed_amount currency is_compound is_inclusive is_in_tax_base"
    " category exemption_reason jurisdiction description is_active created_at updated_at"
)


def changed(before: Snapshot, after: Snapshot) -> Snapshot:
    """The old values of the keys of `before` that differ now; bookkeeping keys left out."""
    return {
        key: value
        for key, value in before.items()
        if key not in ("updated_at", "version") and after.get(key) != value
    }


def invoice_state(invoice: Invoice) -> Snapshot:
    """The invoice without its lines and tax subtotals: enough to tell what changed."""
    currency = invoice.currency
    return {
        "object": "invoice",
        **_document(invoice),
        "kind": invoice.kind,
        "status": invoice.status,
        "settlement": str(invoice.settlement),
        "due_date": invoice.due_date,
        "payment_terms": invoice.payment_terms,
        "early_discount_percent": invoice.early_discount_percent,
        "early_discount_until": invoice.early_discount_until,
        "early_discount_amount": from_minor(invoice.early_discount_amount, currency),
        "tax_point_date": invoice.tax_point_date,
        "payment_means_code": invoice.payment_means_code,
        "payment_reference": invoice.payment_reference,
        "preceding": invoice.preceding,
        "source": invoice.source,
        "reminders_enabled": invoice.reminders_enabled,
        "amount_paid": from_minor(invoice.amount_paid, currency),
        "amount_credited": from_minor(invoice.amount_credited, currency),
        "amount_written_off": from_minor(invoice.amount_written_off, currency),
        "amount_due": from_minor(invoice.amount_due, currency),
        "issued_at": invoice.issued_at,
        "sent_at": invoice.sent_at,
        "viewed_at": invoice.viewed_at,
        "paid_at": invoice.paid_at,
        "voided_at": invoice.voided_at,
        "void_reason": invoice.void_reason,
        "disputed_at": invoice.disputed_at,
    }


def invoice_snapshot(invoice: Invoice) -> Snapshot:
    """The whole invoice. Reads lines and taxes unless they are already loaded."""
    return {
        **invoice_state(invoice),
        "lines": lines_snapshot(_lines(invoice), invoice.currency),
        "taxes": taxes_snapshot(invoice.taxes.all(), invoice),
        "dispute": open_dispute_of(invoice),
    }


def dispute_snapshot(dispute: Dispute) -> Snapshot:
    """What an invoice and an event tell of it."""
    invoice = dispute.invoice
    return {
        "object": "dispute",
        "uuid": str(dispute.uuid),
        "invoice": str(invoice.uuid),
        "invoice_number": invoice.number,
        "amount": from_minor(dispute.amount, invoice.currency),
        "currency": invoice.currency,
        **_fields(dispute, _DISPUTE),
        **{name: _uuid_text(getattr(dispute, name)) for name in _DISPUTE_RELATED},
    }


def quote_state(quote: Quote, invoice: Invoice | None = None) -> Snapshot:
    """The quote without its lines; `invoice` is the one that it became."""
    return {
        "object": "quote",
        **_document(quote),
        "status": quote.status,
        "valid_until": quote.valid_until,
        "invoice": _invoice_reference(invoice),
        "sent_at": quote.sent_at,
        "viewed_at": quote.viewed_at,
        "accepted_at": quote.accepted_at,
        "accepted_by": quote.accepted_by,
        "declined_at": quote.declined_at,
        "decline_reason": quote.decline_reason,
    }


def quote_snapshot(quote: Quote, invoice: Invoice | None = None) -> Snapshot:
    """The whole quote. Reads lines unless they are already loaded."""
    lines = lines_snapshot(_lines(quote), quote.currency)
    return {**quote_state(quote, invoice), "lines": lines}


def credit_note_state(credit_note: CreditNote) -> Snapshot:
    """The credit note without its lines and tax subtotals."""
    currency = credit_note.currency
    return {
        "object": "credit_note",
        **_document(credit_note),
        "status": credit_note.status,
        "reason": credit_note.reason,
        "invoice": _invoice_reference(credit_note.invoice),
        "amount_allocated": from_minor(credit_note.amount_allocated, currency),
        "amount_unapplied": from_minor(credit_note.amount_unapplied, currency),
        "amount_refunded": from_minor(credit_note.amount_refunded, currency),
        "amount_out_of_band": from_minor(credit_note.amount_out_of_band, currency),
        "issued_at": credit_note.issued_at,
        "sent_at": credit_note.sent_at,
        "voided_at": credit_note.voided_at,
    }


def credit_note_snapshot(credit_note: CreditNote) -> Snapshot:
    """The whole credit note; each line names the invoice's line that it takes back."""
    rows = list(_lines(credit_note, "invoice_line"))
    lines = [
        {**line, "invoice_line": row.invoice_line and str(row.invoice_line.uuid)}
        for line, row in zip(lines_snapshot(rows, credit_note.currency), rows, strict=True)
    ]
    return {
        **credit_note_state(credit_note),
        "lines": lines,
        "taxes": taxes_snapshot(credit_note.taxes.all(), credit_note),
    }


def payment_snapshot(payment: Payment) -> Snapshot:
    currency = payment.currency
    return {
        "object": "payment",
        "uuid": str(payment.uuid),
        "number": payment.number,
        "status": payment.status,
        "refund_state": payment.refund_state,
        "customer": party_reference(payment.customer),
        "invoice": _invoice_reference(payment.invoice),
        "amount": from_minor(payment.amount, currency),
        "currency": currency,
        "exchange_rate": payment.exchange_rate,
        "amount_allocated": from_minor(payment.amount_allocated, currency),
        "amount_refunded": from_minor(payment.amount_refunded, currency),
        "amount_unapplied": from_minor(payment.amount_unapplied, currency),
        **_fields(payment, _PAYMENT),
    }


def refund_snapshot(refund: Refund) -> Snapshot:
    """`payment` is None where a stand-alone credit note was paid out."""
    payment, note = refund.payment, refund.credit_note
    return {
        "object": "refund",
        "uuid": str(refund.uuid),
        "number": refund.number,
        "payment": payment and {"uuid": str(payment.uuid), "number": payment.number},
        "credit_note": note and {"uuid": str(note.uuid), "number": note.number},
        "is_out_of_band": refund.is_out_of_band,
        "amount": from_minor(refund.amount, refund.currency),
        **_fields(refund, _REFUND),
    }


def customer_snapshot(customer: Customer) -> Snapshot:
    limit = customer.credit_limit
    return {
        "object": "customer",
        "uuid": str(customer.uuid),
        **_fields(customer, _CUSTOMER),
        **_fields(customer, PARTY_FIELDS),
        "credit_limit": None if limit is None else from_minor(limit, customer.currency),
        "shipping_address": _shipping_address(customer),
    }


def product_snapshot(product: Product) -> Snapshot:
    profile = product.tax_profile
    return {
        "object": "product",
        "uuid": str(product.uuid),
        **_fields(product, _PRODUCT),
        "tax_profile": profile and {"uuid": str(profile.uuid), "name": profile.name},
    }


def tax_profile_snapshot(profile: TaxProfile) -> Snapshot:
    return {
        "object": "tax_profile",
        "uuid": str(profile.uuid),
        **_fields(profile, _TAX_PROFILE),
    }


def _shipping_address(customer: Customer) -> Snapshot | None:
    """Where goods go unless a document says else: the first of the shipping addresses."""
    rows = [row for row in customer.addresses.all() if row.kind == CustomerAddress.Kind.SHIPPING]
    first = min(rows, key=lambda row: row.pk, default=None)
    return None if first is None else _fields(first, _ADDRESS)


def payment_link_snapshot(
    link: PaymentLink,
    *,
    state: str,
    invoice: Invoice | None = None,
    payment: Payment | None = None,
) -> Snapshot:
    """The link; `state` is where it stood, the others what using it just made."""
    product, profile = link.product, link.tax_profile
    return {
        "object": "payment_link",
        "uuid": str(link.uuid),
        "state": state,
        "invoice": _invoice_reference(link.invoice),
        "product": product and {"uuid": str(product.uuid), "name": product.name},
        "tax_profile": profile and {"uuid": str(profile.uuid), "name": profile.name},
        "amount": None if link.amount is None else from_minor(link.amount, link.currency),
        **_fields(link, _PAYMENT_LINK),
        "made_invoice": _invoice_reference(invoice),
        "made_payment": payment and {"uuid": str(payment.uuid), "number": payment.number},
    }


def party_reference(customer: Customer) -> Snapshot:
    """Who the customer is, in as many words as a list or a payload needs."""
    return {
        "uuid": str(customer.uuid),
        "name": customer.name,
        "email": customer.email,
        "legal_name": customer.legal_name,
        "external_reference": customer.external_reference,
    }


def lines_snapshot(lines: Iterable[DocumentLine], currency: str) -> list[Snapshot]:
    """The lines in their order, with the public id of the product each came from."""
    return [
        {
            "uuid": str(line.uuid),
            "product": line.product and str(line.product.uuid),
            **_fields(line, _LINE),
            **_amounts(line, _LINE_AMOUNTS, currency),
        }
        for line in lines
    ]


def taxes_snapshot(taxes: Iterable[DocumentTax], document: SalesDocument) -> list[Snapshot]:
    """The tax subtotals; `accounting_amount` is in the books' currency (BT-111)."""
    return [
        {
            **_fields(tax, _TAX),
            "base_amount": from_minor(tax.base_amount, document.currency),
            "tax_amount": from_minor(tax.tax_amount, document.currency),
            "accounting_amount": from_minor(tax.accounting_amount, document.accounting_currency),
        }
        for tax in taxes
    ]


def open_dispute_of(invoice: Invoice) -> Snapshot | None:
    """The first that is open; nothing is read for an invoice that nobody disputes."""
    if invoice.disputed_at is None:
        return None
    rows = Dispute.objects.of(invoice.organization_id).filter(invoice=invoice)
    found = rows.filter(status=Dispute.Status.OPEN).select_related("invoice", *_DISPUTE_RELATED)
    first = found.order_by("pk").first()
    return dispute_snapshot(first) if first else None


def _uuid_text(row: Any) -> str | None:
    return str(row.uuid) if row is not None else None


def _lines(document: Any, *related: str) -> Iterable[Any]:
    """The loaded lines, else all of them with their products in one statement."""
    if "lines" in getattr(document, "_prefetched_objects_cache", {}):
        return document.lines.all()
    return document.lines.select_related("product", *related)


def _document(document: Any) -> Snapshot:
    return {
        "uuid": str(document.uuid),
        "customer": party_reference(document.customer),
        **_fields(document, _HEAD),
        **_amounts(document, _TOTALS, document.currency),
    }


def _invoice_reference(invoice: Invoice | None) -> Snapshot | None:
    return {"uuid": str(invoice.uuid), "number": invoice.number} if invoice else None


def _amounts(row: Any, names: list[str], currency: str) -> dict[str, Decimal]:
    return {name: from_minor(getattr(row, name), currency) for name in names}


def _fields(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
