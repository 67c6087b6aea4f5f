"""Credit notes: taking back an invoice in whole or in part."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.documents import credit_note_pdf, pdf_file_name
from billing.models import Invoice, InvoiceLine
from billing.operations import credit_notes
from billing.queries.credit_notes import get_credit_note
from billing.queries.invoices import get_invoice
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.actions import CreditForm, QuantityForm
from billing.web.forms.base import are_valid
from billing.web.invoices import shown_status


@staff_view("invoices:write", "payments:write", methods=("GET", "POST"))
def create(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """All quantities empty: the whole rest. Else exactly what is written."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    is_post = request.method == "POST"
    data = request.POST if is_post else None
    form = CreditForm(data, locale=request.display_locale, initial={"issue_date": request.today})
    lines = [
        (line, QuantityForm(data, prefix=f"l{line.pk}", locale=request.display_locale))
        for line in invoice.lines.all()
    ]
    if is_post and form.is_valid() and are_valid(q for _, q in lines):
        note = form.run(
            lambda: credit_notes.create_credit_note(
                actor=request.actor,
                at=request.at,
                invoice_id=invoice.pk,
                lines=_wishes(lines),
                reason=form.cleaned_data["reason"],
                issue_date=form.cleaned_data["issue_date"],
                refund_amount=form.cleaned_data["refund_amount"],
                credit_amount=form.cleaned_data["credit_amount"],
                out_of_band_amount=form.cleaned_data["out_of_band_amount"],
            )
        )
        if note:
            messages.success(
                request, gettext("Credit note {number} is issued.").format(number=note.number)
            )
            return redirect("billing:credit-note-detail", note.uuid)
    return _show(request, invoice, form, lines, 422 if is_post else 200)


@staff_view("invoices:read")
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    note = get_credit_note(request.actor.organization_id, uuid)
    return render(request, "app/credits/detail.html", {"note": note})


@staff_view("invoices:read")
def pdf(request: StaffRequest, uuid: UUID) -> HttpResponse:
    note = get_credit_note(request.actor.organization_id, uuid)
    response = HttpResponse(credit_note_pdf(note), content_type="application/pdf")
    kind = "attachment" if "download" in request.GET else "inline"
    response["Content-Disposition"] = f'{kind}; filename="{pdf_file_name(note)}"'
    response["Cache-Control"] = "private, no-store"
    return response


@staff_view("invoices:write", methods=("POST",))
def void(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """What the note settled is due again."""
    note = credit_notes.void_credit_note(
        actor=request.actor, at=request.at, credit_note_id=uuid, on=request.today
    )
    messages.success(request, gettext("Credit note {number} is void.").format(number=note.number))
    return redirect("billing:credit-note-detail", uuid)


def _wishes(lines: list[tuple[InvoiceLine, QuantityForm]]) -> list[dict[str, Any]] | None:
    wanted: list[tuple[InvoiceLine, Decimal | None]] = [
        (line, form.cleaned_data["quantity"]) for line, form in lines
    ]
    chosen = [
        {"invoice_line_id": line.pk, "quantity": quantity} for line, quantity in wanted if quantity
    ]
    return chosen or None


def _show(
    request: StaffRequest,
    invoice: Invoice,
    form: CreditForm,
    lines: list[tuple[InvoiceLine, QuantityForm]],
    status: int,
) -> HttpResponse:
    context = {
        "invoice": invoice,
        "form": form,
        "lines": lines,
        "status": shown_status(invoice, request),
        "paid_back": invoice.amount_paid,
    }
    return render(request, "app/invoices/credit.html", context, status=status)
