"""Cash flow: money that came into and went out of the cash and bank accounts.

Read from the books: every posting on an account of cash or bank counts on its day, in its
own currency. What was settled outside of them, or written off, moved no money.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf

from accounts.models import Organization
from billing.models import LedgerAccount, Payment, Posting, Refund
from billing.queries.spans import Span
from billing.reports.periods import STEPS, cut
from billing.reports.table import Column, Kind, Row, Table
from billing.reports.wording import span_in_words

ACCOUNT, METHOD = "account", "method"
GROUPS = (*STEPS, ACCOUNT, METHOD)

_MONEY_ROLES = (LedgerAccount.SystemRole.CASH, LedgerAccount.SystemRole.BANK)
_PAYMENT, _REFUND = "payment", "refund"


@dataclass(slots=True)
class Flow:
    """Minor units of one currency; what went out is positive too.

    payments: received, less those taken back. refunds: given back. other_in, other_out:
    entries about neither.
    """

    payments: int = 0
    refunds: int = 0
    other_in: int = 0
    other_out: int = 0

    @property
    def net(self) -> int:
        return self.payments - self.refunds + self.other_in - self.other_out

    def add(self, source: str, gained: int, lost: int) -> None:
        """A sum of debits and one of credits (negative) from entries about that source."""
        if source == _PAYMENT:
            self.payments += gained + lost
        elif source == _REFUND:
            self.refunds -= gained + lost
        else:
            self.other_in += gained
            self.other_out -= lost


@dataclass(slots=True)
class CashFlowRow:
    """One period, account or method. Methods hold no money, so they have no balances."""

    period: Span | None
    key: str
    label: str
    flow: Flow = field(default_factory=Flow)
    opening: int | None = None

    @property
    def closing(self) -> int | None:
        return None if self.opening is None else self.opening + self.flow.net


@dataclass(slots=True)
class CashFlowSection:
    """One currency: its rows, their sum, and the balance before the first of them."""

    currency: str
    opening: int
    rows: list[CashFlowRow]
    total: Flow

    @property
    def closing(self) -> int:
        return self.opening + self.total.net


@dataclass(slots=True)
class CashFlowReport:
    """Sections by currency; the first is the one asked for, the others follow by code."""

    span: Span
    group_by: str
    sections: list[CashFlowSection]


def cash_flow(
    organization: Organization, span: Span, *, group_by: str, currency: str | None = None
) -> CashFlowReport:
    """Money in and out over the span, grouped by period, account or method of payment.

    Periods in which nothing moved are listed too. `currency` narrows it to one; otherwise
    the organization's own comes first.
    """
    question = _Question(organization.pk, span, currency)
    by_account = question.opening()
    openings: dict[str, int] = {}
    for (code, _account), amount in by_account.items():
        openings[code] = openings.get(code, 0) + amount
    moves = question.moves(group_by)
    main = currency or organization.currency
    codes = {code for code, *_rest in moves} | {c for c, amount in openings.items() if amount}
    sections = []
    for code in (main, *sorted(codes - {main})):
        rows = _rows_of(group_by, span, code, question, by_account)
        for found, key, source, gained, lost in moves:
            if found == code:
                _row_for(rows, group_by, key).flow.add(source, gained, lost)
        sections.append(_section(code, openings.get(code, 0), rows, group_by))
    return CashFlowReport(span, group_by, sections)


def cash_flow_table(report: CashFlowReport, organization: Organization) -> Table:
    """The report as a table."""
    is_by_period = report.group_by in STEPS
    label = {ACCOUNT: "Account", METHOD: "Method"}.get(report.group_by, "")
    columns = [
        *(
            [Column("period", "From", Kind.DAY), Column("period_end", "To", Kind.DAY)]
            if is_by_period
            else [Column(report.group_by, label)]
        ),
        Column("currency", "Currency"),
        *(Column(key, title, Kind.MONEY) for key, title in _FIGURES),
    ]
    if report.group_by == METHOD:
        columns = [column for column in columns if not column.key.endswith("_balance")]
    return Table(
        key="cash-flow",
        title="Cash flow",
        subtitle=(span_in_words(organization, report.span),),
        columns=columns,
        rows=_table_rows(report),
        totals=[_total(section, report) for section in report.sections],
        day=report.span.end,
        notes=(
            "From the cash and bank accounts in the books. Money given back counts as a refund;"
            " a payment that was taken back counts as less received.",
        ),
    )


_FIGURES = (
    ("opening_balance", "Opening"),
    ("payments", "Payments in"),
    ("refunds", "Refunds out"),
    ("other_in", "Other in"),
    ("other_out", "Other out"),
    ("net_cash_flow", "Net"),
    ("closing_balance", "Closing"),
)


def figures(flow: Flow, opening: int | None, closing: int | None) -> dict[str, int | None]:
    """The figures of one row under the names that every rendering of it uses."""
    return {
        "opening_balance": opening,
        "payments": flow.payments,
        "refunds": flow.refunds,
        "other_in": flow.other_in,
        "other_out": flow.other_out,
        "net_cash_flow": flow.net,
        "closing_balance": closing,
    }


class _Question:
    """What the books are asked about one organization's money."""

    def __init__(self, organization_id: int, span: Span, currency: str | None) -> None:
        self._organization_id, self._span, self._currency = organization_id, span, currency
        accounts = LedgerAccount.objects.of(organization_id)
        self.accounts = list(accounts.filter(system_role__in=_MONEY_ROLES).order_by("code"))

    def opening(self) -> dict[tuple[str, str], int]:
        """(currency, code of the account) -> what was there before the span."""
        rows = self._postings(entry_date__lt=self._span.start)
        sums = rows.values_list("currency", "account__code").annotate(sum=Sum("amount"))
        return {(code, account): int(amount) for code, account, amount in sums.order_by()}

    def moves(self, group_by: str) -> list[tuple[str, Any, str, int, int]]:
        """(currency, key of the group, source of the entry, debits, credits)."""
        # An entry has the date of its postings; saying so finds it by its index.
        rows = self._postings(
            entry__organization_id=self._organization_id,
            **self._span.lookup("entry_date"),
            **self._span.lookup("entry__entry_date"),
        )
        key = {ACCOUNT: "account__code", METHOD: "method"}.get(group_by, "entry_date")
        if group_by == METHOD:
            rows = rows.annotate(method=_method(self._organization_id))
        sums = rows.values_list("currency", key, "entry__source_type").annotate(
            gained=Sum("amount", filter=Q(amount__gt=0)),
            lost=Sum("amount", filter=Q(amount__lt=0)),
        )
        return [
            (code, key, source, int(gained or 0), int(lost or 0))
            for code, key, source, gained, lost in sums.order_by()
        ]

    def _postings(self, **conditions: Any) -> QuerySet[Posting]:
        rows = Posting.objects.of(self._organization_id).filter(
            account__in=self.accounts, **conditions
        )
        return rows.filter(currency=self._currency) if self._currency else rows


