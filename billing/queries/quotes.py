"""Quotes of one organization."""

import datetime
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from billing.models import Invoice, Quote, QuoteLine
from billing.queries.lookup import Ref, find


def list_quotes(organization_id: int) -> QuerySet[Quote]:
    """Newest first, with the customer."""
    rows = Quote.objects.of(organization_id).select_related("customer")
    return rows.order_by("-created_at", "-id")


def get_quote(organization_id: int, reference: Ref) -> Quote:
    """By id or UUID, with customer and lines. Raises NotFound."""
    rows = Quote.objects.of(organization_id).select_related("customer", "organization")
    lines = QuoteLine.objects.of(organization_id).select_related("product")
    return find(rows.prefetch_related(Prefetch("lines", lines)), reference, "quote")


def status_word(quote: Quote, today: datetime.date) -> str:
    """The status, but `expired` for an open quote past its last day; derived, never stored."""
    return "expired" if is_expired(quote, today) else str(quote.status)


def with_status(rows: QuerySet[Quote], word: str, today: datetime.date) -> QuerySet[Quote]:
    """The rows for which status_word says that word."""
    if word == "expired":
        return rows.filter(status=Quote.Status.OPEN, valid_until__lt=today)
    rows = rows.filter(status=word)
    return rows.filter(valid_until__gte=today) if word == Quote.Status.OPEN else rows


def invoices_of_quotes(organization_id: int, quotes: Iterable[Quote]) -> dict[int, Invoice]:
    """By quote, the invoice that each became."""
    rows = Invoice.objects.of(organization_id).filter(quote__in=[quote.pk for quote in quotes])
    return {invoice.quote_id or 0: invoice for invoice in rows.order_by("-pk")}


def is_expired(quote: Quote, today: datetime.date) -> bool:
    """Open and past its last day on the organization's civil date; derived, never stored."""
    return quote.status == Quote.Status.OPEN and quote.valid_until < today
