"""A file of a spreadsheet as rows of text, whichever way it was saved."""

import csv
import io
import re
from dataclasses import dataclass

from billing.operations.bulk import MOST_ROWS
from core.errors import DomainError, Kind

MOST_BYTES = 5 * 1_048_576
# An invoice may have many lines.
MOST_LINES = 20_000
MOST_COLUMNS = 200
_DELIMITERS = ",;\t"
_SAMPLE_LINES = 20
# How spreadsheets, and our own exports, keep a text from being calculated.
_GUARDED = re.compile(r"^'[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class UnreadableFile(DomainError):
    kind, code = Kind.INVALID, "import_unreadable"
    message = "The file cannot be read: it is not a table of text such as CSV."
    default_param = "file"


class EmptyFile(DomainError):
    kind, code = Kind.INVALID, "import_empty"
    message = "The file has no rows below its headings."
    default_param = "file"


class FileTooLarge(DomainError):
    kind, code = Kind.INVALID, "import_too_large"
    message = "The file is larger than {megabytes} MB."
    default_param = "file"


class TooManyRows(DomainError):
    kind, code = Kind.INVALID, "import_too_many_rows"
    message = "The file has more than {most} rows. Split it into several."
    default_param = "file"


class HeadingTwice(DomainError):
    kind, code = Kind.INVALID, "import_heading_twice"
    message = "Two columns are headed '{heading}'."
    default_param = "file"


class BrokenRow(DomainError):
    kind, code = Kind.INVALID, "import_broken_row"
    message = "Row {row} cannot be read: a quotation mark is not closed, or a cell is too long."
    default_param = "file"


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; each row with the number that a spreadsheet shows beside it."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str
    delimiter: str

    def samples(self, column: int, most: int = 3) -> list[str]:
        """The first different values of a column."""
        found = dict.fromkeys(row[column] for _, row in self.rows[:200] if row[column])
        return list(found)[:most]


def read_table(raw: bytes, *, most: int = MOST_LINES) -> Table:
    """The table in the file. Empty rows are left out, and short ones filled up.

    Raises FileTooLarge, UnreadableFile, EmptyFile, TooManyRows, HeadingTwice, BrokenRow.
    """
    if len(raw) > MOST_BYTES:
        raise FileTooLarge(megabytes=MOST_BYTES // 1_048_576)
    text, encoding = _decoded(raw)
    delimiter = _delimiter(text)
    lines = _lines(text, delimiter)
    if not lines:
        raise EmptyFile()
    headings = [cell[:200] for cell in lines[0][1]]
    while headings and not headings[-1]:
        headings.pop()
    if not headings or len(headings) > MOST_COLUMNS:
        raise UnreadableFile()
    for heading in headings:
        if heading and headings.count(heading) > 1:
            raise HeadingTwice(heading=heading)
    width = len(headings)
    rows = [(number, (cells + [""] * width)[:width]) for number, cells in lines[1:]]
    if not rows:
        raise EmptyFile()
    if len(rows) > most:
        raise TooManyRows(most=most)
    return Table(headings, rows, encoding, delimiter)


def most_lines(noun: str) -> int:
    """How many rows a file of that kind may have: an invoice takes one for each of its items."""
    return MOST_LINES if noun == "invoices" else MOST_ROWS


def _decoded(raw: bytes) -> tuple[str, str]:
    encodings = [name for mark, name in _MARKS if raw.startswith(mark)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise UnreadableFile()


def _delimiter(text: str) -> str:
    """The one that parts most of the first rows alike; headings alone may hold the others."""
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths = []
        try:
            for _, cells in zip(range(_SAMPLE_LINES), reader, strict=False):
                if any(cells):
                    widths.append(len(cells))
        except csv.Error:
            continue
        alike = sum(1 for width in widths if width == widths[0])
        score = (widths[0] - 1) * alike if widths else 0
        if score > most:
            best, most = delimiter, score
    return best


def _lines(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Rows that are not empty, numbered as a spreadsheet numbers them: one per record."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for cells in reader:
            number += 1
            plain = [_plain(cell) for cell in cells]
            if any(plain):
                found.append((number, plain))
            if len(found) > MOST_LINES + 1:
                raise TooManyRows(most=MOST_LINES)
    except csv.Error:
        raise BrokenRow(row=number + 1) from None
    return found


def _plain(cell: str) -> str:
    """A formula comes in as the text that it is; the mark that kept it harmless goes."""
    text = cell.strip()
    return text[1:] if _GUARDED.match(text) else text
