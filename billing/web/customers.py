"""Who is billed, and how they stand."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext

from billing.addresses import address_lines
from billing.documents.parties import live_buyer
from billing.models import Customer
from billing.operations import contacts, customers
from billing.operations.suppressions import lift_suppression
from billing.queries.customers import get_customer, list_customers
from billing.queries.invoices import list_invoices
from billing.queries.payments import list_payments
from billing.queries.reminder_preview import REASONS, ComingReminder, preview_reminders
from billing.queries.searchables import CUSTOMERS
from billing.queries.suppressions import suppressions_of
from billing.web import timeline
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import conflict_on, version_given, version_shown
from billing.web.forms.customers import ContactForm, CustomerForm, customer_initial
from billing.web.invoices import HEAVY, shown_status
from billing.web.listing import chosen_tab, page_of, search_text, searched

SORTS = {"created": "created_at", "name": "name"}
TABS = (("", "Active"), ("archived", "Archived"))


@staff_view("customers:read")
def index(request: StaffRequest) -> HttpResponse:
    text, word = search_text(request), chosen_tab(request, TABS)
    rows = filtered(request).prefetch_related("balances")
    page = page_of(rows, request, SORTS, "name")
    context = {"page": page, "q": text, "tabs": TABS, "status": word, "is_filtered": bool(text)}
    return render(request, "app/customers/list.html", context)


@staff_view("customers:read")
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    customer = get_customer(request.actor.organization_id, uuid)
    return _detail(request, customer, ContactForm(prefix="contact"))


@staff_view("customers:write", methods=("GET", "POST"))
def create(request: StaffRequest) -> HttpResponse:
    """?next=invoice goes on to an invoice for the new customer."""
    form = _form(request, initial={"currency": request.organization.currency})
    if request.method == "POST" and form.is_valid():
        customer = form.run(
            lambda: customers.create_customer(
                actor=request.actor, at=request.at, **form.fields_for_operation()
            )
        )
        if customer:
            messages.success(request, gettext("{name} is added.").format(name=customer.name))
            if request.GET.get("next") == "invoice":
                return redirect(f"{reverse('billing:invoice-create')}?customer={customer.uuid}")
            return redirect("billing:customer-detail", customer.uuid)
    return _edit(request, form)


@staff_view("customers:write", methods=("GET", "POST"))
def edit(request: StaffRequest, uuid: UUID) -> HttpResponse:
    customer = get_customer(request.actor.organization_id, uuid)
    form = _form(request, initial=customer_initial(customer))
    if request.method == "POST" and form.is_valid():
        saved = form.run(
            lambda: customers.update_customer(
                actor=request.actor,
                at=request.at,
                customer_id=customer.pk,
                expected_sequence=version_given(request),
                **form.fields_for_operation(),
            )
        )
        if saved:
            messages.success(request, gettext("{name} is saved.").format(name=saved.name))
            return redirect("billing:customer-detail", saved.uuid)
    return _edit(request, form, customer)


@staff_view("customers:write", methods=("POST",))
def archive(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Out of the way, or back: nothing is lost either way."""
    customer = get_customer(request.actor.organization_id, uuid)
    is_archived = customer.status == Customer.Status.ARCHIVED
    status = Customer.Status.ACTIVE if is_archived else Customer.Status.ARCHIVED
    customers.update_customer(
        actor=request.actor, at=request.at, customer_id=customer.pk, status=status
    )
    said = gettext("{name} is active again.") if is_archived else gettext("{name} is archived.")
    messages.success(request, said.format(name=customer.name))
    return redirect("billing:customer-detail", customer.uuid)


@staff_view("customers:write", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    customer = get_customer(request.actor.organization_id, uuid)
    customers.delete_customer(actor=request.actor, at=request.at, customer_id=customer.pk)
    messages.success(request, gettext("{name} is deleted.").format(name=customer.name))
    return redirect("billing:customers")


@staff_view("customers:write", methods=("POST",))
def add_contact(request: StaffRequest, uuid: UUID) -> HttpResponse:
    customer = get_customer(request.actor.organization_id, uuid)
    form = ContactForm(request.POST, prefix="contact")
    if form.is_valid():
        contact = form.run(
            lambda: contacts.add_contact(
                actor=request.actor, at=request.at, customer_id=customer.pk, **form.values()
            )
        )
        if contact:
            messages.success(request, gettext("{name} is added.").format(name=contact.name))
            return redirect("billing:customer-detail", customer.uuid)
    return _detail(request, customer, form, 422)


@staff_view("customers:write", methods=("POST",))
def lift(request: StaffRequest, uuid: UUID, suppression: UUID) -> HttpResponse:
    """Mail one of the customer's addresses again."""
    customer = get_customer(request.actor.organization_id, uuid)
    lifted = lift_suppression(actor=request.actor, at=request.at, suppression_id=suppression)
    messages.success(request, gettext("{address} is mailed again.").format(address=lifted.address))
    return redirect("billing:customer-detail", customer.uuid)


def filtered(request: StaffRequest) -> QuerySet[Customer]:
    """The rows that ?status= and ?q= ask for."""
    text, word = search_text(request), chosen_tab(request, TABS)
    organization_id = request.actor.organization_id
    rows = list_customers(organization_id)
    is_archived = Q(status=Customer.Status.ARCHIVED)
    rows = rows.filter(is_archived if word == "archived" else ~is_archived)
    return searched(rows, CUSTOMERS, organization_id, text)


def _detail(
    request: StaffRequest, customer: Customer, contact_form: ContactForm, status: int = 200
) -> HttpResponse:
    organization_id = request.actor.organization_id
    invoices = list_invoices(organization_id).filter(customer=customer).defer(*HEAVY)[:20]
    context = {
        "customer": customer,
        "address": address_lines(
            live_buyer(customer), get_language() or "en", home=request.organization.country
        ),
        "balances": list(customer.balances.order_by("currency")),
        "invoices": [(invoice, shown_status(invoice, request)) for invoice in invoices],
        "payments": _payments(organization_id, customer),
        "contacts": list(customer.contacts.order_by("pk")),
        "contact_form": contact_form,
        "suppressions": list(suppressions_of(customer)),
        "reminders": _reminders(customer, request),
        "entries": timeline.entries(
            timeline.of_customer(organization_id, customer.pk, 10),
            request.display_locale,
            request.actor.label,
        ),
    }
    return render(request, "app/customers/detail.html", context, status=status)


def _reminders(customer: Customer, request: StaffRequest) -> list[tuple[ComingReminder, str]]:
    """The next of each open invoice, with the sentence that says why there is none."""
    coming = preview_reminders(customer, request.at, limit=10)
    return [(each, REASONS.get(each.reason, "")) for each in coming]


def _payments(organization_id: int, customer: Customer) -> QuerySet:
    return list_payments(organization_id).filter(customer=customer)[:10]


def _form(request: StaffRequest, initial: dict[str, object]) -> CustomerForm:
    data = request.POST if request.method == "POST" else None
    return CustomerForm(
        data,
        initial=initial,
        locale=request.display_locale,
        currency=request.organization.currency,
    )


def _edit(
    request: StaffRequest, form: CustomerForm, customer: Customer | None = None
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    conflict = conflict_on(request, form, customer)
    context = {
        "form": form,
        "customer": customer,
        "conflict": conflict,
        "version": version_shown(request, customer, conflict),
    }
    return render(request, "app/customers/edit.html", context, status=status)
