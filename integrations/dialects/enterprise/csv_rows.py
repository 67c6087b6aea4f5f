"""CSV files as rows of /v1: a column for each field, spelled as in the JSON body.

`billing_address.city` is the city in the address, `metadata.key` one of the labels, tags
are separated by semicolons. An empty cell is a field that is not sent. Customers,
products and tax profiles may be named by what people know of them instead of by id.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from billing.queries.customers import list_customers
from billing.queries.products import list_products
from billing.queries.tax_profiles import list_tax_profiles
from core.errors import DomainError, InvalidFields, Kind
from integrations.dialects.base.fields import Flag, Labels, ListOf, Object
from integrations.dialects.enterprise.bodies.bulk import INVOICE_ROW, MOST_ROWS, RowsOf
from integrations.dialects.enterprise.bodies.invoices import LINE
from integrations.dialects.enterprise.bodies.others import CUSTOMER, PRODUCT
from integrations.dialects.enterprise.ids import wire_id

MEDIA_TYPE = "text/csv"
_DELIMITERS = ",;\t"
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_MOST_LINES = 20_000
# Lookups of many values are made in parts: SQLite takes 32,766 parameters.
_PART = 1_000


class InvalidCsv(DomainError):
    kind, code = Kind.INVALID, "invalid_csv"
    message = "The file cannot be read: {reason}."


@dataclass(frozen=True, slots=True)
class CsvRow:
    """What one object of the file says, decoded, or why it cannot be; and where it begins."""

    line: int
    row: Mapping[str, Any] | DomainError


_Cells = dict[str, str]


def decoded(raw: bytes) -> str:
    """The file's text. Raises InvalidCsv unless it is UTF-8 without NUL."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidCsv(reason="it is not UTF-8") from None
    if "\x00" in text:
        raise InvalidCsv(reason="it holds a NUL")
    return text


def read_customers(organization_id: int, text: str) -> list[CsvRow]:
    """A customer on each line."""
    return _few(
        [
            CsvRow(line, _decode(CUSTOMER, _nested(CUSTOMER, cells)))
            for line, cells in _lines(text, CUSTOMER_COLUMNS)
        ]
    )


def read_products(organization_id: int, text: str) -> list[CsvRow]:
    """A product on each line; `tax_profile` names its tax."""
    lines = list(_lines(text, PRODUCT_COLUMNS))
    taxes = _Names(organization_id, lines, _TAXES)
    result = []
    for line, cells in lines:
        error = taxes.replace(cells)
        result.append(CsvRow(line, error or _decode(PRODUCT, _nested(PRODUCT, cells))))
    return _few(result)


def read_invoices(organization_id: int, text: str) -> list[CsvRow]:
    """An invoice for each run of lines with the same value under `invoice`, or for each line.

    The first line of a run holds what concerns the whole invoice; every line is one of
    its items.
    """
    lines = list(_lines(text, INVOICE_COLUMNS))
    names = [_Names(organization_id, lines, how) for how in (_CUSTOMERS, _ITEMS, _TAXES)]
    groups: list[tuple[int, str, dict[str, Any], list[DomainError]]] = []
    for line, cells in lines:
        errors = [error for each in names if (error := each.replace(cells))]
        run = cells.pop("invoice", "")
        item = {name: cells.pop(name) for name in tuple(cells) if name in LINE.fields}
        if groups and run and groups[-1][1] == run:
            _, _, body, so_far = groups[-1]
            body["line_items"].append(_nested(LINE, item))
            so_far += errors + _contradictions(body, cells)
            continue
        body = {**_nested(INVOICE_ROW, cells), "line_items": [_nested(LINE, item)]}
        groups.append((line, run, body, errors))
    return _few(
        [
            CsvRow(line, errors[0] if errors else _decode(INVOICE_ROW, body))
            for line, _, body, errors in groups
        ]
    )


@dataclass(frozen=True, slots=True)
class _Naming:
    """Columns that name a row of another kind, and the id column they stand for."""

    target: str
    noun: str
    # Our column -> the model's.
    columns: Mapping[str, str]
    rows: Callable[[int], QuerySet[Any]]


_CUSTOMERS = _Naming(
    "customer_id",
    "customer",
    {
        "customer_reference": "external_reference",
        "customer_email": "email",
        "customer_name": "name",
    },
    list_customers,
)
_ITEMS = _Naming("product_id", "product", {"product_sku": "sku"}, list_products)
_TAXES = _Naming("tax_profile_id", "tax profile", {"tax_profile": "name"}, list_tax_profiles)


