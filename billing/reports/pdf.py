"""A report's table on paper: the organization's head, the columns, the totals, page numbers."""

from collections.abc import Iterator, Sequence
from itertools import islice

from reportlab.lib.pagesizes import A4, landscape, letter

from accounts.models import Organization
from billing.documents.building import page_size
from billing.documents.colours import FAINT, INK, RULE, SOFT, TINT, palette
from billing.documents.flow import Block, Page, TableEdges, paginate
from billing.documents.fonts import SANS
from billing.documents.formats import Formatter, known_locale
from billing.documents.pen import Pen
from billing.documents.pictures import logo_png
from billing.documents.text import wrap
from billing.documents.wording import words_for
from billing.reports.grid import GAP, Grid, Line
from billing.reports.table import Column, Table
from core.errors import DomainError, Kind

MOST_ROWS = 10_000

_SIZES = {"a4": A4, "letter": letter}
_MARGIN = 42.0
_BOTTOM = 46
_PADDING = 4.2
# Type sizes to try until the figures fit across the page.
_TYPE_SIZES = (8.6, 7.6, 6.6, 5.6, 4.6)
_WATERMARK = (0.93, 0.94, 0.95)


class ReportTooLong(DomainError):
    """Paper for people ends somewhere; a file for programs does not."""

    kind, code = Kind.INVALID, "report_too_long"
    message = "The report has more than {most} rows, too many for a PDF: narrow it, or take CSV."
    default_param = "format"


def report_pdf(table: Table, organization: Organization, locale: str = "") -> bytes:
    """The table as PDF under the organization's name; the same table gives the same bytes.

    Lies on its side when the columns ask for it. With a `locale` figures, dates and the page
    numbers are in that one instead of the organization's. Raises ReportTooLong.
    """
    return _Report(table, organization, locale).draw()


