"""The reminder policy, and a reminder by hand."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.reminders import remind
from billing.queries.reminders import get_policy
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import are_valid
from billing.web.forms.recurring import PolicyForm, StepForm, policy_initial

# Room for steps that are not there yet.
_SPARE = 1


@staff_view("settings:write", methods=("GET", "POST"))
def policy(request: StaffRequest) -> HttpResponse:
    """All steps on one page; a day that is emptied takes its step away."""
    known = get_policy(request.organization.pk)
    values = request.POST if request.method == "POST" else None
    form = PolicyForm(
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
                actor=request.actor, at=request.at, steps=kept, **form.for_operation()
            )
        )
        if saved:
            words = "are on" if saved.settings.is_enabled else "are off"
            messages.success(request, f"Saved. Reminders {words}.")
            return redirect("billing:reminders")
    context = {"form": form, "steps": steps, "currency": request.organization.base_currency}
    status = 200 if values is None else 422
    return render(request, "app/settings/reminders.html", context, status=status)


@staff_view("invoices:send", methods=("POST",))
def remind_now(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """A reminder in the standard words to the invoice's usual recipients."""
    sent = remind(actor=request.actor, at=request.at, invoice_id=uuid)
    messages.success(request, f"A reminder is on its way to {', '.join(sent.sent_to)}.")
    return redirect("billing:invoice-detail", uuid)
