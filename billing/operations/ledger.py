"""Posting to the books: balanced entries, and the customer balances that follow from them.

Signs: a debit is positive, a credit negative. Every amount is an integer in minor
units. An entry carries two sums, one in the document's currency and one in the books'
currency, and each is zero.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from accounts.models import Organization
from billing.models import (
    CustomerBalance,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    JournalEntry,
    LedgerAccount,
    Posting,
)
from core.errors import DomainError, Kind
from core.ids import uuid7
from core.money import allocate, convert_minor
from core.rows import new_row

Role = LedgerAccount.SystemRole
Type = LedgerAccount.Type
ISSUED = "invoice.issued"

# The accounts every organization starts with: role, code, name, type.
CHART = (
    (Role.CASH, "1000", "Cash", Type.ASSET),
    (Role.BANK, "1010", "Bank", Type.ASSET),
    (Role.RECEIVABLES, "1100", "Accounts receivable", Type.ASSET),
    (Role.TAX_PAYABLE, "2100", "Tax payable", Type.LIABILITY),
    (Role.CUSTOMER_CREDIT, "2200", "Customer credit", Type.LIABILITY),
    (Role.CREDITS_OUTSIDE, "2300", "Credits settled outside", Type.LIABILITY),
    (Role.REVENUE, "4000", "Revenue", Type.INCOME),
    (Role.ROUNDING, "4800", "Cash rounding", Type.INCOME),
    (Role.FX, "4900", "Exchange gains and losses", Type.INCOME),
    (Role.WRITE_OFF, "6000", "Small differences written off", Type.EXPENSE),
    (Role.BAD_DEBT, "6100", "Bad debt", Type.EXPENSE),
)


class LedgerUnbalanced(DomainError):
    """A programming error caught before the database's own check would catch it."""

    kind, code = Kind.INTERNAL, "ledger_unbalanced"
    message = "The entry '{kind}' does not balance: {difference} {currency} is left over."


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One debit (positive) or credit (negative), minor units, before it is written.

    Name the account by its `role`, or by `account_id` for accounts without one.
    `base_amount` is the same movement in the books' currency.
    """

    amount_minor: int
    currency: str
    base_amount: int
    role: str = ""
    account_id: int | None = None
    customer_id: int | None = None
    invoice_id: int | None = None
    product_id: int | None = None
    tax_profile_id: int | None = None


def ensure_chart(organization_id: int, at: datetime.datetime) -> dict[str, int]:
    """The account id of each system role, creating the accounts that are missing."""
    accounts = _chart(organization_id)
    missing = [row for row in CHART if row[0] not in accounts]
    if missing:
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(
                    organization_id=organization_id,
                    system_role=role,
                    code=code,
                    name=name,
                    type=kind,
                    created_at=at,
                    updated_at=at,
                )
                for role, code, name, kind in missing
            ],
            ignore_conflicts=True,
        )
        accounts = _chart(organization_id)
    return accounts


def post(
    *,
    organization_id: int,
    kind: str,
    entry_date: datetime.date,
    at: datetime.datetime,
    source: Any,
    postings: Iterable[PostingLine],
    base_currency: str | None = None,
    memo: str = "",
) -> JournalEntry | None:
    """Write one balanced entry about `source` and move the customers' cached balances.

    Lines that move nothing are left out; None when nothing is left. `base_currency` is
    the books' currency, by default the organization's. Raises LedgerUnbalanced. Refuses
    to run outside a transaction: the caller holds the locks of the documents concerned.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("post() needs the change's transaction")
    lines = [line for line in postings if line.amount_minor or line.base_amount]
    if not lines:
        return None
    if base_currency is None:
        base_currency = Organization.objects.get(pk=organization_id).base_currency
    require_balance(kind, lines, base_currency)
    entry = JournalEntry(
        uuid=uuid7(),
        organization_id=organization_id,
        kind=kind,
        entry_date=entry_date,
        created_at=at,
        memo=memo[:200],
        source_type=source._meta.model_name,
        source_id=source.pk,
    )
    accounts = ensure_chart(organization_id, at)
    # Postings first: inserting the entry seals them, and the database checks the sums then.
    Posting.objects.bulk_create(posting_rows(entry, lines, accounts, base_currency))
    entry.save(force_insert=True)
    _move_balances(organization_id, lines)
    return entry


