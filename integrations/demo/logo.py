"""The demo organization's logo: a juniper sprig on a slate, drawn here."""

from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

_SIZE = 480
_SLATE, _TEAL, _BERRY = "#334155", "#0f766e", "#5eead4"
_FINE = 4  # drawn larger and made small again, which smooths the edges


def logo_file() -> ContentFile:
    """A square PNG with a transparent ground."""
    side = _SIZE * _FINE
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=side // 6, fill=_SLATE)
    stem = (side * 30 // 100, side * 78 // 100, side * 72 // 100, side * 24 // 100)
    pen.line(stem, fill=_TEAL, width=side // 28)
    for step in range(5):
        x = side * (36 + 8 * step) // 100
        y = side * (70 - 10 * step) // 100
        length = side * (20 - 2 * step) // 100
        pen.line((x, y, x - length // 3, y - length), fill=_TEAL, width=side // 34)
        pen.line((x, y, x + length, y + length // 4), fill=_TEAL, width=side // 34)
    for left, top in ((52, 58), (66, 50), (56, 34)):
        x, y, radius = side * left // 100, side * top // 100, side // 18
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_BERRY)
    small = image.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, format="PNG", optimize=True)
    return ContentFile(out.getvalue(), name="juniper-and-slate.png")
