"""The columns of a report on paper: what is written in each cell, and how wide each one is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.documents.fonts import width_of
from billing.documents.formats import Formatter
from billing.documents.text import clean, wrap
from billing.reports.table import Column, Kind, Row, Table

GAP = 12
_LEAST_TEXT = 58
_MOST_TEXT = 200
# A name may take this many lines before it is cut.
_MOST_LINES = 3
_HEAD_LINES = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A row ready to be drawn: the lines of each cell, and whether it is bold."""

    cells: tuple[list[str], ...]
    is_strong: bool

    @property
    def depth(self) -> int:
        return max((len(cell) for cell in self.cells), default=1) or 1


class Grid:
    """The cells of a table as text, measured in one pair of fonts."""

    def __init__(
        self, table: Table, rows: Sequence[Row], locale: str, regular: str, bold: str
    ) -> None:
        self._table, self._locale = table, locale
        self._regular, self._bold = regular, bold
        self.columns = table.columns
        self._rows = [(self._texts(row), bool(row.get("is_strong"))) for row in rows]
        self._totals = [(self._texts(row), True) for row in table.totals]

    def natural_width(self, size: float, head_size: float) -> float:
        """What the table takes when no cell has to wrap."""
        return sum(self._natural(size, head_size)) + GAP * (len(self.columns) - 1)

    def widths(self, room: float, size: float, head_size: float) -> list[float] | None:
        """A width per column that fills the room; None when the figures do not fit into it.

        Figures and days are never shortened; texts give way, and take what is left over.
        """
        natural = self._natural(size, head_size)
        texts = [i for i, column in enumerate(self.columns) if column.kind is Kind.TEXT]
        spare = room - sum(natural) - GAP * (len(natural) - 1)
        if spare < 0:
            slack = [max(0.0, natural[i] - _LEAST_TEXT) for i in texts]
            if sum(slack) < -spare:
                return None
            for i, part in zip(texts, slack, strict=True):
                natural[i] += spare * part / sum(slack)
            return natural
        takers = texts or range(len(natural))
        whole = sum(natural[i] for i in takers) or 1
        widths = list(natural)
        for i in takers:
            widths[i] += spare * natural[i] / whole
        return widths

    def head(self, widths: Sequence[float], head_size: float) -> list[list[str]]:
        """The lines of each column's title."""
        return [
            wrap(column.title, self._bold, head_size, width + 0.1, _HEAD_LINES)
            for column, width in zip(self.columns, widths, strict=True)
        ]

    def lines(self, widths: Sequence[float], size: float) -> list[Line]:
        return [self._line(cells, strong, widths, size) for cells, strong in self._rows]

    def totals(self, widths: Sequence[float], size: float) -> list[Line]:
        return [self._line(cells, strong, widths, size) for cells, strong in self._totals]

    def _line(
        self, cells: Sequence[str], is_strong: bool, widths: Sequence[float], size: float
    ) -> Line:
        font = self._bold if is_strong else self._regular
        return Line(
            tuple(
                wrap(cell, font, size, width + 0.1, _MOST_LINES)
                if column.kind is Kind.TEXT
                else [cell]
                for cell, column, width in zip(cells, self.columns, widths, strict=True)
            ),
            is_strong,
        )

    def _natural(self, size: float, head_size: float) -> list[float]:
        return [self._column_width(i, size, head_size) for i in range(len(self.columns))]

    def _column_width(self, index: int, size: float, head_size: float) -> float:
        column = self.columns[index]
        # Figures of one length are equally wide: one of each length is enough.
        cells = {
            (text if column.kind is Kind.TEXT else len(text), strong): text
            for text, strong in ((row[index], strong) for row, strong in self._all())
        }
        widest = max(
            (
                width_of(text, self._bold if strong else self._regular, size)
                for (_, strong), text in cells.items()
            ),
            default=0,
        )
        if column.kind is Kind.TEXT:
            widest = min(widest, _MOST_TEXT)
        return max(widest, self._title_width(column, head_size))

    def _title_width(self, column: Column, size: float) -> float:
        """The least width at which the title stands on its lines; a text's title on one."""
        words = column.title.split()
        most = len(words) if column.kind is not Kind.TEXT else 0
        cuts = range(1, most) or [len(words)]
        halves = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in cuts]
        return min(max(width_of(half, self._bold, size) for half in pair) for pair in halves)

    def _all(self) -> Sequence[tuple[tuple[str, ...], bool]]:
        return [*self._rows, *self._totals]

    def _texts(self, row: Row) -> tuple[str, ...]:
        return tuple(self._text(column, row) for column in self.columns)

    def _text(self, column: Column, row: Row) -> str:
        value: Any = row.get(column.key)
        if value is None:
            return ""
        if column.kind is Kind.TEXT:
            return clean(str(value))
        currency = self._table.currency_of(row) if column.kind is Kind.MONEY else ""
        formats = Formatter(self._locale, currency)
        if column.kind is Kind.MONEY:
            return formats.amount(value)
        if column.kind is Kind.DAY:
            return formats.date(value)
        if column.kind is Kind.PERCENT:
            return formats.percent(Decimal(value))
        return formats.quantity(Decimal(value))
