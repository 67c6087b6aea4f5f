"""A report as a table, before anybody decides whether it becomes a CSV file, a PDF or a page.

Table(
    key="aging",
    title="Accounts receivable ageing",
    subtitle=("As of 2025-01-20",),
    columns=(Column("customer_name", "Customer"), Column("total_due", "Total", Kind.MONEY)),
    rows=({"customer_name": "ACME", "total_due": 1500000, "currency": "USD"},),
    totals=({"customer_name": "Total", "total_due": 1500000, "currency": "USD"},),
    day=datetime.date(2025, 1, 20),
)
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Row = Mapping[str, Any]


class Kind(StrEnum):
    """What a column holds, and so how it is written.

    text: str. day: datetime.date. money: int, minor units of the row's currency. count:
    int. percent: Decimal, 10 for 10 %.
    """

    TEXT = "text"
    DAY = "day"
    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Column:
    """`key` finds the cell in a row and heads the column for programs, `title` for people."""

    key: str
    title: str
    kind: Kind = Kind.TEXT

    @property
    def is_figure(self) -> bool:
        """Whether it is set flush right."""
        return self.kind in (Kind.MONEY, Kind.COUNT, Kind.PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A report's rows under its columns. A missing cell, or None, is left empty.

    A row's money is in its own `currency` (a key of the row), else in the table's.
    `rows` may be a generator: it is gone through once, so a table is written once.
    `totals` has one row per currency; nothing is ever added up across currencies.
    `day` is the day the report stands for: it is printed, and no clock is read.
    `key` names the file.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    day: datetime.date
    subtitle: Sequence[str] = ()
    totals: Sequence[Row] = ()
    currency: str = ""
    # Said below the table: how a figure is meant, what was left out.
    notes: Sequence[str] = ()

    def currency_of(self, row: Row) -> str:
        """The currency of the row's money. Raises KeyError when neither says."""
        return str(row.get("currency") or self.currency or row["currency"])

    def file_name(self, ending: str) -> str:
        """`aging_2025-01-20.csv`: letters, digits, `-`, `_` and `.` only."""
        return f"{self.key}_{self.day:%Y-%m-%d}.{ending}"
