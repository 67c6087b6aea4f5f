"""Twenty lines: the product's PDF against the bare ReportLab canvas.

The baseline draws one page with ReportLab as it comes: its own TTFont, which cuts the subsets
of both faces, regular and bold, for every document, and the invoice's QR code as one path, its
rectangles known beforehand. It has no layout, no view of an invoice, no letterhead, no totals block
and no second page, which the invoice's closing takes.
"""

import functools
import io
import itertools
import time
from collections.abc import Callable
from pathlib import Path

import segno
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from billing.documents import fonts

QR_TEXT = "https://billing.example/i/x"


def bare_canvas() -> bytes:
    """Twenty lines of five columns in an embedded font, headed in an embedded bold one."""
    regular, bold = bare_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1, initialFontName=regular)
    canvas.setFont(bold, 14)
    canvas.drawString(50, 800, "Invoice INV-2025-001")
    canvas.setFont(regular, 9)
    for line in range(20):
        y = 740 - 18 * line
        canvas.drawString(50, y, f"Web development services, sprint {line}")
        for column, text in enumerate(("40", "150.00", "10 %", "6,600.00")):
            canvas.drawRightString(330 + 70 * column, y, text)
    canvas.setFont(bold, 9)
    canvas.drawRightString(540, 340, "Total 7,128.00")
    path = canvas.beginPath()
    canvas.translate(50, 200)
    canvas.scale(2, 2)
    for run in dark_runs():
        path.rect(*run)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@functools.cache
def dark_runs() -> list[tuple[int, int, int, int]]:
    """The invoice's QR code as few rectangles: x, y, width and height of each dark run."""
    runs = []
    rows = segno.make_qr(QR_TEXT, error="m", boost_error=False).matrix
    for y, row in enumerate(reversed(rows)):
        x = 0
        for dark, modules in itertools.groupby(row):
            width = len(list(modules))
            if dark:
                runs.append((x, y, width, 1))
            x += width
    return runs


@functools.cache
def bare_fonts() -> tuple[str, str]:
    """The product's faces, registered once, without anything that the product adds to them."""
    folder = Path(fonts.__file__).parent / "fonts"
    names = []
    for face in (fonts.SANS.regular, fonts.SANS.bold):
        names.append(f"Bare-{face}")
        pdfmetrics.registerFont(TTFont(names[-1], str(folder / f"{face}.ttf"), shapable=False))
    return names[0], names[1]


def median_ms(draw: Callable[[], bytes], rounds: int = 60) -> float:
    draw()
    times = []
    for _ in range(rounds):
        before = time.perf_counter()
        draw()
        times.append(time.perf_counter() - before)
    return 1000 * sorted(times)[rounds // 2]
