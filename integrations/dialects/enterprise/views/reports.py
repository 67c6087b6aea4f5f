"""/v1/reports/aging, /v1/reports/cash-flow and a customer's statement of account."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.queries.ageing import DEFAULT_PERIODS
from billing.queries.customers import get_customer
from billing.queries.statements import statement_of
from billing.reports.ageing import ageing_report, ageing_table
from billing.reports.cash_flow import GROUPS, cash_flow, cash_flow_table
from billing.reports.pdf import ReportTooLong
from billing.reports.periods import MONTH, EndBeforeStart, RangeTooLong
from billing.reports.statement import statement_table
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.enums import EnumMap
from integrations.dialects.base.fields import Choice, CurrencyCode, Day
from integrations.dialects.base.query import FlagText
from integrations.dialects.enterprise.bodies.reports import AgingPeriods
from integrations.dialects.enterprise.ids import id_field, wire_id
from integrations.dialects.enterprise.presenters.reports import (
    present_aging,
    present_cash_flow,
    present_statement,
    spell_source,
)
from integrations.dialects.enterprise.shapes.reports import AGING, CASH_FLOW, STATEMENT
from integrations.dialects.enterprise.views.report_answers import (
    FILES,
    SPAN,
    ReportView,
    by_currency,
    report_query,
)

_CASH_FLOW_GROUPS = EnumMap.same(GROUPS)


class AgingReport(ReportView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Report what is owed by age",
            scopes=("reports:read",),
            query=report_query(
                as_of_date=Day(),
                customer_id=id_field("customer"),
                aging_periods=AgingPeriods(),
                currency=CurrencyCode(),
                include_credits=FlagText(),
            ),
            answer=AGING,
            also=FILES,
            errors=(ReportTooLong,),
            description="As of any date: later payments do not change it. Invoices with"
            " instalments age by the due date of each. Nothing is added up across currencies.",
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        report = ageing_report(
            self.organization,
            query.get("as_of_date", self.today),
            periods=query.get("aging_periods", DEFAULT_PERIODS),
            customer=self.customer(query),
            currency=query.get("currency"),
            include_credits=query.get("include_credits", False),
        )
        return self.report(
            query,
            lambda: by_currency(report.sections, lambda each: present_aging(report, each)),
            lambda: ageing_table(report, self.organization, lambda key: wire_id("customer", key)),
        )


class CashFlowReport(ReportView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Report money in and out",
            scopes=("reports:read",),
            query=report_query(
                **SPAN, group_by=Choice(table=_CASH_FLOW_GROUPS), currency=CurrencyCode()
            ),
            answer=CASH_FLOW,
            also=FILES,
            errors=(EndBeforeStart, RangeTooLong, ReportTooLong),
            description="From the cash and bank accounts in the books, by the day money moved."
            " Without dates it is this year to this day; without `group_by`, by month.",
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        report = cash_flow(
            self.organization,
            self.span(query),
            group_by=query.get("group_by", MONTH),
            currency=query.get("currency"),
        )
        return self.report(
            query,
            lambda: by_currency(report.sections, lambda each: present_cash_flow(report, each)),
            lambda: cash_flow_table(report, self.organization),
        )


class CustomerStatement(ReportView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve a customer's statement of account",
            scopes=("customers:read", "reports:read"),
            query=report_query(**SPAN, currency=CurrencyCode()),
            answer=STATEMENT,
            also=FILES,
            errors=(EndBeforeStart, RangeTooLong, ReportTooLong),
            description="Every movement of the account with the balance after it, and what is"
            " open at the end. Without dates it is this year to this day.",
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        query = self.query()
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        statement = statement_of(
            self.organization, customer, self.span(query), currency=query.get("currency")
        )
        return self.report(
            query,
            lambda: by_currency(
                statement.sections, lambda each: present_statement(statement, each)
            ),
            lambda: statement_table(statement, self.organization, spell_source),
        )
