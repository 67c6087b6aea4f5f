"""Django's own error pages, which must speak the dialect that owns the path."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import Kind
from integrations.dialects.base.faults import Fault, UnknownRoute, fault_from
from integrations.dialects.registry import dialect_for

_UNREADABLE = Fault(Kind.MALFORMED, "malformed_request", "The request cannot be read.")
_FORBIDDEN = Fault(Kind.FORBIDDEN, "insufficient_permissions", "This is not allowed.")
_BROKEN = Fault(Kind.INTERNAL, "internal_error", "Something went wrong on our side.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django could not read the request: handler400."""
    return _answer(request, _UNREADABLE, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return _answer(request, _FORBIDDEN, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    error = UnknownRoute(method=request.method, path=request.path[:200])
    return _answer(request, fault_from(error), 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500, for what no view caught; Django has logged it."""
    return _answer(request, _BROKEN, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without its token: usually a page left open over a sign-out."""
    return render(request, "errors/403_csrf.html", status=403)


def not_offered(request: HttpRequest) -> HttpResponse:
    """A page that a library brings and this product does not have.

    People cannot change their own sign-in address: an address nobody has verified could
    then be the one that another organization invites.
    """
    raise Http404


def _answer(request: HttpRequest, fault: Fault, status: int) -> HttpResponse:
    """In the shape of the dialect that owns the path; a page for people elsewhere."""
    dialect = dialect_for(request.path)
    if dialect is not None:
        return dialect.refuse(request, fault)
    return render(request, f"errors/{status}.html", status=status)
