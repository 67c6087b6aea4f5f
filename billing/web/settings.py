"""The organization: how it looks, where it sits, and how its money is computed."""

import mimetypes
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.models import ApiKey, Membership
from accounts.operations import api_keys, memberships
from accounts.operations.organizations import update_organization
from accounts.queries.api_keys import is_usable
from accounts.queries.memberships import list_members
from accounts.scopes import SCOPES
from billing.models import NumberSeries
from billing.schedule import end_of_day
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import conflict_on, version_given, version_shown
from billing.web.forms.settings import (
    ApiKeyForm,
    InviteForm,
    OrganizationForm,
    organization_initial,
)
from core.errors import NotFound


@staff_view("settings:write", methods=("GET", "POST"))
def organization(request: StaffRequest) -> HttpResponse:
    """All settings on one page; a sandbox shows those of its live organization."""
    is_post = request.method == "POST"
    form = OrganizationForm(
        request.POST if is_post else None,
        request.FILES if is_post else None,
        initial=organization_initial(request.organization),
        locale=request.display_locale,
    )
    if is_post and form.is_valid():
        saved = form.run(
            lambda: update_organization(
                actor=request.actor,
                at=request.at,
                expected_sequence=version_given(request),
                **form.fields_for_operation(),
            )
        )
        if saved:
            messages.success(request, gettext("Saved. Existing documents keep their own rules."))
            return redirect("billing:settings")
    series = NumberSeries.objects.of(request.organization.pk).order_by("document", "name")
    conflict = conflict_on(request, form, request.organization)
    context = {
        "form": form,
        "series": list(series),
        "conflict": conflict,
        "version": version_shown(request, request.organization, conflict),
    }
    status = 422 if is_post else 200
    return render(request, "app/settings/organization.html", context, status=status)


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


@staff_view("settings:write", methods=("GET", "POST"))
def team(request: StaffRequest) -> HttpResponse:
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        member = form.run(
            lambda: memberships.invite_member(
                actor=request.actor, at=request.at, **form.values("email", "name", "role")
            )
        )
        if member:
            messages.success(
                request,
                gettext(
                    "{email} is on the team. A new person sets a password through "
                    "“Forgot your password?” on the sign-in page."
                ).format(email=member.user.email),
            )
            return redirect("billing:team")
    context = {"form": form, "members": list(list_members(_team_of(request)))}
    return render(request, "app/settings/team.html", context, status=422 if form.is_bound else 200)


@staff_view("settings:write", methods=("POST",))
def change_role(request: StaffRequest, uuid: UUID) -> HttpResponse:
    member = memberships.change_role(
        actor=request.actor,
        at=request.at,
        membership_id=_member(request, uuid).pk,
        role=request.POST.get("role", ""),
    )
    messages.success(
        request,
        gettext("{email} is {role} now.").format(
            email=member.user.email, role=gettext(member.get_role_display()).lower()
        ),
    )
    return redirect("billing:team")


@staff_view("settings:write", methods=("POST",))
def remove_member(request: StaffRequest, uuid: UUID) -> HttpResponse:
    member = _member(request, uuid)
    memberships.remove_member(actor=request.actor, at=request.at, membership_id=member.pk)
    messages.success(request, gettext("{email} has left the team.").format(email=member.user.email))
    return redirect("billing:team")


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


def _team_of(request: StaffRequest) -> int:
    """A sandbox has the team of its live organization."""
    return request.organization.sandbox_of_id or request.organization.pk


def _member(request: StaffRequest, uuid: UUID) -> Membership:
    found = Membership.objects.of(request.actor.organization_id).filter(uuid=uuid).first()
    if found is None:
        raise NotFound(noun="member", id=uuid)
    return found
