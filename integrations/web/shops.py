"""The shops that send orders here: connected, looked after, and what each delivery became."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm
from billing.web.listing import page_of
from integrations.models import ShopConnection, ShopDelivery
from integrations.shops import booking, connections

State = ShopDelivery.State
_MENDABLE = (State.REFUSED, State.WAITING, State.RECEIVED)


class SecretInput(forms.PasswordInput):
    """Typed once and never shown again; no browser should offer to keep it."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})


class ShopForm(StaffForm):
    kind = forms.ChoiceField(label="Shop system", choices=ShopConnection.Kind.choices)
    domain = forms.CharField(
        max_length=253,
        help_text="For Shopify the one that ends in .myshopify.com.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label="Signing secret",
        required=False,
        max_length=300,
        widget=SecretInput,
        help_text="Shopify shows it beside its webhooks. Leave it empty for WooCommerce, and one"
        " is made for you.",
    )


class SecretForm(StaffForm):
    secret = forms.CharField(
        label="New signing secret",
        required=False,
        max_length=300,
        widget=SecretInput,
        help_text="For WooCommerce, leave it empty to have one made.",
    )


@staff_view("webhooks:manage", methods=("GET", "POST"))
def index(request: StaffRequest) -> HttpResponse:
    """The shops, and a form that connects another."""
    form = ShopForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = form.run(
            lambda: connections.connect_shop(actor=request.actor, at=request.at, **form.values())
        )
        if made:
            return _detail(request, made, SecretForm(), secret=made.secret)
    rows = list(connections.list_shops(request.actor.organization_id))
    context = {"form": form, "rows": [(shop, _status(shop)) for shop in rows]}
    return _page(request, "list", context, form)


@staff_view("webhooks:manage", methods=("GET", "POST"))
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """One shop with its address and deliveries; posting gives it another secret."""
    shop = connections.get_shop(request.actor.organization_id, uuid)
    form = SecretForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        changed = form.run(
            lambda: connections.replace_secret(
                actor=request.actor, at=request.at, connection_id=shop.pk, **form.values()
            )
        )
        if changed:
            return _detail(request, changed, SecretForm(), secret=changed.secret)
    return _detail(request, shop, form)


@staff_view("webhooks:manage", methods=("POST",))
def switch(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """On or off, as `is_active` says."""
    connections.switch_shop(
        actor=request.actor,
        at=request.at,
        connection_id=uuid,
        is_active=request.POST.get("is_active") == "on",
    )
    return redirect("integrations:shop-detail", uuid)


@staff_view("webhooks:manage", methods=("POST",))
def retry(request: StaffRequest, uuid: UUID, delivery_id: int) -> HttpResponse:
    """Book a delivery again now, and say what came of it."""
    shop = connections.get_shop(request.actor.organization_id, uuid)
    waiting = booking.retry(actor=request.actor, at=request.at, delivery_id=delivery_id)
    delivery = booking.book(waiting, request.at)
    if delivery.state == State.BOOKED:
        messages.success(request, gettext("Booked: {invoice}.").format(invoice=delivery.invoice))
    else:
        messages.error(request, f"{delivery.get_state_display()}. {delivery.error}")
    return redirect("integrations:shop-detail", shop.uuid)


def _detail(
    request: StaffRequest, shop: ShopConnection, form: SecretForm, *, secret: str = ""
) -> HttpResponse:
    rows = ShopDelivery.objects.of(request.actor.organization_id).filter(connection=shop)
    wanted = request.GET.get("state", "")
    if wanted in State.values:
        rows = rows.filter(state=wanted)
    rows = rows.select_related("invoice").defer("body")
    page = page_of(rows, request, {"received": "received_at"}, "-received")
    context = {
        "shop": shop,
        "status": _status(shop),
        "address": f"{settings.BASE_URL}/hooks/shops/{shop.uuid}",
        "secret": secret,
        "form": form,
        "page": page,
        "rows": [(row, row.state in _MENDABLE) for row in page.rows],
        "states": [("", "All"), *State.choices],
        "wanted": wanted,
        "topics": _TOPICS[ShopConnection.Kind(shop.kind)],
    }
    return _page(request, "detail", context, form)


def _page(
    request: StaffRequest, name: str, context: dict[str, Any], form: forms.Form
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    response = render(request, f"app/shops/{name}.html", context, status=status)
    # A secret may be on it.
    response["Cache-Control"] = "no-store"
    return response


def _status(shop: ShopConnection) -> str:
    return "active" if shop.is_active else "inactive"


_TOPICS = {
    ShopConnection.Kind.SHOPIFY: (
        "Order creation",
        "Order payment",
        "Order update",
        "Order cancellation",
        "Refund creation",
    ),
    ShopConnection.Kind.WOOCOMMERCE: ("Order created", "Order updated"),
}
