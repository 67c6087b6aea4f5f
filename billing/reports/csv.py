"""A report's table as CSV: RFC 4180, UTF-8, exact digits, and no cell that a spreadsheet runs."""

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from billing.reports.table import Column, Kind, Row, Table
from core.money import from_minor

# Lines are gathered to chunks of about this many characters before they go out.
CHUNK = 65_536

# A cell that begins so is a formula to a spreadsheet; also in the full width of East Asian text.
_FORMULA = re.compile(r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"^[+-]?[0-9]+(\.[0-9]+)?$")
_BYTE_ORDER_MARK = "\ufeff"


def csv_chunks(table: Table, *, for_people: bool = False) -> Iterator[bytes]:
    """The table in pieces, as its rows come: never all in memory.

    For programs the columns are headed by their keys; `for_people` gives them their titles,
    and the mark by which spreadsheets know UTF-8. Totals are left out: who adds up the
    column must not find every amount twice.
    """
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\r\n")
    if for_people:
        lines.write(_BYTE_ORDER_MARK)
    writer.writerow([guarded(c.title if for_people else c.key) for c in table.columns])
    for row in table.rows:
        writer.writerow([_cell(table, column, row) for column in table.columns])
        if lines.size >= CHUNK:
            yield lines.taken()
    yield lines.taken()


def guarded(text: str) -> str:
    """The text, with a leading apostrophe where a spreadsheet would calculate it.

    Plain numbers stay numbers, also negative ones.
    """
    if _FORMULA.match(text) and not _NUMBER.match(text):
        return f"'{text}"
    return text


def _cell(table: Table, column: Column, row: Row) -> str:
    value: Any = row.get(column.key)
    if value is None:
        return ""
    if column.kind is Kind.MONEY:
        return format(from_minor(value, table.currency_of(row)), "f")
    if column.kind is Kind.DAY:
        return str(value.isoformat())
    if column.kind is Kind.PERCENT:
        return format(Decimal(value), "f")
    if column.kind is Kind.COUNT:
        return str(int(value))
    return guarded(str(value))


class _Lines:
    """What the csv module writes to: keeps the lines until they are taken."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[str] = []

    def write(self, text: str) -> None:
        self._parts.append(text)
        self.size += len(text)

    def taken(self) -> bytes:
        text = "".join(self._parts)
        self._parts, self.size = [], 0
        return text.encode()
