"""Writing an invoice: each button works as a plain form post; scripts only save round trips."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Customer, Invoice, InvoiceLine, TaxProfile
from billing.operations import customers, invoices, issuing
from billing.queries.customers import get_customer
from billing.queries.invoices import get_invoice
from billing.queries.tax_profiles import list_tax_profiles
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import conflict_on
from billing.web.editing import Editor, add_up, given
from billing.web.forms.base import price_initial
from billing.web.forms.customers import NewcomerForm
from billing.web.forms.invoices import (
    InvoiceForm,
    LineForm,
    ProductsByName,
    bound_lines,
    invoice_initial,
    line_initial,
    new_line,
    place_refusal,
    tax_choices,
)
from billing.web.listing import printable
from billing.web.pickers import customer_names, product_names
from core.errors import DomainError, Kind
from core.models import as_uuid

_SAVING = ("save", "issue", "send")


@staff_view("invoices:write", methods=("GET", "POST"))
def create(request: StaffRequest) -> HttpResponse:
    """A new draft; ?customer=<uuid> fills in for whom, ?customer=new adds them here."""
    if request.method == "POST":
        return _answer(request, _posted(request))
    taxes = tax_choices(request.actor.organization_id)
    initial = {"issue_date": request.today, "template": request.organization.template}
    initial |= {
        "notes": request.organization.default_notes,
        "terms": request.organization.default_terms,
        "discount_type": "percent",
    }
    wanted = as_uuid(request.GET.get("customer", ""))
    if wanted:
        initial["customer"] = get_customer(request.actor.organization_id, wanted).name
    lines = [new_line(taxes, request.display_locale, _usual_tax(request))]
    editor = Editor(_head(request, initial=initial), lines)
    editor.newcomer = _newcomer(request, is_new=request.GET.get("customer") == "new")
    return _show(request, editor)


@staff_view("invoices:write", methods=("GET", "POST"))
def edit(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """A draft in full. An issued invoice goes to the page for what may still change."""
    invoice = get_invoice(request.actor.organization_id, uuid)
    if not invoice.is_draft:
        return redirect("billing:invoice-amend", invoice.uuid)
    if request.method == "POST":
        return _answer(request, _posted(request, invoice))
    taxes = tax_choices(request.actor.organization_id)
    lines = [
        new_line(taxes, request.display_locale, line_initial(line, invoice.currency))
        for line in invoice.lines.all()
    ]
    editor = Editor(_head(request, initial=invoice_initial(invoice)), lines, invoice, invoice)
    editor.taxes = [(tax.name, tax.tax_amount) for tax in invoice.taxes.all()]
    nets = [line.net_amount for line in invoice.lines.all()]
    editor.nets = {form.key: net for form, net in zip(lines, nets, strict=True)}
    return _show(request, editor)


@staff_view("invoices:write", methods=("POST",))
def totals(request: StaffRequest) -> HttpResponse:
    """What the page adds up to, by the engine that will add it up for good."""
    editor = _posted(request, _own_draft(request))
    add_up(request, editor, Invoice(), InvoiceLine)
    return render(request, "app/invoices/_totals.html", {"editor": editor, "is_partial": True})


@staff_view("invoices:write", methods=("POST",))
def add_line(request: StaffRequest) -> HttpResponse:
    """One more line, taxed like the last one."""
    taxes = tax_choices(request.actor.organization_id)
    before = bound_lines(request.POST, taxes, request.display_locale)
    initial = {"tax": before[-1].data.get(f"{before[-1].key}-tax", "")} if before else {}
    line = new_line(taxes, request.display_locale, initial)
    return render(request, "app/invoices/_line.html", {"line": line, "is_fresh": True})


@staff_view("invoices:write", methods=("POST",))
def fill_line(request: StaffRequest, key: str) -> HttpResponse:
    """Price, tax and words of the product whose name was chosen; nothing for other words."""
    taxes = tax_choices(request.actor.organization_id)
    name = printable(request.POST.get(f"{key}-name", ""))
    found = ProductsByName.of(request.actor.organization_id, [name]).get(name)
    current = request.POST.get(f"{key}-product", "")
    if found is None or str(found.uuid) == current:
        return HttpResponse(status=204)
    profile = found.tax_profile
    initial = {
        "product": str(found.uuid),
        "name": found.name,
        "description": found.description,
        "unit_price": price_initial(found.unit_price, found.currency),
        "tax": str(profile.uuid) if profile else "",
    }
    line = LineForm(prefix=key, taxes=taxes, locale=request.display_locale, initial=initial)
    response = render(request, "app/invoices/_filled.html", {"line": line})
    response["HX-Trigger-After-Settle"] = "lines-changed"
    return response


def _answer(request: StaffRequest, editor: Editor) -> HttpResponse:
    """Do what the pressed button says."""
    intent = request.POST.get("intent", "save")
    if intent == "add-line":
        taxes = tax_choices(request.actor.organization_id)
        editor.lines.append(new_line(taxes, request.display_locale))
    elif intent.startswith("remove-"):
        key = intent.removeprefix("remove-")
        editor.lines = [line for line in editor.lines if line.key != key] or editor.lines
    elif intent in _SAVING:
        saved = _save(request, editor, is_final=intent == "issue")
        if saved is not None:
            page = "billing:invoice-send" if intent == "send" else "billing:invoice-detail"
            return redirect(page, saved.uuid)
    add_up(request, editor, Invoice(), InvoiceLine)
    # A half-filled form that only wanted another line is not told off yet.
    status = 422 if intent in _SAVING else 200
    return _show(request, editor, status)


def _save(request: StaffRequest, editor: Editor, *, is_final: bool) -> Invoice | None:
    found = given(request, editor)
    if found is None:
        return None
    customer, specs, kept = found
    try:
        # A customer who is added here is not left behind by an invoice that is refused.
        with transaction.atomic():
            if editor.has_newcomer:
                customer = _add_customer(request, editor, customer.name)
            values = {**editor.head.head(), "customer_id": customer.pk, "lines": specs}
            invoice = _write(request, editor, values)
            if is_final:
                invoice = issuing.issue_invoice(
                    actor=request.actor, at=request.at, invoice_id=invoice.pk
                )
    except DomainError as error:
        if error.kind in (Kind.FORBIDDEN, Kind.NOT_FOUND):
            raise
        if editor.newcomer is not None and error.param in editor.newcomer.fields:
            editor.newcomer.refuse(error)
        else:
            place_refusal(error, editor.head, kept)
        return None
    said = gettext("Invoice {number} is saved as a draft.")
    if is_final:
        said = gettext("Invoice {number} is issued.")
    messages.success(request, said.format(number=invoice.number or "").replace("  ", " "))
    return invoice


def _usual_tax(request: StaffRequest) -> dict[str, str]:
    """On the first invoice of all, where nothing else tells: the tax that was set up first."""
    if Invoice.objects.of(request.actor.organization_id).exists():
        return {}
    rows = list_tax_profiles(request.actor.organization_id).filter(is_active=True)
    profile = rows.filter(category=TaxProfile.Category.STANDARD).order_by("pk").first()
    return {"tax": str(profile.uuid)} if profile else {}


def _add_customer(request: StaffRequest, editor: Editor, name: str) -> Customer:
    fields = editor.newcomer.fields_for_operation() if editor.newcomer else {}
    return customers.create_customer(
        actor=request.actor,
        at=request.at,
        name=name,
        currency=request.organization.currency,
        **fields,
    )


def _newcomer(request: StaffRequest, *, is_new: bool = False) -> NewcomerForm | None:
    """For whom may add customers; ready to be filled in where there is nobody to choose."""
    if not request.actor.may("customers:write"):
        return None
    if request.method == "POST":
        return NewcomerForm(request.POST, locale=request.display_locale)
    own = Customer.objects.of(request.actor.organization_id)
    initial = {
        "is_new": is_new or not own.exists(),
        "country": request.organization.country,
    }
    return NewcomerForm(initial=initial, locale=request.display_locale)


def _write(request: StaffRequest, editor: Editor, values: dict[str, Any]) -> Invoice:
    if editor.document is None:
        return invoices.create_invoice(actor=request.actor, at=request.at, **values)
    return invoices.update_invoice(
        actor=request.actor,
        at=request.at,
        invoice_id=editor.document.pk,
        expected_version=editor.head.cleaned_data["version"],
        **values,
    )


def _posted(request: StaffRequest, invoice: Invoice | None = None) -> Editor:
    taxes = tax_choices(request.actor.organization_id)
    return Editor(
        head=_head(request, data=request.POST),
        lines=bound_lines(request.POST, taxes, request.display_locale),
        document=invoice,
        newcomer=_newcomer(request) if invoice is None else None,
    )


def _own_draft(request: StaffRequest) -> Invoice | None:
    uuid = as_uuid(request.POST.get("invoice", ""))
    return get_invoice(request.actor.organization_id, uuid) if uuid else None


def _head(request: StaffRequest, **kwargs: Any) -> InvoiceForm:
    return InvoiceForm(
        locale=request.display_locale, currency=request.organization.currency, **kwargs
    )


def _show(request: StaffRequest, editor: Editor, status: int = 200) -> HttpResponse:
    organization_id = request.actor.organization_id
    context = {
        "editor": editor,
        "conflict": conflict_on(request, editor.head, editor.document),
        "customers": customer_names(organization_id),
        "products": product_names(organization_id),
    }
    return render(request, "app/invoices/edit.html", context, status=status)
