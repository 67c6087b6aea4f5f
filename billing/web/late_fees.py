"""What paying late costs: the organization's page, a customer's, and letting somebody off."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Customer
from billing.operations.late_fee_policies import remove_late_fee_policy, set_late_fee_policy
from billing.operations.late_fees import waive_late_fee
from billing.queries.customers import get_customer
from billing.queries.late_fees import get_late_fee_policy
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.late_fees import LateFeeForm, late_fee_initial


@staff_view("settings:write", methods=("GET", "POST"))
def policy(request: StaffRequest) -> HttpResponse:
    return _page(request, None)


@staff_view("settings:write", methods=("GET", "POST"))
def of_customer(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Shows what holds for the customer; saving makes it the customer's own."""
    return _page(request, get_customer(request.actor.organization_id, uuid))


@staff_view("settings:write", methods=("POST",))
def as_organization(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Take the customer's own policy away."""
    remove_late_fee_policy(actor=request.actor, at=request.at, customer_id=uuid)
    messages.success(
        request, gettext("The organization\u2019s late fees hold for this customer again.")
    )
    return redirect("billing:customer-late-fees", uuid)


@staff_view("invoices:write", methods=("POST",))
def waive(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """The page is that of the invoice over the fee."""
    fee = waive_late_fee(actor=request.actor, at=request.at, invoice_id=uuid)
    messages.success(
        request, gettext("The late fee {number} is waived.").format(number=fee.fee_invoice.number)
    )
    return redirect("billing:invoice-detail", uuid)


def _page(request: StaffRequest, customer: Customer | None) -> HttpResponse:
    known = get_late_fee_policy(request.organization.pk, customer)
    values = request.POST if request.method == "POST" else None
    form = LateFeeForm(
        values,
        initial=late_fee_initial(known, request.organization.base_currency),
        locale=request.display_locale,
        organization_id=request.organization.pk,
    )
    if values is not None and form.is_valid():
        saved = form.run(
            lambda: set_late_fee_policy(
                actor=request.actor,
                at=request.at,
                customer_id=customer.pk if customer else None,
                **form.for_operation(),
            )
        )
        if saved:
            said = gettext("Saved. Late fees are on.")
            if not saved.is_enabled:
                said = gettext("Saved. Late fees are off.")
            messages.success(request, said)
            if customer is not None:
                return redirect("billing:customer-late-fees", customer.uuid)
            return redirect("billing:late-fees")
    context = {
        "form": form,
        "customer": customer,
        "is_own": customer is not None and known.customer_id is not None,
    }
    status = 200 if values is None else 422
    return render(request, "app/settings/late_fees.html", context, status=status)