class _Names:
    """The ids behind the names in a file, found in a statement or two for all its lines."""

    def __init__(
        self, organization_id: int, lines: Sequence[tuple[int, _Cells]], how: _Naming
    ) -> None:
        self._how = how
        self._found: dict[tuple[str, str], list[str]] = {}
        for ours, theirs in how.columns.items():
            wanted = sorted({cells[ours] for _, cells in lines if cells.get(ours)})
            for start in range(0, len(wanted), _PART):
                some = {f"{theirs}__in": wanted[start : start + _PART]}
                rows = how.rows(organization_id).filter(**some).order_by("pk")
                for name, value in rows.values_list(theirs, "uuid"):
                    self._found.setdefault((ours, name), []).append(wire_id(how.noun, value))

    def replace(self, cells: _Cells) -> DomainError | None:
        """Put the id in the place of the name, or say why that cannot be."""
        for ours in self._how.columns:
            name = cells.pop(ours, "")
            if not name or cells.get(self._how.target):
                continue
            found = self._found.get((ours, name), [])
            if len(found) != 1:
                reason = "is no" if not found else "is the name of more than one"
                sentence = f"'{name[:100]}' {reason} {self._how.noun}"
                return InvalidFields([(ours, "unknown_reference", sentence)])
            cells[self._how.target] = found[0]
        return None


def _columns_of(spec: Object, *others: str) -> tuple[str, ...]:
    names: list[str] = []
    for wire, each in spec.fields.items():
        if isinstance(each, Object):
            names += [f"{wire}.{inner}" for inner in each.fields]
        elif isinstance(each, Labels):
            names.append(f"{wire}.*")
        elif not isinstance(each, ListOf) or not isinstance(each.item, Object):
            names.append(wire)
    return (*names, *others)


CUSTOMER_COLUMNS = _columns_of(CUSTOMER)
PRODUCT_COLUMNS = _columns_of(PRODUCT, *_TAXES.columns)
INVOICE_COLUMNS = (
    *_columns_of(INVOICE_ROW, "invoice", *_CUSTOMERS.columns),
    *_columns_of(LINE, *_ITEMS.columns, *_TAXES.columns),
)


def _lines(text: str, columns: Sequence[str]) -> Iterator[tuple[int, _Cells]]:
    """Each line that is not empty, with its number. Raises InvalidCsv."""
    head = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        _check_heading(heading, columns)
        line = reader.line_num + 1
        for count, cells in enumerate(reader):
            if count >= _MOST_LINES:
                raise InvalidCsv(reason=f"it has more than {_MOST_LINES} lines")
            if len(cells) > len(heading):
                raise InvalidCsv(reason=f"line {line} has more cells than the heading")
            pairs = zip(heading, cells, strict=False)
            named = {name: stripped for name, cell in pairs if (stripped := cell.strip())}
            if named:
                yield line, named
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidCsv(reason=f"line {reader.line_num}: {error}") from None


def _check_heading(heading: Sequence[str], columns: Sequence[str]) -> None:
    if not any(heading):
        raise InvalidCsv(reason="its first line must name the columns")
    if len(set(heading)) != len(heading):
        raise InvalidCsv(reason="it names the same column twice")
    groups = tuple(name.removesuffix("*") for name in columns if name.endswith(".*"))
    for name in heading:
        if name not in columns and not name.startswith(groups or ("\x00",)):
            raise InvalidCsv(
                param=name[:100],
                reason=f"'{name[:100]}' is not a column; there are {', '.join(columns)}",
            )


def _nested(spec: Object, cells: Mapping[str, str]) -> dict[str, Any]:
    """The cells as the JSON body would hold them."""
    body: dict[str, Any] = {}
    for name, cell in cells.items():
        group, dot, inner = name.partition(".")
        field = spec.fields.get(group)
        if dot:
            body.setdefault(group, {})[inner] = cell
        elif isinstance(field, Flag):
            # Any other word is left for the field to refuse.
            body[name] = _FLAGS.get(cell.lower(), cell)
        elif isinstance(field, ListOf):
            body[name] = [part.strip() for part in cell.split(";") if part.strip()]
        else:
            body[name] = cell
    return body


def _decode(spec: Object, body: dict[str, Any]) -> dict[str, Any] | DomainError:
    return RowsOf(item=spec).row(body)


def _contradictions(body: Mapping[str, Any], cells: _Cells) -> list[DomainError]:
    """What a later line of an invoice says otherwise than its first."""
    said = _nested(INVOICE_ROW, cells)
    return [
        InvalidFields([(name, "contradiction", f"{name} differs from the invoice's first line")])
        for name, value in said.items()
        if body.get(name) != value
    ]


def _few(rows: list[CsvRow]) -> list[CsvRow]:
    if len(rows) > MOST_ROWS:
        raise InvalidCsv(reason=f"it holds more than {MOST_ROWS} objects")
    return rows
