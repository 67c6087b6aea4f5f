"""tmpl_classic: a business letter. Serifs, black rules, the address where windows are."""

from billing.documents.closing import mark_colour
from billing.documents.colours import INK, RULE, SOFT
from billing.documents.fonts import SERIF, width_of
from billing.documents.sheet import Sheet
from billing.documents.style import Style
from billing.documents.text import clean, fit, wrap

_FACTS_WIDTH = 196
_FOOTER_COLUMNS = 3


class Classic(Sheet):
    style = Style(
        family=SERIF,
        size=9.2,
        leading=12.6,
        small=8,
        small_leading=10.6,
        left=58,
        right=52,
        bottom=28,
        row_padding=4,
        head="rules",
        has_row_rules=False,
        has_stripes=False,
        due="double",
        panel="open",
        code_size=80,
        gap=16,
    )

    def first_letterhead(self) -> float:
        pen = self.pen
        y = self._crest(pen.height - 42)
        pen.rule(self.left, y, self.right, self.palette.fill, 1.6)
        pen.rule(self.left, y - 3, self.right, self.palette.fill, 0.5)
        lowest = min(self._window(y - 30), self._reference_block(y - 30))
        return self._headline(lowest - 26)

    def _crest(self, top: float) -> float:
        """The name in the middle, as on a printed letterhead; contact details below it."""
        pen, seller, middle = self.pen, self.view.seller, self.pen.width / 2
        if self.logo:
            top -= pen.picture(self.logo, self.left, top, self.width, 44, align="center") + 14
        else:
            size = min(21, 21 * self.width / max(1, width_of(seller.name, self.bold, 21)))
            pen.text(middle, top - 14, seller.name, self.bold, size, INK, align="center")
            top -= 30
        contact = "  ·  ".join(seller.contact)
        pen.text(middle, top, contact, self.regular, 8, SOFT, align="center", width=self.width)
        return top - 13

    def _window(self, top: float) -> float:
        """Sender in one small line, the addressee below it."""
        pen, view, width = self.pen, self.view, self.width - _FACTS_WIDTH - 30
        sender = " · ".join([view.seller.name, *view.seller.lines])
        sender = fit(clean(sender), self.regular, 6.8, width)
        pen.text(self.left, top, sender, self.regular, 6.8, SOFT)
        pen.rule(self.left, top - 3.5, self.left + width_of(sender, self.regular, 6.8), RULE)
        y = self.party(view.buyer, self.left, top - 20, width, size=9.4)
        if view.delivery:
            pen.text(self.left, y - 8, view.delivery.label, self.bold, 8, SOFT)
            y = self.party(view.delivery, self.left, y - 21, width, size=8.6)
        return y

    def _reference_block(self, top: float) -> float:
        x = self.right - _FACTS_WIDTH
        return self.fact_rows(self.view.facts, x, top, _FACTS_WIDTH, size=8.8)

    def _headline(self, y: float) -> float:
        pen, view = self.pen, self.view
        mark = view.mark_label.upper()
        room = self.width - (width_of(mark, self.bold, 10) + 24 if mark else 0)
        pen.text(self.left, y, view.heading, self.bold, 16, INK, width=room)
        if mark:
            pen.text(self.right, y, mark, self.bold, 10, mark_colour(view.mark, self.palette),
                     align="right")  # fmt: skip
        return y - 16

    def next_letterhead(self) -> None:
        pen, y = self.pen, self.pen.height - 44
        pen.text(self.left, y, self.view.seller.name, self.bold, 9.5, INK, width=self.width * 0.5)
        pen.text(self.right, y, self.view.heading, self.regular, 9, SOFT, align="right",
                 width=self.width * 0.45)  # fmt: skip
        pen.rule(self.left, y - 8, self.right, self.palette.fill, 1.2)

    def next_top(self) -> float:
        return self.pen.height - 68

    def footer(self, page: int, pages: int) -> None:
        """The legal lines in columns, the page number in the middle below them."""
        pen, bottom = self.pen, self.style.bottom
        top = bottom + self.legal_height
        pen.rule(self.left, top, self.right, INK, 0.5)
        column = self.width / _FOOTER_COLUMNS
        for index, lines in enumerate(self._columns(column - 12)):
            for row, line in enumerate(lines):
                x, y = self.left + index * column, top - 11 - row * 8.8
                pen.ready_text(x, y, line, self.regular, 6.8, SOFT)
        label = self.view.words["page"].format(page=page, pages=pages)
        pen.text(pen.width / 2, bottom - 6, label, self.regular, 7.5, INK, align="center")

    @property
    def legal_height(self) -> float:
        return 20 + 8.8 * max(1, *(len(lines) for lines in self._columns(160)))

    def _columns(self, width: float) -> list[list[str]]:
        """Address, contact, registrations: a column each; the rest joins the last."""
        texts = [line.split(" · ") for line in self.view.legal]
        texts = [*texts[: _FOOTER_COLUMNS - 1], sum(texts[_FOOTER_COLUMNS - 1 :], [])]
        return [
            [line for part in parts for line in wrap(part, self.regular, 6.8, width, 2)][:5]
            for parts in texts
        ] or [[]]
