"""The line table on paper: column widths, rows that wrap, sums carried over the page."""

from billing.documents.colours import INK, RULE, SOFT, TINT, Palette
from billing.documents.flow import Block, TableEdges
from billing.documents.fonts import width_of
from billing.documents.pen import Pen
from billing.documents.style import Style
from billing.documents.text import fit, reads_right_to_left, wrap
from billing.documents.view import DocumentView, Row

_COLUMN_GAP = 14
_LEAST_DESCRIPTION = 150
_MOST_QUANTITY = 86
# The first piece of a row: its title and this many lines of small print stay together.
_DETAILS_KEPT = 3
_TITLE_LINES = 6


class LineTable:
    """Makes the blocks of one document's lines."""

    def __init__(self, view: DocumentView, pen: Pen, style: Style, palette: Palette) -> None:
        self._view, self._pen, self._style, self._palette = view, pen, style, palette
        self._regular, self._bold = style.family.regular, style.family.bold
        self._left, self._right = style.left, pen.width - style.right
        self._inset = 0 if style.head == "line" else 6
        self._edges = self._column_edges()

    def blocks(self) -> list[Block]:
        if not self._view.rows:
            return []
        blocks: list[Block] = []
        for number, row in enumerate(self._view.rows):
            blocks += self._row_blocks(number, row)
        return blocks

    def edges(self) -> TableEdges:
        words = self._view.words
        return TableEdges(
            head=Block(self._style.leading + 11, self._draw_head),
            carried=lambda running: self._sum_block(words["carried_forward"], running),
            brought=lambda running: self._sum_block(words["brought_forward"], running),
            has_sums=self._view.has_running_total,
        )

    def _column_edges(self) -> list[float]:
        """The right edge of every column of figures, from left to right."""
        edges, right = [], self._right - self._inset
        count = len(self._view.columns)
        for index in range(count - 1, -1, -1):
            edges.append(right)
            right -= self._column_width(index) + _COLUMN_GAP
        self._description_width = max(_LEAST_DESCRIPTION, right - self._left - self._inset)
        return edges[::-1]

    def _column_width(self, index: int) -> float:
        column, size = self._view.columns[index], self._style.size
        texts = {row.cells[index] for row in self._view.rows}
        # Figures of one length are equally wide: the longest of each length is enough.
        longest = {len(text): text for text in sorted(texts)}
        widest = max((width_of(text, self._regular, size) for text in longest.values()), default=0)
        widest = max(widest, width_of(column.label, self._bold, self._style.small))
        return min(widest, _MOST_QUANTITY) if column.key in ("quantity", "tax") else widest

    def _draw_head(self, top: float) -> None:
        style, pen = self._style, self._pen
        height = style.leading + 5
        colour, rule = SOFT, self._palette.fill
        if style.head == "bar":
            pen.box(self._left, top - height, self._right - self._left, height, fill=TINT)
            colour = INK
        elif style.head == "rules":
            colour, rule = INK, INK
            pen.rule(self._left, top, self._right, rule, 0.9)
        if style.head != "bar":
            pen.rule(self._left, top - height, self._right, rule, 0.9)
        baseline = top - height + 5.5
        words = self._view.words
        label = words["for_invoice"] if self._view.kind == "receipt" else words["description"]
        pen.text(self._left + self._inset, baseline, label, self._bold, style.small, colour)
        for column, edge in zip(self._view.columns, self._edges, strict=True):
            pen.text(edge, baseline, column.label, self._bold, style.small, colour, align="right")

    def _row_blocks(self, number: int, row: Row) -> list[Block]:
        style = self._style
        width = self._description_width
        title = wrap(row.title, self._row_font, style.size, width, _TITLE_LINES)
        details = [
            line for text in row.details for line in wrap(text, self._regular, style.small, width)
        ]
        kept, rest = details[:_DETAILS_KEPT], details[_DETAILS_KEPT:]
        if len(rest) == 1:
            kept, rest = details, []
        height = style.row_padding + len(title) * style.leading + len(kept) * style.small_leading
        first = Block(
            height + (0 if rest else style.row_padding),
            lambda top: self._draw_row(top, number, row, title, kept, is_last=not rest),
            running=row.running,
        )
        return [first, *self._more(number, row, rest)]

    def _more(self, number: int, row: Row, details: list[str]) -> list[Block]:
        """One block per further line of small print, so that a page can break anywhere."""
        leading, blocks = self._style.small_leading, []
        for index, line in enumerate(details):
            is_last = index == len(details) - 1
            height = leading + (self._style.row_padding if is_last else 0)

            def draw(top: float, line: str = line, height: float = height) -> None:
                self._stripe(top, height, number)
                self._detail(top - self._style.small, line)
                # The last line of a row is higher by the row's padding.
                if height > leading:
                    self._end_row(top - height)

            blocks.append(Block(height, draw, running=row.running))
        return blocks

    @property
    def _row_font(self) -> str:
        return self._regular if self._style.has_stripes else self._bold

    def _draw_row(
        self,
        top: float,
        number: int,
        row: Row,
        title: list[str],
        details: list[str],
        *,
        is_last: bool,
    ) -> None:
        style, pen = self._style, self._pen
        height = style.row_padding + len(title) * style.leading
        height += len(details) * style.small_leading + (style.row_padding if is_last else 0)
        self._stripe(top, height, number)
        x, y = self._left + self._inset, top - style.row_padding - style.size + 0.4
        for cell, edge, column in zip(row.cells, self._edges, self._view.columns, strict=True):
            text = cell
            if column.key in ("quantity", "tax"):
                text = fit(cell, self._regular, style.size, _MOST_QUANTITY)
            pen.text(edge, y, text, self._regular, style.size, align="right")
        for line in title:
            pen.ready_text(x, y, line, self._row_font, style.size)
            y -= style.leading
        y += style.leading - style.small_leading
        for line in details:
            self._detail(y, line)
            y -= style.small_leading
        if is_last:
            self._end_row(top - height)

    def _detail(self, y: float, line: str) -> None:
        x, align = self._left + self._inset, "left"
        if reads_right_to_left(line):
            x, align = x + self._description_width, "right"
        self._pen.ready_text(x, y, line, self._regular, self._style.small, SOFT, align=align)

    def _stripe(self, top: float, height: float, number: int) -> None:
        if self._style.has_stripes and number % 2:
            width = self._right - self._left
            self._pen.box(self._left, top - height, width, height, fill=TINT)

    def _end_row(self, y: float) -> None:
        if self._style.has_row_rules:
            self._pen.rule(self._left, y, self._right, RULE, 0.5)

    def _sum_block(self, label: str, running: int) -> Block:
        style = self._style
        amount = self._view.formats.amount(running)

        def draw(top: float) -> None:
            y = top - style.row_padding - style.size
            self._pen.text(self._left + self._inset, y, label, self._regular, style.small, SOFT)
            self._pen.text(self._edges[-1], y, amount, self._bold, style.size, INK, align="right")

        return Block(style.leading + 2 * style.row_padding, draw)