def _method(organization_id: int) -> Case:
    """The method of the payment or refund that an entry is about.

    A refund went back the way its payment came, unless it says otherwise.
    """
    source = OuterRef("entry__source_id")
    by_payment = Payment.objects.of(organization_id).filter(pk=source)
    by_refund = (
        Refund.objects.of(organization_id)
        .filter(pk=source)
        .annotate(how=Coalesce(NullIf("method", Value("")), "payment__method", Value("")))
    )
    return Case(
        When(entry__source_type=_PAYMENT, then=Subquery(by_payment.values("method"))),
        When(entry__source_type=_REFUND, then=Subquery(by_refund.values("how"))),
        default=Value(""),
        output_field=CharField(),
    )


def _rows_of(
    group_by: str,
    span: Span,
    code: str,
    question: _Question,
    openings: dict[tuple[str, str], int],
) -> list[CashFlowRow]:
    """The rows that are there even when nothing moved; those of methods come as they are met."""
    if group_by in STEPS:
        periods = cut(span, group_by)
        return [CashFlowRow(period, period.start.isoformat(), "") for period in periods]
    if group_by == ACCOUNT:
        return [
            CashFlowRow(
                None, account.code, account.name, opening=openings.get((code, account.code), 0)
            )
            for account in question.accounts
        ]
    return []


def _row_for(rows: list[CashFlowRow], group_by: str, key: Any) -> CashFlowRow:
    if group_by in STEPS:
        return rows[_index_of(rows, key)]
    for row in rows:
        if row.key == str(key or ""):
            return row
    words = str(key or "other").replace("_", " ")
    rows.append(CashFlowRow(None, str(key or ""), words[:1].upper() + words[1:]))
    return rows[-1]


def _index_of(rows: list[CashFlowRow], day: datetime.date) -> int:
    """The period that the day lies in."""
    low, high = 0, len(rows) - 1
    while low < high:
        middle = (low + high + 1) // 2
        period = rows[middle].period
        assert period is not None  # noqa: S101 - rows of periods only
        low, high = (middle, high) if period.start <= day else (low, middle - 1)
    return low


def _section(code: str, opening: int, rows: list[CashFlowRow], group_by: str) -> CashFlowSection:
    total, balance = Flow(), opening
    if group_by == METHOD:
        rows.sort(key=lambda row: (not row.key, row.key))
    for row in rows:
        if group_by in STEPS:
            row.opening = balance
            balance += row.flow.net
        for name in ("payments", "refunds", "other_in", "other_out"):
            setattr(total, name, getattr(total, name) + getattr(row.flow, name))
    return CashFlowSection(code, opening, rows, total)


def _table_rows(report: CashFlowReport) -> Iterator[Row]:
    for section in report.sections:
        for row in section.rows:
            yield {
                "period": row.period.start if row.period else None,
                "period_end": row.period.end if row.period else None,
                report.group_by: row.label,
                "currency": section.currency,
                **figures(row.flow, row.opening, row.closing),
            }


def _total(section: CashFlowSection, report: CashFlowReport) -> Row:
    return {
        "period": report.span.start,
        "period_end": report.span.end,
        report.group_by: "Total",
        "currency": section.currency,
        **figures(section.total, section.opening, section.closing),
    }
