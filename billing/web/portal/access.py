"""The door of the customer portal: whose portal it is, who is signed in, as which customer.

The session is the portal's own: a cookie below the portal's address, with nothing of the
staff's session in it. Everything behind the door belongs to one customer; whatever belongs
to another is not found.
"""

import datetime
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi, override

from accounts.actors import Actor, portal_actor
from accounts.models import Organization
from billing.documents.formats import Formatter, known_locale
from billing.documents.pictures import logo_data_address
from billing.documents.wording import words_for
from billing.models import Customer, PortalSession
from billing.operations.portal_access import SESSION_LIFE, open_portal_session
from billing.queries.organizations import today
from billing.queries.portal import find_portal
from billing.web.portal.words import portal_words
from billing.web.public import initial
from billing.web.public_access import clock, closed_page, count, count_of, private
from core import tenancy
from core.errors import DomainError, Kind

log = logging.getLogger(__name__)
COOKIE = "portal"
_MISSES_PER_MINUTE = 60
# Forms post their origin; other sites are told nothing.
_REFERRER = "same-origin"
# Page -> the place in the menu that it belongs to.
_HERE = {
    "home": "home",
    "documents": "documents",
    "document": "documents",
    "accept": "documents",
    "decline": "documents",
    "dispute": "documents",
    "everything": "documents",
    "pay": "pay",
    "announce": "pay",
    "statement": "statement",
    "details": "details",
    "contact": "details",
    "contact-add": "details",
}


class PortalRequest(HttpRequest):
    """A request at an organization's portal. Behind the door `customer` is set."""

    organization: Organization
    session_row: PortalSession | None
    customer: Customer
    actor: Actor
    locale: str
    language: str
    words: dict[str, str]
    at: datetime.datetime
    today: datetime.date


View = Callable[..., HttpResponseBase]


def portal_page(*methods: str) -> Callable[[View], View]:
    """For anybody at the portal's address, signed in or not."""
    allowed = _allowed(methods or ("GET",))

    def wrap(view: View) -> View:
        @wraps(view)
        def opened(plain: HttpRequest, slug: str, **kwargs: Any) -> HttpResponseBase:
            if plain.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            address = f"portal-misses:{plain.META.get('REMOTE_ADDR', '')}"
            if count_of(address) >= _MISSES_PER_MINUTE:
                return closed_page(plain, "slow_down", 429)
            organization = find_portal(slug)
            if organization is None:
                count(address, 60)
                return closed_page(plain, "not_found", 404)
            tenancy.narrow(organization.pk)
            request = _prepared(plain, organization)
            with override(request.language):
                return _kept(request, _guarded(request, view, kwargs, address))

        return opened

    return wrap


def signed_in(
    *scopes: str, methods: tuple[str, ...] = ("GET",), needs_customer: bool = True
) -> Callable[[View], View]:
    """Only for those who are signed in, as one customer; others are led to the front door.

    A scope that the organization does not grant is a page that does not exist.
    """

    def wrap(view: View) -> View:
        @portal_page(*methods)
        @wraps(view)
        def inside(request: PortalRequest, **kwargs: Any) -> HttpResponseBase:
            session = request.session_row
            if session is None:
                return _see(redirect("portal:home", request.organization.slug))
            if needs_customer and session.customer is None:
                return _see(redirect("portal:choose", request.organization.slug))
            if not all(request.actor.may(scope) for scope in scopes):
                return not_here(request)
            return view(request, **kwargs)

        return inside

    return wrap


def show(
    request: PortalRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page with the organization's face, in the customer's language."""
    organization = request.organization
    frame = {
        "organization": organization,
        "slug": organization.slug,
        "seller_name": organization.display_name,
        "logo": logo_data_address(organization.logo.name or ""),
        "initial": initial(organization.display_name),
        "contact": organization.email,
        "is_test": not organization.livemode,
        "words": request.words,
        "language": request.language,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "session": request.session_row,
        "customer": getattr(request, "customer", None),
        "may": {scope.partition(":")[2]: True for scope in request.actor.scopes},
        "here": _HERE.get(request.resolver_match.url_name or "", "")
        if request.resolver_match
        else "",
    }
    return render(request, template, {**frame, **context}, status=status)


def not_here(request: PortalRequest) -> HttpResponse:
    """Another customer's document, a switched-off part, an unknown id: all the same."""
    context = {"title": request.words["not_here"], "text": request.words["not_here_text"]}
    return show(request, "portal/message.html", context, 404)


def refused(request: PortalRequest, error: DomainError) -> str:
    """What the domain refused, in the customer's words."""
    words = request.words
    if error.code == "resource_not_found":
        return words["not_here"]
    return words.get(f"error_{error.code}", words["error_other"]).format(
        **{"param": error.param, "number": "", "due": "", "currency": "", **error.details}
    )


def formats_of(request: PortalRequest, currency: str) -> Formatter:
    return Formatter(request.locale, currency)


def keep_signed_in(response: HttpResponseBase, request: PortalRequest, secret: str) -> None:
    """Let the browser keep the session, below the portal's own address only."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(SESSION_LIFE.total_seconds()),
        path=_path(request),
        secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def forget_signed_in(response: HttpResponseBase, request: PortalRequest) -> None:
    response.delete_cookie(COOKIE, path=_path(request), samesite="Lax")


def see_other(route: str, request: PortalRequest, *args: Any, query: str = "") -> HttpResponse:
    """On to another page after a form was posted."""
    response = redirect(route, request.organization.slug, *args)
    if query:
        response["Location"] += f"?{query}"
    return _see(response)


def visitor(request: PortalRequest) -> Actor:
    """Who asks at the front door: no customer, no rights."""
    return portal_actor(request.organization, email="", request_id=_request_id(request))


def _prepared(plain: HttpRequest, organization: Organization) -> PortalRequest:
    request = cast(PortalRequest, plain)
    request.organization = organization
    session = open_portal_session(organization, plain.COOKIES.get(COOKIE, ""), timezone.now())
    request.session_row = session
    customer = session.customer if session else None
    if customer is not None:
        request.customer = customer
    wanted = (customer.locale if customer else "") or organization.locale
    if session is None:
        # Nobody is known yet: the browser says what its reader speaks.
        wanted = get_language() or wanted
    request.locale = known_locale(wanted)
    request.language, document_words = words_for(request.locale)
    request.words = {**document_words, **portal_words(request.language)}
    request.at = clock(organization)
    request.today = today(organization, request.at)
    request.actor = portal_actor(
        organization,
        email=session.email if session else "",
        customer_id=customer.pk if customer else None,
        session_id=session.pk if session else None,
        request_id=_request_id(plain),
    )
    return request


def _guarded(
    request: PortalRequest, view: View, kwargs: dict[str, Any], address: str
) -> HttpResponseBase:
    try:
        return view(request, **kwargs)
    except DomainError as error:
        if error.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
            count(address, 60)
            return not_here(request)
        text = refused(request, error)
        context = {"title": request.words["refused"], "text": text}
        return show(request, "portal/message.html", context, 409)


def _kept(request: PortalRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Private like every public page; its forms are told their own origin."""
    response["Referrer-Policy"] = _REFERRER
    response["Content-Language"] = request.language
    return private(cast(HttpResponse, response))


def _see(response: Any) -> HttpResponse:
    response.status_code = 303
    return cast(HttpResponse, response)


def _path(request: PortalRequest) -> str:
    return f"/portal/{request.organization.slug}"


def _allowed(methods: tuple[str, ...]) -> set[str]:
    return {*methods, "HEAD"} if "GET" in methods else set(methods)


def _request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))
