"""What a customer has in credit: put on open invoices, or paid out."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Customer, Invoice
from billing.operations.customer_credit import apply_credit, pay_out_credit
from billing.operations.payables import Share, Wish
from billing.queries.credit import CreditSource, customer_credit
from billing.queries.customers import get_customer
from billing.web import wording
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.actions import AllocationForm, PayOutForm
from billing.web.forms.base import StaffForm, are_valid

MOST_INVOICES = 100


@dataclass(slots=True)
class Sheet:
    """The page: the credit of one currency, and the open invoices it can go to."""

    currency: str
    total: int
    sources: list[CreditSource]
    rows: list[tuple[Invoice, AllocationForm]]


@staff_view("payments:write", methods=("GET", "POST"))
def allocate(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """All amounts empty: the oldest invoices first, as far as the credit goes."""
    customer = get_customer(request.actor.organization_id, uuid)
    sources = customer_credit(request.actor.organization_id, customer.pk)
    currencies = sorted({source.currency for source in sources})
    if not currencies:
        messages.info(request, gettext("{name} has no credit.").format(name=customer.name))
        return redirect("billing:customer-detail", customer.uuid)
    asked = request.GET.get("currency", "")
    currency = asked if asked in currencies else currencies[0]
    sheet = _sheet(request, customer, currency, sources)
    form = StaffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and are_valid(row for _, row in sheet.rows):
        shares = form.run(lambda: _apply(request, customer, sheet))
        if shares:
            _say(request, sheet, shares)
            return redirect("billing:customer-detail", customer.uuid)
    context = {
        "customer": customer,
        "sheet": sheet,
        "currencies": currencies,
        "form": form,
        "pay_out": PayOutForm(
            locale=request.display_locale, initial={"refund_date": request.today}
        ),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "app/customers/credit.html", context, status=status)


@staff_view("payments:write", methods=("POST",))
def pay_out(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Money back: `source` is the kind and the uuid of the payment or credit note."""
    customer = get_customer(request.actor.organization_id, uuid)
    form = PayOutForm(request.POST, locale=request.display_locale)
    kind, _, reference = request.POST.get("source", "").partition(":")
    if form.is_valid() and kind in ("payment", "credit_note"):
        refund = pay_out_credit(
            actor=request.actor,
            at=request.at,
            customer_id=customer.pk,
            payment_id=reference if kind == "payment" else None,
            credit_note_id=reference if kind == "credit_note" else None,
            **form.values(),
        )
        amount = wording.money(refund.amount, refund.currency, request.display_locale)
        messages.success(
            request,
            gettext("{amount} is paid back as {number}.").format(
                amount=amount, number=refund.number
            ),
        )
    else:
        messages.error(request, gettext("Say which credit is paid out, how much, and when."))
    return redirect("billing:customer-credit", customer.uuid)


def _sheet(
    request: StaffRequest, customer: Customer, currency: str, sources: list[CreditSource]
) -> Sheet:
    own = [source for source in sources if source.currency == currency]
    open_ones = Invoice.objects.of(customer.organization_id).open()
    rows = open_ones.filter(customer=customer, currency=currency).order_by("due_date", "pk")
    data = request.POST if request.method == "POST" else None
    return Sheet(
        currency=currency,
        total=sum(source.amount_unapplied for source in own),
        sources=own,
        rows=[
            (row, AllocationForm(data, prefix=f"i{row.pk}", locale=request.display_locale))
            for row in rows[:MOST_INVOICES]
        ],
    )


def _apply(request: StaffRequest, customer: Customer, sheet: Sheet) -> list[Share]:
    wishes: list[Wish] = [
        (invoice.pk, form.cleaned_data["amount"])
        for invoice, form in sheet.rows
        if form.cleaned_data["amount"]
    ]
    return apply_credit(
        actor=request.actor,
        at=request.at,
        on=request.today,
        customer_id=customer.pk,
        currency=sheet.currency,
        wishes=wishes or None,
    )


def _say(request: StaffRequest, sheet: Sheet, shares: list[Share]) -> None:
    used = sum(part for _invoice, part in shares)
    amount = wording.money(used, sheet.currency, request.display_locale)
    numbers = ", ".join(invoice.number or "" for invoice, _part in shares)
    messages.success(
        request,
        gettext("{amount} of credit went to {numbers}.").format(amount=amount, numbers=numbers),
    )
