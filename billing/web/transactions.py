"""Income and expenses that are no invoice, as the books have them."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.models import Transaction
from billing.operations import transactions
from billing.queries.bookkeeping import get_transaction, list_transactions
from billing.web import wording
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.bookkeeping import DescriptionForm, TransactionForm
from billing.web.listing import amount_is, chosen_tab, page_of, search_text

SORTS = {"date": "date", "amount": "amount"}
TABS = (("", "All"), ("income", "Income"), ("expense", "Expenses"))


@staff_view("payments:read")
def index(request: StaffRequest) -> HttpResponse:
    text, kind = search_text(request), chosen_tab(request, TABS)
    rows = list_transactions(request.actor.organization_id)
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        words = Q(description__icontains=text) | Q(reference__icontains=text)
        rows = rows.filter(words | Q(category__name__icontains=text) | amount_is("amount", text))
    context = {
        "page": page_of(rows, request, SORTS, "-date"),
        "q": text,
        "tabs": TABS,
        "status": kind,
        "is_filtered": bool(text or kind),
    }
    return render(request, "app/transactions/list.html", context)


@staff_view("payments:write", methods=("GET", "POST"))
def create(request: StaffRequest) -> HttpResponse:
    """?kind=income or expense says which of the two; an expense unless it is said."""
    is_income = request.GET.get("kind") == Transaction.Kind.INCOME
    kind = Transaction.Kind.INCOME if is_income else Transaction.Kind.EXPENSE
    form = TransactionForm(
        request.POST if request.method == "POST" else None,
        initial={"currency": request.organization.currency, "date": request.today},
        locale=request.display_locale,
        organization_id=request.actor.organization_id,
        kind=kind,
        currency=request.organization.currency,
    )
    if request.method == "POST" and form.is_valid():
        made = form.run(
            lambda: transactions.record_transaction(
                actor=request.actor, at=request.at, kind=kind, **form.fields_for_operation()
            )
        )
        if made:
            amount = wording.money(made.amount, made.currency, request.display_locale)
            messages.success(
                request,
                gettext("{kind} of {amount} is in the books.").format(
                    kind=gettext(made.get_kind_display()), amount=amount
                ),
            )
            return redirect("billing:transactions")
    context = {"form": form, "kind": kind}
    status = 422 if form.is_bound else 200
    return render(request, "app/transactions/create.html", context, status=status)


@staff_view("payments:read", methods=("GET", "POST"))
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """What moved stays as it is; what is said of it can be changed here."""
    if request.method == "POST":
        request.actor.require("payments:write")
    row = get_transaction(request.actor.organization_id, uuid)
    initial = {name: getattr(row, name) for name in ("category_id", "description", "reference")}
    form = DescriptionForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        locale=request.display_locale,
        organization_id=request.actor.organization_id,
        kind=row.kind,
    )
    if request.method == "POST" and form.is_valid():
        saved = form.run(
            lambda: transactions.describe_transaction(
                actor=request.actor,
                at=request.at,
                transaction_id=row.pk,
                **form.fields_for_operation(),
            )
        )
        if saved:
            messages.success(request, gettext("Saved. If the category changed, so did the books."))
            return redirect("billing:transaction-detail", uuid)
    context = {"transaction": row, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "app/transactions/detail.html", context, status=status)


@staff_view("payments:write", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Take it back: the books keep both entries."""
    row = get_transaction(request.actor.organization_id, uuid)
    transactions.delete_transaction(actor=request.actor, at=request.at, transaction_id=row.pk)
    amount = wording.money(row.amount, row.currency, request.display_locale)
    messages.success(
        request,
        gettext("{kind} of {amount} is taken back.").format(
            kind=gettext(row.get_kind_display()), amount=amount
        ),
    )
    return redirect("billing:transactions")
