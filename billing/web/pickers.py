"""Finding a customer or product while typing: options for the browser's own list."""

from collections import Counter

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from billing.models import Customer, Product
from billing.web.access import StaffRequest, staff_view
from billing.web.listing import printable, search_text
from core.errors import DomainError
from core.models import as_uuid

MOST = 20


class CustomerNotChosen(DomainError):
    code = "customer_not_chosen"
    message = "{reason}"
    default_param = "customer"


@staff_view("customers:read")
def customer_options(request: StaffRequest) -> HttpResponse:
    """Names that match what was typed, newest first."""
    text = search_text(request, "customer")
    return render(
        request,
        "app/_options.html",
        {"options": customer_names(request.actor.organization_id, text)},
    )


@staff_view("products:read")
def product_options(request: StaffRequest) -> HttpResponse:
    text = next((str(value) for key, value in request.GET.items() if key.endswith("-name")), "")
    return render(
        request,
        "app/_options.html",
        {"options": product_names(request.actor.organization_id, printable(text))},
    )


def customer_names(organization_id: int, text: str = "") -> list[str]:
    """What to offer; namesakes are told apart by their e-mail address."""
    rows = Customer.objects.of(organization_id).filter(status=Customer.Status.ACTIVE)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
    found = list(rows.order_by("-created_at", "-id").values_list("name", "email")[:MOST])
    times = Counter(name for name, _ in found)
    return [f"{name} <{email}>" if times[name] > 1 and email else name for name, email in found]


def product_names(organization_id: int, text: str = "") -> list[str]:
    rows = Product.objects.of(organization_id).filter(is_active=True)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(sku__icontains=text))
    names = rows.order_by("-created_at", "-id").values_list("name", flat=True)[:MOST]
    return list(dict.fromkeys(names))


def chosen_customer(organization_id: int, text: str) -> Customer:
    """Who the typed text means: a uuid, a name, or `name <e-mail>`. Raises CustomerNotChosen."""
    rows = Customer.objects.of(organization_id).exclude(status=Customer.Status.ARCHIVED)
    text = text.strip()
    uuid = as_uuid(text)
    name, bracket, email = text.removesuffix(">").rpartition(" <")
    if uuid:
        rows = rows.filter(uuid=uuid)
    elif bracket and text.endswith(">"):
        rows = rows.filter(name__iexact=name, email__iexact=email)
    else:
        rows = rows.filter(name__iexact=text)
    found = list(rows.order_by("id")[:3])
    if not found:
        raise CustomerNotChosen(
            reason=gettext("There is no such customer: choose one from the list.")
        )
    if len(found) > 1:
        raise CustomerNotChosen(
            reason=gettext(
                "Several customers are called {text}: add the address, as in Name <e-mail>."
            ).format(text=text)
        )
    return found[0]
