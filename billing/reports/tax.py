"""The tax report: what was sold and what tax it bore, per tax profile and currency.

On the accrual basis a document counts on its issue date: invoices in force, less credit
notes in force on theirs (E7). Drafts and void documents count nowhere. On the cash basis
tax falls due as invoices are paid: see billing.reports.tax_cash. Both sum to the tax
subtotals of the documents, to the minor unit.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, QuerySet, Sum, Value, When

from billing.models import CreditNote, Invoice, InvoiceStatus, TaxProfile
from billing.queries.spans import Span
from billing.reports.sales import Scope
from billing.reports.tax_parts import (
    CREDIT_NOTES,
    INVOICES,
    Documents,
    TaxKey,
    TaxSums,
    batches,
    key_of,
    subtotals,
)

ACCRUAL, CASH = "accrual", "cash"
BASES = (ACCRUAL, CASH)
_NET = F("total") - F("tax_total") - F("rounding_amount")
_IN_FORCE = {
    "invoice": [InvoiceStatus.ISSUED, InvoiceStatus.UNCOLLECTIBLE],
    "credit_note": [CreditNote.Status.ISSUED],
}

# The document's currency and that of the books.
Currencies = tuple[str, str]


@dataclass(slots=True)
class TaxRow:
    """One tax of one profile, in minor units of the section's currency.

    A profile whose rate or category changed has a row for each. `profile` is None for tax
    that belongs to none, as of exempt customers. `sums.accounting` is in minor units of
    `accounting_currency`.
    """

    key: TaxKey
    accounting_currency: str
    profile: TaxProfile | None = None
    sums: TaxSums = field(default_factory=TaxSums)
    invoices_count: int = 0
    credit_notes_count: int = 0
    exemption_reasons: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.profile.name if self.profile else self.key.name

    @property
    def type(self) -> str:
        return self.profile.type if self.profile else TaxProfile.Type.OTHER

    @property
    def reasons(self) -> list[str]:
        """Why nothing is charged, as the documents say."""
        own = self.profile.exemption_reason if self.profile else ""
        return sorted(self.exemption_reasons or {own} - {""})


@dataclass(slots=True)
class TaxSection:
    """One currency. `net_sales` counts every document once, whatever taxes it bears.

    `total_sales` sums the column: an amount that two taxes are charged on is in it twice.
    """

    currency: str
    rows: list[TaxRow] = field(default_factory=list)
    net_sales: int = 0

    @property
    def total_sales(self) -> int:
        return sum(row.sums.base for row in self.rows)

    @property
    def total_tax(self) -> int:
        return sum(row.sums.tax for row in self.rows)

    def accounting(self) -> dict[str, int]:
        """The tax in each currency the books were kept in: one, unless it was changed."""
        sums: dict[str, int] = defaultdict(int)
        for row in self.rows:
            sums[row.accounting_currency] += row.sums.accounting
        return dict(sums)


@dataclass(slots=True)
class TaxReport:
    """Sections by currency; the first is the one asked for, the others follow by code."""

    span: Span
    basis: str
    sections: list[TaxSection]


class Ledger:
    """Rows while they are being gathered, by currency and key."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._rows: dict[str, dict[tuple[TaxKey, str], TaxRow]] = {scope.currency: {}}
        self._net: dict[str, int] = defaultdict(int)

    def row(self, currencies: Currencies, key: TaxKey) -> TaxRow:
        currency, books = currencies
        rows = self._rows.setdefault(currency, {})
        return rows.setdefault((key, books), TaxRow(key, books))

    def add_net(self, currency: str, amount: int) -> None:
        self._rows.setdefault(currency, {})
        self._net[currency] += amount

    def sections(self) -> list[TaxSection]:
        wanted = {key.profile_id for rows in self._rows.values() for key, _ in rows}
        profiles = TaxProfile.objects.of(self.scope.organization_id)
        known = profiles.in_bulk([pk for pk in wanted if pk is not None])
        sections = []
        for currency in sorted(self._rows, key=lambda code: (code != self.scope.currency, code)):
            rows = [row for row in self._rows[currency].values() if _counts(row)]
            for row in rows:
                row.profile = known.get(row.key.profile_id or 0)
            rows.sort(key=_order)
            sections.append(TaxSection(currency, rows, self._net[currency]))
        return sections


