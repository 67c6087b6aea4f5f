"""Documents as PDF bytes, and what their files are called."""

import re
from typing import Any

from accounts.models import BankAccount
from billing.documents.building import credit_note_view, invoice_view, quote_view, receipt_view
from billing.documents.classic import Classic
from billing.documents.compact import Compact
from billing.documents.modern import Modern
from billing.documents.picture_pen import PicturePen
from billing.documents.sheet import Sheet
from billing.documents.view import DocumentView
from billing.models import CreditNote, Invoice, Payment, Quote

TEMPLATES: dict[str, type[Sheet]] = {
    "tmpl_classic": Classic,
    "tmpl_compact": Compact,
    "tmpl_modern": Modern,
}
DEFAULT_TEMPLATE = "tmpl_modern"
_NOUNS = {CreditNote: "Credit_Note", Invoice: "Invoice", Payment: "Receipt", Quote: "Quote"}


def invoice_pdf(
    invoice: Invoice, *, bank_account: BankAccount | None = None, public_url: str = ""
) -> bytes:
    """The invoice as PDF. The same invoice always gives the same bytes; no clock is read.

    `bank_account` overrides where to pay; `public_url` is printed as the online address and
    stands in the QR code where no bank transfer can. Reads lines and taxes.
    """
    return draw(invoice_view(invoice, public_url=public_url, bank_account=bank_account))


def credit_note_pdf(credit_note: CreditNote) -> bytes:
    """The credit note as PDF, with positive amounts and the invoice it corrects."""
    return draw(credit_note_view(credit_note))


def receipt_pdf(payment: Payment) -> bytes:
    """What was received and which invoices it settled, as PDF."""
    return draw(receipt_view(payment))


def quote_pdf(quote: Quote, *, public_url: str = "") -> bytes:
    """The quote as PDF; `public_url`, where it can be answered, is printed on it."""
    return draw(quote_view(quote, public_url=public_url))


def draw(view: DocumentView) -> bytes:
    """The view on paper, in its template; an unknown template is drawn as the modern one."""
    return _template(view)(view).draw()


def draw_picture(view: DocumentView, *, logo: bytes | None = None) -> str:
    """The same as `svg` elements for a page of ours; `logo` is a PNG not stored yet."""
    return _template(view)(view, PicturePen, logo).draw().decode()


def pdf_file_name(document: Any) -> str:
    """`Invoice_INV-2025-001.pdf`: letters, digits, `-`, `_` and `.` only."""
    number = document.number or f"draft-{document.uuid.hex[:8]}"
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", number).strip("-.") or document.uuid.hex[:8]
    return f"{_NOUNS[type(document)]}_{safe}.pdf"


def _template(view: DocumentView) -> type[Sheet]:
    return TEMPLATES.get(view.template, TEMPLATES[DEFAULT_TEMPLATE])
