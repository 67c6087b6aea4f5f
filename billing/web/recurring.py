"""Recurring invoices: list, look ahead, agree after the pattern of an invoice, change, pause."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import RecurringInvoice
from billing.operations import recurring, recurring_runs
from billing.operations.recurring_preview import preview_recurring
from billing.queries.invoices import get_invoice
from billing.queries.recurring import get_recurring, list_recurring, list_runs
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import conflict_on, version_given, version_shown
from billing.web.forms.recurring import ScheduleForm, schedule_initial
from billing.web.listing import chosen_tab, page_of, search_text

SORTS = {"created": "created_at"}
TABS = (("", "All"), *((value, label) for value, label in RecurringInvoice.Status.choices))
SHOWN_DATES = 6
SHOWN_RUNS = 24
_STARTING: dict[str, Any] = {
    "frequency": "monthly",
    "month_rule": "day",
    "run_time": "06:00",
    "issue_roll": "none",
    "due_roll": "none",
    "action": "draft",
    "billing": "in_advance",
}


@staff_view("invoices:read")
def index(request: StaffRequest) -> HttpResponse:
    text, word = search_text(request), chosen_tab(request, TABS)
    rows = list_recurring(request.actor.organization_id)
    if word:
        rows = rows.filter(status=word)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(customer__name__icontains=text))
    page = page_of(rows, request, SORTS, "-created")
    context = {
        "page": page,
        "q": text,
        "tabs": TABS,
        "status": word,
        "is_filtered": bool(text or word),
    }
    return render(request, "app/recurring/list.html", context)


@staff_view("invoices:read")
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    found = get_recurring(request.actor.organization_id, uuid)
    ahead = preview_recurring(
        actor=request.actor, at=request.at, recurring_id=found.pk, count=SHOWN_DATES
    )
    context = {
        "recurring": found,
        "ahead": ahead,
        "runs": list_runs(found)[:SHOWN_RUNS],
        "is_writer": request.actor.may("invoices:write"),
    }
    return render(request, "app/recurring/detail.html", context)


@staff_view("invoices:write", methods=("GET", "POST"))
def edit(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Change the dates and what happens on them; the lines stay."""
    found = get_recurring(request.actor.organization_id, uuid)
    form = _form(request, schedule_initial(found))
    if request.method == "POST" and form.is_valid():
        saved = form.run(
            lambda: recurring.update_recurring(
                actor=request.actor,
                at=request.at,
                recurring_id=found.pk,
                expected_sequence=version_given(request),
                **form.for_operation(form.changed_data),
            )
        )
        if saved:
            messages.success(request, gettext("Saved. Invoices that were made stay as they are."))
            return redirect("billing:recurring-detail", uuid)
    return _page(request, form, gettext("Change the schedule"), found.customer.name, found)


@staff_view("invoices:write", methods=("GET", "POST"))
def repeat(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Agree on a schedule after the pattern of an invoice."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    form = _form(request, {**_STARTING, "start_date": request.today, "notes": invoice.notes})
    if request.method == "POST" and form.is_valid():
        made = form.run(
            lambda: recurring.repeat_invoice(
                actor=request.actor,
                at=request.at,
                invoice_id=invoice.pk,
                **form.for_operation(),
            )
        )
        if made:
            messages.success(request, gettext("Agreed. The first invoice is made on its date."))
            return redirect("billing:recurring-detail", made.uuid)
    title = gettext("Repeat {number}").format(number=invoice.number or gettext("the draft"))
    return _page(request, form, title, invoice.customer.name, None)


@staff_view("invoices:write", methods=("POST",))
def step(request: StaffRequest, uuid: UUID, action: str) -> HttpResponse:
    """Pause, resume, end, or make the next invoice ahead of its time."""
    given: dict[str, Any] = {"actor": request.actor, "at": request.at, "recurring_id": uuid}
    if action == "pause":
        recurring.pause_recurring(**given)
        messages.success(request, gettext("Paused. No invoices are made until you resume it."))
    elif action == "resume":
        recurring.resume_recurring(**given)
        messages.success(request, gettext("Resumed. Dates that passed meanwhile are left out."))
    elif action == "end":
        recurring.end_recurring(**given)
        messages.success(request, gettext("Ended. It makes no more invoices."))
    else:
        run = recurring_runs.run_now(**given)
        if run.invoice is not None:
            messages.success(
                request,
                gettext("Invoice {number} is made.").format(
                    number=run.invoice.number or gettext("draft")
                ),
            )
    return redirect("billing:recurring-detail", uuid)


def _form(request: StaffRequest, initial: dict[str, Any]) -> ScheduleForm:
    values = request.POST if request.method == "POST" else None
    return ScheduleForm(values, initial=initial, locale=request.display_locale)


def _page(
    request: StaffRequest,
    form: ScheduleForm,
    title: str,
    buyer: str,
    found: RecurringInvoice | None,
) -> HttpResponse:
    conflict = conflict_on(request, form, found)
    context = {
        "form": form,
        "title": title,
        "buyer": buyer,
        "uuid": found.uuid if found else None,
        "conflict": conflict,
        "version": version_shown(request, found, conflict),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "app/recurring/edit.html", context, status=status)
