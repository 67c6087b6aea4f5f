"""Writing many rows of one kind at once.

PostgreSQL takes all rows as one JSON text: a statement with thousands of places would be
taken apart in Python for longer than the rows take to write, and so would arrays. (COPY
does not work under row-level security.) SQLite takes 32,766 parameters in a statement.
"""

import functools
import itertools
import json
import operator
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import connection, models

from core import pipeline
from core.statements import insert, written_fields

# So many rows are made before they are written, and while those before them are.
AHEAD = 125
_ON_SQLITE = 200


def insert_new(rows: Sequence[models.Model]) -> None:
    """Insert those rows that are not there yet; none gets its id."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        model, fields = type(rows[0]), written_fields(rows[0])
        sql = f"{_insert_json_sql(model, fields)} ON CONFLICT DO NOTHING"
        pipeline.execute(sql, [_spelled_rows(rows, fields)])
    else:
        type(rows[0])._default_manager.bulk_create(
            rows, ignore_conflicts=True, batch_size=_ON_SQLITE
        )


def append_many(rows: Iterable[models.Model]) -> None:
    """Insert rows in order whose ids nobody asks for, or that have them by give_ids().

    Within pipelined() they are written while the caller goes on, and while `rows` makes the
    next of them.
    """
    coming = iter(rows)
    while piece := list(itertools.islice(coming, AHEAD)):
        if connection.vendor == "postgresql":
            model, fields = type(piece[0]), written_fields(piece[0])
            pipeline.execute(_insert_json_sql(model, fields), [_spelled_rows(piece, fields)])
            for row in piece:
                row._state.adding, row._state.db = False, connection.alias
        else:
            _insert_in_places(piece)


class Appending:
    """append_many() for rows of one kind that come one by one, among others."""

    def __init__(self) -> None:
        self._rows: list[models.Model] = []

    def add(self, row: models.Model) -> None:
        """Written with the next piece, or by finish()."""
        self._rows.append(row)
        if len(self._rows) >= AHEAD:
            self.finish()

    def finish(self) -> None:
        """Write what is left."""
        rows, self._rows = self._rows, []
        append_many(rows)


def give_ids(*kinds: Sequence[models.Model]) -> None:
    """Draw ids for rows that are not written yet, so that others can name them.

    Write them in the transaction in which they were drawn, and before drawing more.
    """
    for rows in kinds:
        if rows:
            for row, value in zip(rows, draw_ids(type(rows[0]), len(rows)), strict=True):
                row.pk = value


def draw_ids(model: type[models.Model], count: int) -> list[int]:
    """So many ids for rows that are still to be made; see give_ids()."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval((SELECT pg_get_serial_sequence(%s, %s)::regclass))"
                " FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), column, count],
            )
            return [value for (value,) in cursor.fetchall()]
        # Its writers take turns: nobody else draws before these are written.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    last = found[0] if found else 0
    return list(range(last + 1, last + 1 + count))


def update_many(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these columns of the rows, each row's own values, in one statement on PostgreSQL.

    Within pipelined() without waiting for it.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = [*_named(model, names), model._meta.pk]
    if connection.vendor == "postgresql":
        pipeline.execute(_update_json_sql(model, tuple(names)), [_spelled_rows(rows, fields)])
        return
    params = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_update_sql(model, tuple(names)), params)


def _named(model: type[models.Model], names: Sequence[str]) -> list[models.Field]:
    return [each for name in names for each in model._meta.concrete_fields if each.name == name]


@functools.cache
def _update_json_sql(model: type[models.Model], names: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    key, fields = model._meta.pk, _named(model, names)
    values = ", ".join(
        f"{quote(str(field.column))} = {_taken(field, place)}" for place, field in enumerate(fields)
    )
    table, column = quote(model._meta.db_table), quote(str(key.column))
    return (
        f"UPDATE {table} SET {values}"  # noqa: S608 (names of our own models)
        f" FROM jsonb_array_elements(%s::jsonb) AS given(row)"
        f" WHERE {table}.{column} = (given.row->>{len(names)})::bigint"
    )


@functools.cache
def _update_sql(model: type[models.Model], names: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    values = ", ".join(f"{quote(str(field.column))} = %s" for field in _named(model, names))
    key = quote(str(model._meta.pk.column))
    return f"UPDATE {quote(model._meta.db_table)} SET {values} WHERE {key} = %s"  # noqa: S608


def _insert_in_places(rows: Sequence[models.Model]) -> None:
    for start in range(0, len(rows), _ON_SQLITE):
        insert(rows[start : start + _ON_SQLITE])


def _spelled_rows(rows: Sequence[models.Model], fields: Sequence[models.Field]) -> str:
    values = _values(rows, fields)
    try:
        return orjson.dumps(values, default=_as_text).decode()
    except TypeError:
        # It has no integers beyond 64 bits, which what others wrote into JSON may hold.
        return json.dumps(values, default=_as_text, ensure_ascii=False)


def _values(rows: Sequence[models.Model], fields: Sequence[models.Field]) -> Sequence[Any]:
    """What the columns of the rows take, ready to be spelled as text.

    Most fields hand a value on as it is: asking each of them for each row took longer than
    the rows take to write.
    """
    read = operator.attrgetter(*(field.attname for field in fields))
    values = [read(row) for row in rows]
    prepared = [(place, field) for place, field in enumerate(fields) if not _is_plain(field)]
    if not prepared:
        return values
    found = []
    for given in values:
        row = list(given)
        for place, field in prepared:
            row[place] = field.get_db_prep_save(row[place], connection)
        found.append(row)
    return found


@functools.cache
def _is_plain(field: models.Field) -> bool:
    """Whether a value of the field is, as text, what PostgreSQL reads as its column's type."""
    own = type(field)
    return (
        isinstance(field, models.ForeignKey | models.BigAutoField)
        or _is_json(field)
        or any(
            issubclass(own, kind)
            and all(getattr(own, name) is getattr(kind, name) for name in _PREPARING)
            for kind in _PLAIN_KINDS
        )
    )


def _is_json(field: models.Field) -> bool:
    """Whether the column's value can stand in the JSON of the rows as what it is."""
    return isinstance(field, models.JSONField) and field.encoder is None


def _taken(field: models.Field, place: int) -> str:
    """The value at that place of a row, as the column's type."""
    if _is_json(field):
        return f"NULLIF(given.row->{place}, 'null'::jsonb)"
    return f"(given.row->>{place})::{field.db_type(connection)}"


_PREPARING = ("get_prep_value", "get_db_prep_value", "get_db_prep_save")
_PLAIN_KINDS: tuple[type[models.Field], ...] = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.IntegerField,
    models.DateField,
    models.DateTimeField,
    models.TimeField,
    models.UUIDField,
)


@functools.cache
def _insert_json_sql(model: type[models.Model], fields: tuple[models.Field, ...]) -> str:
    """Every value travels as text and is read as its column's type: no digit is lost."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join(_taken(field, place) for place, field in enumerate(fields))
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({names})"  # noqa: S608 (names of our models)
        f" SELECT {values} FROM jsonb_array_elements(%s::jsonb)"
        f" WITH ORDINALITY AS given(row, place) ORDER BY given.place"
    )


def _as_text(value: Any) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    if hasattr(value, "obj"):  # the driver's wrapper of what a JSON column takes
        return str((value.dumps or json.dumps)(value.obj))
    return str(value)