def post_invoice_issued(invoice: Invoice, at: datetime.datetime) -> JournalEntry | None:
    """Receivable against revenue by product, tax by profile, and cash rounding."""
    return post(
        organization_id=invoice.organization_id,
        kind=ISSUED,
        entry_date=invoice.issue_date,
        at=at,
        source=invoice,
        postings=issued_lines(invoice, invoice.lines.all(), invoice.taxes.all()),
        base_currency=invoice.accounting_currency,
        memo=invoice.number or "",
    )


def issued_lines(
    invoice: Invoice, lines: Iterable[InvoiceLine], taxes: Iterable[InvoiceTax]
) -> list[PostingLine]:
    """The document discount is spread over the lines so that revenue is net of it and the
    sum ties exactly. Converted at the document's own exchange rate.
    """
    convert = _converter(invoice)
    common = {"customer_id": invoice.customer_id, "invoice_id": invoice.pk}
    # The receivable's base amount is exact by rule: payments release it by the same rule.
    receivable = PostingLine(
        role=Role.RECEIVABLES,
        amount_minor=invoice.total,
        currency=invoice.currency,
        base_amount=convert(invoice.total),
        **common,
    )
    others = [
        replace(line, amount_minor=-line.amount_minor, base_amount=convert(-line.amount_minor))
        for line in income_lines(invoice, lines, taxes, **common)
    ]
    return [receivable, *tie_base(others, -receivable.base_amount)]


def posting_rows(
    entry: JournalEntry,
    lines: Iterable[PostingLine],
    accounts: dict[str, int],
    base_currency: str,
) -> list[Posting]:
    return [
        new_row(
            Posting,
            organization_id=entry.organization_id,
            entry_id=entry.uuid,
            entry_date=entry.entry_date,
            account_id=line.account_id or accounts[line.role],
            currency=line.currency,
            amount=line.amount_minor,
            base_currency=base_currency,
            base_amount=line.base_amount,
            customer_id=line.customer_id,
            invoice_id=line.invoice_id,
            product_id=line.product_id,
            tax_profile_id=line.tax_profile_id,
        )
        for line in lines
    ]


def post_invoice_voided(
    invoice: Invoice, at: datetime.datetime, on: datetime.date | None = None
) -> JournalEntry | None:
    """The mirror of the entry made on issue, dated on the day it is voided.

    The day is `on`, or the civil date of `at` in the organization's time zone; never
    before the invoice's own, or the books would show a credit in between.
    """
    day = on or at.astimezone(ZoneInfo(invoice.organization.timezone)).date()
    issued = Posting.objects.of(invoice.organization_id).filter(
        entry__source_type="invoice", entry__source_id=invoice.pk, entry__kind=ISSUED
    )
    return post(
        organization_id=invoice.organization_id,
        kind="invoice.voided",
        entry_date=max(day, invoice.issue_date),
        at=at,
        source=invoice,
        postings=_mirror(issued.select_related("account").order_by("pk")),
        base_currency=invoice.accounting_currency,
        memo=invoice.number or "",
    )


def income_lines(
    document: Any, lines: Iterable[Any], taxes: Iterable[Any], **common: Any
) -> list[PostingLine]:
    """A document's total as positive lines: revenue by product, charges, tax, rounding.

    `base_amount` is left at zero for the caller. The lines sum to the document's total.
    """

    def line(role: str, amount: int, **refs: Any) -> PostingLine:
        return PostingLine(
            role=role,
            amount_minor=amount,
            currency=document.currency,
            base_amount=0,
            **common,
            **refs,
        )

    taxes = list(taxes)
    tax_sum = sum(tax.tax_amount for tax in taxes)
    goods = document.total - tax_sum - document.rounding_amount - document.charge_total
    revenue = _revenue_by_product(list(lines), goods)
    by_profile: dict[int | None, int] = defaultdict(int)
    for tax in taxes:
        by_profile[tax.tax_profile_id] += tax.tax_amount
    return [
        *(line(Role.REVENUE, amount, product_id=key) for key, amount in revenue.items()),
        line(Role.REVENUE, document.charge_total),
        *(line(Role.TAX_PAYABLE, amount, tax_profile_id=key) for key, amount in by_profile.items()),
        line(Role.ROUNDING, document.rounding_amount),
    ]


