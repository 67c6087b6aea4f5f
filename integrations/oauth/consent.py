"""GET and POST /oauth/authorize: a person decides what an application may do, and where."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.oauth2_backends import get_oauthlib_core
from oauthlib.oauth2 import AccessDeniedError, InvalidRequestError

from accounts.actors import Actor, actor_for_membership
from accounts.models import Application, Membership, Organization
from accounts.queries.applications import find_for_person
from accounts.scopes import ROLE_SCOPES, SCOPES
from accounts.web.workplace import ORGANIZATION_KEY, SANDBOX_KEY
from core.errors import DomainError
from core.models import as_uuid

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Ask:
    """An authorization request that may be put before the person."""

    application: Application
    membership: Membership
    credentials: dict[str, Any]
    wanted: list[str]

    @property
    def redirect_uri(self) -> str:
        return str(self.credentials["redirect_uri"])

    @property
    def granted(self) -> list[str]:
        """What the person can give: nobody gives away more than their role holds."""
        held = ROLE_SCOPES[self.membership.role]
        return [scope for scope in self.wanted if scope in held]

    @property
    def withheld(self) -> list[str]:
        return [scope for scope in self.wanted if scope not in self.granted]

    @property
    def places(self) -> list[Organization]:
        """Where the tokens may act: the application's organization, or its sandbox."""
        home = self.application.organization
        return [home, home.sandbox] if hasattr(home, "sandbox") else [home]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def authorize(request: HttpRequest) -> HttpResponse:
    """Show the request, or take the answer. The address says it all, in both cases.

    What is wrong with the application or its redirect address is told to the person and
    to nobody else; what is wrong with the rest is told to the application.
    """
    ask = _read(request)
    if isinstance(ask, HttpResponse):
        return ask
    if request.method != "POST":
        return _page(request, ask)
    if request.POST.get("decision") != "allow" or not ask.granted:
        return _send_back(ask.redirect_uri, AccessDeniedError(state=_state(ask)))
    place = _chosen(request, ask)
    if place is None:
        return _page(request, ask)
    return _allow(request, ask, place)


def _read(request: HttpRequest) -> Ask | HttpResponse:
    found = find_for_person(request.GET.get("client_id", ""), request.user.pk or 0)
    if found is None:
        return _fatal(request, "No application of your organizations has this client ID.")
    application, membership = found
    try:
        wanted, credentials = get_oauthlib_core().validate_authorization_request(request)
        _check_rest(request, credentials)
    except FatalClientError as error:
        return _fatal(request, _words(error))
    except OAuthToolkitError as error:
        return _send_back(error.oauthlib_error.redirect_uri, error.oauthlib_error, status=302)
    except InvalidRequestError as error:
        return _send_back(str(error.redirect_uri), error, status=302)
    return Ask(application, membership, credentials, list(dict.fromkeys(wanted)))


def _check_rest(request: HttpRequest, credentials: dict[str, Any]) -> None:
    """What the engine lets pass. Raises InvalidRequestError."""
    problem = ""
    if credentials.get("code_challenge") is not None:
        if credentials.get("code_challenge_method") != "S256":
            problem = "code_challenge_method must be S256."
        elif not _CHALLENGE.fullmatch(credentials["code_challenge"]):
            problem = "code_challenge must be 43 characters of base64url."
    elif "code_challenge_method" in request.GET:
        problem = "code_challenge is missing."
    for name in ("code_challenge", "code_challenge_method", "response_mode"):
        if len(request.GET.getlist(name)) > 1:
            problem = f"Duplicate {name} parameter."
    if request.GET.get("response_mode", "query") != "query":
        problem = "response_mode must be query."
    if problem:
        asked = credentials["request"]
        error = InvalidRequestError(description=problem, state=asked.state)
        error.redirect_uri = credentials["redirect_uri"]
        raise error


def _allow(request: HttpRequest, ask: Ask, place: Organization) -> HttpResponse:
    actor: Actor = actor_for_membership(
        ask.membership, getattr(request, "request_id", ""), organization=place
    )
    credentials = {
        **{name: value for name, value in ask.credentials.items() if name != "request"},
        "actor": actor,
        "membership": ask.membership,
    }
    try:
        address = get_oauthlib_core().create_authorization_response(
            request, scopes=ask.granted, credentials=credentials
        )
    except DomainError:
        # Between the page and the answer the application or the person lost a right.
        return _send_back(ask.redirect_uri, AccessDeniedError(state=_state(ask)))
    return _go(address)


def _chosen(request: HttpRequest, ask: Ask) -> Organization | None:
    wanted = as_uuid(request.POST.get("place", ""))
    return next((place for place in ask.places if place.uuid == wanted), None)


def _usual_place(request: HttpRequest, ask: Ask) -> Organization:
    """Where the person works at the moment, if the application can go there."""
    session = request.session
    works_here = session.get(ORGANIZATION_KEY, ask.membership.organization_id)
    in_sandbox = session.get(SANDBOX_KEY) and works_here == ask.membership.organization_id
    wanted = next((place for place in ask.places if place.livemode != in_sandbox), None)
    return wanted or ask.places[0]


def _page(request: HttpRequest, ask: Ask) -> HttpResponse:
    response = render(
        request,
        "oauth/authorize.html",
        {
            "application": ask.application,
            "person": ask.membership.user,
            "home": ask.membership.organization,
            "places": ask.places,
            "usual": _usual_place(request, ask),
            "granted": [(scope, SCOPES[scope]) for scope in ask.granted],
            "withheld": [(scope, SCOPES[scope]) for scope in ask.withheld],
            "role": ask.membership.get_role_display(),
            "goes_to": urlsplit(ask.redirect_uri).netloc,
        },
    )
    # Browsers hold the address that the answer leads to against form-action as well.
    response._csp_update = {  # type: ignore[attr-defined]
        "form-action": [_source(ask.redirect_uri)]
    }
    return _private(response)


def _source(address: str) -> str:
    """The address's origin as a content policy spells it, which knows no IPv6 addresses."""
    parts = urlsplit(address)
    return f"{parts.scheme}:" if "[" in parts.netloc else f"{parts.scheme}://{parts.netloc}"


def _fatal(request: HttpRequest, words: str) -> HttpResponse:
    return _private(render(request, "oauth/refused.html", {"words": words}, status=400))


def _words(error: FatalClientError) -> str:
    cause = error.oauthlib_error
    if "redirect" in str(cause.description or "").lower() or "redirect" in type(cause).__name__:
        return "The application asked to send you to an address that is not registered for it."
    return "The request of the application cannot be read."


def _send_back(address: str, error: Any, status: int = 303) -> HttpResponse:
    """To the application, with what went wrong."""
    return _go(error.in_uri(address), status)


def _go(address: str, status: int = 303) -> HttpResponse:
    # Who answered (RFC 9207), so that an application with several servers tells them apart.
    sign = "&" if "?" in address else "?"
    issuer = quote(settings.BASE_URL, safe="")
    return _private(HttpResponseRedirect(f"{address}{sign}iss={issuer}", status=status))


def _state(ask: Ask) -> str | None:
    return ask.credentials.get("state")


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
