"""What happens to an invoice: issued, mailed, paid, amended, copied, voided, thrown away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Invoice
from billing.operations import invoices, issuing, payments, scheduled_sends, sending
from billing.operations.payables import payable_minor
from billing.queries.invoices import get_invoice
from billing.web import wording
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import conflict_on
from billing.web.forms.actions import AmendForm, InvoiceSendForm, PaymentForm, VoidForm
from billing.web.invoices import shown_status
from core.money import from_minor


@staff_view("invoices:write", methods=("POST",))
def issue(request: StaffRequest, uuid: UUID) -> HttpResponse:
    invoice = issuing.issue_invoice(actor=request.actor, at=request.at, invoice_id=uuid)
    messages.success(
        request, gettext("Invoice {number} is issued and final.").format(number=invoice.number)
    )
    return _detail(invoice)


@staff_view("invoices:send", methods=("GET", "POST"))
def send(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Queue a mail; a draft is issued first."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    if request.method == "POST":
        form = InvoiceSendForm(request.POST, locale=request.display_locale)
        if form.is_valid() and form.cleaned_data["send_on"]:
            return _send_later(request, invoice, form)
        if form.is_valid():
            sent = form.run(
                lambda: sending.request_send(
                    actor=request.actor, at=request.at, invoice_id=invoice.pk, **form.mail()
                )
            )
            if sent:
                to = ", ".join(sent.sent_to)
                messages.success(
                    request,
                    gettext("Invoice {number} is on its way to {to}.").format(
                        number=sent.invoice.number, to=to
                    ),
                )
                return _detail(invoice)
        return _form(request, invoice, form, "send", status=422)
    contacts = invoice.customer.contacts.filter(receives_invoices=True).exclude(email="")
    own = [invoice.customer.email] if invoice.customer.email else []
    initial = {
        "to": [*own, *contacts.order_by("pk").values_list("email", flat=True)],
        "attach_pdf": True,
    }
    return _form(request, invoice, InvoiceSendForm(initial=initial), "send")


@staff_view("invoices:send", methods=("POST",))
def unschedule(request: StaffRequest, uuid: UUID) -> HttpResponse:
    plan = scheduled_sends.cancel_scheduled_send(
        actor=request.actor, at=request.at, invoice_id=uuid
    )
    messages.success(request, gettext("The planned mail is cancelled."))
    return _detail(plan.invoice)


def _send_later(request: StaffRequest, invoice: Invoice, form: InvoiceSendForm) -> HttpResponse:
    moment = form.moment(request.organization.timezone)
    plan = form.run(
        lambda: scheduled_sends.schedule_send(
            actor=request.actor,
            at=request.at,
            invoice_id=invoice.pk,
            send_at=moment or request.at,
            **form.mail(),
        )
    )
    if plan is None:
        return _form(request, invoice, form, "send", status=422)
    day = wording.day(form.cleaned_data["send_on"], request.display_locale)
    messages.success(request, gettext("The mail is planned for {day}.").format(day=day))
    return _detail(invoice)


@staff_view("payments:write", methods=("GET", "POST"))
def pay(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Record money that came in; a payment of a draft issues it."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    if request.method == "POST":
        form = PaymentForm(request.POST, locale=request.display_locale)
        if form.is_valid():
            payment = form.run(
                lambda: payments.record_payment(
                    actor=request.actor,
                    at=request.at,
                    currency=invoice.currency,
                    invoice_id=invoice.pk,
                    **form.values(),
                )
            )
            if payment:
                amount = wording.money(payment.amount, payment.currency, request.display_locale)
                messages.success(
                    request,
                    gettext("Payment {number} of {amount} is recorded.").format(
                        number=payment.number, amount=amount
                    ),
                )
                return _detail(invoice)
        return _form(request, invoice, form, "pay", status=422)
    initial = {
        "amount": from_minor(payable_minor(invoice), invoice.currency),
        "payment_date": request.today,
    }
    form = PaymentForm(initial=initial, locale=request.display_locale)
    return _form(request, invoice, form, "pay")


@staff_view("payments:write", methods=("POST",))
def mark_paid(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """All that is due, received today."""
    payment = payments.mark_paid(
        actor=request.actor, at=request.at, invoice_id=uuid, payment_date=request.today
    )
    amount = wording.money(payment.amount, payment.currency, request.display_locale)
    messages.success(
        request,
        gettext("Paid in full: payment {number} of {amount}.").format(
            number=payment.number, amount=amount
        ),
    )
    return redirect("billing:invoice-detail", uuid)


@staff_view("invoices:write", methods=("GET", "POST"))
def void(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Take an issued invoice out of force for good; its number stays used."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    if request.method != "POST":
        return _form(request, invoice, VoidForm(), "void")
    form = VoidForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        done = form.run(
            lambda: issuing.void_invoice(
                actor=request.actor, at=request.at, invoice_id=invoice.pk, reason=reason
            )
        )
        if done:
            messages.success(
                request, gettext("Invoice {number} is void.").format(number=invoice.number)
            )
            return _detail(invoice)
    return _form(request, invoice, form, "void", status=422)


@staff_view("invoices:write", methods=("POST",))
def uncollectible(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Give up hope; a payment may still come."""
    invoice = issuing.mark_uncollectible(actor=request.actor, at=request.at, invoice_id=uuid)
    messages.success(
        request, gettext("Invoice {number} counts as uncollectible.").format(number=invoice.number)
    )
    return _detail(invoice)


@staff_view("invoices:write", methods=("GET", "POST"))
def amend(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Due date and notes of an issued invoice."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    if request.method != "POST":
        initial = {
            "due_date": invoice.due_date,
            "notes": invoice.notes,
            "version": invoice.version,
        }
        return _form(request, invoice, AmendForm(initial=initial), "amend")
    form = AmendForm(request.POST)
    if form.is_valid():
        done = form.run(
            lambda: invoices.update_invoice(
                actor=request.actor,
                at=request.at,
                invoice_id=invoice.pk,
                expected_version=form.cleaned_data["version"],
                **form.values("due_date", "notes"),
            )
        )
        if done:
            messages.success(
                request, gettext("Invoice {number} is changed.").format(number=invoice.number)
            )
            return _detail(invoice)
    return _form(request, invoice, form, "amend", status=422)


@staff_view("invoices:write", methods=("POST",))
def duplicate(request: StaffRequest, uuid: UUID) -> HttpResponse:
    copy = invoices.duplicate_invoice(actor=request.actor, at=request.at, invoice_id=uuid)
    messages.success(request, gettext("This is a copy, dated today. Look it over, then issue it."))
    return redirect("billing:invoice-edit", copy.uuid)


@staff_view("invoices:write", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Throw a draft away."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    invoices.delete_invoice(actor=request.actor, at=request.at, invoice_id=invoice.pk)
    messages.success(request, f"Draft {invoice.number or ''} is deleted.".replace("  ", " "))
    return redirect("billing:invoices")


def _detail(invoice: Invoice) -> HttpResponse:
    return redirect("billing:invoice-detail", invoice.uuid)


def _form(
    request: StaffRequest, invoice: Invoice, form: Any, name: str, status: int = 200
) -> HttpResponse:
    context = {
        "invoice": invoice,
        "form": form,
        "status": shown_status(invoice, request),
        "conflict": conflict_on(request, form, invoice),
    }
    return render(request, f"app/invoices/{name}.html", context, status=status)
