"""Questions of customers: the list, one with its messages, and what to do about it."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Ticket
from billing.operations import tickets
from billing.queries.customers import get_customer
from billing.queries.support import get_ticket, list_replies, list_tickets
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.support import ReplyForm, TicketForm
from billing.web.listing import chosen_tab, page_of, search_text
from billing.web.pickers import chosen_customer, customer_names
from core.models import as_uuid

SORTS = {"created": "created_at", "changed": "updated_at"}
TABS = (("", "All"), ("open", "Open"), ("pending", "Pending"), ("closed", "Closed"))


@staff_view("customers:read")
def index(request: StaffRequest) -> HttpResponse:
    text, status = search_text(request), chosen_tab(request, TABS)
    rows = list_tickets(request.actor.organization_id).select_related("customer", "department")
    if status:
        rows = rows.filter(status=status)
    if text:
        rows = rows.filter(Q(subject__icontains=text) | Q(customer__name__icontains=text))
    context = {
        "page": page_of(rows, request, SORTS, "-changed"),
        "q": text,
        "tabs": TABS,
        "status": status,
        "is_filtered": bool(text or status),
    }
    return render(request, "app/tickets/list.html", context)


@staff_view("customers:write", methods=("GET", "POST"))
def create(request: StaffRequest) -> HttpResponse:
    """?customer=<uuid> fills in whose question it is."""
    organization_id = request.actor.organization_id
    initial: dict[str, str] = {"priority": Ticket.Priority.MEDIUM}
    wanted = as_uuid(request.GET.get("customer", ""))
    if wanted:
        initial["customer"] = get_customer(organization_id, wanted).name
    form = TicketForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        locale=request.display_locale,
        organization_id=organization_id,
    )
    if request.method == "POST" and form.is_valid():
        opened = form.run(
            lambda: tickets.open_ticket(
                actor=request.actor,
                at=request.at,
                customer_id=chosen_customer(organization_id, form.cleaned_data["customer"]).pk,
                department_id=form.department_id(),
                **form.values("subject", "message", "priority"),
            )
        )
        if opened:
            return redirect("billing:ticket-detail", opened.uuid)
    context = {"form": form, "customers": customer_names(organization_id)}
    status = 422 if form.is_bound else 200
    return render(request, "app/tickets/create.html", context, status=status)


@staff_view("customers:read")
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    return _show(request, _ticket(request, uuid), ReplyForm())


@staff_view("customers:write", methods=("POST",))
def reply(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """A further message: ours makes it pending, the customer's opens it again."""
    ticket = _ticket(request, uuid)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _show(request, ticket, form)
    said = form.run(
        lambda: tickets.reply_to_ticket(
            actor=request.actor, at=request.at, ticket_id=ticket.pk, **form.values()
        )
    )
    return redirect("billing:ticket-detail", uuid) if said else _show(request, ticket, form)


@staff_view("customers:write", methods=("POST",))
def step(request: StaffRequest, uuid: UUID, action: str) -> HttpResponse:
    ticket = _ticket(request, uuid)
    status = Ticket.Status.CLOSED if action == "close" else Ticket.Status.OPEN
    tickets.change_ticket(actor=request.actor, at=request.at, ticket_id=ticket.pk, status=status)
    said = gettext("The ticket is open again.")
    if action == "close":
        said = gettext("The ticket is closed.")
    messages.success(request, said)
    return redirect("billing:ticket-detail", uuid)


@staff_view("customers:write", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    ticket = _ticket(request, uuid)
    tickets.delete_ticket(actor=request.actor, at=request.at, ticket_id=ticket.pk)
    messages.success(request, gettext("The ticket is deleted."))
    return redirect("billing:tickets")


def _ticket(request: StaffRequest, uuid: UUID) -> Ticket:
    return get_ticket(request.actor.organization_id, uuid)


def _show(request: StaffRequest, ticket: Ticket, form: ReplyForm) -> HttpResponse:
    context = {"ticket": ticket, "replies": list_replies(ticket), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "app/tickets/detail.html", context, status=status)
