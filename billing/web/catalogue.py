"""What is sold, and the taxes on it."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Product
from billing.operations import products, tax_profiles
from billing.queries.products import get_product, list_products
from billing.queries.searchables import PRODUCTS
from billing.queries.tax_profiles import get_tax_profile, list_tax_profiles
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import conflict_on, version_given, version_shown
from billing.web.forms.catalogue import ProductForm, TaxForm, product_initial
from billing.web.listing import chosen_tab, page_of, search_text, searched

SORTS = {"created": "created_at", "name": "name"}
TABS = (("", "Offered"), ("archived", "Archived"))
_TAX_FIELDS = [
    "name",
    "type",
    "rate",
    "category",
    "exemption_reason",
    "jurisdiction",
    "is_inclusive",
    "is_compound",
]


@staff_view("products:read")
def index(request: StaffRequest) -> HttpResponse:
    text, word = search_text(request), chosen_tab(request, TABS)
    rows = filtered(request)
    page = page_of(rows, request, SORTS, "name")
    context = {"page": page, "q": text, "tabs": TABS, "status": word, "is_filtered": bool(text)}
    return render(request, "app/products/list.html", context)


def filtered(request: StaffRequest) -> QuerySet[Product]:
    """The rows that ?status= and ?q= ask for."""
    text, word = search_text(request), chosen_tab(request, TABS)
    organization_id = request.actor.organization_id
    rows = list_products(organization_id).filter(is_active=word != "archived")
    return searched(rows, PRODUCTS, organization_id, text)


@staff_view("products:write", methods=("GET", "POST"))
def create(request: StaffRequest) -> HttpResponse:
    form = _form(
        request,
        {"currency": request.organization.currency, "is_active": True, "kind": "service"},
    )
    if request.method == "POST" and form.is_valid():
        product = form.run(
            lambda: products.create_product(
                actor=request.actor, at=request.at, **form.fields_for_operation()
            )
        )
        if product:
            messages.success(request, gettext("{name} is added.").format(name=product.name))
            return redirect("billing:products")
    return _edit(request, form)


@staff_view("products:write", methods=("GET", "POST"))
def edit(request: StaffRequest, uuid: UUID) -> HttpResponse:
    product = get_product(request.actor.organization_id, uuid)
    form = _form(request, product_initial(product))
    if request.method == "POST" and form.is_valid():
        saved = form.run(
            lambda: products.update_product(
                actor=request.actor,
                at=request.at,
                product_id=product.pk,
                expected_sequence=version_given(request),
                **form.fields_for_operation(),
            )
        )
        if saved:
            messages.success(request, gettext("{name} is saved.").format(name=saved.name))
            return redirect("billing:products")
    return _edit(request, form, product)


@staff_view("products:write", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Gone if nothing uses it, else archived; the operation knows."""
    product = get_product(request.actor.organization_id, uuid)
    products.delete_product(actor=request.actor, at=request.at, product_id=product.pk)
    messages.success(request, gettext("{name} is no longer offered.").format(name=product.name))
    return redirect("billing:products")


@staff_view("products:read")
def taxes(request: StaffRequest) -> HttpResponse:
    rows = list_tax_profiles(request.actor.organization_id).order_by("-is_active", "name")
    return render(request, "app/taxes/list.html", {"rows": rows[:200]})


@staff_view("products:write", methods=("GET", "POST"))
def create_tax(request: StaffRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = TaxForm(data, locale=request.display_locale, initial={"category": "S", "type": "VAT"})
    if request.method == "POST" and form.is_valid():
        profile = form.run(
            lambda: tax_profiles.create_tax_profile(
                actor=request.actor, at=request.at, **form.values()
            )
        )
        if profile:
            messages.success(request, gettext("{name} is added.").format(name=profile.name))
            return redirect("billing:taxes")
    return render(
        request, "app/taxes/edit.html", {"form": form}, status=422 if form.is_bound else 200
    )


@staff_view("products:write", methods=("GET", "POST"))
def edit_tax(request: StaffRequest, uuid: UUID) -> HttpResponse:
    profile = get_tax_profile(request.actor.organization_id, uuid)
    initial = {name: getattr(profile, name) for name in _TAX_FIELDS}
    initial["rate"] = Decimal(profile.rate)
    data = request.POST if request.method == "POST" else None
    form = TaxForm(data, locale=request.display_locale, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = form.run(
            lambda: tax_profiles.update_tax_profile(
                actor=request.actor, at=request.at, tax_profile_id=profile.pk, **form.values()
            )
        )
        if saved:
            messages.success(
                request,
                gettext("{name} is saved. Issued invoices keep the old rule.").format(
                    name=saved.name
                ),
            )
            return redirect("billing:taxes")
    context = {"form": form, "profile": profile}
    return render(request, "app/taxes/edit.html", context, status=422 if form.is_bound else 200)


@staff_view("products:write", methods=("POST",))
def delete_tax(request: StaffRequest, uuid: UUID) -> HttpResponse:
    profile = get_tax_profile(request.actor.organization_id, uuid)
    tax_profiles.delete_tax_profile(actor=request.actor, at=request.at, tax_profile_id=profile.pk)
    messages.success(request, gettext("{name} is retired.").format(name=profile.name))
    return redirect("billing:taxes")


def _form(request: StaffRequest, initial: dict[str, object]) -> ProductForm:
    return ProductForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        locale=request.display_locale,
        currency=request.organization.currency,
        organization_id=request.actor.organization_id,
    )


def _edit(request: StaffRequest, form: ProductForm, product: Product | None = None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    conflict = conflict_on(request, form, product)
    context = {
        "form": form,
        "product": product,
        "conflict": conflict,
        "version": version_shown(request, product, conflict),
    }
    return render(request, "app/products/edit.html", context, status=status)
