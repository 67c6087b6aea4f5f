"""What staff do about the customer portal: its settings, invitations, announced payments."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy

from accounts.models import Organization
from accounts.operations.organizations import update_organization
from billing.models import Customer, Remittance
from billing.operations.portal_access import (
    end_portal_sessions,
    invite_to_portal,
    portal_addresses,
)
from billing.operations.remittances import close_remittance, receive_remittance
from billing.queries.customers import get_customer
from billing.queries.portal import list_portal_sessions, list_remittances
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import DayField, StaffForm


class PortalForm(StaffForm):
    """What customers may do on their portal."""

    portal_enabled = forms.BooleanField(label=gettext_lazy("Customer portal"), required=False)
    portal_part_payments = forms.BooleanField(
        label=gettext_lazy("Customers may pay part of an invoice"), required=False
    )
    portal_disputes = forms.BooleanField(
        label=gettext_lazy("Customers may dispute an invoice"), required=False
    )
    portal_changes = forms.BooleanField(
        label=gettext_lazy("Customers may change their address and contacts"), required=False
    )


class ReceivedForm(StaffForm):
    """When announced money arrived."""

    payment_date = DayField()


@staff_view("settings:write", methods=("GET", "POST"))
def portal_settings(request: StaffRequest) -> HttpResponse:
    """On or off, and which parts; a sandbox has those of its live organization."""
    values = request.POST if request.method == "POST" else None
    initial = {name: getattr(request.organization, name) for name in PortalForm.base_fields}
    form = PortalForm(values, initial=initial)
    if values is not None and form.is_valid():
        saved = form.run(
            lambda: update_organization(actor=request.actor, at=request.at, **form.cleaned_data)
        )
        if saved:
            messages.success(request, gettext("Saved."))
            return redirect("billing:portal-settings")
    context = {
        "form": form,
        "portal_address": portal_address(request.organization),
        "is_sandbox": not request.organization.livemode,
    }
    status = 200 if values is None else 422
    return render(request, "app/settings/portal.html", context, status=status)


@staff_view("customers:read")
def of_customer(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Who may sign in as the customer, who is in now, and what they announced."""
    customer = get_customer(request.organization.pk, uuid)
    rows = list_remittances(request.organization.pk).filter(customer=customer)
    context = {
        "customer": customer,
        "portal_address": portal_address(request.organization),
        "addresses": portal_addresses(customer),
        "sessions": list(list_portal_sessions(customer, request.at)[:20]),
        "remittances": list(rows[:20]),
        "today": request.today,
    }
    return render(request, "app/customers/portal.html", context)


@staff_view("customers:write", "invoices:send", methods=("POST",))
def invite(request: StaffRequest, uuid: UUID) -> HttpResponse:
    to = invite_to_portal(actor=request.actor, at=request.at, customer_id=uuid)
    text = gettext("The invitation goes to %(addresses)s.")
    messages.success(request, text % {"addresses": ", ".join(to)})
    return redirect("billing:customer-portal", uuid)


@staff_view("customers:write", methods=("POST",))
def sign_out(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Everybody who looks at this customer signs in again."""
    end_portal_sessions(actor=request.actor, at=request.at, customer_id=uuid)
    messages.success(request, gettext("Everybody is signed out of this customer's portal."))
    return redirect("billing:customer-portal", uuid)


@staff_view("payments:write", methods=("POST",))
def received(request: StaffRequest, uuid: UUID, remittance: UUID) -> HttpResponse:
    """The announced money is there: a payment, spread as the customer said."""
    form = ReceivedForm(request.POST)
    day = form.cleaned_data["payment_date"] if form.is_valid() else request.today
    payment = receive_remittance(
        actor=request.actor, at=request.at, remittance_id=remittance, payment_date=day
    )
    messages.success(
        request, gettext("Payment %(number)s is recorded.") % {"number": payment.number}
    )
    return redirect("billing:customer-portal", uuid)


@staff_view("payments:write", methods=("POST",))
def closed(request: StaffRequest, uuid: UUID, remittance: UUID) -> HttpResponse:
    """The announced money never came, or was recorded another way."""
    close_remittance(actor=request.actor, at=request.at, remittance_id=remittance)
    messages.success(request, gettext("The announced payment is closed."))
    return redirect("billing:customer-portal", uuid)


def portal_address(organization: Organization) -> str:
    """Where customers sign in; empty while the portal is off."""
    return f"{settings.BASE_URL}/portal/{organization.slug}" if organization.portal_enabled else ""


def waiting(customer: Customer) -> int:
    """How many announced payments wait for staff."""
    rows = Remittance.objects.of(customer.organization_id).filter(customer=customer)
    return rows.filter(status=Remittance.Status.ANNOUNCED).count()
