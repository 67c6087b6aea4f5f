"""What the names in braces stand for: figures of one document, as people write them."""

import datetime

from billing.documents.formats import Formatter
from billing.models import CreditNote, Invoice, Payment, Quote, Reminder
from billing.models.base import SalesDocument
from integrations.models import EmailTemplate

Names = dict[str, str]
Kind = EmailTemplate.Kind

_PARTIES = ("customer_name", "company_name")
_INVOICE = (
    "invoice_number",
    *_PARTIES,
    "total",
    "amount_due",
    "issue_date",
    "due_date",
    "link",
)
# Everything that a template of that kind may name; nothing else is replaced.
PLACEHOLDERS: dict[str, tuple[str, ...]] = {
    Kind.INVOICE: _INVOICE,
    Kind.REMINDER: (*_INVOICE, "days_overdue", "days_left"),
    Kind.RECEIPT: ("receipt_number", *_PARTIES, "amount", "payment_date"),
    Kind.QUOTE: ("quote_number", *_PARTIES, "total", "issue_date", "valid_until", "link"),
    Kind.CREDIT_NOTE: (
        "credit_note_number",
        "invoice_number",
        *_PARTIES,
        "total",
        "issue_date",
    ),
}


def invoice_names(invoice: Invoice, formats: Formatter, url: str) -> Names:
    return {
        "invoice_number": invoice.number or "",
        **_parties(invoice),
        "total": formats.money(invoice.total),
        "amount_due": formats.money(invoice.amount_due),
        "issue_date": formats.date(invoice.issue_date),
        "due_date": formats.date(invoice.due_date),
        "link": url,
    }


def reminder_names(reminder: Reminder, formats: Formatter, url: str) -> Names:
    """Days as of the day it was planned for; one of the two is always 0."""
    late = (reminder.planned_date - reminder.invoice.due_date).days
    return {
        **invoice_names(reminder.invoice, formats, url),
        "days_overdue": str(max(0, late)),
        "days_left": str(max(0, -late)),
    }


def receipt_names(payment: Payment, formats: Formatter) -> Names:
    return {
        "receipt_number": payment.number,
        "customer_name": payment.customer.name,
        "company_name": payment.organization.display_name,
        "amount": formats.money(payment.amount),
        "payment_date": formats.date(payment.payment_date),
    }


def quote_names(quote: Quote, formats: Formatter, url: str) -> Names:
    return {
        "quote_number": quote.number or "",
        **_parties(quote),
        "total": formats.money(quote.total),
        "issue_date": formats.date(quote.issue_date),
        "valid_until": formats.date(quote.valid_until),
        "link": url,
    }


def credit_note_names(note: CreditNote, formats: Formatter) -> Names:
    return {
        "credit_note_number": note.number or "",
        "invoice_number": (note.invoice.number or "") if note.invoice else "",
        **_parties(note),
        "total": formats.money(note.total),
        "issue_date": formats.date(note.issue_date),
    }


def sample_names(kind: str, company: str, formats: Formatter, today: datetime.date) -> Names:
    """Figures of a document that never was, for who has none of that kind yet."""
    due = today + datetime.timedelta(days=14)
    every = {
        "invoice_number": "INV-1042",
        "quote_number": "Q-1042",
        "credit_note_number": "CN-1042",
        "receipt_number": "PAY-1042",
        "customer_name": "ACME Corporation",
        "company_name": company,
        "total": formats.money(123_450),
        "amount_due": formats.money(123_450),
        "amount": formats.money(123_450),
        "issue_date": formats.date(today),
        "payment_date": formats.date(today),
        "due_date": formats.date(due),
        "valid_until": formats.date(due),
        "days_overdue": "3",
        "days_left": "0",
        "link": "https://invoices.example/i/3f9a",
    }
    return {name: every[name] for name in PLACEHOLDERS[kind]}


def _parties(document: SalesDocument) -> Names:
    customer = document.customer.name  # type: ignore[attr-defined]
    return {
        "customer_name": document.buyer.get("name") or customer,
        "company_name": document.organization.display_name,
    }
