"""The public page of a payment link: what is asked for, and how to pay or order it.

Opening it changes nothing. Ordering makes a customer and an issued invoice, and leads to
the invoice's own page.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from billing.documents import parties
from billing.documents.building import payment_of
from billing.documents.formats import Formatter, known_locale
from billing.documents.payment_details import code_svg
from billing.documents.pictures import logo_data_address
from billing.documents.view import PaymentDetails
from billing.documents.wording import words_for
from billing.models import Invoice, InvoiceStatus, PaymentLink, Settlement
from billing.operations.payment_links import (
    PaymentLinkClosed,
    amount_asked,
    order_through_link,
    preview,
)
from billing.queries.payment_links import link_status
from billing.queries.public_links import find_public_payment_link
from billing.web.public import initial
from billing.web.public_access import (
    clock,
    closed_page,
    count,
    count_of,
    customer_actor,
    opens,
    theme_sheet,
)
from billing.web.public_ways import payable
from core.errors import DomainError, InvalidValue

ORDERS_PER_HOUR = 10
_CLOSED = {"deactivated": "pay_closed", "expired": "pay_expired", "completed": "pay_used"}


@dataclass(frozen=True, slots=True)
class Demand:
    """What the page asks for, in words; `tax` is empty where there is none to mention."""

    title: str
    number: str
    total: str
    detail: str = ""
    tax: str = ""
    due: str = ""
    payment: PaymentDetails | None = None


def _why_closed(link: PaymentLink) -> str:
    """Why nothing is shown any more; a paid invoice is a pleasant end and is shown."""
    if link.invoice is not None and link.invoice.status == InvoiceStatus.VOID:
        return "gone"
    state = link_status(link, clock(link.organization))
    return "" if _is_paid(link) and state == "completed" else _CLOSED.get(state, "")


open_link = opens(find_public_payment_link, _why_closed)


@require_http_methods(["GET", "HEAD", "POST"])
@open_link
def payment_page(request: HttpRequest, link: PaymentLink) -> HttpResponse:
    """Shows what is asked for; a POST orders it, where there is no invoice yet."""
    if request.method == "POST" and link.invoice is None:
        return _ordered(request, link)
    return _show(request, link)


@require_safe
@open_link
def theme(request: HttpRequest, link: PaymentLink) -> HttpResponse:
    seller = link.invoice.seller if link.invoice else {}
    return theme_sheet(str(seller.get("accent_color") or link.organization.accent_color))


def _ordered(request: HttpRequest, link: PaymentLink) -> HttpResponse:
    address = f"payment-link-orders:{request.META.get('REMOTE_ADDR', '')}"
    if count_of(address) >= ORDERS_PER_HOUR:
        return _show(request, link, trouble="too_many_orders", status=429)
    try:
        invoice = order_through_link(
            actor=customer_actor(link.organization),
            at=clock(link.organization),
            payment_link_id=link.pk,
            name=request.POST.get("name", "")[:200],
            email=request.POST.get("email", "")[:254],
            company=request.POST.get("company", "")[:200],
        )
    except InvalidValue as error:
        trouble = {"name": "name_needed", "email": "email_needed"}.get(error.param or "")
        return _show(request, link, trouble=trouble or "order_failed", status=422)
    except PaymentLinkClosed:
        # Somebody else was quicker.
        return closed_page(request, "pay_used", 410)
    except DomainError:
        return _show(request, link, trouble="order_failed", status=409)
    count(address, 3600)
    return redirect("public:invoice", invoice.public_token)


def _show(
    request: HttpRequest, link: PaymentLink, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    at = clock(link.organization)
    invoice = link.invoice
    locale = known_locale(invoice.locale if invoice else link.organization.locale)
    language, words = words_for(locale)
    formats = Formatter(locale, link.currency)
    try:
        demand = (
            _demand_of_invoice(link, invoice, words, formats)
            if invoice
            else _demand_of_offer(link, at, words, formats)
        )
    except DomainError:
        # What it sold is not for sale any more.
        return closed_page(request, "pay_closed", 410)
    seller = parties.seller_of(invoice) if invoice else parties.live_seller(link.organization)
    seller_name = parties.display_name(seller)
    payment = demand.payment
    ways = payable(request, invoice, amount_asked(link)) if invoice else None
    posted = request.POST
    response = render(
        request,
        "public/pay.html",
        {
            "demand": demand,
            "view": demand,
            "words": words,
            "language": language,
            "seller_name": seller_name,
            "initial": initial(seller_name),
            "logo": logo_data_address(str(seller.get("logo") or "")),
            "legal": parties.legal_lines(seller, words, language),
            "contact": str(seller.get("email") or ""),
            "code": code_svg(payment.code) if payment and payment.code else "",
            "payable": ways,
            "is_paid": _is_paid(link),
            "is_offer": invoice is None,
            "order": words["order"].format(total=demand.total),
            "trouble": words[trouble] if trouble else "",
            "given": {name: posted.get(name, "")[:254] for name in ("name", "email", "company")},
            "token": link.public_token,
            "is_test": not link.organization.livemode,
        },
        status=422 if ways and ways.trouble else status,
    )
    response["Content-Language"] = language
    response["Referrer-Policy"] = "same-origin"
    return response


def _demand_of_invoice(
    link: PaymentLink, invoice: Invoice, words: dict[str, str], formats: Formatter
) -> Demand:
    asked = amount_asked(link)
    is_part = 0 < asked < invoice.amount_due
    return Demand(
        title=words["pay_part_of"].format(number=invoice.number) if is_part else words["invoice"],
        number="" if is_part else invoice.number or "",
        total=formats.money(invoice.total if _is_paid(link) else asked),
        detail=link.description,
        due=words["due_on"].format(date=formats.date(invoice.due_date)),
        payment=payment_of(invoice, asked) if asked else None,
    )


def _demand_of_offer(
    link: PaymentLink, at: datetime.datetime, words: dict[str, str], formats: Formatter
) -> Demand:
    draft = preview(link, at)
    offered: Any = draft.lines[0]
    tax = draft.invoice.tax_total
    amount = formats.money(tax)
    return Demand(
        title=offered.name,
        number="" if link.quantity == 1 else f"× {formats.quantity(link.quantity)}",
        total=formats.money(draft.invoice.total),
        detail=offered.description,
        tax=words["pay_includes_tax"].format(tax=amount) if tax else "",
    )


def _is_paid(link: PaymentLink) -> bool:
    return link.invoice is not None and link.invoice.settlement == Settlement.PAID
