"""The public page of an invoice: whoever holds the link may look, download and learn how to pay."""

import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from billing.documents import invoice_pdf, pdf_file_name
from billing.documents.building import early_sentence, invoice_view
from billing.documents.payment_details import code_svg
from billing.documents.pictures import logo_data_address
from billing.documents.text import clean
from billing.documents.view import DocumentView
from billing.models import Invoice, InvoiceStatus
from billing.operations.early_discounts import is_early
from billing.operations.sending import record_viewed
from billing.queries.organizations import today
from billing.queries.public_links import find_public_invoice
from billing.web.public_access import (
    clock,
    customer_actor,
    is_seen,
    opens,
    proof_for,
    theme_sheet,
)
from billing.web.public_ways import own_wallet, payable

open_invoice = opens(
    find_public_invoice, lambda invoice: "gone" if invoice.status == InvoiceStatus.VOID else ""
)


@require_safe
@open_invoice
def show_invoice(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """The invoice as a page, with the same figures as the PDF."""
    on = today(invoice.organization, clock(invoice.organization))
    view = invoice_view(invoice, public_url=public_url(invoice), on=on)
    token = invoice.public_token
    ways = payable(request, invoice, invoice.amount_due)
    response = render(
        request,
        "public/invoice.html",
        {
            **page_of(view),
            "due_sentence": view.words["due_on"].format(date=view.formats.date(invoice.due_date)),
            "early_sentence": _early_sentence(invoice, view, on),
            "contact": str(invoice.seller.get("email") or ""),
            "token": token,
            "code": code_svg(view.payment.code) if view.payment and view.payment.code else "",
            "payable": ways,
            "wallet": own_wallet(invoice, invoice.amount_due),
            "is_test": not invoice.organization.livemode,
            "proof": proof_for(request, invoice.organization, token),
            "viewed_address": reverse("public:invoice-viewed", args=[token]),
            "portal": portal_of(invoice),
            "see_all": view.words["see_all"],
        },
        status=422 if ways and ways.trouble else 200,
    )
    response["Content-Language"] = view.language
    return response


def _early_sentence(invoice: Invoice, view: DocumentView, on: datetime.date) -> str:
    """What paying now saves, as long as it does and nothing was paid or credited yet."""
    if not is_early(invoice, on) or invoice.amount_due < invoice.total:
        return ""
    return early_sentence(invoice, view.words["early_until"], view.formats)


@require_safe
@open_invoice
def download_invoice(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """The PDF, byte for byte the one that was mailed."""
    return HttpResponse(
        invoice_pdf(invoice, public_url=public_url(invoice)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{pdf_file_name(invoice)}"'},
    )


@require_safe
@open_invoice
def theme(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    return theme_sheet(str(invoice.seller.get("accent_color") or invoice.organization.accent_color))


@csrf_exempt  # The proof is the token: it is signed, bound to this link and short-lived.
@require_POST
@open_invoice
def note_viewed(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """A person has seen the page (B17). Answers 204 whether it counted or not."""
    if is_seen(request, invoice.organization, invoice.public_token):
        at = clock(invoice.organization)
        record_viewed(actor=customer_actor(invoice.organization), at=at, invoice_id=invoice.pk)
    return HttpResponse(status=204)


def public_url(invoice: Invoice) -> str:
    """The address to give to the customer."""
    return f"{settings.BASE_URL}/i/{invoice.public_token}"


def portal_of(invoice: Invoice) -> str:
    """Where all documents of the customer are, if the organization lets its customers in."""
    organization = invoice.organization
    return reverse("portal:home", args=[organization.slug]) if organization.portal_enabled else ""


def page_of(view: DocumentView) -> dict[str, Any]:
    """What every public page shows of a document."""
    return {
        "view": view,
        "words": view.words,
        "lines": [(row, list(zip(view.columns, row.cells, strict=True))) for row in view.rows],
        "logo": logo_data_address(view.logo),
        "initial": initial(view.seller.name),
    }


def initial(name: str) -> str:
    """The first letter or digit of a name, for want of a logo."""
    return next((sign for sign in clean(name) if sign.isalnum()), "").upper()
