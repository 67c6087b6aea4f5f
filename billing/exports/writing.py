"""Tables into files: the same rows as CSV and as JSON, in batches, with counts and sums."""

import csv
import datetime
import hashlib
import io
import re
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import IO, Any

from django.db.models import Field, Model

from billing.exports.tables import Table
from billing.reports.csv import guarded
from core import exactjson
from core.fields import MinorUnitsField
from core.money import from_minor

BATCH = 1_000
_CHUNK = 65_536
_SECRET = re.compile(r"(^|_)(token|secret|password|digest|hash)$")
Sums = dict[str, dict[str, int]]
# Called with the raw values of each row, by path.
Watcher = Callable[[Table, dict[str, Any]], None]


class Archive:
    """A ZIP whose files are hashed as they are written, with one date for all of them."""

    def __init__(self, file: IO[bytes], at: datetime.datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._moment = at.timetuple()[:6]
        self.files: list[dict[str, Any]] = []

    def add(self, path: str, content: bytes, *, is_packed: bool = False) -> None:
        """A small file at once. What is packed already, such as a PDF, is only stored."""
        self._zip.writestr(self._entry(path, is_packed=is_packed), content)
        self._note(path, len(content), hashlib.sha256(content).hexdigest())

    def copy(self, path: str, source: IO[bytes], *, is_packed: bool = False) -> None:
        """A file of any size, a piece at a time."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._entry(path, is_packed=is_packed), "w", force_zip64=True) as file:
            while piece := source.read(_CHUNK):
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        self._note(path, size, digest.hexdigest())

    def close(self) -> None:
        self._zip.close()

    def _entry(self, path: str, *, is_packed: bool) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(path, self._moment)
        entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return entry

    def _note(self, path: str, size: int, sha256: str) -> None:
        self.files.append({"path": path, "bytes": size, "sha256": sha256})


def write_table(
    archive: Archive,
    table: Table,
    organization_id: int,
    *,
    on_row: Watcher,
    on_batch: Callable[[int], None],
) -> dict[str, Any]:
    """csv/<name>.csv and json/<name>.json; how many rows, and the sum of each amount.

    Only one batch of rows is in memory at a time.
    """
    fields = [_field(table.model, path) for path in table.paths]
    currencies = [_currency_of(table, path, field) for path, field in _pairs(table, fields)]
    wanted = list(dict.fromkeys(["pk", *table.paths, *filter(None, currencies)]))
    sums: Sums = defaultdict(lambda: defaultdict(int))
    count = 0
    with tempfile.TemporaryFile() as rows_csv, tempfile.TemporaryFile() as rows_json:
        rows_csv.write(_csv_line(table.headings))
        rows_json.write(b"[")
        for batch in _batches(table, organization_id, wanted):
            for values in batch:
                raw = dict(zip(wanted, values, strict=True))
                on_row(table, raw)
                cells: dict[str, Any] = {}
                for path, heading, currency in zip(
                    table.paths, table.headings, currencies, strict=True
                ):
                    value = raw[path]
                    if path in table.snapshots:
                        value = _without_secrets(exactjson.loads(value))
                    if currency and value is not None:
                        sums[heading][raw[currency]] += value
                        value = from_minor(value, raw[currency])
                    cells[heading] = value
                rows_csv.write(_csv_line([_text(value) for value in cells.values()]))
                rows_json.write(b"\n" if not count else b",\n")
                rows_json.write(exactjson.dumps(_json(cells)).encode())
                count += 1
            on_batch(len(batch))
        rows_json.write(b"\n]\n")
        for path, file in (
            (f"csv/{table.name}.csv", rows_csv),
            (f"json/{table.name}.json", rows_json),
        ):
            file.seek(0)
            archive.copy(path, file)
    return {"rows": count, "sums": spelled(sums)}


def spelled(sums: Sums) -> dict[str, dict[str, str]]:
    """The sums in major units, as digits."""
    return {
        name: {
            currency: format(from_minor(total, currency), "f")
            for currency, total in sorted(by_currency.items())
        }
        for name, by_currency in sums.items()
    }


def _batches(
    table: Table, organization_id: int, wanted: list[str]
) -> Iterator[list[tuple[Any, ...]]]:
    """By key and not by cursor: a connection pool may stand between us and the database."""
    rows = table.of(organization_id).order_by("pk").values_list(*wanted)
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1][0]


def _field(model: type[Model], path: str) -> "Field[Any, Any]":
    *through, last = path.split("__")
    for name in through:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model._meta.get_field(last)  # type: ignore[return-value]


def _pairs(
    table: Table, fields: "list[Field[Any, Any]]"
) -> "Iterator[tuple[str, Field[Any, Any]]]":
    return zip(table.paths, fields, strict=True)


def _currency_of(table: Table, path: str, field: "Field[Any, Any]") -> str:
    """The path to the currency of an amount; empty for what is none."""
    if not isinstance(field, MinorUnitsField):
        return ""
    in_books = path == "base_amount" and "base_currency" in table.paths
    return "base_currency" if in_books else table.currency


def _without_secrets(value: Any) -> Any:
    """A snapshot without what opens something, such as the token of a public link."""
    if isinstance(value, dict):
        return {
            name: _without_secrets(inner)
            for name, inner in value.items()
            if not _SECRET.search(name)
        }
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    return value


def _csv_line(cells: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        return exactjson.spell_instant(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return exactjson.dumps(value)
    return guarded(str(value))


def _json(cells: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime.time) else value
        for name, value in cells.items()
    }
