"""What every page of the organization's settings does with its form."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from accounts.models import Organization
from accounts.operations.organizations import update_organization
from billing.web.access import StaffRequest
from billing.web.conflicts import conflict_on, version_given, version_shown
from billing.web.forms.settings import SettingsForm


def posted(request: StaffRequest) -> QueryDict | None:
    """What the form is bound to."""
    return request.POST if request.method == "POST" else None


def saved(request: StaffRequest, form: SettingsForm) -> Organization | None:
    """The organization with what was posted; None if nothing was, or it was refused."""
    if request.method != "POST" or not form.is_valid():
        return None
    done = form.run(
        lambda: update_organization(
            actor=request.actor,
            at=request.at,
            expected_sequence=version_given(request),
            **form.fields_for_operation(),
        )
    )
    if done:
        messages.success(request, gettext("Saved. Existing documents keep their own rules."))
    return done


def shown(request: StaffRequest, form: SettingsForm, template: str, **more: Any) -> HttpResponse:
    """The page with its form, and with who was faster if somebody was."""
    conflict = conflict_on(request, form, request.organization)
    context = {
        "form": form,
        "conflict": conflict,
        "version": version_shown(request, request.organization, conflict),
        **more,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
