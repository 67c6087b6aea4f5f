"""What follows the lines: tax summary and totals, how to pay, notes and terms."""

from collections.abc import Callable

from billing.documents.colours import GREEN, INK, RED, RULE, SOFT, Palette
from billing.documents.flow import Block
from billing.documents.fonts import width_of
from billing.documents.payment_details import code_matrix
from billing.documents.pen import Pen
from billing.documents.style import Style
from billing.documents.table import MOST_CHARACTERS
from billing.documents.text import reads_right_to_left, wrap
from billing.documents.view import DocumentView, Fact, TotalRow

_PANEL_PADDING = 13


class Closing:
    """Makes the blocks after the line table."""

    def __init__(self, view: DocumentView, pen: Pen, style: Style, palette: Palette) -> None:
        self._view, self._pen, self._style, self._palette = view, pen, style, palette
        self._regular, self._bold = style.family.regular, style.family.bold
        self._left, self._right = style.left, pen.width - style.right
        self._width = self._right - self._left

    def blocks(self) -> list[Block]:
        view, words = self._view, self._view.words
        blocks = [self._sums()]
        if view.payment:
            blocks.append(self._payment())
        blocks += self._prose(words["notes"], view.notes)
        blocks += self._prose(words["terms"], view.terms)
        return blocks + self._prose("", view.footer)

    # Totals at the right, tax per rate at the left.

    def _sums(self) -> Block:
        style = self._style
        widest = max(
            width_of(row.label, self._bold, style.size)
            + width_of(row.amount, self._bold, style.size + 3)
            for row in self._view.totals
        )
        width = min(max(widest + 54, self._width * 0.42), self._width * 0.62)
        left = self._right - width
        heights = [self._total_height(row) for row in self._view.totals]
        taxes, taxes_height = self._taxes(left - self._left - 28)

        def draw(top: float) -> None:
            y = top - style.gap
            taxes(y)
            for row, height in zip(self._view.totals, heights, strict=True):
                self._draw_total(row, left, y, height)
                y -= height

        return Block(style.gap + max(sum(heights), taxes_height), draw)

    def _total_height(self, row: TotalRow) -> float:
        extra = {"plain": 5, "strong": 9, "due": 17}[row.tone]
        return self._style.leading + extra

    def _draw_total(self, row: TotalRow, left: float, top: float, height: float) -> None:
        style, pen, right = self._style, self._pen, self._right - 10
        size, font, colour = style.size, self._regular, INK
        label_colour = SOFT
        baseline = top - height / 2 - size * 0.36
        if row.tone == "strong":
            font, label_colour, size = self._bold, INK, style.size + 0.6
            pen.rule(left, top - 1, self._right, INK if style.due == "double" else RULE, 0.7)
        if row.tone == "due":
            font, size = self._bold, style.size + 2.6
            colour = label_colour = self._frame_due(left, top, height)
            baseline = top - height / 2 - size * 0.36 - (1.5 if style.due != "double" else 0)
        room = self._right - left - 26 - width_of(row.amount, font, size)
        pen.text(left + 10, baseline, row.label, font, min(size, style.size + 1.2), label_colour,
                 width=room)  # fmt: skip
        pen.text(right, baseline, row.amount, font, size, colour, align="right")

    def _frame_due(self, left: float, top: float, height: float) -> tuple[float, float, float]:
        """Draws what sets the amount due apart; answers the colour of its text."""
        style, pen = self._style, self._pen
        width = self._right - left
        if style.due == "fill":
            pen.box(left, top - height, width, height - 3, fill=self._palette.fill, radius=4)
            return self._palette.on_fill
        if style.due == "double":
            pen.rule(left, top - 1, self._right, INK, 0.7)
            pen.rule(left, top - height + 2.4, self._right, INK, 0.7)
            pen.rule(left, top - height, self._right, INK, 0.7)
            return INK
        pen.box(left, top - height, width, height - 3, fill=self._palette.tint)
        pen.box(left, top - height, 2.5, height - 3, fill=self._palette.fill)
        return self._palette.text

    def _taxes(self, width: float) -> tuple[Callable[[float], None], float]:
        view, style = self._view, self._style
        if not view.taxes:
            return (lambda top: None), 0
        notes = [
            wrap(row.note, self._regular, style.small, width, 4) if row.note else []
            for row in view.taxes
        ]
        leading = style.small_leading + 2.5
        height = leading + 6 + sum(leading + len(note) * style.small_leading for note in notes)

        def draw(top: float) -> None:
            self._draw_taxes(top, width, leading, notes)

        return draw, height

    def _draw_taxes(self, top: float, width: float, leading: float, notes: list[list[str]]) -> None:
        style, pen, words = self._style, self._pen, self._view.words
        small, left = style.small, self._left
        base_edge, tax_edge = left + width * 0.74, left + width
        y = top - 4 - small
        pen.text(left, y, words["tax_summary"], self._bold, small, SOFT, width=width * 0.5)
        pen.text(base_edge, y, words["tax_base"], self._bold, small, SOFT, align="right")
        pen.text(tax_edge, y, words["tax"], self._bold, small, SOFT, align="right")
        pen.rule(left, y - 4, tax_edge, RULE)
        y -= leading + 3
        for row, note in zip(self._view.taxes, notes, strict=True):
            name_room = width * 0.74 - width_of(row.base, self._regular, small) - 8
            pen.text(left, y, row.label, self._regular, small, width=name_room)
            pen.text(base_edge, y, row.base, self._regular, small, align="right")
            pen.text(tax_edge, y, row.tax, self._regular, small, align="right")
            for line in note:
                y -= style.small_leading
                pen.ready_text(left, y, line, self._regular, small, SOFT)
            y -= leading

    # How to pay.

    def _payment(self) -> Block:
        style, payment = self._style, self._view.payment
        assert payment is not None  # noqa: S101 - only called when there is one
        has_code = bool(payment.code)
        padding = 0 if style.panel == "open" else _PANEL_PADDING
        facts_width = self._width - 2 * padding
        facts_width -= style.code_size + 22 if has_code else 0
        draw_facts, facts_height = self._facts(payment.facts, facts_width)
        inner = max(facts_height + style.leading + 6, style.code_size + 12 if has_code else 0)
        height = inner + 2 * padding

        def draw(top: float) -> None:
            top -= style.gap
            self._panel(top, height)
            y = top - padding
            heading = payment.heading or self._view.words["how_to_pay"]
            self._pen.text(
                self._left + padding, y - style.size, heading, self._bold, style.size + 0.6
            )
            draw_facts(self._left + padding, y - style.leading - 6)
            if has_code:
                self._draw_code(self._right - padding, y)

        return Block(height + style.gap, draw)

    def _panel(self, top: float, height: float) -> None:
        style, pen = self._style, self._pen
        if style.panel == "tint":
            pen.box(
                self._left, top - height, self._width, height, fill=self._palette.tint, radius=6
            )
        elif style.panel == "frame":
            pen.box(self._left, top - height, self._width, height, edge=RULE, line=0.8)
        else:
            pen.rule(self._left, top + 8, self._right, RULE)

    def _draw_code(self, right: float, top: float) -> None:
        payment, size = self._view.payment, self._style.code_size
        assert payment is not None  # noqa: S101 - only called when there is one
        pen = self._pen
        pen.box(right - size, top - size, size, size, fill=(1, 1, 1))
        # A quiet zone of white around the code: phones need it on a tinted panel.
        margin = size * 0.06
        pen.code(
            code_matrix(payment.code), right - size + margin, top - size + margin, size - 2 * margin
        )
        pen.text(
            right - size / 2, top - size - 8, payment.code_caption, self._regular,
            self._style.small - 0.8, SOFT, align="center", width=size + 40,
        )  # fmt: skip

    def _facts(
        self, facts: tuple[Fact, ...], width: float
    ) -> tuple[Callable[[float, float], None], float]:
        """Labels and values in a grid. The reference is what people must not forget: bold."""
        style = self._style
        label_width = min(
            max(width_of(fact.label, self._regular, style.small) for fact in facts) + 16,
            width * 0.4,
        )
        leading = style.small_leading + 2.2
        lines = [
            wrap(fact.value, self._regular, style.size, width - label_width, 2) for fact in facts
        ]

        def draw(x: float, top: float) -> None:
            y = top - style.size
            for fact, values in zip(facts, lines, strict=True):
                self._pen.text(x, y, fact.label, self._regular, style.small, SOFT,
                               width=label_width - 6)  # fmt: skip
                is_link = fact.key == "online"
                font = self._bold if fact.key in ("iban", "payment_reference") else self._regular
                for value in values:
                    colour = self._palette.text if is_link else INK
                    self._pen.ready_text(x + label_width, y, value, font, style.size, colour)
                    y -= leading
                if is_link:
                    self._pen.link(
                        x + label_width, y + leading - 2, width - label_width, leading, fact.value
                    )

        return draw, sum(len(values) for values in lines) * leading

    # Notes, terms and the closing sentence.

    def _prose(self, heading: str, text: str) -> list[Block]:
        text = text.strip()[:MOST_CHARACTERS]
        if not text:
            return []
        style = self._style
        lines = wrap(text, self._regular, style.small, self._width)
        blocks = []
        if heading:
            blocks.append(self._heading(heading, min(len(lines), 2)))
        else:
            blocks.append(Block(style.gap * 0.8, lambda top: None, needs=style.leading))
        for line in lines:
            blocks.append(Block(style.small_leading + 0.6, self._prose_line(line)))
        return blocks

    def _prose_line(self, line: str) -> Callable[[float], None]:
        style = self._style
        x, align = self._left, "left"
        if reads_right_to_left(line):
            x, align = self._right, "right"

        def draw(top: float) -> None:
            y = top - style.small
            self._pen.ready_text(x, y, line, self._regular, style.small, INK, align=align)

        return draw

    def _heading(self, heading: str, lines_kept: int) -> Block:
        style = self._style
        height = style.gap * 0.8 + style.small_leading + 2

        def draw(top: float) -> None:
            y = top - style.gap * 0.8 - style.small
            self._pen.text(self._left, y, heading, self._bold, style.small, SOFT)

        return Block(height, draw, needs=lines_kept * (style.small_leading + 0.6))


def mark_colour(mark: str, palette: Palette) -> tuple[float, float, float]:
    """Green is settled, red is late or went wrong, the accent is everything else."""
    if mark in ("paid", "accepted"):
        return GREEN
    return RED if mark in ("void", "overdue", "failed", "declined", "cancelled") else palette.text
