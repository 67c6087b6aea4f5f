"""What lists of invoices can be asked for: all of them, or those of one customer."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse

from billing.models.invoices import AMOUNT_DUE, NUMBER_LENGTH, NUMBER_TEXT, InvoiceQuerySet
from billing.queries.invoices import list_invoices, with_status
from integrations.dialects.base.fields import Choice, CurrencyCode, Text
from integrations.dialects.base.pagination import (
    NewestFirst,
    PageRequest,
    SortKey,
    read_day,
    read_text,
    read_whole,
)
from integrations.dialects.base.query import AmountRange, DayRange, InstantRange, Range, filtered
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.presenters.invoices import ROW_COLUMNS, present_row
from integrations.dialects.enterprise.views.base import (
    BY_CREATION,
    BY_UPDATE,
    EnterpriseView,
    list_query,
)
from integrations.dialects.enterprise.words import INVOICE_STATUSES

_DUE = "due_minor"
FILTERS = {
    "status": Choice(table=INVOICE_STATUSES),
    "number": Text(most=64),
    "currency": CurrencyCode(),
    "issue_date": DayRange(),
    "due_date": DayRange(),
    "total": AmountRange(),
    "subtotal": AmountRange(),
    "discount_total": AmountRange(),
    "tax_total": AmountRange(),
    "amount_paid": AmountRange(),
    "amount_due": AmountRange(name=_DUE),
    "created_at": InstantRange(),
    "updated_at": InstantRange(),
    "issued_at": InstantRange(),
    "sent_at": InstantRange(),
    "viewed_at": InstantRange(),
    "paid_at": InstantRange(),
    "voided_at": InstantRange(),
}
LIST = list_query("invoice", customer_id=id_field("customer", name="customer__uuid"), **FILTERS)
LIST_OF_CUSTOMER = list_query("invoice", **FILTERS)
SORTS = {
    **BY_CREATION,
    **BY_UPDATE,
    "issue_date": (SortKey("issue_date", read_day),),
    "due_date": (SortKey("due_date", read_day),),
    "total": (SortKey("total", read_whole),),
    "amount_due": (SortKey(_DUE, read_whole, AMOUNT_DUE),),
    # A number sorts by its digits within a pattern: INV-2025-999 before INV-2025-1000.
    "number": (
        SortKey("number_length", read_whole, NUMBER_LENGTH),
        SortKey("number_text", read_text, NUMBER_TEXT),
    ),
}
NEWEST = NewestFirst("invoices", list_invoices, ROW_COLUMNS, SORTS["created_at"])


def invoice_page(
    view: EnterpriseView, rows: InvoiceQuerySet, query: dict[str, Any]
) -> HttpResponse:
    """A page of these invoices under the filters of the query."""
    page = PageRequest.taken_from(query)
    today = view.today
    if "status" in query:
        rows = with_status(rows, query.pop("status"), today)
    if _DUE in query:
        rows = rows.alias(**{_DUE: AMOUNT_DUE})
        # Follows from it, and is what an index can answer: nobody owes more than the total.
        least = {op: bound for op, bound in query[_DUE].bounds.items() if op in ("gt", "gte")}
        rows = rows.filter(Range(least, is_amount=True).condition("total") if least else Q())
    return view.list_answer(
        filtered(rows, query),
        page,
        lambda row: present_row(row, today),
        sorts=SORTS,
        columns=ROW_COLUMNS,
    )
