"""Money that came in, where it went, and money back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.documents import pdf_file_name, receipt_pdf
from billing.models import Payment
from billing.operations import payments, refunds
from billing.queries.payments import get_payment, list_payments
from billing.queries.searchables import PAYMENTS
from billing.web import wording
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.actions import RefundForm
from billing.web.listing import chosen_tab, page_of, search_text, searched
from core.money import from_minor

SORTS = {"created": "created_at", "date": "payment_date", "amount": "amount"}
TABS = (
    ("", "All"),
    ("succeeded", "Received"),
    ("pending", "Pending"),
    ("failed", "Failed"),
    ("cancelled", "Taken back"),
)


@staff_view("payments:read")
def index(request: StaffRequest) -> HttpResponse:
    text, word = search_text(request), chosen_tab(request, TABS)
    organization_id = request.actor.organization_id
    rows = list_payments(organization_id)
    if word:
        rows = rows.filter(status=word)
    rows = searched(rows, PAYMENTS, organization_id, text, "amount")
    page = page_of(rows, request, SORTS, "-date")
    context = {
        "page": page,
        "rows": [(payment, shown_status(payment)) for payment in page.rows],
        "q": text,
        "tabs": TABS,
        "status": word,
        "is_filtered": bool(text or word),
    }
    return render(request, "app/payments/list.html", context)


@staff_view("payments:read")
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    payment = get_payment(request.actor.organization_id, uuid)
    is_received = payment.status == Payment.Status.SUCCEEDED
    may = request.actor.may("payments:write")
    context = {
        "payment": payment,
        "status": shown_status(payment),
        "can_refund": may and is_received and payment.amount_refunded < payment.amount,
        "can_delete": may
        and payment.status in (Payment.Status.SUCCEEDED, Payment.Status.PENDING)
        and not payment.amount_refunded,
        "can_settle": may and payment.status == Payment.Status.PENDING,
    }
    return render(request, "app/payments/detail.html", context)


@staff_view("payments:read")
def receipt(request: StaffRequest, uuid: UUID) -> HttpResponse:
    payment = get_payment(request.actor.organization_id, uuid)
    response = HttpResponse(receipt_pdf(payment), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{pdf_file_name(payment)}"'
    response["Cache-Control"] = "private, no-store"
    return response


@staff_view("payments:write", methods=("GET", "POST"))
def refund(request: StaffRequest, uuid: UUID) -> HttpResponse:
    payment = get_payment(request.actor.organization_id, uuid)
    left = from_minor(payment.amount - payment.amount_refunded, payment.currency)
    data = request.POST if request.method == "POST" else None
    initial = {"amount": left, "refund_date": request.today}
    form = RefundForm(data, locale=request.display_locale, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = form.run(
            lambda: refunds.refund_payment(
                actor=request.actor, at=request.at, payment_id=payment.pk, **form.values()
            )
        )
        if made:
            amount = wording.money(made.amount, made.currency, request.display_locale)
            messages.success(
                request,
                gettext("Refund {number} of {amount} is recorded.").format(
                    number=made.number, amount=amount
                ),
            )
            return redirect("billing:payment-detail", payment.uuid)
    context = {"payment": payment, "form": form, "status": shown_status(payment)}
    return render(
        request, "app/payments/refund.html", context, status=422 if form.is_bound else 200
    )


@staff_view("payments:write", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Undo a payment that was recorded by mistake; the books keep both entries."""
    payment = payments.delete_payment(
        actor=request.actor, at=request.at, payment_id=uuid, on=request.today
    )
    messages.success(
        request, gettext("Payment {number} is taken back.").format(number=payment.number)
    )
    return redirect("billing:payment-detail", uuid)


@staff_view("payments:write", methods=("POST",))
def settle(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Pending money arrived (`outcome=succeeded`) or will not."""
    payment = payments.settle_pending(
        actor=request.actor,
        at=request.at,
        payment_id=uuid,
        succeeded=request.POST.get("outcome") == "succeeded",
    )
    messages.success(
        request,
        gettext("Payment {number}: {status}.").format(
            number=payment.number, status=gettext(payment.get_status_display())
        ),
    )
    return redirect("billing:payment-detail", uuid)


def shown_status(payment: Payment) -> str:
    """The status, or how much of the payment went back."""
    return payment.status if payment.refund_state == "none" else payment.refund_state