class _Report:
    """One report being drawn."""

    def __init__(self, table: Table, organization: Organization, locale: str) -> None:
        rows = list(islice(table.rows, MOST_ROWS + 1))
        if len(rows) > MOST_ROWS:
            raise ReportTooLong(most=MOST_ROWS)
        self._table, self._organization = table, organization
        self._locale = known_locale(locale or organization.locale)
        self._language, self._words = words_for(locale or "en")
        self._palette = palette(organization.accent_color)
        self._regular, self._bold = SANS.regular, SANS.bold
        self._grid = Grid(table, rows, self._locale, self._regular, self._bold)
        paper = self._lay_out()
        self._pen = Pen(
            paper,
            title=f"{table.title} · {organization.display_name}",
            author=organization.display_name,
            language=self._language,
            font=self._regular,
        )
        self._pen.date(table.day)
        self._left, self._right = _MARGIN, paper[0] - _MARGIN
        self._leading = self._size * 1.42
        self._has_rows = bool(rows)

    def draw(self) -> bytes:
        self._watermark()
        first_top = self._first_head()
        edges = TableEdges(
            head=self._column_heads(), carried=_nothing, brought=_nothing, has_sums=False
        )
        pages = paginate(self._blocks(), edges, first_top, self._next_top(), _BOTTOM)
        for number, page in enumerate(pages, 1):
            if number > 1:
                self._watermark()
                self._next_head()
            self._draw_page(page, number, len(pages))
        return self._pen.finish()

    def _lay_out(self) -> tuple[float, float]:
        """Chooses the paper and the type; sets the widths. Upright, if nothing has to wrap."""
        country, grid = self._organization.country, self._grid
        upright = _SIZES[page_size(country, self._locale)]
        self._size = _TYPE_SIZES[0]
        is_wide = grid.natural_width(self._size, self._size - 1) > upright[0] - 2 * _MARGIN
        paper = landscape(upright) if is_wide else upright
        room = paper[0] - 2 * _MARGIN
        found = None
        for size in _TYPE_SIZES:
            found = grid.widths(room, size, size - 1)
            if found is not None:
                self._size = size
                break
        # Too many columns for any paper: they overlap rather than lose a digit.
        self._widths = found or [room / len(grid.columns) - GAP] * len(grid.columns)
        return paper

    # The head of the first page, and of the others.

    def _first_head(self) -> float:
        pen, table = self._pen, self._table
        pen.box(0, pen.height - 5, pen.width, 5, fill=self._palette.fill)
        top, room = pen.height - 38, self._right - self._left
        logo = logo_png(self._organization.logo.name or "")
        if logo:
            pen.picture(logo, self._right - 130, top + 8, 130, 40, "right")
        name_room = room * 0.7
        pen.text(self._left, top, self._organization.display_name, self._bold, 9, SOFT,
                 width=name_room)  # fmt: skip
        y = top - 24
        for line in wrap(table.title, self._bold, 19, name_room, 2):
            pen.ready_text(self._left, y, line, self._bold, 19, INK)
            y -= 23
        y += 7
        for text in table.subtitle:
            for line in wrap(text, self._regular, 9, room, 3):
                pen.ready_text(self._left, y, line, self._regular, 9, SOFT)
                y -= 13
        return y - 8

    def _next_head(self) -> None:
        pen, y = self._pen, self._pen.height - 34
        room = self._right - self._left
        pen.text(self._left, y, self._organization.display_name, self._bold, 8, INK,
                 width=room * 0.48)  # fmt: skip
        pen.text(self._right, y, self._table.title, self._regular, 8, SOFT, align="right",
                 width=room * 0.48)  # fmt: skip

    def _next_top(self) -> float:
        return self._pen.height - 46

    def _watermark(self) -> None:
        if not self._organization.livemode:
            self._pen.behind("TEST", self._bold, 120, _WATERMARK)

    # The table.

    def _blocks(self) -> list[Block]:
        lines = self._grid.lines(self._widths, self._size)
        blocks = [self._row(line, number) for number, line in enumerate(lines)]
        if not self._has_rows:
            blocks.append(self._sentence(self._words["nothing_to_report"], running=0))
        totals = self._grid.totals(self._widths, self._size)
        blocks += [self._total(line, is_first=not index) for index, line in enumerate(totals)]
        return blocks + [self._sentence(note) for note in self._note_lines()]

    def _column_heads(self) -> Block:
        size = self._size - 1
        titles = self._grid.head(self._widths, size)
        depth = max(len(title) for title in titles)
        leading = size * 1.3
        height = depth * leading + 9

        def draw(top: float) -> None:
            bottom = top - height
            for x, width, title, column in self._placed(titles):
                y = bottom + 6 + (len(title) - 1) * leading
                for line in title:
                    self._write(x, width, y, line, self._bold, size, SOFT, column.is_figure)
                    y -= leading
            self._pen.rule(self._left, bottom, self._right, self._palette.fill, 0.9)

        return Block(height, draw)

    def _row(self, line: Line, number: int) -> Block:
        height = line.depth * self._leading + 2 * _PADDING - 2

        def draw(top: float) -> None:
            if line.is_strong:
                self._pen.box(
                    self._left - 4, top - height, self._right - self._left + 8, height, fill=TINT
                )
            self._cells(line, top)
            self._pen.rule(self._left, top - height, self._right, RULE, 0.4)

        return Block(height, draw, running=0)

    def _total(self, line: Line, *, is_first: bool) -> Block:
        height = line.depth * self._leading + 2 * _PADDING + (3 if is_first else 0)

        def draw(top: float) -> None:
            if is_first:
                top -= 3
                self._pen.rule(self._left, top, self._right, INK, 0.9)
            self._cells(line, top)

        return Block(height, draw, running=0)

    def _cells(self, line: Line, top: float) -> None:
        font = self._bold if line.is_strong else self._regular
        for x, width, cell, column in self._placed(line.cells):
            y = top - _PADDING - self._size + 0.6
            for text in cell:
                self._write(x, width, y, text, font, self._size, INK, column.is_figure)
                y -= self._leading

    def _placed(
        self, cells: Sequence[list[str]]
    ) -> Iterator[tuple[float, float, list[str], Column]]:
        """(left edge, width, lines, column) of each cell."""
        x = self._left
        for width, cell, column in zip(self._widths, cells, self._grid.columns, strict=True):
            yield x, width, cell, column
            x += width + GAP

    def _write(
        self,
        x: float,
        width: float,
        y: float,
        text: str,
        font: str,
        size: float,
        colour: tuple[float, float, float],
        is_figure: bool,
    ) -> None:
        if not text:
            return
        if is_figure:
            self._pen.ready_text(x + width, y, text, font, size, colour, align="right")
        else:
            self._pen.ready_text(x, y, text, font, size, colour)

    def _note_lines(self) -> list[str]:
        room = self._right - self._left
        return [line for note in self._table.notes for line in wrap(note, self._regular, 7.6, room)]

    def _sentence(self, text: str, running: int | None = None) -> Block:
        def draw(top: float) -> None:
            self._pen.ready_text(self._left, top - 14, text, self._regular, 7.6, SOFT)

        return Block(12, draw, running=running)

    # The foot.

    def _draw_page(self, page: Page, number: int, count: int) -> None:
        for top, block in page:
            block.draw(top)
        pen, y = self._pen, 24.0
        pen.rule(self._left, y + 11, self._right, RULE)
        day = Formatter(self._locale, "").date(self._table.day)
        pen.text(self._left, y, f"{self._table.title} · {day}", self._regular, 7, FAINT,
                 width=(self._right - self._left) * 0.7)  # fmt: skip
        label = self._words["page"].format(page=number, pages=count)
        pen.text(self._right, y, label, self._regular, 7, SOFT, align="right")
        pen.end_page()


def _nothing(running: int) -> Block:
    return Block(0, lambda top: None)
