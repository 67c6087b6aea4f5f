"""OAuth applications: registered, changed and removed by those who manage the settings."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Application
from accounts.operations import applications, tokens
from accounts.queries import applications as queries
from accounts.scopes import SCOPES
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm

SERVER, PUBLIC = "server", "public"


class ApplicationForm(StaffForm):
    name = forms.CharField(max_length=100, help_text="People read it when they are asked.")
    kind = forms.ChoiceField(
        label="Where it runs",
        choices=[
            (SERVER, "On a server, which keeps its secret"),
            (PUBLIC, "In a browser or on a device: no secret, PKCE instead"),
        ],
        initial=SERVER,
        widget=forms.RadioSelect,
    )
    redirect_uris = forms.CharField(
        label="Redirect addresses",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One per line, exactly as the application sends them.",
    )
    scopes = forms.MultipleChoiceField(
        label="It may ask for",
        choices=[(scope, f"{words} ({scope})") for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    acts_alone = forms.BooleanField(
        label="May act for the organization itself",
        required=False,
        help_text="With its secret alone, and all of the scopes above; nobody is asked.",
    )

    def arguments(self) -> dict[str, Any]:
        """What the operations take."""
        values = self.values()
        return {
            "name": values["name"],
            "scopes": values["scopes"],
            "redirect_uris": values["redirect_uris"].split(),
            "is_public": values["kind"] == PUBLIC,
            "acts_alone": values["acts_alone"],
        }


@staff_view("settings:write", methods=("GET", "POST"))
def index(request: StaffRequest) -> HttpResponse:
    """The applications, and a form whose answer shows the new secret this once."""
    form = ApplicationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = form.run(
            lambda: applications.create_application(
                actor=request.actor,
                at=timezone.now(),
                organization_id=request.actor.organization_id,
                **form.arguments(),
            )
        )
        if made:
            return _index(request, ApplicationForm(), *made)
    return _index(request, form)


@staff_view("settings:write", methods=("GET", "POST"))
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """One application: what it may do, who connected it, and a form to change it."""
    application = queries.get_application(request.actor.organization_id, uuid)
    if request.method != "POST":
        return _detail(request, application, ApplicationForm(initial=_initial(application)))
    form = ApplicationForm(request.POST)
    if form.is_valid():
        saved = form.run(
            lambda: applications.update_application(
                actor=request.actor,
                at=timezone.now(),
                application_id=uuid,
                **form.arguments(),
            )
        )
        if saved and saved[1]:
            return _detail(request, saved[0], ApplicationForm(initial=_initial(saved[0])), saved[1])
        if saved:
            messages.success(request, gettext("Saved."))
            return redirect("integrations:application-detail", uuid)
    return _detail(request, application, form)


@staff_view("settings:write", methods=("POST",))
def rotate(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """A new secret; the old one ends now."""
    application, secret = applications.rotate_client_secret(
        actor=request.actor, at=timezone.now(), application_id=uuid
    )
    return _detail(request, application, ApplicationForm(initial=_initial(application)), secret)


@staff_view("settings:write", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    applications.delete_application(actor=request.actor, at=timezone.now(), application_id=uuid)
    messages.success(
        request, gettext("The application is deleted; none of its tokens works any more.")
    )
    return redirect("integrations:applications")


@staff_view("settings:write", methods=("POST",))
def disconnect(request: StaffRequest, uuid: UUID, grant: UUID) -> HttpResponse:
    """End what one person allowed it."""
    queries.get_application(request.actor.organization_id, uuid)
    ended = tokens.disconnect(actor=request.actor, at=timezone.now(), grant_id=grant)
    messages.success(
        request,
        gettext("{application_name} has lost that person's access.").format(
            application_name=ended.application_name
        ),
    )
    return redirect("integrations:application-detail", uuid)


def _index(
    request: StaffRequest,
    form: ApplicationForm,
    made: Application | None = None,
    secret: str = "",
) -> HttpResponse:
    context = {
        "form": form,
        "rows": list(queries.list_applications(request.actor.organization_id)),
        "made": made,
        "secret": secret,
        "scope_count": len(SCOPES),
    }
    status = 422 if form.is_bound else 200
    response = render(request, "app/applications/list.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _detail(
    request: StaffRequest, application: Application, form: ApplicationForm, secret: str = ""
) -> HttpResponse:
    context = {
        "application": application,
        "form": form,
        "connections": list(queries.connections_to(application.pk)[:200]),
        "secret": secret,
    }
    status = 422 if form.is_bound else 200
    response = render(request, "app/applications/detail.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _initial(application: Application) -> dict[str, Any]:
    return {
        "name": application.name,
        "kind": PUBLIC if application.is_public else SERVER,
        "redirect_uris": "\n".join(application.redirect_uris.split()),
        "scopes": application.scopes,
        "acts_alone": application.acts_alone,
    }
