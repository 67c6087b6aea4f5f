"""Embedded fonts whose subsets are cut once and kept.

A document embeds only the signs it prints. Each subset begins with all of ASCII, so most
documents of one language embed the same one; cutting, describing and compressing it anew
for every document took longer than drawing a page.
"""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.ttfonts import (
    FF_NONSYMBOLIC,
    FF_SYMBOLIC,
    SUBSETN,
    TTFont,
    TTFontFace,
    makeToUnicodeCMap,
)

# Some 15 kB each.
_KEPT = 256
# A face reads its file through one position, which two threads would move for each other.
_cutting = Lock()


@dataclass(frozen=True, slots=True)
class _Subset:
    """One subset as the file holds it: font and character map compressed, widths written."""

    font: bytes
    font_length: int
    characters: bytes
    widths: bytes


class _Written(pdfdoc.PDFObject):
    """A part of the file that is written already."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        return self._content


class KeptFont(TTFont):
    """A TrueType font for any number of documents."""

    def splitString(  # noqa: N802 (ReportLab calls it)
        self, text: str, doc: pdfdoc.PDFDocument
    ) -> list[tuple[int, bytes]]:
        """The text in codes, cut where the subset changes: for plain ASCII it never does."""
        if text.isascii() and text.isprintable():
            return [(0, text.encode("ascii"))]
        parts: list[tuple[int, bytes]] = super().splitString(text, doc)
        return parts

    def addObjects(self, doc: pdfdoc.PDFDocument) -> None:  # noqa: N802 (ReportLab calls it)
        """Put what the document printed with this font into its file."""
        state = self.state[doc]
        state.frozen = 1
        for number, codes in enumerate(state.subsets):
            short = self.getSubsetInternalName(number, doc)[1:]
            tag = SUBSETN(number).decode("ascii")
            name = f"{tag}+{self.face.name.decode('ascii')}"
            kept = _cut(self.face, name, tuple(codes))
            font = pdfdoc.PDFTrueTypeFont()
            font.Name, font.BaseFont = short, name
            font.FirstChar, font.LastChar = 0, len(codes) - 1
            font.Widths = _Written(kept.widths)
            font.ToUnicode = doc.Reference(_stream(kept.characters), f"toUnicodeCMap:{name}")
            font.FontDescriptor = _describe(doc, self.face, name, kept)
            doc.Reference(font, short)
            doc.idToObject["BasicFonts"].dict[short] = font
        del self.state[doc]


def _describe(
    doc: pdfdoc.PDFDocument, face: TTFontFace, name: str, kept: _Subset
) -> pdfdoc.PDFObjectReference:
    file = _stream(kept.font)
    file.dictionary["Length1"] = kept.font_length
    entries = {
        "Type": "/FontDescriptor",
        "FontName": pdfdoc.PDFName(name),
        "FontFile2": doc.Reference(file, f"fontFile:{face.filename}({name})"),
        # A subset has codes of its own.
        "Flags": face.flags & ~FF_NONSYMBOLIC | FF_SYMBOLIC,
        "FontBBox": pdfdoc.PDFArray(face.bbox),
        "Ascent": face.ascent,
        "Descent": face.descent,
        "CapHeight": face.capHeight,
        "ItalicAngle": face.italicAngle,
        "StemV": face.stemV,
        "MissingWidth": face.defaultWidth,
    }
    return doc.Reference(pdfdoc.PDFDictionary(entries), f"fontDescriptor:{name}")


def _stream(content: bytes) -> pdfdoc.PDFStream:
    stream = pdfdoc.PDFStream(content=content)
    stream.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
    return stream


@lru_cache(maxsize=_KEPT)
def _cut(face: TTFontFace, name: str, codes: tuple[int, ...]) -> _Subset:
    with _cutting:
        font = face.makeSubset(list(codes))
    widths = " ".join(f"{face.getCharWidth(code):g}" for code in codes)
    return _Subset(
        font=zlib.compress(font, 9),
        font_length=len(font),
        characters=zlib.compress(makeToUnicodeCMap(name, list(codes)).encode("ascii"), 9),
        widths=f"[ {widths} ]".encode("ascii"),
    )
