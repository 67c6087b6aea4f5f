"""Accounts receivable ageing: who owes how much, and for how long, as of any date."""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from accounts.models import Organization
from billing.models import Customer
from billing.queries.ageing import DEFAULT_PERIODS, Buckets, ageing_by_customer
from billing.reports.table import Column, Kind, Row, Table
from billing.reports.wording import day_in_words

# Customers are named this many at a time: SQLite takes about 32,000 values per statement.
_BATCH = 10_000


@dataclass(slots=True)
class AgeingRow:
    """One customer in one currency, minor units.

    `amounts` has a figure per bucket and sums to `total_due`. Unapplied credits, where they
    are shown, are part of the first one, not yet due; `unapplied_credits` says how much.
    """

    customer_id: uuid.UUID
    customer_name: str
    amounts: list[int]
    unapplied_credits: int = 0

    @property
    def total_due(self) -> int:
        return sum(self.amounts)


@dataclass(slots=True)
class AgeingSection:
    """One currency: its customers by name, and their sums."""

    currency: str
    rows: list[AgeingRow] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    unapplied_credits: int = 0

    @property
    def total_due(self) -> int:
        return sum(self.amounts)


@dataclass(slots=True)
class AgeingReport:
    """Sections by currency; the first is the one asked for, the others follow by code."""

    on: datetime.date
    periods: tuple[int, ...]
    shows_credits: bool
    sections: list[AgeingSection]


def ageing_report(
    organization: Organization,
    on: datetime.date,
    *,
    periods: Sequence[int] = DEFAULT_PERIODS,
    customer: Customer | None = None,
    currency: str | None = None,
    include_credits: bool = False,
) -> AgeingReport:
    """What was open at the end of that civil date, per customer and currency (E1-E5).

    `currency` narrows it to one; otherwise the organization's own comes first and every
    other that has figures follows. Nothing is added up across currencies.
    """
    found = ageing_by_customer(
        organization.pk,
        on,
        periods,
        customer_id=customer.pk if customer else None,
        currency=currency,
    )
    main = currency or organization.currency
    sections = {main: AgeingSection(main, amounts=[0] * (len(periods) + 2))}
    for buckets, row in _named(organization.pk, found):
        if include_credits:
            row.unapplied_credits = buckets.credits
            row.amounts[0] += buckets.credits
        if not any(row.amounts) and not row.unapplied_credits:
            continue
        section = sections.setdefault(
            buckets.currency, AgeingSection(buckets.currency, amounts=[0] * len(row.amounts))
        )
        section.rows.append(row)
        section.unapplied_credits += row.unapplied_credits
        for number, amount in enumerate(row.amounts):
            section.amounts[number] += amount
    for section in sections.values():
        section.rows.sort(key=lambda row: (row.customer_name.casefold(), row.customer_id))
    others = sorted(code for code in sections if code != main)
    return AgeingReport(
        on, tuple(periods), include_credits, [sections[code] for code in (main, *others)]
    )


def bucket_keys(periods: Sequence[int]) -> list[str]:
    """`current`, `1_30_days`, …, `over_90_days`: the same pattern for any periods."""
    middle = [f"{first}_{last}_days" for first, last in _bounds(periods)]
    return ["current", *middle, f"over_{periods[-1]}_days"]


def bucket_titles(periods: Sequence[int]) -> list[str]:
    """The buckets in words."""
    middle = [f"{first}\N{EN DASH}{last} days" for first, last in _bounds(periods)]
    return ["Not yet due", *middle, f"Over {periods[-1]} days"]


def ageing_table(
    report: AgeingReport,
    organization: Organization,
    spell_id: Callable[[uuid.UUID], str] | None = None,
) -> Table:
    """The report as a table. With `spell_id` every customer's id stands in a column."""
    keys, titles = bucket_keys(report.periods), bucket_titles(report.periods)
    columns = [
        Column("customer_id", "Customer id"),
        Column("customer_name", "Customer"),
        Column("currency", "Currency"),
        *(Column(key, title, Kind.MONEY) for key, title in zip(keys, titles, strict=True)),
        Column("total_due", "Total due", Kind.MONEY),
        Column("unapplied_credits", "Of it credits", Kind.MONEY),
    ]
    hidden = set() if spell_id else {"customer_id"}
    hidden |= set() if report.shows_credits else {"unapplied_credits"}
    notes = ["Days are counted from the due date. On the due date itself nothing is overdue."]
    if report.shows_credits:
        notes.append("Unapplied payments and credit notes are negative amounts not yet due.")
    return Table(
        key="aging",
        title="Accounts receivable ageing",
        subtitle=(f"As of {day_in_words(organization, report.on)}",),
        columns=[column for column in columns if column.key not in hidden],
        rows=_rows(report, keys, spell_id or str),
        totals=[
            {"customer_name": "Total", **_cells(section, keys, section.currency)}
            for section in report.sections
            if section.rows or len(report.sections) == 1
        ],
        day=report.on,
        notes=notes,
    )


def _rows(
    report: AgeingReport, keys: Sequence[str], spell_id: Callable[[uuid.UUID], str]
) -> Iterator[Row]:
    for section in report.sections:
        for row in section.rows:
            yield {
                "customer_id": spell_id(row.customer_id),
                "customer_name": row.customer_name,
                **_cells(row, keys, section.currency),
            }


def _cells(row: AgeingRow | AgeingSection, keys: Sequence[str], currency: str) -> Row:
    return {
        "currency": currency,
        **dict(zip(keys, row.amounts, strict=True)),
        "total_due": row.total_due,
        "unapplied_credits": row.unapplied_credits,
    }


def _bounds(periods: Sequence[int]) -> Iterable[tuple[int, int]]:
    return zip([1, *(end + 1 for end in periods)], periods, strict=False)


def _named(organization_id: int, found: list[Buckets]) -> Iterator[tuple[Buckets, AgeingRow]]:
    """Each row with its customer's name."""
    names: dict[int, tuple[uuid.UUID, str]] = {}
    customers = Customer.objects.of(organization_id)
    for ids in _batches({row.customer_id for row in found if row.customer_id}):
        for pk, key, name in customers.filter(pk__in=ids).values_list("pk", "uuid", "name"):
            names[pk] = key, name
    for row in found:
        key, name = names[row.customer_id or 0]
        yield row, AgeingRow(key, name, list(row.amounts))


def _batches(ids: set[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
