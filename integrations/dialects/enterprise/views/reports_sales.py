"""/v1/reports/sales, /v1/reports/tax and /v1/reports/payments."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from billing.reports.payment_tables import payments_table
from billing.reports.payments import GROUPS as PAYMENT_GROUPS
from billing.reports.payments import payment_report
from billing.reports.pdf import ReportTooLong
from billing.reports.periods import MONTH, EndBeforeStart, RangeTooLong
from billing.reports.product_sales import PRODUCT, product_report
from billing.reports.sales import GROUPS as SALES_GROUPS
from billing.reports.sales import Scope, sales_report
from billing.reports.sales_tables import product_table, sales_table
from billing.reports.tax import ACCRUAL, BASES, CASH, accrual_report
from billing.reports.tax_cash import cash_report
from billing.reports.tax_tables import tax_table
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.enums import EnumMap
from integrations.dialects.base.fields import Choice, CurrencyCode, Field
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.presenters import reports_sales as presenters
from integrations.dialects.enterprise.shapes.reports_sales import (
    PAYMENTS_REPORT,
    SALES_REPORT,
    TAX_REPORT,
)
from integrations.dialects.enterprise.views.report_answers import (
    FILES,
    SPAN,
    ReportView,
    by_currency,
    report_query,
)

_NARROW: dict[str, Field] = {
    **SPAN,
    "currency": CurrencyCode(description="This currency alone."),
    "customer_id": id_field("customer"),
}
_SCOPES = ("reports:read",)
_ERRORS = (EndBeforeStart, RangeTooLong, ReportTooLong)
_SPAN_RULE = (
    "Without dates it covers the year so far, in the organization's time zone; at most ten"
    " years. Without `currency` the organization's comes first, and every other that has"
    " figures follows under `other_currencies`: nothing is added up across currencies."
)


class _Report(ReportView):
    def scope(self, query: dict[str, Any]) -> Scope:
        """Whose documents of which days. Raises EndBeforeStart, RangeTooLong, UnknownReference."""
        span, customer = self.span(query), self.customer(query)
        return Scope(
            self.actor.organization_id,
            span,
            query.get("currency", self.organization.currency),
            customer.pk if customer else None,
            is_alone="currency" in query,
        )


class SalesReport(_Report):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Report sales",
            description="By period, customer or product. Weeks are seven days from the first"
            f" day. {_SPAN_RULE}",
            scopes=_SCOPES,
            query=report_query(
                **_NARROW, group_by=Choice(table=EnumMap.same((*SALES_GROUPS, PRODUCT)))
            ),
            answer=SALES_REPORT,
            also=FILES,
            errors=_ERRORS,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        scope, group_by = self.scope(query), query.get("group_by", MONTH)
        if group_by == PRODUCT:
            products = product_report(scope)
            return self.report(
                query,
                lambda: {
                    **presenters.head("sales_report", products.span, group_by=PRODUCT),
                    **by_currency(products.sections, presenters.product_section),
                },
                lambda: product_table(products, self.organization, presenters.product_id),
            )
        found = sales_report(scope, group_by)
        return self.report(
            query,
            lambda: {
                **presenters.head("sales_report", found.span, group_by=group_by),
                **by_currency(found.sections, presenters.sales_section),
            },
            lambda: sales_table(found, self.organization, presenters.customer_id),
        )


class TaxReport(_Report):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Report tax",
            description="Per tax profile. On the accrual basis documents count on their issue"
            " dates, on the cash basis tax falls due as invoices are paid."
            f" {_SPAN_RULE}",
            scopes=_SCOPES,
            query=report_query(**_NARROW, basis=Choice(table=EnumMap.same(BASES))),
            answer=TAX_REPORT,
            also=FILES,
            errors=_ERRORS,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        scope = self.scope(query)
        is_cash = query.get("basis", ACCRUAL) == CASH
        found = cash_report(scope) if is_cash else accrual_report(scope)
        return self.report(
            query,
            lambda: {
                **presenters.head("tax_report", found.span, basis=found.basis),
                **by_currency(found.sections, presenters.tax_section),
                "books": presenters.books(found, self.organization.base_currency),
            },
            lambda: tax_table(found, self.organization, presenters.tax_profile_id),
        )


class PaymentsReport(_Report):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Report payments",
            description="By period, method, gateway or customer. Payments and refunds count on"
            f" their own days. {_SPAN_RULE}",
            scopes=_SCOPES,
            query=report_query(**_NARROW, group_by=Choice(table=EnumMap.same(PAYMENT_GROUPS))),
            answer=PAYMENTS_REPORT,
            also=FILES,
            errors=_ERRORS,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        found = payment_report(self.scope(query), query.get("group_by", MONTH))
        return self.report(
            query,
            lambda: {
                **presenters.head("payments_report", found.span, group_by=found.group_by),
                **by_currency(
                    found.sections,
                    lambda each: presenters.payments_section(each, found.group_by),
                ),
            },
            lambda: payments_table(found, self.organization, presenters.customer_id),
        )
