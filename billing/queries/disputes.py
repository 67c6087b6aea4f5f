"""Disputes of an organization, of an invoice, and the days on which one was open."""

import datetime
from collections.abc import Sequence

from django.db.models import QuerySet

from billing.models import Dispute, Invoice
from billing.queries.lookup import Ref, find

ONE_DAY = datetime.timedelta(days=1)
Span = tuple[datetime.date, datetime.date]


def list_disputes(organization_id: int) -> QuerySet[Dispute]:
    """Newest first, with everything that dispute_snapshot tells."""
    rows = Dispute.objects.of(organization_id).select_related(
        "invoice", "line", "payment", "taken", "returned", "credit_note", "fee_invoice"
    )
    return rows.order_by("-created_at", "-id")


def get_dispute(organization_id: int, reference: Ref) -> Dispute:
    """Raises NotFound."""
    return find(list_disputes(organization_id), reference, "dispute")


def disputes_of(invoice: Invoice) -> QuerySet[Dispute]:
    """Those of one invoice in the order they were opened."""
    return list_disputes(invoice.organization_id).filter(invoice=invoice).order_by("pk")


def disputed_spans(invoice: Invoice, until: datetime.date) -> list[Span]:
    """The days (first, last) on which a dispute was open, joined where they touch."""
    rows = Dispute.objects.of(invoice.organization_id).filter(invoice=invoice)
    days = rows.filter(opened_on__lte=until).order_by("opened_on")
    spans: list[Span] = []
    for first, last in days.values_list("opened_on", "closed_on"):
        end = until if last is None else last
        if spans and first <= spans[-1][1] + ONE_DAY:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((first, end))
    return spans


def passed(day: datetime.date, spans: Sequence[Span]) -> datetime.date:
    """That day, or the first one after the span that it is in."""
    for first, last in spans:
        if first <= day <= last:
            return last + ONE_DAY
    return day


def outside(start: datetime.date, end: datetime.date, spans: Sequence[Span]) -> list[Span]:
    """(start, end] without the spans' days, as pieces of the same half-open kind."""
    pieces: list[Span] = []
    for first, last in spans:
        if last <= start or first > end:
            continue
        if first - ONE_DAY > start:
            pieces.append((start, first - ONE_DAY))
        start = max(start, last)
    if start < end:
        pieces.append((start, end))
    return pieces
