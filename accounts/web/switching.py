"""Changing the organization one works in, and between live and sandbox."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.queries.memberships import workplaces_of
from accounts.web.workplace import ORGANIZATION_KEY, SANDBOX_KEY
from core.models import as_uuid


@require_POST
@login_required
def switch_organization(request: HttpRequest) -> HttpResponse:
    """Work in the organization whose uuid is posted. Somebody else's looks unknown."""
    wanted = as_uuid(request.POST.get("organization", ""))
    for membership in workplaces_of(request.user.pk or 0):
        if membership.organization.uuid == wanted:
            request.session[ORGANIZATION_KEY] = membership.organization_id
            request.session[SANDBOX_KEY] = False
            return _back(request)
    raise Http404


@require_POST
@login_required
def switch_sandbox(request: HttpRequest) -> HttpResponse:
    """`sandbox=on` works in the sandbox of the current organization, anything else leaves it."""
    request.session[SANDBOX_KEY] = request.POST.get("sandbox") == "on"
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page named by `next` if it is ours; detail pages of the old place would be 404."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if is_ours else resolve_url("/"), status=303)
