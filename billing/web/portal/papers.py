"""The four kinds of documents that a customer has, and how each is found, named and drawn."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from billing.documents import pdf_file_name
from billing.documents.building import credit_note_view, invoice_view, quote_view, receipt_view
from billing.documents.printing import credit_note_pdf, invoice_pdf, quote_pdf, receipt_pdf
from billing.documents.view import DocumentView
from billing.models import CreditNote, InvoiceStatus, Payment
from billing.queries import quotes as quote_queries
from billing.queries.credit_notes import get_credit_note
from billing.queries.invoices import get_invoice, with_status
from billing.queries.lookup import find
from billing.queries.payments import get_payment
from billing.queries.portal import (
    shown_credit_notes,
    shown_invoices,
    shown_payments,
    shown_quotes,
)

# A document as a file: its name and its bytes.
File = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind: `states` are the words of its filter, `date` and `amount` its columns."""

    key: str
    icon: str
    date: str
    amount: str
    states: tuple[str, ...]
    rows: Callable[[int, int], QuerySet[Any]]
    get: Callable[[int, int], Any]
    view: Callable[[Any, datetime.date], DocumentView]
    pdf: Callable[[Any], bytes]
    filtered: Callable[[QuerySet[Any], str, datetime.date], QuerySet[Any]]
    word: Callable[[Any, datetime.date], str]

    def find(self, organization_id: int, customer_id: int, reference: Any) -> Any:
        """The document, if it is one of that customer's. Raises NotFound."""
        mine = find(self.rows(organization_id, customer_id).only("pk"), reference, "document")
        return self.get(organization_id, mine.pk)

    def file(self, organization_id: int, pk: int) -> File:
        document = self.get(organization_id, pk)
        return pdf_file_name(document), self.pdf(document)


def _public_url(folder: str, document: Any) -> str:
    return f"{settings.BASE_URL}/{folder}/{document.public_token}"


def _invoice_word(invoice: Any, on: datetime.date) -> str:
    if invoice.status == InvoiceStatus.VOID:
        return "void"
    if not invoice.amount_due:
        return "paid"
    if invoice.days_overdue(on):
        return "overdue"
    return "partial" if invoice.amount_due < invoice.total else "open"


def _invoices(rows: Any, word: str, on: datetime.date) -> QuerySet[Any]:
    if word == "open":
        found: QuerySet[Any] = rows.open()
    elif word == "overdue":
        found = rows.overdue(on)
    else:
        found = with_status(rows, word, on)
    return found


def _quote_word(quote: Any, on: datetime.date) -> str:
    word = quote_queries.status_word(quote, on)
    return "accepted" if word == "converted" else word


def _quotes(rows: QuerySet[Any], word: str, on: datetime.date) -> QuerySet[Any]:
    if word == "accepted":
        return rows.filter(Q(status="accepted") | Q(status="converted"))
    return quote_queries.with_status(rows, word, on)


def _unfiltered(rows: QuerySet[Any], word: str, on: datetime.date) -> QuerySet[Any]:
    return rows


def _note_word(note: Any, on: datetime.date) -> str:
    return "void" if note.status == CreditNote.Status.VOID else ""


def _payment_word(payment: Any, on: datetime.date) -> str:
    if payment.status == Payment.Status.PENDING:
        return "pending"
    return "refunded" if payment.refund_state == "refunded" else ""


PAPERS: dict[str, Paper] = {
    paper.key: paper
    for paper in (
        Paper(
            key="invoices",
            icon="invoice",
            date="issue_date",
            amount="total",
            states=("open", "overdue", "paid"),
            rows=shown_invoices,
            get=get_invoice,
            view=lambda row, on: invoice_view(row, public_url=_public_url("i", row), on=on),
            pdf=lambda row: invoice_pdf(row, public_url=_public_url("i", row)),
            filtered=_invoices,
            word=_invoice_word,
        ),
        Paper(
            key="quotes",
            icon="quote",
            date="issue_date",
            amount="total",
            states=("open", "accepted", "declined", "expired"),
            rows=shown_quotes,
            get=quote_queries.get_quote,
            view=lambda row, on: quote_view(row, on=on),
            pdf=lambda row: quote_pdf(row, public_url=_public_url("q", row)),
            filtered=_quotes,
            word=_quote_word,
        ),
        Paper(
            key="credit-notes",
            icon="credit",
            date="issue_date",
            amount="total",
            states=(),
            rows=shown_credit_notes,
            get=get_credit_note,
            view=lambda row, on: credit_note_view(row),
            pdf=credit_note_pdf,
            filtered=_unfiltered,
            word=_note_word,
        ),
        Paper(
            key="payments",
            icon="coins",
            date="payment_date",
            amount="amount",
            states=(),
            rows=shown_payments,
            get=get_payment,
            view=lambda row, on: receipt_view(row),
            pdf=receipt_pdf,
            filtered=_unfiltered,
            word=_payment_word,
        ),
    )
}
