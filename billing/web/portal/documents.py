"""Every document of the customer: lists to filter, a page of each, and its file."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from billing.documents.building import early_sentence
from billing.models import Invoice, Quote
from billing.operations.early_discounts import is_early
from billing.operations.remittances import open_for_announcing
from billing.web.listing import Page, page_of, search_text
from billing.web.portal.access import PortalRequest, formats_of, not_here, show, signed_in
from billing.web.portal.answered import objections_to
from billing.web.portal.papers import PAPERS, Paper
from billing.web.public import page_of as public_page_of
from billing.web.public_access import proof_for

PAGE_SIZE = 20


@signed_in("portal:read")
def index(request: PortalRequest, kind: str) -> HttpResponseBase:
    """One kind of documents, newest first; by state, by year, or by number."""
    paper = PAPERS.get(kind)
    if paper is None:
        return not_here(request)
    rows = paper.rows(request.organization.pk, request.customer.pk)
    years = [day.year for day in rows.order_by().dates(paper.date, "year", order="DESC")]
    state, year = request.GET.get("state", ""), request.GET.get("year", "")
    text = search_text(request)
    if state in paper.states:
        rows = paper.filtered(rows, state, request.today)
    if year.isascii() and year.isdigit() and int(year) in years:
        rows = rows.filter(**{f"{paper.date}__year": int(year)})
    if text:
        rows = rows.filter(number__icontains=text)
    page = page_of(rows, request, {"date": paper.date}, "-date", PAGE_SIZE)
    context = {
        "kind": kind,
        "kinds": [(key, request.words[f"kind_{key}"]) for key in PAPERS],
        "states": [(word, request.words[f"state_{word}"]) for word in paper.states],
        "state": state if state in paper.states else "",
        "years": years,
        "year": year,
        "q": text,
        "is_filtered": bool(text or state or year),
        "page": page,
        "rows": _rows(request, paper, page),
        "title": request.words[f"kind_{kind}"],
    }
    return show(request, "portal/documents.html", context)


@signed_in("portal:read")
def detail(request: PortalRequest, kind: str, uuid: UUID) -> HttpResponseBase:
    """The document as a page, with the figures of its PDF."""
    paper = PAPERS.get(kind)
    if paper is None:
        return not_here(request)
    return document_page(request, paper, uuid)


@signed_in("portal:read")
def pdf(request: PortalRequest, kind: str, uuid: UUID) -> HttpResponseBase:
    paper = PAPERS.get(kind)
    if paper is None:
        return not_here(request)
    organization_id = request.organization.pk
    document = paper.find(organization_id, request.customer.pk, uuid)
    name, content = paper.file(organization_id, document.pk)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def document_page(
    request: PortalRequest,
    paper: Paper,
    reference: Any,
    *,
    trouble: str = "",
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    """The page of one document; `trouble` is what was just refused."""
    document = paper.find(request.organization.pk, request.customer.pk, reference)
    view = paper.view(document, request.today)
    word = paper.word(document, request.today)
    context: dict[str, Any] = {
        **public_page_of(view),
        # The frame speaks the customer's language of today, the document that of its day.
        "words": {**request.words, **view.words},
        "kind": paper.key,
        "document": document,
        "word": word,
        "word_label": request.words[f"state_{word}"] if word else "",
        "trouble": trouble,
        **extra,
    }
    if isinstance(document, Invoice):
        context |= _of_invoice(request, document, view, word)
    if isinstance(document, Quote):
        context |= _of_quote(request, document, view, word)
    return show(request, "portal/document.html", context, status)


def _of_invoice(request: PortalRequest, invoice: Invoice, view: Any, word: str) -> dict[str, Any]:
    left = open_for_announcing([invoice])[invoice.pk] if word not in ("void", "paid") else 0
    early = ""
    if is_early(invoice, request.today) and invoice.amount_due == invoice.total:
        early = early_sentence(invoice, view.words["early_until"], view.formats)
    return {
        "left": left,
        "may_dispute": word != "void" and request.actor.may("portal:dispute"),
        "objections": objections_to(request, invoice),
        "due_sentence": view.words["due_on"].format(date=view.formats.date(invoice.due_date)),
        "early_sentence": early,
        "proof": proof_for(request, request.organization, invoice.public_token),
        "viewed_address": reverse("public:invoice-viewed", args=[invoice.public_token]),
    }


def _of_quote(request: PortalRequest, quote: Quote, view: Any, word: str) -> dict[str, Any]:
    is_open = word == "open" and request.actor.may("portal:answer")
    return {
        "may_answer": is_open,
        "consent": view.words["accept_hint"].format(total=view.headline.amount),
        "until": view.words["valid_until_day"].format(date=view.formats.date(quote.valid_until)),
        "proof": proof_for(request, request.organization, quote.public_token),
        "viewed_address": reverse("public:quote-viewed", args=[quote.public_token]),
        "given_name": request.POST.get("name", "")[:200],
    }


def _rows(request: PortalRequest, paper: Paper, page: Page) -> list[dict[str, Any]]:
    shown = []
    for row in page.rows:
        formats = formats_of(request, row.currency)
        word = paper.word(row, request.today)
        left = row.amount_due if isinstance(row, Invoice) else 0
        shown.append(
            {
                "document": row,
                "date": formats.date(getattr(row, paper.date)),
                "amount": formats.money(getattr(row, paper.amount)),
                "due": formats.money(left) if left and left != row.total else "",
                "word": word,
                "word_label": request.words[f"state_{word}"] if word else "",
            }
        )
    return shown
