"""Offers: list, look, and the steps of their life."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.documents import pdf_file_name, quote_pdf
from billing.models import Quote
from billing.operations import quote_answers
from billing.queries.quotes import get_quote, invoices_of_quotes, is_expired, list_quotes
from billing.queries.searchables import QUOTES
from billing.web.access import StaffRequest, staff_view
from billing.web.listing import chosen_tab, page_of, search_text, searched
from billing.web.public_quotes import public_url

SORTS = {"created": "created_at", "total": "total"}
TABS = (("", "All"), *((value, label) for value, label in Quote.Status.choices))
# What each button does, and what is said afterwards.
STEPS = {
    "open": (quote_answers.open_quote, "Quote {number} is open to the customer."),
    "accept": (quote_answers.accept_quote, "Quote {number} is accepted."),
    "decline": (quote_answers.decline_quote, "Quote {number} is declined."),
}


@staff_view("invoices:read")
def index(request: StaffRequest) -> HttpResponse:
    text, word = search_text(request), chosen_tab(request, TABS)
    organization_id = request.actor.organization_id
    rows = list_quotes(organization_id)
    if word:
        rows = rows.filter(status=word)
    rows = searched(rows, QUOTES, organization_id, text, "total")
    page = page_of(rows, request, SORTS, "-created")
    context = {
        "page": page,
        "rows": [(quote, shown_status(quote, request)) for quote in page.rows],
        "q": text,
        "tabs": TABS,
        "status": word,
        "is_filtered": bool(text or word),
    }
    return render(request, "app/quotes/list.html", context)


@staff_view("invoices:read")
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    quote = get_quote(request.actor.organization_id, uuid)
    is_writer = request.actor.may("invoices:write")
    may_send, is_draft = request.actor.may("invoices:send"), quote.status == Quote.Status.DRAFT
    context = {
        "quote": quote,
        "status": shown_status(quote, request),
        "invoice": invoices_of_quotes(request.actor.organization_id, [quote]).get(quote.pk),
        "public_link": "" if is_draft else public_url(quote),
        "can_edit": is_writer and quote.status in (Quote.Status.DRAFT, Quote.Status.OPEN),
        "can_open": is_draft and may_send,
        "can_send": may_send and quote.status in (Quote.Status.DRAFT, Quote.Status.OPEN),
        "can_answer": quote.status == Quote.Status.OPEN and is_writer,
        "can_convert": quote.status == Quote.Status.ACCEPTED and is_writer,
    }
    return render(request, "app/quotes/detail.html", context)


@staff_view("invoices:read")
def pdf(request: StaffRequest, uuid: UUID) -> HttpResponse:
    quote = get_quote(request.actor.organization_id, uuid)
    response = HttpResponse(quote_pdf(quote), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{pdf_file_name(quote)}"'
    response["Cache-Control"] = "private, no-store"
    return response


@staff_view("invoices:read", methods=("POST",))
def step(request: StaffRequest, uuid: UUID, action: str) -> HttpResponse:
    """Open, accept or decline; the operation asks for the right that it needs."""
    operation, sentence = STEPS[action]
    quote = operation(actor=request.actor, at=request.at, quote_id=uuid)
    messages.success(request, gettext(sentence).format(number=quote.number))
    return redirect("billing:quote-detail", uuid)


@staff_view("invoices:write", methods=("POST",))
def convert(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """An accepted offer becomes a draft invoice over exactly that sum."""
    invoice = quote_answers.convert_quote(actor=request.actor, at=request.at, quote_id=uuid)
    messages.success(
        request, gettext("The quote is a draft invoice now. Issue it when it is right.")
    )
    return redirect("billing:invoice-detail", invoice.uuid)


def shown_status(quote: Quote, request: StaffRequest) -> str:
    """The status, but `expired` for an open offer past its last day."""
    return "expired" if is_expired(quote, request.today) else quote.status
