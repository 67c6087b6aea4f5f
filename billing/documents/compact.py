"""tmpl_compact: much on one page. Small type, striped rows, a coloured head."""

from billing.documents.colours import INK, RULE, SOFT
from billing.documents.fonts import SANS, width_of
from billing.documents.sheet import Sheet
from billing.documents.style import Style
from billing.documents.text import fit

_BAND = 50
_FACTS_WIDTH = 176


class Compact(Sheet):
    style = Style(
        family=SANS,
        size=7.6,
        leading=9.8,
        small=6.7,
        small_leading=8.6,
        left=32,
        right=32,
        bottom=20,
        row_padding=2.4,
        head="bar",
        has_row_rules=False,
        has_stripes=True,
        due="line",
        panel="frame",
        code_size=66,
        gap=11,
    )

    def first_letterhead(self) -> float:
        self._band()
        top = self.pen.height - _BAND - 20
        column = (self.width - _FACTS_WIDTH - 40) / 2
        lowest = top
        for index, party in enumerate([self.view.buyer, self.view.delivery or self.view.seller]):
            x = self.left + index * (column + 20)
            self.pen.text(x, top, party.label, self.bold, 6.6, self.palette.text)
            lowest = min(lowest, self.party(party, x, top - 11, column, size=7.4))
        x = self.right - _FACTS_WIDTH
        y = self.fact_rows(self.view.facts, x, top - 3, _FACTS_WIDTH, size=7.4)
        return min(lowest, y) - 6

    def _band(self) -> None:
        """Name and title on the accent, from edge to edge."""
        pen, view, ink = self.pen, self.view, self.palette.on_fill
        bottom = pen.height - _BAND
        pen.box(0, bottom, pen.width, _BAND, fill=self.palette.fill)
        heading = fit(view.heading, self.bold, 13, self.width * 0.5)
        pen.text(self.right, bottom + 25, heading, self.bold, 13, ink, align="right")
        due = f"{view.headline.label}  {view.headline.amount}"
        pen.text(self.right, bottom + 11.5, due, self.regular, 8.4, ink, align="right")
        x = self.left
        if self.logo:
            # A light plate: logos are drawn for white paper.
            pen.box(x, bottom + 8, 112, _BAND - 16, fill=(1, 1, 1), radius=3)
            pen.picture(self.logo, x + 5, pen.height - 11, 102, _BAND - 22, align="center")
            x += 112
        else:
            name = fit(view.seller.name, self.bold, 13, self.width * 0.46)
            pen.text(x, bottom + 20, name, self.bold, 13, ink)
            x += width_of(name, self.bold, 13)
        if view.mark_label:
            self._state(x + 10, bottom + 20.6)

    def _state(self, x: float, y: float) -> None:
        width = width_of(self.view.mark_label, self.bold, 6.8) + 14
        self.mark(x + width, y, 6.8)

    def next_letterhead(self) -> None:
        pen, y = self.pen, self.pen.height - 20
        pen.box(0, pen.height - 5, pen.width, 5, fill=self.palette.fill)
        pen.text(self.left, y, self.view.seller.name, self.bold, 7.6, INK, width=self.width * 0.5)
        pen.text(self.right, y, self.view.heading, self.regular, 7.6, SOFT, align="right",
                 width=self.width * 0.45)  # fmt: skip
        pen.rule(self.left, y - 5, self.right, RULE)

    def next_top(self) -> float:
        return self.pen.height - 34
