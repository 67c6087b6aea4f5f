"""Sample data in test mode: put there, looked at, thrown away."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.actors import Actor, actor_for_membership
from accounts.models import Organization
from accounts.web.workplace import SANDBOX_KEY, workplace_of
from billing.models import Customer, Invoice, Payment, Quote
from billing.web.access import StaffRequest, clock, staff_view
from core import tenancy
from core.errors import NotFound
from integrations.sandbox.samples import fill_sandbox, holds_something
from integrations.sandbox.wiping import reset_sandbox

T = TypeVar("T")


@staff_view("settings:write")
def index(request: StaffRequest) -> HttpResponse:
    """What is in test mode, and what can be done with it."""

    def count(sandbox: Organization, _: Actor) -> dict[str, object]:
        models = {
            "customers": Customer,
            "invoices": Invoice,
            "quotes": Quote,
            "payments": Payment,
        }
        found = {name: model.objects.of(sandbox.pk).count() for name, model in models.items()}
        return {**found, "holds_something": holds_something(sandbox.pk)}

    context = {
        **_in_sandbox(request, count),
        "is_emptied_nightly": settings.SANDBOX_RESET_DAILY,
    }
    return render(request, "app/settings/samples.html", context)


@staff_view("settings:write", methods=("POST",))
def fill(request: StaffRequest) -> HttpResponse:
    """Fill it and go there."""
    _in_sandbox(request, lambda twin, actor: fill_sandbox(actor=actor, at=clock(twin)))
    request.session[SANDBOX_KEY] = True
    messages.success(
        request,
        gettext("This is test mode with sample data: try everything, nothing of it is real."),
    )
    return redirect("billing:dashboard")


@staff_view("settings:write", methods=("POST",))
def empty(request: StaffRequest) -> HttpResponse:
    """Only with the tick that says so."""
    if request.POST.get("sure") != "on":
        messages.error(request, gettext("Nothing was thrown away: tick that you are sure first."))
        return redirect("integrations:samples")
    _in_sandbox(request, lambda twin, actor: reset_sandbox(actor=actor, at=clock(twin)))
    request.session[SANDBOX_KEY] = False
    messages.success(request, gettext("The test mode is empty. Nothing real was touched."))
    return redirect("integrations:samples")


def _in_sandbox(request: StaffRequest, work: Callable[[Organization, Actor], T]) -> T:
    """Work in the sandbox of where the person is, with their rights there. Raises NotFound."""
    workplace = workplace_of(request)
    if workplace is None:
        raise NotFound(noun="sandbox", id="")
    membership = workplace.membership
    twin: Organization | None = getattr(membership.organization, "sandbox", None)
    if twin is None:
        raise NotFound(noun="sandbox", id="")
    actor = actor_for_membership(membership, getattr(request, "request_id", ""), organization=twin)
    tenancy.narrow(twin.pk)
    try:
        return work(twin, actor)
    finally:
        tenancy.narrow(request.organization.pk)
