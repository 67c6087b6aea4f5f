"""Writing and mailing a quote: each button works as a plain form post, as for an invoice."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Quote, QuoteLine
from billing.operations import document_sending, quotes
from billing.queries.customers import get_customer
from billing.queries.quotes import get_quote
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import conflict_on
from billing.web.editing import Editor, add_up, given
from billing.web.forms.actions import SendForm
from billing.web.forms.invoices import (
    bound_lines,
    line_initial,
    new_line,
    place_refusal,
    tax_choices,
)
from billing.web.forms.quotes import QuoteForm, quote_initial
from billing.web.pickers import customer_names, product_names
from core.errors import DomainError, Kind
from core.models import as_uuid


@staff_view("invoices:write", methods=("GET", "POST"))
def create(request: StaffRequest) -> HttpResponse:
    """A new draft; ?customer=<uuid> fills in for whom."""
    if request.method == "POST":
        return _answer(request, _posted(request))
    organization = request.organization
    initial = {
        "issue_date": request.today,
        "template": organization.template,
        "notes": organization.default_notes,
        "terms": organization.default_terms,
        "discount_type": "percent",
    }
    wanted = as_uuid(request.GET.get("customer", ""))
    if wanted:
        initial["customer"] = get_customer(request.actor.organization_id, wanted).name
    lines = [new_line(tax_choices(request.actor.organization_id), request.display_locale)]
    return _show(request, Editor(_head(request, initial=initial), lines))


@staff_view("invoices:write", methods=("GET", "POST"))
def edit(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """A draft, or an open quote that was not answered yet: the customer sees the new one."""
    quote = get_quote(request.actor.organization_id, uuid)
    if quote.status not in (Quote.Status.DRAFT, Quote.Status.OPEN):
        messages.error(
            request,
            gettext("Quote {number} is {status} and cannot be changed.").format(
                number=quote.number, status=quote.status
            ),
        )
        return redirect("billing:quote-detail", quote.uuid)
    if request.method == "POST":
        return _answer(request, _posted(request, quote))
    taxes = tax_choices(request.actor.organization_id)
    rows = list(quote.lines.all())
    lines = [
        new_line(taxes, request.display_locale, line_initial(line, quote.currency)) for line in rows
    ]
    editor = Editor(_head(request, initial=quote_initial(quote)), lines, quote, quote)
    editor.taxes = [("Tax", quote.tax_total)] if quote.tax_total else []
    editor.nets = {form.key: row.net_amount for form, row in zip(lines, rows, strict=True)}
    return _show(request, editor)


@staff_view("invoices:write", methods=("POST",))
def totals(request: StaffRequest) -> HttpResponse:
    """What the page adds up to, by the engine that will add it up for good."""
    uuid = as_uuid(request.POST.get("quote", ""))
    quote = get_quote(request.actor.organization_id, uuid) if uuid else None
    editor = _posted(request, quote)
    add_up(request, editor, Quote(), QuoteLine)
    return render(request, "app/invoices/_totals.html", {"editor": editor, "is_partial": True})


@staff_view("invoices:send", methods=("GET", "POST"))
def send(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Queue a mail; a draft is opened first."""
    quote = get_quote(request.actor.organization_id, uuid)
    if request.method == "POST":
        form = SendForm(request.POST, locale=request.display_locale)
        if form.is_valid():
            sent = form.run(
                lambda: document_sending.request_quote_send(
                    actor=request.actor, at=request.at, quote_id=quote.pk, **form.values()
                )
            )
            if sent:
                to = ", ".join(sent.sent_to)
                messages.success(
                    request,
                    gettext("Quote {number} is on its way to {to}.").format(
                        number=sent.quote.number, to=to
                    ),
                )
                return redirect("billing:quote-detail", quote.uuid)
        return render(request, "app/quotes/send.html", {"quote": quote, "form": form}, status=422)
    own = [quote.customer.email] if quote.customer.email else []
    form = SendForm(initial={"to": own, "attach_pdf": True})
    return render(request, "app/quotes/send.html", {"quote": quote, "form": form})


@staff_view("invoices:write", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Throw a draft away."""
    quote = get_quote(request.actor.organization_id, uuid)
    quotes.delete_quote(actor=request.actor, at=request.at, quote_id=quote.pk)
    messages.success(request, gettext("Quote {number} is deleted.").format(number=quote.number))
    return redirect("billing:quotes")


def _answer(request: StaffRequest, editor: Editor) -> HttpResponse:
    """Do what the pressed button says."""
    intent = request.POST.get("intent", "save")
    if intent == "add-line":
        taxes = tax_choices(request.actor.organization_id)
        editor.lines.append(new_line(taxes, request.display_locale))
    elif intent.startswith("remove-"):
        key = intent.removeprefix("remove-")
        editor.lines = [line for line in editor.lines if line.key != key] or editor.lines
    elif intent == "save":
        saved = _save(request, editor)
        if saved is not None:
            messages.success(
                request, gettext("Quote {number} is saved.").format(number=saved.number)
            )
            return redirect("billing:quote-detail", saved.uuid)
    add_up(request, editor, Quote(), QuoteLine)
    return _show(request, editor, 422 if intent == "save" else 200)


def _save(request: StaffRequest, editor: Editor) -> Quote | None:
    found = given(request, editor)
    if found is None:
        return None
    customer, specs, kept = found
    values: dict[str, Any] = {
        **editor.head.head(),
        "customer_id": customer.pk,
        "lines": specs,
    }
    try:
        if editor.document is None:
            return quotes.create_quote(actor=request.actor, at=request.at, **values)
        return quotes.update_quote(
            actor=request.actor,
            at=request.at,
            quote_id=editor.document.pk,
            expected_version=editor.head.cleaned_data["version"],
            **values,
        )
    except DomainError as error:
        if error.kind in (Kind.FORBIDDEN, Kind.NOT_FOUND):
            raise
        place_refusal(error, editor.head, kept)
        return None


def _posted(request: StaffRequest, quote: Quote | None = None) -> Editor:
    taxes = tax_choices(request.actor.organization_id)
    return Editor(
        head=_head(request, data=request.POST),
        lines=bound_lines(request.POST, taxes, request.display_locale),
        document=quote,
    )


def _head(request: StaffRequest, **kwargs: Any) -> QuoteForm:
    return QuoteForm(
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
    return render(request, "app/quotes/edit.html", context, status=status)
