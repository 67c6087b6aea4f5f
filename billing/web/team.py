"""Who works here, and what each of them may do."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.models import Membership
from accounts.operations import memberships
from accounts.queries.memberships import list_members
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.settings import InviteForm
from core.errors import NotFound


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


def _team_of(request: StaffRequest) -> int:
    """A sandbox has the team of its live organization."""
    return request.organization.sandbox_of_id or request.organization.pk


def _member(request: StaffRequest, uuid: UUID) -> Membership:
    found = Membership.objects.of(request.actor.organization_id).filter(uuid=uuid).first()
    if found is None:
        raise NotFound(noun="member", id=uuid)
    return found
