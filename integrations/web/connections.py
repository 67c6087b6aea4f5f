"""What a person allowed applications to do, and how to take it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from accounts.operations import tokens
from accounts.queries.applications import connections_of
from accounts.scopes import ROLE_SCOPES, SCOPES
from billing.web.access import StaffRequest, staff_view


@staff_view()
def index(request: StaffRequest) -> HttpResponse:
    """The person's own connections in the organization they work in."""
    held = ROLE_SCOPES[request.membership.role]
    rows = [
        (grant, [SCOPES[scope] for scope in grant.scope.split() if scope in held])
        for grant in connections_of(request.actor.organization_id, request.user.pk)[:200]
    ]
    return render(request, "app/applications/connections.html", {"rows": rows})


@staff_view(methods=("POST",))
def disconnect(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """End one of them; every token that came of it stops working now."""
    grant = tokens.disconnect(actor=request.actor, at=timezone.now(), grant_id=uuid)
    messages.success(
        request,
        gettext("{application_name} has no access through you any more.").format(
            application_name=grant.application_name
        ),
    )
    return redirect("integrations:connections")