def accrual_report(scope: Scope) -> TaxReport:
    """Tax by the issue dates of documents; credit notes subtract in their own period."""
    ledger = Ledger(scope)
    for documents, sign in ((INVOICES, 1), (CREDIT_NOTES, -1)):
        rows = _documents(documents, scope)
        for currency, net in rows.values_list("currency").annotate(net=Sum(_NET)):
            ledger.add_net(currency, sign * net)
        _add_subtotals(ledger, documents, sign)
        _set_apart(ledger, documents, sign)
    return TaxReport(scope.span, ACCRUAL, ledger.sections())


def grouped(taxes: QuerySet[Any], *more: str) -> Iterator[tuple[Currencies, TaxKey, Any, Any]]:
    """Subtotals added up by the database: currencies, key, sums, and what else is asked for.

    Besides `more` comes last how many subtotals there are.
    """
    # Who has a profile is known by it: names are long, and old documents keep old ones.
    name = Case(When(tax_profile__isnull=True, then=F("name")), default=Value(""))
    rows = taxes.annotate(own_name=name).order_by()
    columns = "currency accounting_currency tax_profile_id own_name kind category rate"
    sums = rows.values_list(*columns.split(), *more).annotate(
        base=Sum("base_amount"),
        tax=Sum("tax_amount"),
        accounting=Sum("accounting_amount"),
        documents=Count("*"),
    )
    for row in sums:
        currency, books, *key = row[:7]
        base, tax, accounting, count = row[-4:]
        yield (currency, books), key_of(*key), TaxSums(base, tax, accounting), (*row[7:-4], count)


def _documents(documents: Documents, scope: Scope) -> QuerySet[Any]:
    rows: Any = Invoice.objects if documents is INVOICES else CreditNote.objects
    in_force = rows.of(scope.organization_id).filter(status__in=_IN_FORCE[documents.field])
    return scope.of(in_force, "issue_date")


def _taxes(documents: Documents, scope: Scope) -> QuerySet[Any]:
    """The tax subtotals of the documents in scope."""
    rows = documents.taxes.objects.of(scope.organization_id)  # type: ignore[attr-defined]
    taxes: QuerySet[Any] = scope.of(rows, "issued_on", f"{documents.field}__customer_id")
    return taxes


def _add_subtotals(ledger: Ledger, documents: Documents, sign: int) -> None:
    """Add up the subtotals as the documents show them."""
    rows = _taxes(documents, ledger.scope)
    for currencies, key, sums, (reason, count) in grouped(rows, "exemption_reason"):
        row = ledger.row(currencies, key)
        row.sums.add(sums, sign)
        row.exemption_reasons |= {reason} - {""}
        if sign > 0:
            row.invoices_count += count
        else:
            row.credit_notes_count += count


def _set_apart(ledger: Ledger, documents: Documents, sign: int) -> None:
    """Move what documents show under one profile to the profiles that it belongs to (A22)."""
    rows = _taxes(documents, ledger.scope).filter(is_shared=True)
    heads = rows.values_list(documents.field, "currency", "accounting_currency")
    money = {pk: (currency, books) for pk, currency, books in heads.distinct().iterator()}
    for ids in batches(list(money)):
        shown, apart = subtotals(documents, ledger.scope.organization_id, ids)
        for pk in shown:
            if shown[pk].keys() == apart[pk].keys():
                continue
            _move(ledger, money[pk], shown[pk], -sign, documents)
            _move(ledger, money[pk], apart[pk], sign, documents)


def _move(
    ledger: Ledger, money: Currencies, parts: dict[TaxKey, TaxSums], sign: int, documents: Documents
) -> None:
    is_taken = sign < 0 if documents is INVOICES else sign > 0
    for key, sums in parts.items():
        row = ledger.row(money, key)
        row.sums.add(sums, sign)
        if documents is INVOICES:
            row.invoices_count += -1 if is_taken else 1
        else:
            row.credit_notes_count += -1 if is_taken else 1


def _counts(row: TaxRow) -> bool:
    figures = (row.sums.base, row.sums.tax, row.sums.accounting)
    return any(figures) or row.invoices_count > 0 or row.credit_notes_count > 0


def _order(row: TaxRow) -> tuple[Any, ...]:
    return row.name.casefold(), row.key.rate, row.key.category, row.key.profile_id or 0
