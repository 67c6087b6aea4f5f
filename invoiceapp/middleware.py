"""What every request gets: an id, and the headers that browsers want; and API calls apart."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.urls import resolve

from core import tenancy
from integrations.dialects.registry import dialect_for
from invoiceapp.logs import request_id

_ACCEPTABLE = re.compile(r"[A-Za-z0-9._:\-]{1,128}")
_NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
Next = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Takes the caller's X-Request-ID if it is harmless, else makes one, and echoes it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        current = given if _ACCEPTABLE.fullmatch(given) else f"req_{uuid.uuid4().hex}"
        request.request_id = current  # type: ignore[attr-defined]
        token = request_id.set(current)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = current
        return response


class WideConnectionMiddleware:
    """Takes back what an earlier request on this connection narrowed it to.

    Sign-in, the organization switch and the admin read across organizations; pages and
    API calls narrow the connection again once they know for whom they speak.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # An API call narrows its connection before it reads a tenant's row; widening it
        # first would cost a round trip.
        if dialect_for(request.path) is None:
            tenancy.widen()
        return self.get_response(request)


class ResponseHeadersMiddleware:
    """Headers that Django has no setting for."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"
        )
        return response


class DialectMiddleware:
    """Answers what lies under a dialect's prefix, before whatever only pages need.

    Sessions, forms, messages and sign-in cost a call more than they are worth to it: it
    brings its own key. What it keeps of them is the host check, the language of messages
    and the headers that stop a browser from showing an answer as a page.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self._localised = LocaleMiddleware(_call)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if dialect_for(request.path_info) is None:
            return self.get_response(request)
        request.get_host()  # raises for a host that is not ours
        response: HttpResponse = self._localised(request)  # type: ignore[assignment]
        headers = response.headers
        if not response.streaming and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))
        # A page that other sites may frame says so by its policy, which names them.
        if not getattr(response, "xframe_options_exempt", False):
            headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        headers.setdefault("Content-Security-Policy", _NO_PAGE)
        return response


def _call(request: HttpRequest) -> HttpResponse:
    found = request.resolver_match = resolve(request.path_info)
    response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return response
