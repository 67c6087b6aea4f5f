"""Ageing, open items, cash flow and statements of account for staff."""

from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext

from billing.queries.ageing import DEFAULT_PERIODS
from billing.queries.customers import get_customer
from billing.queries.statements import statement_of
from billing.reports.ageing import ageing_report, ageing_table
from billing.reports.cash_flow import cash_flow, cash_flow_table
from billing.reports.open_items import open_items_table
from billing.reports.periods import MONTH
from billing.reports.statement import statement_table
from billing.reports.table import Row
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.reports import AgeingForm, CashFlowForm, DayForm, SpanForm
from billing.web.reports import answer, asked, refused

_REPORTS = ("Reports", "billing:reports")
# Source of a statement's line -> the page of that document.
_PAGES = {
    "invoice": "billing:invoice-detail",
    "payment": "billing:payment-detail",
    "creditnote": "billing:credit-note-detail",
}


@staff_view("reports:read")
def ageing(request: StaffRequest) -> HttpResponseBase:
    """Who owes how much, and for how long. A customer's name leads to the open items."""
    words = ", ".join(map(str, DEFAULT_PERIODS))
    data = {"as_of": request.today.isoformat(), "periods": words, "credits": False}
    form = AgeingForm(asked(request, data), locale=request.display_locale)
    if not form.is_valid():
        return refused(request, gettext("Accounts receivable ageing"), form, crumbs=_crumbs())
    on = form.cleaned_data["as_of"]
    report = ageing_report(
        request.organization,
        on,
        periods=form.cleaned_data["periods"],
        include_credits=form.cleaned_data["credits"],
    )

    def links(row: Row) -> dict[str, str]:
        page = reverse("billing:customer-open-items", args=[row["customer_id"]])
        return {"customer_name": f"{page}?as_of={on.isoformat()}"}

    table = ageing_table(report, request.organization)
    return answer(request, table, form, links=links, crumbs=_crumbs())


@staff_view("reports:read", "customers:read")
def open_items(request: StaffRequest, uuid: UUID) -> HttpResponseBase:
    """One customer's open invoices as of a date: what an ageing row is made of."""
    customer = get_customer(request.organization.pk, uuid)
    ageing_page = reverse("billing:report-aging")
    form = DayForm(
        asked(request, {"as_of": request.today.isoformat()}), locale=request.display_locale
    )
    if not form.is_valid():
        crumbs = [*_crumbs(), ("Ageing", ageing_page)]
        return refused(request, gettext("Open items"), form, crumbs=crumbs)
    on = form.cleaned_data["as_of"]
    return answer(
        request,
        open_items_table(request.organization, customer, on),
        form,
        links=lambda row: {"number": reverse("billing:invoice-detail", args=[row["invoice_id"]])},
        crumbs=[*_crumbs(), ("Ageing", f"{ageing_page}?as_of={on.isoformat()}")],
    )


@staff_view("reports:read")
def cash(request: StaffRequest) -> HttpResponseBase:
    """Money in and out of cash and bank."""
    form = CashFlowForm(
        asked(request, {**_this_year(request), "group_by": MONTH}), locale=request.display_locale
    )
    if not form.is_valid():
        return refused(request, gettext("Cash flow"), form, crumbs=_crumbs())
    report = cash_flow(request.organization, form.span, group_by=form.cleaned_data["group_by"])
    table = cash_flow_table(report, request.organization)
    return answer(request, table, form, crumbs=_crumbs())


@staff_view("reports:read", "customers:read")
def statement(request: StaffRequest, uuid: UUID) -> HttpResponseBase:
    """One customer's account: every movement with the balance after it."""
    customer = get_customer(request.organization.pk, uuid)
    crumbs = [
        ("Customers", reverse("billing:customers")),
        (customer.name, reverse("billing:customer-detail", args=[customer.uuid])),
    ]
    form = SpanForm(asked(request, _this_year(request)), locale=request.display_locale)
    if not form.is_valid():
        return refused(request, gettext("Statement of account"), form, crumbs=crumbs)
    found = statement_of(request.organization, customer, form.span)

    def links(row: Row) -> dict[str, str]:
        page = _PAGES.get(row.get("source", ""))
        key = row.get("source_id")
        return {"number": reverse(page, args=[key])} if page and key else {}

    table = statement_table(found, request.organization)
    return answer(request, table, form, links=links, crumbs=crumbs)


def _crumbs() -> list[tuple[str, str]]:
    label, route = _REPORTS
    return [(label, reverse(route))]


def _this_year(request: StaffRequest) -> dict[str, str]:
    today = request.today
    return {"start": today.replace(month=1, day=1).isoformat(), "end": today.isoformat()}
