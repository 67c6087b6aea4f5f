"""The public page of a quote: whoever holds the link may read it, and say yes or no."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from billing.documents import pdf_file_name, quote_pdf
from billing.documents.building import quote_view
from billing.documents.view import DocumentView
from billing.models import Quote
from billing.operations.document_sending import record_quote_viewed
from billing.operations.guards import VersionConflict
from billing.operations.quote_answers import accept_quote, decline_quote
from billing.queries.organizations import today
from billing.queries.public_links import find_public_quote
from billing.queries.quotes import get_quote, status_word
from billing.web.public import page_of
from billing.web.public_access import (
    clock,
    customer_actor,
    is_seen,
    opens,
    proof_for,
    theme_sheet,
)
from core.errors import DomainError, InvalidValue

open_quote = opens(find_public_quote)
_MOST_NAME, _MOST_REASON = 200, 500


@require_safe
@open_quote
def show_quote(request: HttpRequest, quote: Quote) -> HttpResponse:
    """The quote as a page, with the same figures as the PDF."""
    return _show(request, quote)


@require_safe
@open_quote
def download_quote(request: HttpRequest, quote: Quote) -> HttpResponse:
    """The PDF, byte for byte the one that was mailed."""
    return HttpResponse(
        quote_pdf(quote, public_url=public_url(quote)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{pdf_file_name(quote)}"'},
    )


@require_safe
@open_quote
def theme(request: HttpRequest, quote: Quote) -> HttpResponse:
    return theme_sheet(str(quote.seller.get("accent_color") or quote.organization.accent_color))


@csrf_exempt  # The proof is the token: it is signed, bound to this link and short-lived.
@require_POST
@open_quote
def note_viewed(request: HttpRequest, quote: Quote) -> HttpResponse:
    """A person has seen the page (B17). Answers 204 whether it counted or not."""
    if is_seen(request, quote.organization, quote.public_token):
        at = clock(quote.organization)
        record_quote_viewed(actor=customer_actor(quote.organization), at=at, quote_id=quote.pk)
    return HttpResponse(status=204)


@require_POST
@open_quote
def accept(request: HttpRequest, quote: Quote) -> HttpResponse:
    """Yes, with the name of the person who says so."""
    return _answered(
        request, quote, accept_quote, accepted_by=request.POST.get("name", "")[:_MOST_NAME]
    )


@require_POST
@open_quote
def decline(request: HttpRequest, quote: Quote) -> HttpResponse:
    """No, and why if the customer likes to say."""
    return _answered(
        request, quote, decline_quote, reason=request.POST.get("reason", "")[:_MOST_REASON]
    )


def public_url(quote: Quote) -> str:
    """The address to give to the customer."""
    return f"{settings.BASE_URL}/q/{quote.public_token}"


def _answered(request: HttpRequest, quote: Quote, operation: Any, **values: str) -> HttpResponse:
    """Do it and show the page anew; what the domain refuses is said on the page."""
    version = request.POST.get("version", "")
    try:
        operation(
            actor=customer_actor(quote.organization),
            at=clock(quote.organization),
            quote_id=quote.pk,
            expected_version=int(version) if version.isdigit() and len(version) < 10 else 0,
            **values,
        )
    except InvalidValue:
        return _show(request, quote, trouble="name_needed", status=422)
    except VersionConflict:
        return _show(request, _fresh(quote), trouble="quote_changed", status=409)
    except DomainError:
        return _show(request, _fresh(quote), trouble="quote_closed", status=409)
    return redirect("public:quote", quote.public_token)


def _show(
    request: HttpRequest, quote: Quote, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    on = today(quote.organization, clock(quote.organization))
    view = quote_view(quote, on=on)
    token = quote.public_token
    word = status_word(quote, on)
    response = render(
        request,
        "public/quote.html",
        {
            **page_of(view),
            "quote": quote,
            "outcome": _outcome(quote, view, word),
            "may_answer": word == Quote.Status.OPEN,
            "consent": view.words["accept_hint"].format(total=view.headline.amount),
            "until": view.words["valid_until_day"].format(
                date=view.formats.date(quote.valid_until)
            ),
            "trouble": view.words[trouble] if trouble else "",
            "given_name": request.POST.get("name", "")[:_MOST_NAME],
            "contact": str(quote.seller.get("email") or ""),
            "token": token,
            "is_test": not quote.organization.livemode,
            "proof": proof_for(request, quote.organization, token),
            "viewed_address": reverse("public:quote-viewed", args=[token]),
        },
        status=status,
    )
    response["Content-Language"] = view.language
    response["Referrer-Policy"] = "same-origin"
    return response


def _outcome(quote: Quote, view: DocumentView, word: str) -> str:
    """What became of it, in a sentence; empty while it can be answered."""
    words, formats = view.words, view.formats
    if quote.accepted_at:
        on = formats.date(today(quote.organization, quote.accepted_at))
        key = "accepted_by_on" if quote.accepted_by else "accepted_on"
        return words[key].format(name=quote.accepted_by, date=on)
    if quote.declined_at:
        return words["declined_on"].format(
            date=formats.date(today(quote.organization, quote.declined_at))
        )
    if word == "expired":
        return words["expired_on"].format(date=formats.date(quote.valid_until))
    return "" if word == Quote.Status.OPEN else words["quote_closed"]


def _fresh(quote: Quote) -> Quote:
    return get_quote(quote.organization_id, quote.pk)
