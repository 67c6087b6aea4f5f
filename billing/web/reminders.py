"""The reminder policy, and a reminder by hand."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Customer
from billing.operations.reminder_policies import remove_reminder_policy, set_reminder_policy
from billing.operations.reminders import remind
from billing.queries.customers import get_customer
from billing.queries.reminders import get_policy
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import are_valid
from billing.web.forms.recurring import (
    CustomerPolicyForm,
    PolicyForm,
    StepForm,
    policy_initial,
)

# Room for steps that are not there yet.
_SPARE = 1


@staff_view("settings:write", methods=("GET", "POST"))
def policy(request: StaffRequest) -> HttpResponse:
    """All steps on one page; a day that is emptied takes its step away."""
    return _page(request, None)


@staff_view("settings:write", methods=("GET", "POST"))
def of_customer(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Shows what holds for the customer; saving makes it the customer's own."""
    return _page(request, get_customer(request.actor.organization_id, uuid))


@staff_view("settings:write", methods=("POST",))
def as_organization(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Take the customer's own policy away."""
    remove_reminder_policy(actor=request.actor, at=request.at, customer_id=uuid)
    told = gettext("The organization\u2019s reminders hold for this customer again.")
    messages.success(request, told)
    return redirect("billing:customer-reminders", uuid)


@staff_view("invoices:send", methods=("POST",))
def remind_now(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """A reminder in the standard words to the invoice's usual recipients."""
    sent = remind(actor=request.actor, at=request.at, invoice_id=uuid)
    messages.success(
        request, gettext("A reminder is on its way to {to}.").format(to=", ".join(sent.sent_to))
    )
    return redirect("billing:invoice-detail", uuid)


def _page(request: StaffRequest, customer: Customer | None) -> HttpResponse:
    known = get_policy(request.organization.pk, customer)
    values = request.POST if request.method == "POST" else None
    form_class = PolicyForm if customer is None else CustomerPolicyForm
    form = form_class(
        values,
        initial=policy_initial(known, request.organization.base_currency),
        locale=request.display_locale,
    )
    initials: list[dict[str, Any]] = [
        {name: getattr(each, name) for name in StepForm.base_fields} for each in known.steps
    ]
    initials += [{"is_active": True}] * _SPARE
    steps = [
        StepForm(values, prefix=f"step-{n}", initial=initial) for n, initial in enumerate(initials)
    ]
    if values is not None and are_valid([form, *steps]):
        kept = [each.values() for each in steps if each.cleaned_data["days"] is not None]
        saved = form.run(
            lambda: set_reminder_policy(
                actor=request.actor,
                at=request.at,
                customer_id=customer.pk if customer else None,
                steps=kept,
                **form.for_operation(),
            )
        )
        if saved:
            on, off = gettext("Saved. Reminders are on."), gettext("Saved. Reminders are off.")
            messages.success(request, on if saved.settings.is_enabled else off)
            if customer is not None:
                return redirect("billing:customer-reminders", customer.uuid)
            return redirect("billing:reminders")
    context = {
        "form": form,
        "steps": steps,
        "currency": request.organization.base_currency,
        "customer": customer,
        "is_own": customer is not None and known.settings.customer_id is not None,
    }
    status = 200 if values is None else 422
    return render(request, "app/settings/reminders.html", context, status=status)
