"""Coming in and going out: an address, a link by mail, a button."""

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone

from billing.operations.portal_access import (
    PortalLinkSpent,
    choose_portal_customer,
    end_portal_session,
    request_portal_link,
    sign_in_to_portal,
)
from billing.queries.portal import customers_of_address
from billing.web.portal.access import (
    PortalRequest,
    forget_signed_in,
    keep_signed_in,
    portal_page,
    see_other,
    show,
    signed_in,
    visitor,
)
from billing.web.public_access import closed_page, count, count_of, theme_sheet
from core.errors import InvalidValue

LINKS_PER_HOUR = 30
TRIES_PER_HOUR = 60


def front_door(request: PortalRequest, trouble: str = "", status: int = 200) -> HttpResponse:
    """Where the address is asked for."""
    context = {"trouble": trouble, "given": request.POST.get("email", "")[:254]}
    return show(request, "portal/entrance.html", context, status)


@portal_page("POST")
def send_link(request: PortalRequest) -> HttpResponseBase:
    """The same answer for every address, known or not, and whatever was sent before."""
    caller = f"portal-links:{request.META.get('REMOTE_ADDR', '')}"
    if count_of(caller) >= LINKS_PER_HOUR:
        return closed_page(request, "slow_down", 429)
    count(caller, 3600)
    try:
        request_portal_link(
            actor=visitor(request), at=timezone.now(), email=request.POST.get("email", "")[:254]
        )
    except InvalidValue:
        return front_door(request, request.words["email_needed"], 422)
    return show(request, "portal/sent.html", {})


@portal_page("GET", "POST")
def enter(request: PortalRequest, token: str) -> HttpResponseBase:
    """The link from the mail. Looking uses nothing up: only the button signs in."""
    if request.method != "POST":
        return show(request, "portal/enter.html", {"token": token})
    caller = f"portal-tries:{request.META.get('REMOTE_ADDR', '')}"
    if count_of(caller) >= TRIES_PER_HOUR:
        return closed_page(request, "slow_down", 429)
    try:
        session, secret = sign_in_to_portal(
            actor=visitor(request),
            at=timezone.now(),
            token=token,
            browser=request.headers.get("User-Agent", ""),
        )
    except PortalLinkSpent:
        count(caller, 3600)
        return front_door(request, request.words["link_spent"], 410)
    response = see_other("portal:home" if session.customer_id else "portal:choose", request)
    keep_signed_in(response, request, secret)
    return response


@signed_in(methods=("GET", "POST"), needs_customer=False)
def choose(request: PortalRequest) -> HttpResponseBase:
    """One address, several customers: as which?"""
    session = request.session_row
    if session is None:
        return front_door(request)
    if request.method == "POST":
        choose_portal_customer(
            actor=request.actor,
            at=timezone.now(),
            session_id=session.pk,
            customer_id=request.POST.get("customer", "")[:40],
        )
        return see_other("portal:home", request)
    customers = list(customers_of_address(request.organization.pk, session.email)[:100])
    if not customers:
        return sign_out_now(request)
    return show(request, "portal/choose.html", {"customers": customers})


@signed_in(methods=("POST",), needs_customer=False)
def sign_out(request: PortalRequest) -> HttpResponseBase:
    return sign_out_now(request)


def sign_out_now(request: PortalRequest) -> HttpResponse:
    session = request.session_row
    if session is not None:
        end_portal_session(actor=request.actor, at=timezone.now(), session_id=session.pk)
    response = see_other("portal:home", request)
    forget_signed_in(response, request)
    return response


@portal_page("GET")
def theme(request: PortalRequest) -> HttpResponseBase:
    return theme_sheet(request.organization.accent_color)
