"""Who works here, and what each of them may do."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.models import Membership, Role
from accounts.operations import memberships
from accounts.queries.memberships import list_members
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.settings import InviteForm
from billing.web.language import say
from core.errors import NotFound

# What a person of each role can do, in words.
ROLE_LABELS = {
    Role.OWNER: "Everything, and makes others owner.",
    Role.ADMIN: "Everything, settings and team included.",
    Role.ACCOUNTANT: "Invoices, payments, refunds and reports; no settings.",
    Role.MANAGER: "The same, and connections to other systems.",
    Role.TEAM_MEMBER: "Writes and sends invoices and quotes; sees no reports.",
    Role.VIEWER: "Sees everything but the settings, and changes nothing.",
}


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
                gettext("{email} is on the team, and a mail with a link is on its way.").format(
                    email=member.user.email
                ),
            )
            return redirect("billing:team")
    context = {
        "form": form,
        "members": list(list_members(_team_of(request))),
        "roles": [(label, say(ROLE_LABELS[value])) for value, label in form.fields["role"].choices],  # type: ignore[attr-defined]
    }
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
def invite_again(request: StaffRequest, uuid: UUID) -> HttpResponse:
    member = memberships.invite_again(
        actor=request.actor, at=request.at, membership_id=_member(request, uuid).pk
    )
    messages.success(
        request, gettext("Another mail goes to {email}.").format(email=member.user.email)
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