def tie_base(lines: Sequence[PostingLine], target: int) -> list[PostingLine]:
    """The same lines with base amounts that sum to `target`; the largest takes the remainder."""
    rest = target - sum(line.base_amount for line in lines)
    tied = list(lines)
    if rest and tied:
        index = max(range(len(tied)), key=lambda i: abs(tied[i].amount_minor))
        tied[index] = replace(tied[index], base_amount=tied[index].base_amount + rest)
    return tied


def _chart(organization_id: int) -> dict[str, int]:
    rows = LedgerAccount.objects.of(organization_id).exclude(system_role="")
    return dict(rows.values_list("system_role", "pk"))


def _converter(document: Any) -> Any:
    def convert(minor: int) -> int:
        return convert_minor(
            minor, document.currency, document.accounting_currency, document.exchange_rate
        )

    return convert


def _revenue_by_product(lines: Sequence[Any], goods: int) -> dict[int | None, int]:
    """Split what the lines earned by product; discounts shrink each line by its weight."""
    nets = [line.net_amount for line in lines]
    rest = goods - sum(nets)
    shares = allocate(rest, [abs(net) for net in nets]) if nets else []
    revenue: dict[int | None, int] = defaultdict(int)
    for line, net, share in zip(lines, nets, shares, strict=True):
        revenue[line.product_id] += net + share
    if not nets:
        revenue[None] = goods
    return revenue


def require_balance(kind: str, lines: Sequence[PostingLine], base_currency: str) -> None:
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.currency] += line.amount_minor
    for currency, difference in sums.items():
        if difference:
            raise LedgerUnbalanced(kind=kind, difference=difference, currency=currency)
    difference = sum(line.base_amount for line in lines)
    if difference:
        raise LedgerUnbalanced(kind=kind, difference=difference, currency=base_currency)


def _mirror(postings: Iterable[Posting]) -> list[PostingLine]:
    return [
        PostingLine(
            amount_minor=-posting.amount,
            currency=posting.currency,
            base_amount=-posting.base_amount,
            role=posting.account.system_role,
            account_id=posting.account_id,
            customer_id=posting.customer_id,
            invoice_id=posting.invoice_id,
            product_id=posting.product_id,
            tax_profile_id=posting.tax_profile_id,
        )
        for posting in postings
    ]


def _move_balances(organization_id: int, lines: Sequence[PostingLine]) -> None:
    """Add the movements to CustomerBalance, customers ascending so that no two wait crosswise."""
    moves: dict[tuple[int, str], dict[str, int]] = {}
    for line in lines:
        if line.customer_id is None:
            continue
        move = moves.setdefault((line.customer_id, line.currency), {"receivable": 0, "credit": 0})
        if line.role == Role.RECEIVABLES:
            move["receivable"] += line.amount_minor
        elif line.role == Role.CUSTOMER_CREDIT:
            move["credit"] -= line.amount_minor
    for (customer_id, currency), move in sorted(moves.items()):
        if not any(move.values()):
            continue
        rows = CustomerBalance.objects.of(organization_id).filter(
            customer_id=customer_id, currency=currency
        )
        change = {name: F(name) + amount for name, amount in move.items()}
        if not rows.update(**change):
            CustomerBalance.objects.bulk_create(
                [
                    CustomerBalance(
                        organization_id=organization_id, customer_id=customer_id, currency=currency
                    )
                ],
                ignore_conflicts=True,
            )
            rows.update(**change)
