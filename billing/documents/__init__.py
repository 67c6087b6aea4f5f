"""Documents on paper and on the public page, drawn from one view of each."""

from billing.documents.printing import (
    credit_note_pdf,
    invoice_pdf,
    pdf_file_name,
    quote_pdf,
    receipt_pdf,
)

__all__ = ["credit_note_pdf", "invoice_pdf", "pdf_file_name", "quote_pdf", "receipt_pdf"]
