"""PDF: the e-invoice inside of it if there is one, else what its pages say in words."""

import codecs
import io
import itertools
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pypdf._codecs._codecs
import pypdf.filters  # noqa: F401 (loaded now: later the door is locked)
from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import PyPdfError

from integrations.collectors.parsing import page_text
from integrations.collectors.parsing.figures import Finding, ParsedInvoice, Unreadable

# The names that Factur-X, ZUGFeRD and XRechnung give to the invoice inside.
_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml"})
_MOST_FILES = 50
_FIRST_PAGES, _LAST_PAGES = 4, 2
_MOST_TEXT = 200_000
_MOST_UNPACKED = 20 * 1_048_576
# What runs by itself when a viewer opens the file, or asks the reader to.
_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/RichMedia", b"/SubmitForm", b"/ImportData")

# The text encodings of fonts, loaded while something can be loaded.
for _encoding in (
    "charmap",
    "utf-16-be",
    "utf-16-le",
    "utf-16",
    "latin-1",
    "ascii",
    "cp1252",
    "mac-roman",
    "gbk",
    "gb2312",
    "gb18030",
    "big5",
    "cp950",
    "cp932",
    "shift-jis",
    "euc-jp",
    "euc-kr",
    "cp949",
):
    codecs.lookup(_encoding)
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
# Smaller than the library's own, and no program of the system is ever asked.
_CONFIGURATION = Configuration(
    array_based_stream_maximum_output_length=_MOST_UNPACKED,
    lzw_maximum_output_length=_MOST_UNPACKED,
    run_length_maximum_output_length=_MOST_UNPACKED,
    zlib_maximum_output_length=_MOST_UNPACKED,
    brotli_maximum_output_length=_MOST_UNPACKED,
    stream_decoding_work_maximum_length=3 * _MOST_UNPACKED,
    page_tree_maximum_entries=10_000,
    jbig2dec_binary=None,
    disable_legacy_handling=True,
)


def read(content: bytes, structured: Callable[[bytes], ParsedInvoice]) -> ParsedInvoice:
    """`structured` reads the XML inside. Raises Unreadable."""
    with apply_configuration(_CONFIGURATION):
        return _read(content, structured)


def _read(content: bytes, structured: Callable[[bytes], ParsedInvoice]) -> ParsedInvoice:
    reader = _opened(content)
    notes = list(_notes(content))
    try:
        invoice = _enclosed(reader, structured)
    except Unreadable as why:
        if why.code == "two_invoices":
            raise
        invoice = None
        notes.append(Finding(code="enclosed_unread", about=why.code))
    words = _words(reader)
    if invoice is None:
        if not words.strip():
            raise Unreadable("no_text")
        invoice = page_text.read(words)
    elif words.strip() and not page_text.shows(words, invoice):
        notes.append(Finding(code="pages_differ"))
    return replace(invoice, findings=(*invoice.findings, *notes))


def _opened(content: bytes) -> PdfReader:
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        if not len(reader.pages):
            raise Unreadable("not_pdf")
    except (MemoryError, Unreadable):
        raise
    except Exception as error:  # what a broken file makes of a reader has no bounds
        raise Unreadable("not_pdf", type(error).__name__) from None
    return reader


def _enclosed(
    reader: PdfReader, structured: Callable[[bytes], ParsedInvoice]
) -> ParsedInvoice | None:
    """The one e-invoice among the files inside, under whatever name. Raises Unreadable."""
    found: dict[bytes, ParsedInvoice] = {}
    refused: Unreadable | None = None
    for name, content in _files(reader):
        try:
            found[content] = structured(content)
        except Unreadable as why:
            if name in _NAMES and why.code != "unknown_xml":
                refused = why
    if len(found) > 1:
        raise Unreadable("two_invoices")
    if refused is not None:
        raise refused
    return next(iter(found.values()), None)


def _files(reader: PdfReader) -> Iterator[tuple[str, bytes]]:
    try:
        for file in itertools.islice(reader.attachment_list, _MOST_FILES):
            name = _last_step(file.name)
            if name.endswith(".xml"):
                yield name, bytes(file.content)
    except (MemoryError, Unreadable):
        raise
    except Exception:  # as above; a list of files that is broken is none
        return


def _last_step(name: Any) -> str:
    # Names of files inside are text to compare, never a path to open.
    return str(name).replace("\\", "/").rpartition("/")[2].strip().lower()[:200]


def _words(reader: PdfReader) -> str:
    try:
        count = len(reader.pages)
        last = range(max(_FIRST_PAGES, count - _LAST_PAGES), count)
        pages = [*range(min(_FIRST_PAGES, count)), *last]
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""
    return "\n".join(itertools.chain.from_iterable(_page(reader, page) for page in pages))[
        :_MOST_TEXT
    ]


def _page(reader: PdfReader, number: int) -> Iterator[str]:
    try:
        yield reader.pages[number].extract_text()[:_MOST_TEXT]
    except MemoryError:
        raise
    except Exception:  # one broken page leaves the others
        return


def _notes(content: bytes) -> Iterator[Finding]:
    if any(word in content for word in _ACTIVE):
        yield Finding(code="active_content")
