"""Puts the organization that a signed-in person works in onto the request."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.web.workplace import workplace_of


class CurrentOrganizationMiddleware:
    """Sets request.organization, request.membership and request.actor, all lazy.

    Nothing is looked up until one of them is used, so addresses that bring their own
    credential (APIs, public links) cost no query and no session. Each is falsy when
    nobody is signed in or the person belongs to no organization; pages that need one
    use accounts.web.guards.organization_required.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in ("organization", "membership", "actor"):
            setattr(request, name, _lazy(request, name))
        return self.get_response(request)


def _lazy(request: HttpRequest, name: str) -> Any:
    return SimpleLazyObject(lambda: getattr(workplace_of(request), name, None))
