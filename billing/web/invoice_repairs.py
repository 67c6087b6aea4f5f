"""What is done about an invoice that went wrong, and how it came to be as it is."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from billing.models import Invoice
from billing.operations.replacing import replace_invoice
from billing.operations.write_offs import write_off as write_off_invoice
from billing.queries.invoices import get_invoice
from billing.web import wording
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import change_lines
from billing.web.forms.base import StaffForm
from billing.web.invoices import shown_status
from core.staleness import changes_after


class ReasonForm(StaffForm):
    reason = forms.CharField(
        label=lazy("Reason"), max_length=300, help_text=lazy("Kept in the books.")
    )


@staff_view("payments:write", methods=("GET", "POST"))
def write_off(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """All that is still due is given up: bad debt if it counts as uncollectible."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        due = invoice.amount_due
        done = form.run(
            lambda: write_off_invoice(
                actor=request.actor,
                at=request.at,
                invoice_id=invoice.pk,
                on=request.today,
                reason=form.cleaned_data["reason"],
            )
        )
        if done:
            amount = wording.money(due, invoice.currency, request.display_locale)
            messages.success(request, _("{amount} is written off.").format(amount=amount))
            return redirect("billing:invoice-detail", invoice.uuid)
    return _page(request, "write_off", invoice, form)


@staff_view("invoices:write", "payments:write", methods=("GET", "POST"))
def replace(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Credit it in full and go on with a draft like it."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        done = form.run(
            lambda: replace_invoice(
                actor=request.actor,
                at=request.at,
                on=request.today,
                invoice_id=invoice.pk,
                reason=form.cleaned_data["reason"],
            )
        )
        if done:
            messages.success(
                request,
                _("{number} is credited with {note}. This is its copy.").format(
                    number=invoice.number, note=done.credit_note.number
                ),
            )
            return redirect("billing:invoice-edit", done.draft.uuid)
    return _page(request, "replace", invoice, form)


@staff_view("invoices:read")
def versions(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Every change with what was there before, newest first."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    changes = [(change, change_lines(change)) for change in reversed(changes_after(invoice, 0))]
    context = {"invoice": invoice, "changes": [pair for pair in changes if pair[1]]}
    return render(request, "app/invoices/versions.html", context)


def _page(request: StaffRequest, name: str, invoice: Invoice, form: StaffForm) -> HttpResponse:
    context: dict[str, Any] = {
        "invoice": invoice,
        "form": form,
        "status": shown_status(invoice, request),
    }
    status = 422 if form.is_bound else 200
    return render(request, f"app/invoices/{name}.html", context, status=status)
