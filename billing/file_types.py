"""What a file is, told from its bytes; the name must agree, and nothing else is believed.

A file is kept as it came and given back as a download only. Here we refuse what pretends:
bytes of another kind than the name says, pages hidden in pictures and documents, archives
that would burst, pictures too large to open.
"""

import codecs
import io
import re
import xml.parsers.expat
import zipfile
from collections.abc import Callable

from accounts.pictures import check_picture
from core.errors import DomainError, InvalidValue, Kind
from core.text import clean_line

MOST_BYTES = 10 * 1_048_576
_MOST_NAME = 200
_MOST_UNPACKED = 100 * 1_048_576
_MOST_ENTRIES = 2_000
_MOST_DEPTH = 100
_MOST_NODES = 200_000
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
CSV, TEXT, XML = "text/csv", "text/plain", "application/xml"
_OFFICE = "application/vnd.openxmlformats-officedocument"
XLSX, DOCX = f"{_OFFICE}.spreadsheetml.sheet", f"{_OFFICE}.wordprocessingml.document"
EXTENSIONS = {
    "pdf": PDF,
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "csv": CSV,
    "txt": TEXT,
    "xml": XML,
    "xlsx": XLSX,
    "docx": DOCX,
}
# A page or a program inside of something else: no honest picture or document holds one.
_PAGE = re.compile(rb"<(?:script|html|svg)[\s>]|<iframe[\s>]|<\?php", re.IGNORECASE)
# In text, too short or too common elsewhere to tell anything.
_MARKUP = re.compile(
    rb"<!(?:doctype|entity)|<\?xml-stylesheet"
    rb"|w3\.org/(?:1999/xhtml|2000/svg|1999/xsl)|<(?:script|svg)/",
    re.IGNORECASE,
)
_MACROS = re.compile(r"vbaproject|activex|\.bin\Z", re.IGNORECASE)


class FileRefused(DomainError):
    code = "file_refused"
    message = "The file cannot be kept: {reason}."
    default_param = "file"


class FileTooLarge(DomainError):
    kind, code = Kind.TOO_LARGE, "file_too_large"
    message = "A file has at most {limit} bytes."
    default_param = "file"


def clean_file_name(name: str) -> str:
    """The name as it is kept: one plain name, never a path. Raises InvalidValue."""
    if "\x00" in name or "/" in name or "\\" in name:
        raise InvalidValue("A file name holds no path.", param="filename")
    cleaned = clean_line(name, param="filename", max_length=_MOST_NAME, required=True)
    if cleaned.startswith("."):
        raise InvalidValue("A file name does not begin with a dot.", param="filename")
    return cleaned


def media_type_of(name: str, content: bytes) -> str:
    """What the file is, if it is of a kind we keep. Raises FileRefused, FileTooLarge."""
    if not content:
        raise FileRefused(reason="it is empty")
    if len(content) > MOST_BYTES:
        raise FileTooLarge(limit=MOST_BYTES)
    media_type = EXTENSIONS.get(name.rpartition(".")[2].lower()) if "." in name else None
    if media_type is None:
        raise FileRefused(reason=f"its name must end with one of {', '.join(EXTENSIONS)}")
    _CHECKS[media_type](content)
    return media_type


def _check_pdf(content: bytes) -> None:
    if not re.match(rb"%PDF-[12]\.[0-9]", content):
        raise FileRefused(reason="it is not a PDF")
    # Something behind the end is another file that rides along.
    if b"%%EOF" not in content[-1024:]:
        raise FileRefused(reason="the PDF does not end where the file does")
    _refuse_pages(content)


def _check_picture(format: str) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        _refuse_pages(content)
        check_picture(content, [format])

    return check


def _check_text(content: bytes) -> None:
    try:
        text = codecs.decode(content, "utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(reason="a text is kept in UTF-8") from None
    if "\x00" in text:
        raise FileRefused(reason="a text holds no NUL")
    _refuse_pages(content)
    _refuse_markup(content)


def _check_xml(content: bytes) -> None:
    """Well formed, without a document type, of a bearable size. No entity is ever resolved."""
    _check_text(content)
    depth = nodes = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, nodes
        depth, nodes = depth + 1, nodes + 1
        if depth > _MOST_DEPTH or nodes > _MOST_NODES:
            raise FileRefused(reason="the XML is too deep or too long")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise FileRefused(reason="the XML brings a document type")

    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except xml.parsers.expat.ExpatError:
        raise FileRefused(reason="it is not well-formed XML") from None


def _check_office(part: str) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        if not content.startswith(b"PK\x03\x04"):
            raise FileRefused(reason="it is not the document that its name says")
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, RuntimeError):
            raise FileRefused(reason="it is not the document that its name says") from None
        names = [entry.filename for entry in entries]
        if "[Content_Types].xml" not in names or part not in names:
            raise FileRefused(reason="it is not the document that its name says")
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED:
            raise FileRefused(reason="it is far larger when unpacked")
        if any(_MACROS.search(name) for name in names):
            raise FileRefused(reason="it holds macros or programs")
        if any(".." in name.split("/") or name.startswith(("/", "\\")) for name in names):
            raise FileRefused(reason="it names files outside of itself")

    return check


def _refuse_pages(content: bytes) -> None:
    if _PAGE.search(content):
        raise FileRefused(reason="it holds a page or a program")


def _refuse_markup(content: bytes) -> None:
    if _MARKUP.search(content):
        raise FileRefused(reason="it brings a document type, a stylesheet or a page")


_CHECKS: dict[str, Callable[[bytes], None]] = {
    PDF: _check_pdf,
    PNG: _check_picture("PNG"),
    JPEG: _check_picture("JPEG"),
    CSV: _check_text,
    TEXT: _check_text,
    XML: _check_xml,
    XLSX: _check_office("xl/workbook.xml"),
    DOCX: _check_office("word/document.xml"),
}
