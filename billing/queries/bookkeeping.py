"""Accounts, categories and transactions of one organization, and what a period earned."""

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from billing.models import LedgerAccount, Posting, Transaction
from billing.queries.lookup import Ref, find

_Type = LedgerAccount.Type
_Role = LedgerAccount.SystemRole


def list_transactions(organization_id: int) -> QuerySet[Transaction]:
    """Newest day first; deleted ones are left out."""
    rows = Transaction.objects.of(organization_id).filter(deleted_at=None)
    return rows.select_related("account", "category").order_by("-date", "-id")


def get_transaction(organization_id: int, reference: Ref) -> Transaction:
    """Raises NotFound, also for a deleted one."""
    return find(list_transactions(organization_id), reference, "transaction")


def list_money_accounts(organization_id: int) -> QuerySet[LedgerAccount]:
    """Where money lies: cash, bank and the organization's own accounts, by code."""
    rows = LedgerAccount.objects.of(organization_id).filter(type=_Type.ASSET, is_active=True)
    return rows.exclude(system_role=_Role.RECEIVABLES).order_by("code")


def list_categories(organization_id: int) -> QuerySet[LedgerAccount]:
    """What income and expenses are filed under, by code."""
    rows = LedgerAccount.objects.of(organization_id).filter(is_active=True)
    return rows.filter(type__in=(_Type.INCOME, _Type.EXPENSE)).order_by("code")


def balances(organization_id: int, account_ids: list[int]) -> dict[int, int]:
    """What lies in each account, minor units of the books' currency."""
    rows = Posting.objects.of(organization_id).filter(account_id__in=account_ids)
    sums = rows.order_by().values("account_id").annotate(sum=Sum("base_amount"))
    return dict(sums.values_list("account_id", "sum"))


@dataclass(frozen=True, slots=True)
class FinancialSummary:
    """A period in minor units of the books' currency. `outstanding` is at its end."""

    income: int
    expenses: int
    outstanding: int

    @property
    def profit(self) -> int:
        return self.income - self.expenses


def financial_summary(
    organization_id: int, first_day: datetime.date | None, last_day: datetime.date | None
) -> FinancialSummary:
    """What the ledger says was earned and spent from first to last day, both included.

    Income is earned when the invoice is issued, without tax; None means without a bound.
    """
    rows = Posting.objects.of(organization_id)
    if last_day is not None:
        rows = rows.filter(entry_date__lte=last_day)
    owed = rows.filter(account__system_role=_Role.RECEIVABLES)
    if first_day is not None:
        rows = rows.filter(entry_date__gte=first_day)
    sums = dict(
        rows.filter(account__type__in=(_Type.INCOME, _Type.EXPENSE))
        .order_by()
        .values("account__type")
        .annotate(sum=Sum("base_amount"))
        .values_list("account__type", "sum")
    )
    return FinancialSummary(
        # A credit is negative in the ledger, and income in the eyes of its owner positive.
        income=-sums.get(_Type.INCOME, 0),
        expenses=sums.get(_Type.EXPENSE, 0),
        outstanding=owed.aggregate(sum=Sum("base_amount"))["sum"] or 0,
    )
