"""Token, revocation and metadata: what programs talk to."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.oauth2_backends import get_oauthlib_core

from accounts.scopes import SCOPES
from core.errors import DomainError, Kind
from integrations.dialects.base import ratelimit
from integrations.dialects.base.faults import fault_from
from integrations.oauth import bodies

WINDOW_SECONDS = 60
PER_ADDRESS = 600
METADATA_SECONDS = 3_600
_STATUSES = {
    Kind.METHOD: 405,
    Kind.NOT_FOUND: 404,
    Kind.RATE_LIMITED: 429,
    Kind.UNAVAILABLE: 503,
    Kind.INTERNAL: 500,
}
_ERRORS = {
    Kind.RATE_LIMITED: "temporarily_unavailable",
    Kind.UNAVAILABLE: "temporarily_unavailable",
    Kind.INTERNAL: "server_error",
}
View = Callable[..., HttpResponse]


def _protocol(view: Callable[[HttpRequest], HttpResponse]) -> View:
    """POST only, counted by address, read once; every refusal in the shape of RFC 6749."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            response = _counted(request) or _wrong_method(request, "POST")
            if response is None:
                request.oauth_body = bodies.read(request)  # type: ignore[attr-defined]
                response = view(request)
        except DomainError as error:
            response = _refusal(error.kind, str(error))
        except Exception as error:  # every failure has the protocol's shape
            fault = fault_from(error)
            response = _refusal(fault.kind, fault.message, retry_after=fault.retry_after)
        return _unstored(response)

    return answer


@_protocol
def token(request: HttpRequest) -> HttpResponse:
    """POST /oauth/token: a code, a refresh token or the client's own secret for tokens."""
    # One transaction: a refusal may have revoked something, and that must stay.
    with transaction.atomic():
        _, headers, body, status = get_oauthlib_core().create_token_response(request)
    return _answered(headers, body, status)


@_protocol
def revoke(request: HttpRequest) -> HttpResponse:
    """POST /oauth/revoke (RFC 7009): 200 also for a token that nobody knows."""
    with transaction.atomic():
        _, headers, body, status = get_oauthlib_core().create_revocation_response(request)
    return _answered(headers, body, status)


def metadata(request: HttpRequest) -> HttpResponse:
    """GET /.well-known/oauth-authorization-server (RFC 8414)."""
    refused = _wrong_method(request, "GET", "HEAD")
    if refused is not None:
        return _unstored(refused)
    base = settings.BASE_URL
    methods = ["client_secret_basic", "client_secret_post", "none"]
    response = JsonResponse(
        {
            "issuer": base,
            "authorization_endpoint": base + reverse("oauth:authorize"),
            "token_endpoint": base + reverse("oauth:token"),
            "revocation_endpoint": base + reverse("oauth:revoke"),
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [
                "authorization_code",
                "refresh_token",
                "client_credentials",
            ],
            "token_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_methods_supported": methods,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "service_documentation": settings.DOCS_URL,
        }
    )
    # Public by nature: a program in a browser may read it from anywhere.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={METADATA_SECONDS}"
    return response


@csrf_exempt
def unknown(request: HttpRequest, **_: Any) -> HttpResponse:
    """Whatever else lies under /oauth."""
    return _unstored(_refusal(Kind.NOT_FOUND, "There is nothing at this address."))


def _counted(request: HttpRequest) -> HttpResponse | None:
    quota = ratelimit.count(f"oauth:{ratelimit.address_of(request)}", PER_ADDRESS, WINDOW_SECONDS)
    if not quota.is_exceeded:
        return None
    words = f"More than {PER_ADDRESS} requests in a minute."
    return _refusal(Kind.RATE_LIMITED, words, retry_after=quota.retry_after)


def _wrong_method(request: HttpRequest, *allowed: str) -> HttpResponse | None:
    if request.method in allowed:
        return None
    response = _refusal(Kind.METHOD, f"Only {allowed[0]} is allowed here.")
    response["Allow"] = ", ".join(allowed)
    return response


def _answered(headers: dict[str, str], body: str | None, status: int) -> HttpResponse:
    content = json.loads(body) if body else {}
    if status == 200:
        response: HttpResponse = JsonResponse(content)
    else:
        # Words that tell what was wrong, and no advice on where to look for more.
        known = {key: content[key] for key in ("error", "error_description") if key in content}
        response = JsonResponse(known, status=status)
    if status == 401:
        response["WWW-Authenticate"] = 'Basic realm="oauth", charset="UTF-8"'
    return response


def _refusal(kind: Kind, description: str, *, retry_after: int | None = None) -> HttpResponse:
    response = JsonResponse(
        {"error": _ERRORS.get(kind, "invalid_request"), "error_description": description},
        status=_STATUSES.get(kind, 400),
    )
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _unstored(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response
