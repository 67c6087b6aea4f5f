"""The door of every staff page: who may come in, and what a refusal looks like."""

import datetime
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from accounts.actors import Actor
from accounts.models import Membership, Organization, User
from accounts.web.guards import organization_required
from accounts.web.workplace import workplace_of
from billing.queries.organizations import today
from billing.web import wording
from billing.web.language import reading_language, refusal
from core import tenancy
from core.errors import DomainError, Kind

log = logging.getLogger(__name__)


class StaffRequest(HttpRequest):
    """A request behind the door: signed in, with an organization and an actor."""

    user: User
    organization: Organization
    membership: Membership
    actor: Actor
    htmx: HtmxDetails
    display_locale: str
    at: datetime.datetime
    today: datetime.date


View = Callable[..., HttpResponseBase]


def staff_view(*scopes: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Only for signed-in people of an organization who hold every scope.

    Anonymous people are sent to sign in; a missing scope is a 403 page; NotFound is a
    404 page. Any other refusal of the domain that a view did not place beside a field
    becomes a message on the page the person came from, so bad input never is a 500.
    `at` and `today` are the organization's clock for this request.
    """
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(plain: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request = cast(StaffRequest, plain)
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            _prepare(request)
            for scope in scopes:
                if not request.actor.may(scope):
                    raise PermissionDenied(scope)
            try:
                return view(request, *args, **kwargs)
            except DomainError as error:
                return _answer(request, error)

        return login_required(organization_required(guarded))

    return wrap


def clock(organization: Organization) -> datetime.datetime:
    """Now; in a sandbox with a test clock, what that clock says."""
    return organization.test_clock or timezone.now()


def back_to(request: HttpRequest, target: str, fallback: str) -> HttpResponseRedirect:
    """To the target if it is an address of ours, else to the fallback."""
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if is_ours else resolve_url(fallback))


def _prepare(request: StaffRequest) -> None:
    workplace = workplace_of(request)
    if workplace is None:
        raise PermissionDenied
    # The values themselves: a lazy stand-in is no dataclass to those who copy it.
    request.organization, request.actor = workplace.organization, workplace.actor
    tenancy.narrow(request.organization.pk)
    request.at = clock(request.organization)
    request.today = today(request.organization, request.at)
    request.display_locale = wording.display_locale(
        request.user.locale, request.organization.locale
    )
    translation.activate(reading_language(request.user.locale))


def _answer(request: StaffRequest, error: DomainError) -> HttpResponseBase:
    if error.kind is Kind.NOT_FOUND:
        raise Http404(str(error)) from error
    if error.kind is Kind.FORBIDDEN:
        raise PermissionDenied(str(error)) from error
    messages.error(request, refusal(error))
    return back_to(request, request.headers.get("Referer", ""), "billing:dashboard")
