"""tmpl_modern: airy, a card with what is due, the accent where the eye should go."""

from billing.documents.colours import INK, RULE, SOFT
from billing.documents.fonts import SANS, width_of
from billing.documents.sheet import Sheet
from billing.documents.style import Style
from billing.documents.text import fit
from billing.documents.view import Fact

_CARD_WIDTH = 178
_FACT_COLUMNS = 4


class Modern(Sheet):
    style = Style(
        family=SANS,
        size=8.8,
        leading=12.4,
        small=7.6,
        small_leading=10.4,
        left=46,
        right=46,
        bottom=26,
        row_padding=4.8,
        head="line",
        has_row_rules=True,
        has_stripes=False,
        due="fill",
        panel="tint",
        code_size=84,
        gap=13,
    )

    def first_letterhead(self) -> float:
        pen, view = self.pen, self.view
        pen.box(0, pen.height - 6, pen.width, 6, fill=self.palette.fill)
        top = pen.height - 34
        self._brand(top)
        title_size = min(25, 25 * 250 / max(250, width_of(view.title, self.bold, 25)))
        pen.text(self.right, top - 19, view.title, self.bold, title_size, INK, align="right")
        pen.text(self.right, top - 35, view.number, self.regular, 10.5, SOFT, align="right",
                 width=250)  # fmt: skip
        return self._facts_strip(self._parties_and_card(top - 76))

    def _brand(self, top: float) -> None:
        if self.logo:
            self.pen.picture(self.logo, self.left, top, 170, 48)
            return
        self.emblem(self.left, top, 34)
        name = fit(self.view.seller.name, self.bold, 13, 210)
        self.pen.text(self.left + 44, top - 21.5, name, self.bold, 13)

    def _parties_and_card(self, top: float) -> float:
        view = self.view
        column = (self.width - _CARD_WIDTH - 36) / 2
        lowest = self._card(top + 14)
        parties = [view.buyer, view.delivery or view.seller]
        for index, party in enumerate(parties):
            x = self.left + index * (column + 18)
            self.pen.text(x, top, party.label, self.bold, 7.4, self.palette.text)
            lowest = min(lowest, self.party(party, x, top - 15, column, size=8.4))
        return lowest - 9

    def _card(self, top: float) -> float:
        """What is due, until when: the reason why people open the document."""
        pen, view, height = self.pen, self.view, 84
        x = self.right - _CARD_WIDTH
        pen.box(x, top - height, _CARD_WIDTH, height, fill=self.palette.tint, radius=6)
        pen.text(x + 14, top - 20, view.headline.label, self.regular, 8.2, SOFT)
        amount = view.headline.amount
        size = min(19, 19 * (_CARD_WIDTH - 28) / width_of(amount, self.bold, 19))
        pen.text(x + 14, top - 43, amount, self.bold, size, self.palette.text)
        dates = [f for f in view.facts if f.key in ("due_date", "valid_until", "payment_date")]
        if dates:
            until = f"{dates[0].label} {dates[0].value}"
            pen.text(x + 14, top - 66, until, self.regular, 8.2, INK, width=_CARD_WIDTH - 28)
        self.mark(self.right - 12, top - 20, 7.4)
        return top - height

    def _facts_strip(self, top: float) -> float:
        """The facts in columns, label above value, between two thin rules."""
        facts = self.view.facts
        if not facts:
            return top - 4
        pen, column = self.pen, self.width / _FACT_COLUMNS
        pen.rule(self.left, top, self.right, RULE)
        y = top
        for start in range(0, len(facts), _FACT_COLUMNS):
            for index, fact in enumerate(facts[start : start + _FACT_COLUMNS]):
                self._fact(fact, self.left + index * column, y, column - 10)
            y -= 33
        pen.rule(self.left, y, self.right, RULE)
        return y - 12

    def _fact(self, fact: Fact, x: float, top: float, width: float) -> None:
        self.pen.text(x, top - 13, fact.label, self.regular, 7.2, SOFT, width=width)
        self.pen.text(x, top - 25, fact.value, self.regular, 8.8, INK, width=width)
