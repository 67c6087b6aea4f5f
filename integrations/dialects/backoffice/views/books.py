"""/api/v2/transactions, accounts, categories and the financial summary."""

import calendar
import datetime
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.models import LedgerAccount
from billing.operations import ledger_accounts, transactions
from billing.queries import bookkeeping
from integrations.dialects.backoffice import bodies, shapes
from integrations.dialects.backoffice.presenters import (
    present_account,
    present_category,
    present_transaction,
)
from integrations.dialects.backoffice.views.base import (
    BackofficeView,
    changing,
    creating,
    deleting,
    listing,
    reading,
    taken,
)
from integrations.dialects.backoffice.words import TRANSACTION_TYPES
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Choice, Day, Whole
from integrations.dialects.base.figures import money
from integrations.dialects.base.query import InvalidParameter, Query


class TransactionList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing(
            "transactions",
            "payments:read",
            shapes.TRANSACTION,
            type=Choice(name="kind", table=TRANSACTION_TYPES),
            account_id=bodies.reference(),
            category_id=bodies.reference(),
            date_from=Day(name="date__gte"),
            date_to=Day(name="date__lte"),
        ),
        "POST": creating(
            "a transaction",
            "payments:write",
            bodies.TRANSACTION,
            shapes.TRANSACTION,
            example={
                "type": "Income",
                "account_id": 1,
                "amount": 1500.00,
                "category_id": 1,
                "description": "Website Development Payment",
                "date": "2024-01-15",
            },
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        paging = taken(query)
        rows = bookkeeping.list_transactions(self.actor.organization_id).filter(**query)
        return self.page(rows, paging, present_transaction)

    def post(self, request: HttpRequest) -> HttpResponse:
        values = {"date": self.today, **self.body()}
        made = transactions.record_transaction(**self.who, **values)
        return self.one(present_transaction(made), 201)


class TransactionDetail(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a transaction", "payments:read", shapes.TRANSACTION),
        "PUT": changing(
            "a transaction",
            "payments:write",
            bodies.TRANSACTION_UPDATE,
            shapes.TRANSACTION,
        ),
        "DELETE": deleting("a transaction", "payments:write"),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("transaction", id)
        row = bookkeeping.get_transaction(self.actor.organization_id, number)
        return self.one(present_transaction(row))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("transaction", id)
        row = transactions.describe_transaction(**self.who, transaction_id=number, **self.body())
        return self.one(present_transaction(row))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("transaction", id)
        transactions.delete_transaction(**self.who, transaction_id=number)
        return self.done("Transaction deleted")


class AccountList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("accounts of money", "payments:read", shapes.ACCOUNT),
        "POST": creating(
            "an account of money",
            "payments:write",
            bodies.ACCOUNT,
            shapes.ACCOUNT,
            example={"name": "Savings"},
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        organization_id = self.actor.organization_id
        rows = bookkeeping.list_money_accounts(organization_id)
        sums = bookkeeping.balances(organization_id, list(rows.values_list("pk", flat=True)))
        currency = self.organization.base_currency
        return self.page(
            rows, self.query(), lambda row: present_account(row, sums.get(row.pk, 0), currency)
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        made = ledger_accounts.create_ledger_account(
            **self.who, type=LedgerAccount.Type.ASSET, **self.body()
        )
        return self.one(present_account(made, 0, self.organization.base_currency), 201)


class CategoryList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing(
            "categories", "payments:read", shapes.CATEGORY, type=Choice(table=TRANSACTION_TYPES)
        ),
        "POST": creating(
            "a category",
            "payments:write",
            bodies.CATEGORY,
            shapes.CATEGORY,
            example={"name": "Travel", "type": "Expense"},
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = bookkeeping.list_categories(self.actor.organization_id)
        if kind := query.pop("type", ""):
            rows = rows.filter(type=kind)
        return self.page(rows, query, present_category)

    def post(self, request: HttpRequest) -> HttpResponse:
        made = ledger_accounts.create_ledger_account(**self.who, **self.body())
        return self.one(present_category(made), 201)


class FinancialReport(BackofficeView):
    """What the ledger says was earned and spent, and what is owed at the end."""

    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Sum up income and expenses",
            scopes=("reports:read",),
            query=Query(
                {"year": Whole(least=1900, most=2999), "month": Whole(least=1, most=12)},
                ignores_unknown=True,
            ),
            answer=shapes.one_of(shapes.FINANCIAL),
            description="Income counts when it is invoiced, without tax. Without a year:"
            " everything; a month needs a year.",
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        if "month" in query and "year" not in query:
            raise InvalidParameter(name="month", reason="needs a year", param="month")
        summary = bookkeeping.financial_summary(self.actor.organization_id, *_period(**query))
        currency = self.organization.base_currency
        return self.one(
            {
                "income": money(summary.income, currency),
                "expenses": money(summary.expenses, currency),
                "profit": money(summary.profit, currency),
                "outstanding_invoices": money(summary.outstanding, currency),
                "currency": currency,
            }
        )


def _period(
    year: int | None = None, month: int | None = None
) -> tuple[datetime.date | None, datetime.date | None]:
    if year is None:
        return None, None
    if month is None:
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    last = calendar.monthrange(year, month)[1]
    return datetime.date(year, month, 1), datetime.date(year, month, last)
