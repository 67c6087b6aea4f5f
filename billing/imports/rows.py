"""The objects in a table: which rows belong to one, and what their cells say.

An object's cells are kept as text until it is brought in, so that they can wait in a job:
`{"email": "…"}`, and for an invoice `{"number": "…", "lines": [{"row": 3, "name": "…"}]}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from billing.imports.cells import BadCell, Style, guess_style, value_of
from billing.imports.columns import COLUMNS, Kind, column_of
from billing.imports.reading import Table, TooManyRows
from billing.operations.bulk import MOST_ROWS
from core.errors import InvalidFields

Cells = dict[str, Any]
# What tells two rows of a file apart, in the order of trust.
_IDENTITY = {
    "customers": ("external_reference", "email"),
    "products": ("sku",),
    "invoices": ("number",),
}


@dataclass(slots=True)
class Found:
    """One object of the file: where it stands, its cells, and what is wrong with the place.

    `problems` are (field, sentence).
    """

    rows: list[int]
    cells: Cells
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def label(self) -> str:
        named = self.cells.get("name") or self.cells.get("number") or self.cells.get("sku")
        return str(named or self.cells.get("email") or self.cells.get("customer_name") or "")[:150]


def missing_columns(noun: str, mapping: Sequence[str]) -> list[str]:
    """The labels of required fields that no column means."""
    missing = [
        str(column.label)
        for column in COLUMNS[noun]
        if column.is_required and column.name not in mapping
    ]
    if noun == "customers" and "last_name" in mapping:
        missing = []
    if noun == "invoices":
        named = {"customer_number", "customer_email", "customer_name"}
        if not named & set(mapping):
            missing.append(_("Customer"))
        if not {"name", "sku"} & set(mapping):
            missing.append(_("Item"))
    return missing


def style_of(noun: str, table: Table, mapping: Sequence[str], usual: Style) -> Style:
    """How the file writes numbers and days; `usual` where it does not show."""
    numbers: list[str] = []
    days: list[str] = []
    for index, name in enumerate(mapping):
        kind = column_of(noun, name).kind if name else None
        if kind in (Kind.NUMBER, Kind.DAY):
            cells = [row[index] for _number, row in table.rows[:500]]
            (numbers if kind is Kind.NUMBER else days).extend(cells)
    return guess_style(numbers, days, usual)


def objects_in(noun: str, table: Table, mapping: Sequence[str]) -> list[Found]:
    """Each object with its cells by field. Raises TooManyRows."""
    places = [(index, name) for index, name in enumerate(mapping) if name]
    objects: list[Found] = []
    for number, row in table.rows:
        cells = {name: row[index] for index, name in places if row[index]}
        if noun == "invoices":
            _add_line(objects, number, cells)
        else:
            objects.append(Found([number], cells))
    if len(objects) > MOST_ROWS:
        raise TooManyRows(most=MOST_ROWS)
    _refuse_twins(noun, objects)
    return objects


def values_in(noun: str, cells: Mapping[str, Any], style: Style) -> dict[str, Any]:
    """The cells as values, by field; of an invoice its lines too.

    Raises InvalidFields with each cell that cannot be read.
    """
    errors: list[tuple[str, str, str]] = []
    values = _read(noun, cells, style, errors)
    if noun == "invoices":
        values["lines"] = [_read(noun, line, style, errors) for line in cells.get("lines", ())]
    wrong = {name for name, _code, _sentence in errors}
    for column in COLUMNS[noun]:
        is_there = values.get(column.name) not in (None, "") or column.name in wrong
        if column.is_required and not is_there and not _is_named(noun, values):
            errors.append((column.name, "required", _("This must not be empty.")))
    if errors:
        raise InvalidFields(errors)
    return values


def _is_named(noun: str, values: Mapping[str, Any]) -> bool:
    return noun == "customers" and bool(values.get("last_name"))


def _read(
    noun: str, cells: Mapping[str, Any], style: Style, errors: list[tuple[str, str, str]]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in cells.items():
        if name in ("lines", "row"):
            continue
        try:
            values[name] = value_of(column_of(noun, name), text, style)
        except BadCell as bad:
            sentence = str(bad)
            if "row" in cells:
                sentence = _("Row {row}: {sentence}").format(row=cells["row"], sentence=sentence)
            errors.append((name, "invalid_cell", sentence))
    return values


def _add_line(objects: list[Found], number: int, cells: Cells) -> None:
    """Lines with the same invoice number, one after the other, are one invoice."""
    names = {column.name for column in COLUMNS["invoices"] if column.is_of_line}
    line = {"row": number, **{name: text for name, text in cells.items() if name in names}}
    head = {name: text for name, text in cells.items() if name not in names}
    last = objects[-1] if objects else None
    if last is not None and head.get("number") and last.cells.get("number") == head["number"]:
        last.rows.append(number)
        last.cells["lines"].append(line)
        for name, text in head.items():
            if last.cells.setdefault(name, text) != text:
                sentence = _("Row {row} says otherwise than the invoice's first row.")
                last.problems.append((name, sentence.format(row=number)))
    else:
        objects.append(Found([number], {**head, "lines": [line]}))


def _refuse_twins(noun: str, objects: Sequence[Found]) -> None:
    """The first object of a number stands; another with the same one is wrong."""
    seen: dict[tuple[str, str], int] = {}
    for each in objects:
        name = next((name for name in _IDENTITY[noun] if each.cells.get(name)), "")
        if not name:
            continue
        text = str(each.cells[name])
        first = seen.setdefault((name, text.casefold()), each.rows[0])
        if first != each.rows[0]:
            sentence = _("'{text}' stands in row {row} already.")
            each.problems.append((name, sentence.format(text=text[:60], row=first)))
