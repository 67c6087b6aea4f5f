"""Disputes of an invoice: recorded, and closed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Dispute, Invoice
from billing.operations.disputes import lose_dispute, open_dispute, win_dispute
from billing.queries.disputes import get_dispute
from billing.queries.invoices import get_invoice
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm
from billing.web.forms.disputes import DisputeEndForm, DisputeForm
from billing.web.invoices import shown_status


@staff_view("invoices:write", methods=("GET", "POST"))
def record(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """A chargeback, or what the customer says against the invoice."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    values = request.POST if request.method == "POST" else None
    form = DisputeForm(values, locale=request.display_locale, invoice=invoice)
    if values is not None and form.is_valid():
        opened = form.run(
            lambda: open_dispute(
                actor=request.actor, at=request.at, invoice_id=invoice.pk, **form.for_operation()
            )
        )
        if opened:
            messages.success(request, gettext("Recorded. Reminders and late fees pause."))
            return redirect("billing:invoice-detail", invoice.uuid)
    return _page(request, invoice, form, None)


@staff_view("invoices:write", methods=("GET", "POST"))
def close(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Won or lost, and what becomes of the claim."""
    dispute = get_dispute(request.actor.organization_id, uuid)
    invoice = get_invoice(request.actor.organization_id, dispute.invoice_id)
    values = request.POST if request.method == "POST" else None
    form = DisputeEndForm(values, locale=request.display_locale, dispute=dispute)
    if values is not None and form.is_valid():
        end = win_dispute if form.is_won() else lose_dispute
        closed = form.run(
            lambda: end(
                actor=request.actor, at=request.at, dispute_id=dispute.pk, **form.for_operation()
            )
        )
        if closed:
            messages.success(request, gettext("The dispute is closed."))
            return redirect("billing:invoice-detail", invoice.uuid)
    return _page(request, invoice, form, dispute)


def _page(
    request: StaffRequest, invoice: Invoice, form: StaffForm, dispute: Dispute | None
) -> HttpResponse:
    context = {
        "invoice": invoice,
        "form": form,
        "dispute": dispute,
        "status": shown_status(invoice, request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "app/invoices/dispute.html", context, status=status)
