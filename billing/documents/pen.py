"""The pen: text, boxes, lines, pictures and codes on one PDF canvas.

Coordinates are points from the lower left corner. Text of a page is collected in one
text object and lies over the page's graphics.
"""

import datetime
import io
from collections.abc import Sequence

from reportlab.lib.rl_accel import escapePDF, fp_str
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from billing.documents.colours import INK, Colour
from billing.documents.fonts import face, runs, width_of
from billing.documents.text import clean, fit, has_right_to_left, join_arabic, visual


class Pen:
    """Draws one document. The same calls always give the same bytes."""

    # The page's text in PDF operators, written here: ReportLab's text object looks up the
    # font anew for each line.
    _text: list[str]
    _face: tuple[str, int, float]
    _colour: Colour | None

    def __init__(
        self, size: tuple[float, float], *, title: str, author: str, language: str, font: str
    ) -> None:
        self.width, self.height = size
        self._file = io.BytesIO()
        face(font)
        self._font = font
        self._canvas = Canvas(
            self._file,
            pagesize=size,
            invariant=1,
            pageCompression=1,
            initialFontName=font,
            initialFontSize=9,
            pdfVersion=(1, 7),
            lang=language,
        )
        self._canvas.setTitle(clean(title))
        self._canvas.setAuthor(clean(author))
        self._canvas.setProducer("InvoiceApp")
        self._canvas.setCreator("InvoiceApp")
        # A reader's window shows the title, not the file's name (PDF/UA).
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._begin_text()

    def date(self, day: datetime.date) -> None:
        """The document's own date, instead of the clock's."""
        self._canvas.setDateFormatter(lambda *_: f"D:{day:%Y%m%d}000000Z")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        font: str,
        size: float,
        colour: Colour = INK,
        *,
        align: str = "left",
        width: float | None = None,
    ) -> None:
        """One line at its baseline. `x` is the left, right or middle of it, as `align` says."""
        text = join_arabic(clean(text))
        if not text:
            return
        if width is not None:
            text = fit(text, font, size, width)
        self.ready_text(x, y, text, font, size, colour, align=align)

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
        """Like `text`, for lines that `wrap` made: they are clean and fit already."""
        is_mirrored = has_right_to_left(text)
        drawn = visual(text) if is_mirrored else text
        if align == "right":
            x -= width_of(drawn, font, size)
        elif align == "center":
            x -= width_of(drawn, font, size) / 2
        page, file = self._text, self._canvas._doc
        if colour != self._colour:
            page.append(f"{fp_str(*colour)} rg")
            self._colour = colour
        page.append(f"1 0 0 1 {fp_str(x, y)} Tm")
        for name, part in runs(drawn, font):
            for subset, codes in face(name).splitString(part, file):
                if (name, subset, size) != self._face:
                    short = face(name).getSubsetInternalName(subset, file)
                    page.append(f"{short} {fp_str(size)} Tf")
                    self._face = (name, subset, size)
                page.append(f"({escapePDF(codes)}) Tj")

    def behind(self, text: str, font: str, size: float, colour: Colour) -> None:
        """Large words across the page, under everything else."""
        canvas = self._canvas
        face(font)
        text = join_arabic(clean(text))
        canvas.saveState()
        canvas.setFillColorRGB(*colour)
        canvas.translate(self.width / 2, self.height / 2)
        canvas.rotate(52)
        canvas.setFont(font, size)
        canvas.drawCentredString(0, -size / 3, visual(text) if has_right_to_left(text) else text)
        canvas.restoreState()

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
        """A rectangle from its lower left corner."""
        canvas = self._canvas
        if fill:
            canvas.setFillColorRGB(*fill)
        if edge:
            canvas.setStrokeColorRGB(*edge)
            canvas.setLineWidth(line)
        stroke, filled = int(edge is not None), int(fill is not None)
        if radius:
            canvas.roundRect(x, y, width, height, radius, stroke=stroke, fill=filled)
        else:
            canvas.rect(x, y, width, height, stroke=stroke, fill=filled)

    def rule(self, x: float, y: float, to: float, colour: Colour, width: float = 0.6) -> None:
        """A horizontal line."""
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.setLineWidth(width)
        self._canvas.line(x, y, to, y)

    def picture(
        self, png: bytes, x: float, top: float, width: float, height: float, align: str = "left"
    ) -> float:
        """The picture inside a box that hangs from `top`, in proportion. Returns its height."""
        shift, drawn_width, drawn_height = placed(png, width, height, align)
        self._canvas.drawImage(
            ImageReader(io.BytesIO(png)), x + shift, top - drawn_height, drawn_width, drawn_height
        )
        return drawn_height

    def code(self, matrix: Sequence[bytes], x: float, y: float, size: float) -> None:
        """A QR code as one filled path: a rectangle for each run of dark modules."""
        canvas, count = self._canvas, len(matrix)
        canvas.saveState()
        canvas.translate(x, y)
        # One module is one unit: whole numbers are short to write.
        canvas.scale(size / count, size / count)
        path = []
        for bottom, row in enumerate(reversed(matrix)):
            column = 0
            while (start := row.find(1, column)) >= 0:
                end = row.find(0, start)
                column = len(row) if end < 0 else end
                path.append(f"{start} {bottom} {column - start} 1 re")
        canvas.setFillColorRGB(0, 0, 0)
        canvas.addLiteral("\n".join([*path, "f"]))
        canvas.restoreState()

    def link(self, x: float, y: float, width: float, height: float, address: str) -> None:
        """Makes a box of the page a link. Only ever called with our own address."""
        self._canvas.linkURL(address, (x, y, x + width, y + height), thickness=0)

    def end_page(self) -> None:
        self._canvas.addLiteral("\n".join(["BT", *self._text, "ET"]))
        self._canvas.showPage()
        self._begin_text()

    def finish(self) -> bytes:
        self._canvas.save()
        return self._file.getvalue()

    def _begin_text(self) -> None:
        self._text = []
        self._face = ("", 0, 0)
        self._colour = None


def placed(png: bytes, width: float, height: float, align: str) -> tuple[float, float, float]:
    """A picture in proportion inside a box: how far from its left edge, how wide, how high."""
    pixels_wide, pixels_high = ImageReader(io.BytesIO(png)).getSize()
    scale = min(width / pixels_wide, height / pixels_high)
    drawn_width, drawn_height = pixels_wide * scale, pixels_high * scale
    shift = {"left": 0.0, "center": (width - drawn_width) / 2, "right": width - drawn_width}
    return shift[align], drawn_width, drawn_height
