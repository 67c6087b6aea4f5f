"""A document on paper: letterhead, line table, closing, footer. Templates fill in the look."""

from abc import ABC, abstractmethod

from reportlab.lib.pagesizes import A4, letter

from billing.documents.closing import Closing, mark_colour
from billing.documents.colours import FAINT, INK, RULE, SOFT, mix, palette
from billing.documents.flow import Block, Page, paginate
from billing.documents.fonts import width_of
from billing.documents.line_table import LineTable
from billing.documents.pen import Pen
from billing.documents.pictures import logo_png
from billing.documents.style import Style
from billing.documents.text import clean, fit, wrap
from billing.documents.view import DocumentView, Fact, Party

_SIZES = {"a4": A4, "letter": letter}
_WATERMARK = (0.93, 0.94, 0.95)
_FOOTER_LINES = 4


class Sheet(ABC):
    """One document being drawn. Subclasses give the style and the letterheads."""

    style: Style

    def __init__(self, view: DocumentView, pen: type[Pen] = Pen, logo: bytes | None = None) -> None:
        """`logo` is a PNG that is drawn instead of the stored one."""
        self.view = view
        self.palette = palette(view.accent)
        self.regular, self.bold = self.style.family.regular, self.style.family.bold
        self.pen = pen(
            _SIZES[view.page_size],
            title=f"{view.heading} · {view.seller.name}",
            author=view.seller.name,
            language=view.language,
            font=self.regular,
        )
        self.pen.date(view.date)
        self.left, self.right = self.style.left, self.pen.width - self.style.right
        self.width = self.right - self.left
        self.logo = logo or logo_png(view.logo)
        self._legal = self._legal_lines()

    def draw(self) -> bytes:
        """The PDF."""
        self._begin_page()
        first_top = self.first_letterhead()
        table = LineTable(self.view, self.pen, self.style, self.palette)
        blocks: list[Block] = [*table.blocks()]
        blocks += Closing(self.view, self.pen, self.style, self.palette).blocks()
        pages = paginate(
            blocks,
            table.edges(),
            first_top,
            self.next_top(),
            self.style.bottom + self.legal_height,
        )
        for number, page in enumerate(pages, 1):
            if number > 1:
                self._begin_page()
                self.next_letterhead()
            self._draw_page(page, number, len(pages))
        return self.pen.finish()

    # What a template says.

    @abstractmethod
    def first_letterhead(self) -> float:
        """Draws the first page's head. Returns the y below it."""

    def next_letterhead(self) -> None:
        """Draws the head of every further page, above `next_top`."""
        pen, y = self.pen, self.pen.height - 40
        pen.text(self.left, y, self.view.seller.name, self.bold, 8.5, INK, width=self.width * 0.5)
        pen.text(self.right, y, self.view.heading, self.regular, 8.5, SOFT, align="right",
                 width=self.width * 0.45)  # fmt: skip
        pen.rule(self.left, y - 8, self.right, RULE)

    def next_top(self) -> float:
        """Where the body begins on further pages."""
        return self.pen.height - 62

    def footer(self, page: int, pages: int) -> None:
        """Who stands behind the document, and which page this is."""
        pen, bottom = self.pen, self.style.bottom
        pen.rule(self.left, bottom + self.legal_height - 12, self.right, RULE)
        y = bottom + self.legal_height - 23
        label = self.view.words["page"].format(page=page, pages=pages)
        pen.text(self.right, y, label, self.regular, 7, SOFT, align="right")
        for line in self._legal:
            pen.ready_text(self.left, y, line, self.regular, 7, FAINT)
            y -= 9.4

    # What templates share.

    def party(
        self, party: Party, x: float, y: float, width: float, *, size: float, most: int = 9
    ) -> float:
        """Name, address and registrations below each other. Returns the y below the last line."""
        pen, leading = self.pen, size * 1.36
        for line in wrap(party.name, self.bold, size + 0.8, width, 3):
            pen.ready_text(x, y, line, self.bold, size + 0.8)
            y -= leading + 0.8
        texts = [*party.lines, *(f"{fact.label} {fact.value}" for fact in party.ids)]
        lines = [line for text in texts for line in wrap(text, self.regular, size, width, 2)]
        for line in lines[:most]:
            pen.ready_text(x, y, line, self.regular, size, SOFT)
            y -= leading
        return y

    def fact_rows(
        self, facts: tuple[Fact, ...], x: float, y: float, width: float, *, size: float
    ) -> float:
        """Labels at the left, values at the right edge, a line each. Returns the y below."""
        for fact in facts:
            label = fit(clean(fact.label), self.regular, size, width * 0.55)
            room = width - width_of(label, self.regular, size) - 10
            self.pen.text(x, y, label, self.regular, size, SOFT)
            for line in wrap(fact.value, self.regular, size, room, 2):
                self.pen.ready_text(x + width, y, line, self.regular, size, INK, align="right")
                y -= size * 1.5
        return y

    def mark(self, right: float, y: float, size: float) -> None:
        """The state of the document as a small outlined label, its right edge given."""
        label = self.view.mark_label
        if not label:
            return
        colour = mark_colour(self.view.mark, self.palette)
        width = width_of(label, self.bold, size) + 14
        self.pen.box(
            right - width, y - 4.6, width, size + 7, fill=mix(colour, (1, 1, 1), 0.92),
            edge=colour, radius=3, line=0.8,
        )  # fmt: skip
        self.pen.text(right - width / 2, y, label, self.bold, size, colour, align="center")

    def emblem(self, x: float, top: float, size: float) -> None:
        """The first letter of the seller's name on the accent: a stand-in for a logo."""
        initial = next((sign for sign in clean(self.view.seller.name) if sign.isalnum()), "")
        self.pen.box(x, top - size, size, size, fill=self.palette.fill, radius=size * 0.22)
        self.pen.text(
            x + size / 2, top - size * 0.69, initial.upper(), self.bold, size * 0.54,
            self.palette.on_fill, align="center",
        )  # fmt: skip

    @property
    def legal_height(self) -> float:
        return 14 + 9.4 * max(1, len(self._legal))

    def _legal_lines(self) -> list[str]:
        room = self.width - 90
        lines = [line for text in self.view.legal for line in wrap(text, self.regular, 7, room, 2)]
        return lines[:_FOOTER_LINES]

    def _begin_page(self) -> None:
        if label := self.view.watermark.upper():
            size = min(120, 560 / max(1, width_of(label, self.bold, 1)))
            self.pen.behind(label, self.bold, size, _WATERMARK)

    def _draw_page(self, page: Page, number: int, count: int) -> None:
        for top, block in page:
            block.draw(top)
        self.footer(number, count)
        self.pen.end_page()
