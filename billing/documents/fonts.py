"""The embedded fonts: read once per process, with a second font for missing signs.

Noto carries Latin, Greek, Cyrillic and the currency signs; DejaVu adds Hebrew, Arabic
(as presentation forms) and symbols. What neither knows is drawn as a box, never dropped.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from reportlab.pdfbase import pdfmetrics

from billing.documents.subsets import KeptFont

_FOLDER = Path(__file__).parent / "fonts"
_faces: dict[str, KeptFont] = {}
_registering = Lock()
_UNKNOWN = "\N{WHITE SQUARE}"
_FALLBACK = {
    "NotoSans-Regular": "DejaVuSans",
    "NotoSans-SemiBold": "DejaVuSans-Bold",
    "NotoSerif-Regular": "DejaVuSans",
    "NotoSerif-SemiBold": "DejaVuSans-Bold",
}


@dataclass(frozen=True, slots=True)
class Family:
    """A regular and a bold face."""

    regular: str
    bold: str


SANS = Family("NotoSans-Regular", "NotoSans-SemiBold")
SERIF = Family("NotoSerif-Regular", "NotoSerif-SemiBold")


def width_of(text: str, font: str, size: float) -> float:
    """The width in points, whatever fonts the text needs."""
    if text.isascii():
        return face(font).stringWidth(text, size)
    return sum(face(name).stringWidth(part, size) for name, part in runs(text, font))


def runs(text: str, font: str) -> list[tuple[str, str]]:
    """The text cut into (font, part), so that every sign has a glyph."""
    known = glyphs(font)
    if text.isascii() or known.issuperset(text):
        return [(font, text)]
    fallback = _FALLBACK[font]
    spare = glyphs(fallback)
    parts: list[tuple[str, str]] = []
    for sign in text:
        if sign in known:
            name = font
        else:
            name, sign = fallback, sign if sign in spare else _UNKNOWN
        # A space stays in the font of the text around it: fewer, longer runs.
        if parts and (parts[-1][0] == name or (sign == " " and sign in glyphs(parts[-1][0]))):
            parts[-1] = (parts[-1][0], parts[-1][1] + sign)
        else:
            parts.append((name, sign))
    return parts


def face(name: str) -> KeptFont:
    """The registered font. Reads the file the first time only."""
    font = _faces.get(name)
    if font is None:
        # One registration ever: a document whose font changes under it would be garbled.
        with _registering:
            font = _faces.get(name) or _register(name)
    return font


def _register(name: str) -> KeptFont:
    font = KeptFont(name, str(_FOLDER / f"{name}.ttf"), shapable=False)
    pdfmetrics.registerFont(font)
    _faces[name] = font
    return font


@lru_cache(maxsize=16)
def glyphs(name: str) -> frozenset[str]:
    return frozenset(map(chr, face(name).face.charToGlyph))
