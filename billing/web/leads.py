"""People who may become customers."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Lead
from billing.operations import leads
from billing.queries.support import get_lead, list_leads
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.support import LeadForm
from billing.web.listing import chosen_tab, page_of, search_text

SORTS = {"created": "created_at"}
TABS = (("", "All"), *((value, label) for value, label in Lead.Status.choices))
_FIELDS = ("first_name", "last_name", "company", "email", "phone", "source", "notes", "status")


@staff_view("customers:read")
def index(request: StaffRequest) -> HttpResponse:
    text, status = search_text(request), chosen_tab(request, TABS)
    rows = list_leads(request.actor.organization_id)
    if status:
        rows = rows.filter(status=status)
    for word in text.split():
        found = Q(first_name__icontains=word) | Q(last_name__icontains=word)
        rows = rows.filter(found | Q(company__icontains=word) | Q(email__icontains=word))
    context = {
        "page": page_of(rows, request, SORTS, "-created"),
        "q": text,
        "tabs": TABS,
        "status": status,
        "is_filtered": bool(text or status),
    }
    return render(request, "app/leads/list.html", context)


@staff_view("customers:write", methods=("GET", "POST"))
def create(request: StaffRequest) -> HttpResponse:
    form = _form(request)
    del form.fields["status"]
    if request.method == "POST" and form.is_valid():
        lead = form.run(
            lambda: leads.create_lead(actor=request.actor, at=request.at, **form.values())
        )
        if lead:
            messages.success(request, gettext("{name} is added.").format(name=lead.name))
            return redirect("billing:lead-detail", lead.uuid)
    return _edit(request, form)


@staff_view("customers:read", methods=("GET", "POST"))
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    lead = get_lead(request.actor.organization_id, uuid)
    form = _form(request, lead)
    if lead.status == Lead.Status.CONVERTED:
        del form.fields["status"]
    if request.method == "POST" and form.is_valid():
        saved = form.run(
            lambda: leads.update_lead(
                actor=request.actor,
                at=request.at,
                lead_id=lead.pk,
                **{**form.values(), "status": form.cleaned_data.get("status") or None},
            )
        )
        if saved:
            messages.success(request, gettext("{name} is saved.").format(name=saved.name))
            return redirect("billing:lead-detail", uuid)
    return _edit(request, form, lead)


@staff_view("customers:write", methods=("POST",))
def convert(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Make a customer of the lead, once."""
    lead = get_lead(request.actor.organization_id, uuid)
    converted = leads.convert_lead(actor=request.actor, at=request.at, lead_id=lead.pk)
    assert converted.customer is not None  # noqa: S101 - that is what converting means
    messages.success(request, gettext("{name} is a customer now.").format(name=converted.name))
    return redirect("billing:customer-detail", converted.customer.uuid)


@staff_view("customers:write", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    lead = get_lead(request.actor.organization_id, uuid)
    leads.delete_lead(actor=request.actor, at=request.at, lead_id=lead.pk)
    messages.success(request, gettext("{name} is deleted.").format(name=lead.name))
    return redirect("billing:leads")


def _form(request: StaffRequest, lead: Lead | None = None) -> LeadForm:
    return LeadForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(lead, name) for name in _FIELDS} if lead else {},
        locale=request.display_locale,
    )


def _edit(request: StaffRequest, form: LeadForm, lead: Lead | None = None) -> HttpResponse:
    context = {"form": form, "lead": lead}
    return render(request, "app/leads/edit.html", context, status=422 if form.is_bound else 200)
