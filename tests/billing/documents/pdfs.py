"""Reading PDFs back."""

import io
import re
from typing import cast

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject, PdfObject


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def pages(pdf: bytes) -> list[str]:
    """The text of each page, white space collapsed."""
    return [" ".join(page.extract_text().split()) for page in reader(pdf).pages]


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def keys(pdf: bytes) -> set[str]:
    """Every name that is a key of a dictionary anywhere in the file."""
    document = reader(pdf)
    found: set[str] = set()
    for number in range(1, len(document.xref[0]) + 1):
        found |= _keys(document.get_object(IndirectObject(number, 0, document)))
    return found


def links(pdf: bytes) -> list[str]:
    """The addresses that the pages link to."""
    return re.findall(rb"/URI \((.*?)\)", pdf) and [
        annotation.get_object()["/A"]["/URI"]
        for page in reader(pdf).pages
        for annotation in page.get("/Annots", [])
    ]


def dictionary(value: PdfObject) -> DictionaryObject:
    """The dictionary that stands there or is referred to."""
    return cast(DictionaryObject, value.get_object())


def fonts(pdf: bytes) -> dict[str, bool]:
    """Base font -> whether it is embedded."""
    found = {}
    for page in reader(pdf).pages:
        for font in dictionary(dictionary(page["/Resources"])["/Font"]).values():
            font = font.get_object()
            descriptor = font.get("/FontDescriptor")
            is_embedded = descriptor is not None and "/FontFile2" in descriptor.get_object()
            found[font["/BaseFont"]] = is_embedded
    return found


def _keys(value: PdfObject | None) -> set[str]:
    if isinstance(value, DictionaryObject):
        inner = (_keys(v) for v in value.values() if not isinstance(v, IndirectObject))
        return set(value).union(*inner)
    if isinstance(value, list):
        return set().union(*(_keys(v) for v in value if not isinstance(v, IndirectObject)))
    return set()
