"""Sales, tax and payments for staff."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext

from billing.queries.spans import Span
from billing.reports.payment_tables import payments_table
from billing.reports.payments import payment_report
from billing.reports.periods import MONTH, QUARTER, STEPS, YEAR
from billing.reports.product_sales import PRODUCT, product_report
from billing.reports.sales import Scope, sales_report
from billing.reports.sales_tables import product_table, sales_table
from billing.reports.table import Row
from billing.reports.tax import ACCRUAL, CASH, accrual_report
from billing.reports.tax_cash import cash_report
from billing.reports.tax_tables import tax_table
from billing.web import wording
from billing.web.access import StaffRequest, staff_view
from billing.web.charts import bar_chart
from billing.web.forms.reports_sales import (
    CurrencySpanForm,
    PaymentsForm,
    SalesForm,
    TaxForm,
)
from billing.web.reports import answer, asked, refused

# A chart with more columns than this says nothing.
_MOST_BARS = 53
_MOST_LABELS = 12

# A period and its figure, minor units.
Point = tuple[Span, int]


@staff_view("reports:read")
def sales(request: StaffRequest) -> HttpResponseBase:
    """What was sold, by period, customer or product. Names lead to their pages."""
    form = SalesForm(asked(request, _defaults(request, group_by=MONTH)), **_reader(request))
    if not form.is_valid():
        return refused(request, gettext("Sales"), form, crumbs=_crumbs())
    scope, group_by = _scope(request, form), form.cleaned_data["group_by"]
    if group_by == PRODUCT:
        products = product_table(product_report(scope), request.organization)
        return answer(request, products, form, links=_links, crumbs=_crumbs())
    report = sales_report(scope, group_by)
    first = report.sections[0]
    points = [(row.period, row.figures.net_sales) for row in first.rows if row.period]
    chart = _chart(request, group_by, points, first.currency, gettext("Net sales"))
    table = sales_table(report, request.organization)
    return answer(request, table, form, links=_links, chart=chart, crumbs=_crumbs())


@staff_view("reports:read")
def tax(request: StaffRequest) -> HttpResponseBase:
    """What tax was charged, or fell due as invoices were paid."""
    form = TaxForm(asked(request, _defaults(request, basis=ACCRUAL)), **_reader(request))
    if not form.is_valid():
        return refused(request, gettext("Tax"), form, crumbs=_crumbs())
    scope = _scope(request, form)
    report = cash_report(scope) if form.cleaned_data["basis"] == CASH else accrual_report(scope)
    return answer(request, tax_table(report, request.organization), form, crumbs=_crumbs())


@staff_view("reports:read")
def payments(request: StaffRequest) -> HttpResponseBase:
    """Money in and back, by period, method, gateway or customer."""
    form = PaymentsForm(asked(request, _defaults(request, group_by=MONTH)), **_reader(request))
    if not form.is_valid():
        return refused(request, gettext("Payments"), form, crumbs=_crumbs())
    group_by = form.cleaned_data["group_by"]
    report = payment_report(_scope(request, form), group_by)
    first = report.sections[0]
    points = [(row.period, row.figures.net) for row in first.rows if row.period]
    chart = _chart(request, group_by, points, first.currency, gettext("Received less refunds"))
    table = payments_table(report, request.organization)
    return answer(request, table, form, links=_links, chart=chart, crumbs=_crumbs())


def _reader(request: StaffRequest) -> dict[str, str]:
    return {"locale": request.display_locale}


def _defaults(request: StaffRequest, **choices: str) -> dict[str, str]:
    today = request.today
    first = today.replace(month=1, day=1)
    own = request.organization.currency
    return {"start": first.isoformat(), "end": today.isoformat(), "currency": own, **choices}


def _scope(request: StaffRequest, form: CurrencySpanForm) -> Scope:
    currency = form.cleaned_data["currency"]
    return Scope(
        request.organization.pk,
        form.span,
        currency or request.organization.currency,
        is_alone=bool(currency),
    )


def _links(row: Row) -> dict[str, str]:
    links = {}
    if row.get("customer_id"):
        links["customer_name"] = reverse("billing:customer-detail", args=[row["customer_id"]])
    if row.get("product_id"):
        links["product_name"] = reverse("billing:product-edit", args=[row["product_id"]])
    return links


def _chart(
    request: StaffRequest, step: str, points: Sequence[Point], currency: str, title: str
) -> dict[str, Any] | None:
    """Columns per period of one currency; the table below has the figures."""
    if step not in STEPS or not 1 < len(points) <= _MOST_BARS:
        return None
    locale = request.display_locale
    amounts = [amount for _, amount in points]
    if not any(amounts):
        return None
    names = [_name(step, period, locale) for period, _ in points]
    every = -(-len(points) // _MOST_LABELS)
    labels = [name if index % every == 0 else "" for index, name in enumerate(names)]
    figures = [
        f"{name}: {wording.money(amount, currency, locale)}"
        for name, amount in zip(names, amounts, strict=True)
    ]
    return {
        "shape": bar_chart(amounts, labels, figures),
        "title": title,
        "step": step,
        "total": wording.money(sum(amounts), currency, locale),
    }


def _name(step: str, period: Span, locale: str) -> str:
    """A short name for a column."""
    if step == YEAR:
        return str(period.start.year)
    if step == QUARTER:
        return wording.month(period.start, locale, "QQQ y")
    if step == MONTH:
        return wording.month(period.start, locale, "LLL")
    return wording.month(period.start, locale, "d MMM")


def _crumbs() -> list[tuple[str, str]]:
    return [("Reports", reverse("billing:reports"))]
