"""The index of settings, the organization's own, and its keys."""

import mimetypes
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import ApiKey
from accounts.operations import api_keys
from accounts.queries.api_keys import is_usable
from accounts.scopes import SCOPES
from billing.schedule import end_of_day
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.settings import ApiKeyForm, OrganizationForm, TermsForm, settings_initial
from billing.web.language import say
from billing.web.settings_places import PLACES
from billing.web.settings_saving import posted, saved, shown


@staff_view("webhooks:manage")
def index(request: StaffRequest) -> HttpResponse:
    """Every page of settings that the person may open, in groups.

    Whoever may change settings may also connect other systems; managers only the latter.
    """
    groups: dict[str, list[dict[str, str]]] = {}
    for place in PLACES:
        if request.actor.may(place.scope):
            groups.setdefault(say(place.group), []).append(
                {
                    "label": say(place.label),
                    "words": say(place.words),
                    "icon": place.icon,
                    "href": reverse(place.route),
                }
            )
    return render(request, "app/settings/index.html", {"groups": list(groups.items())})


@staff_view("settings:write", methods=("GET", "POST"))
def organization(request: StaffRequest) -> HttpResponse:
    """Who bills; a sandbox shows the settings of its live organization."""
    form = OrganizationForm(
        posted(request),
        initial=settings_initial(OrganizationForm, request.organization),
        locale=request.display_locale,
    )
    if saved(request, form):
        return redirect("billing:organization")
    return shown(request, form, "app/settings/organization.html")


@staff_view("settings:write", methods=("GET", "POST"))
def terms(request: StaffRequest) -> HttpResponse:
    form = TermsForm(
        posted(request),
        initial=settings_initial(TermsForm, request.organization),
        locale=request.display_locale,
        currency=request.organization.currency,
    )
    if saved(request, form):
        return redirect("billing:terms")
    return shown(request, form, "app/settings/terms.html")


@staff_view()
def logo(request: StaffRequest) -> HttpResponseBase:
    """The organization's own logo, for its own people."""
    if not request.organization.logo:
        raise Http404
    file = request.organization.logo
    kind = mimetypes.guess_type(file.name or "")[0]
    if kind not in ("image/png", "image/jpeg"):
        raise Http404
    return FileResponse(file.open("rb"), content_type=kind)


@staff_view("settings:write", methods=("GET", "POST"))
def keys(request: StaffRequest) -> HttpResponse:
    """The list, and a form whose answer shows the new secret this once."""
    form = ApiKeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["expires_on"]
        made = form.run(
            lambda: api_keys.create_api_key(
                actor=request.actor,
                at=request.at,
                organization_id=request.actor.organization_id,
                expires_at=end_of_day(day, request.organization.timezone) if day else None,
                dialect=form.cleaned_data["dialect"] or "enterprise",
                **form.values("name", "scopes"),
            )
        )
        if made:
            return _keys(request, ApiKeyForm(), *made)
    return _keys(request, form)


@staff_view("settings:write", methods=("POST",))
def revoke_key(request: StaffRequest, uuid: UUID) -> HttpResponse:
    key = api_keys.revoke_api_key(
        actor=request.actor,
        at=request.at,
        organization_id=request.actor.organization_id,
        api_key_id=uuid,
    )
    messages.success(request, gettext("The key {name} no longer works.").format(name=key.name))
    return redirect("billing:api-keys")


@staff_view("settings:write", methods=("POST",))
def rotate_key(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """A new secret with the same rights; the old one ends now."""
    key, secret = api_keys.rotate_api_key(
        actor=request.actor,
        at=request.at,
        organization_id=request.actor.organization_id,
        api_key_id=uuid,
    )
    return _keys(request, ApiKeyForm(), key, secret)


def _keys(
    request: StaffRequest, form: ApiKeyForm, key: ApiKey | None = None, secret: str = ""
) -> HttpResponse:
    rows = list(api_keys.list_api_keys(actor=request.actor)[:200])
    context = {
        "form": form,
        "keys": [row for row in rows if is_usable(row, request.at)],
        "ended": [row for row in rows if not is_usable(row, request.at)],
        "scope_count": len(SCOPES),
        "new_key": key,
        "secret": secret,
    }
    status = 422 if form.is_bound else 200
    response = render(request, "app/settings/api_keys.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
