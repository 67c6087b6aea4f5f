"""The same drawing as SVG instead of PDF, for a page of the browser to show at once.

Every sign stands where the PDF has it: the same fonts, measured by the same widths.
"""

import base64
import datetime
from collections.abc import Sequence

from django.utils.html import escape

from billing.documents.colours import INK, Colour
from billing.documents.fonts import face, runs, width_of
from billing.documents.pen import Pen, placed
from billing.documents.text import clean, has_right_to_left, join_arabic, visual


class PicturePen(Pen):
    """Draws pages as `svg` elements, one after the other."""

    def __init__(
        self, size: tuple[float, float], *, title: str, author: str, language: str, font: str
    ) -> None:
        self.width, self.height = size
        self._title, self._language = clean(title), language
        self._pages: list[str] = []
        self._begin_page()

    def date(self, day: datetime.date) -> None:
        """A picture has no date."""

    def ready_text(
        self,
        x: float,
        y: float,
        text: str,
        font: str,
        size: float,
        colour: Colour = INK,
        *,
        align: str = "left",
    ) -> None:
        drawn = visual(text) if has_right_to_left(text) else text
        if align == "right":
            x -= width_of(drawn, font, size)
        elif align == "center":
            x -= width_of(drawn, font, size) / 2
        for name, part in runs(drawn, font):
            self._over.append(
                f'<text x="{_n(x)}" y="{_n(self.height - y)}" font-family="{name}"'
                f' font-size="{_n(size)}" fill="{_hex(colour)}">{escape(part)}</text>'
            )
            x += face(name).stringWidth(part, size)

    def behind(self, text: str, font: str, size: float, colour: Colour) -> None:
        text = join_arabic(clean(text))
        text = visual(text) if has_right_to_left(text) else text
        middle = f"translate({_n(self.width / 2)} {_n(self.height / 2)}) rotate(-52)"
        self._under.append(
            f'<text transform="{middle}" y="{_n(size / 3)}" text-anchor="middle"'
            f' font-family="{font}" font-size="{_n(size)}" fill="{_hex(colour)}">'
            f"{escape(text)}</text>"
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Colour | None = None,
        edge: Colour | None = None,
        radius: float = 0,
        line: float = 0.6,
    ) -> None:
        edged = f' stroke="{_hex(edge)}" stroke-width="{_n(line)}"' if edge else ""
        self._under.append(
            f'<rect x="{_n(x)}" y="{_n(self.height - y - height)}" width="{_n(width)}"'
            f' height="{_n(height)}" rx="{_n(radius)}"'
            f' fill="{_hex(fill) if fill else "none"}"{edged}/>'
        )

    def rule(self, x: float, y: float, to: float, colour: Colour, width: float = 0.6) -> None:
        at = _n(self.height - y)
        self._under.append(
            f'<line x1="{_n(x)}" x2="{_n(to)}" y1="{at}" y2="{at}"'
            f' stroke="{_hex(colour)}" stroke-width="{_n(width)}"/>'
        )

    def picture(
        self, png: bytes, x: float, top: float, width: float, height: float, align: str = "left"
    ) -> float:
        shift, drawn_width, drawn_height = placed(png, width, height, align)
        data = base64.b64encode(png).decode("ascii")
        self._under.append(
            f'<image x="{_n(x + shift)}" y="{_n(self.height - top)}" width="{_n(drawn_width)}"'
            f' height="{_n(drawn_height)}" href="data:image/png;base64,{data}"/>'
        )
        return drawn_height

    def code(self, matrix: Sequence[bytes], x: float, y: float, size: float) -> None:
        unit = size / len(matrix)
        path = "".join(
            f"M{column} {line}h1v1h-1z"
            for line, row in enumerate(matrix)
            for column, is_dark in enumerate(row)
            if is_dark
        )
        self._under.append(
            f'<path transform="translate({_n(x)} {_n(self.height - y - size)})'
            f' scale({unit:.5f})" d="{path}"/>'
        )

    def link(self, x: float, y: float, width: float, height: float, address: str) -> None:
        """A picture leads nowhere."""

    def end_page(self) -> None:
        label = f"{self._title} ({len(self._pages) + 1})"
        self._pages.append(
            f'<svg class="paper" xmlns="http://www.w3.org/2000/svg" role="img"'
            f' viewBox="0 0 {_n(self.width)} {_n(self.height)}" lang="{escape(self._language)}"'
            f' direction="ltr" unicode-bidi="bidi-override" aria-label="{escape(label)}">'
            f"{''.join(self._under)}{''.join(self._over)}</svg>"
        )
        self._begin_page()

    def finish(self) -> bytes:
        """The pages in UTF-8, safe to stand in a page of ours."""
        return "".join(self._pages).encode()

    def _begin_page(self) -> None:
        self._under: list[str] = []
        self._over: list[str] = []


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in colour)
