"""Statements whose SQL is spelled once.

Django works out the SQL of a query anew each time it runs: for a short query that takes
longer than the query. What every request asks or writes is kept here ready-made, per
database vendor; rows come back as the same instances that the query set would give.
"""

import functools
import itertools
import json
import operator
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import psycopg
from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators


class Given(Expression):
    """Stands in a query set for a value that comes with each call."""

    def __init__(self, name: str, field: models.Field) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class Statement:
    """A query set with Given values, spelled when it is first run.

    `columns` gives tuples of these columns instead of instances.
    """

    def __init__(
        self, build: Callable[[], models.QuerySet[Any]], columns: Sequence[str] = ()
    ) -> None:
        self._build, self._columns = build, columns
        self._spelled: dict[str, _Spelled] = {}

    def all(self, **given: Any) -> list[Any]:
        """Every row."""
        return self._here().run(given)

    def first(self, **given: Any) -> Any:
        """The first row, or None."""
        return next(iter(self.all(**given)), None)

    def count(self, **given: Any) -> int:
        """How many rows there are, counted by the database."""
        return self._here().count(given)

    def _here(self) -> "_Spelled":
        vendor = connection.vendor
        spelled = self._spelled.get(vendor)
        if spelled is None:
            rows = self._build()
            if self._columns:
                rows = rows.values_list(*self._columns)
            spelled = _Spelled(rows, is_plain=bool(self._columns))
            self._spelled[vendor] = spelled
        return spelled


class _Spelled:
    def __init__(self, rows: models.QuerySet[Any], *, is_plain: bool) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, self._params = compiler.as_sql()
        self._model = rows.model
        select = compiler.select or []
        self._converters = list(compiler.get_converters([chosen[0] for chosen in select]).items())
        # What the query set itself builds its instances from; unused where columns are read.
        self._klass_info, self._select = compiler.klass_info, select
        self._is_plain = is_plain
        if not is_plain:
            found = self._klass_info["select_fields"]
            self._from, self._to = found[0], found[-1] + 1
            self._names = [select[i][0].target.attname for i in found]

    def run(self, given: dict[str, Any]) -> list[Any]:
        rows = self._fetch(self.sql, given)
        if self._converters and rows:
            rows = [self._converted(row) for row in rows]
        return rows if self._is_plain else [self._instance(row) for row in rows]

    def count(self, given: dict[str, Any]) -> int:
        ((number,),) = self._fetch(f"SELECT COUNT(*) FROM ({self.sql}) AS listed", given)  # noqa: S608
        return int(number)

    def _fetch(self, sql: str, given: dict[str, Any]) -> list[Any]:
        params = [
            p.field.get_db_prep_value(given[p.name], connection) if isinstance(p, Given) else p
            for p in self._params
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for index, (converters, expression) in self._converters:
            value = values[index]
            for convert in converters:
                value = convert(value, expression, connection)
            values[index] = value
        return values

    def _instance(self, row: Sequence[Any]) -> Any:
        using = connection.alias
        made = self._model.from_db(using, self._names, row[self._from : self._to])
        for populator in get_related_populators(  # type: ignore[call-arg]
            self._klass_info, self._select, using
        ):
            populator.populate(row, made)
        return made


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one kind in one statement, and give them their ids.

    For new rows without parents whose defaults are set; no signals, as everywhere here.
    """
    model = type(rows[0])
    key = model._meta.pk
    fields = _inserted(model)
    params = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insert_sql(model, len(rows), connection.vendor), params)
        found = cursor.fetchall()
    for row, (value,) in zip(rows, found, strict=True):
        setattr(row, key.attname, value)
        row._state.adding = False
        row._state.db = connection.alias


@functools.cache
def _inserted(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@functools.lru_cache(maxsize=512)
def _insert_sql(model: type[models.Model], count: int, vendor: str) -> str:
    quote = connection.ops.quote_name
    fields = _inserted(model)
    key = quote(str(model._meta.pk.column))
    one = f"({', '.join(itertools.repeat('%s', len(fields)))})"
    return (
        f"INSERT INTO {quote(model._meta.db_table)}"  # noqa: S608 (names of our own models)
        f" ({', '.join(quote(str(field.column)) for field in fields)})"
        f" VALUES {', '.join(itertools.repeat(one, count))} RETURNING {key}"
    )


def insert_many(rows: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """insert() for thousands of rows, in order.

    With `ignore_conflicts` rows that are there already are passed over, and none gets an id.

    PostgreSQL takes all rows as one JSON text: a statement with thousands of places would be
    taken apart in Python for longer than the rows take to write, and so would arrays. (COPY
    does not work under row-level security.) SQLite takes 32,766 parameters in a statement.
    """
    if not rows:
        return
    if ignore_conflicts:
        _insert_what_is_new(rows)
        return
    if connection.vendor == "postgresql":
        _insert_json(rows)
        return
    for start in range(0, len(rows), 200):
        insert(rows[start : start + 200])


def update_many(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these columns of the rows, each row's own values, in one statement on PostgreSQL."""
    if not rows:
        return
    model = type(rows[0])
    fields = [*_named(model, names), model._meta.pk]
    if connection.vendor == "postgresql":
        with _bound_by_server() as cursor:
            cursor.execute(_update_json_sql(model, tuple(names)), [_spelled_rows(rows, fields)])
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


def _insert_json(rows: Sequence[models.Model]) -> None:
    model = type(rows[0])
    key = model._meta.pk
    with _bound_by_server() as cursor:
        cursor.execute(_insert_json_sql(model), [_spelled_rows(rows, _inserted(model))])
        found = cursor.fetchall()
    for row, (value,) in zip(rows, found, strict=True):
        setattr(row, key.attname, value)
        row._state.adding = False
        row._state.db = connection.alias


def _insert_what_is_new(rows: Sequence[models.Model]) -> None:
    if connection.vendor != "postgresql":
        type(rows[0])._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=200)
        return
    model = type(rows[0])
    sql, _, _ = _insert_json_sql(model).rpartition(" RETURNING ")
    with _bound_by_server() as cursor:
        cursor.execute(f"{sql} ON CONFLICT DO NOTHING", [_spelled_rows(rows, _inserted(model))])


def _bound_by_server() -> Any:
    """A cursor that sends its parameters beside the statement.

    Django's spells them into it: quoting megabytes and reading them as a literal took as
    long as writing the rows.
    """
    connection.ensure_connection()
    own: Any = psycopg.Cursor(connection.connection)
    return connection.make_cursor(own)


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
        isinstance(field, models.ForeignKey)
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
def _insert_json_sql(model: type[models.Model]) -> str:
    """Every value travels as text and is read as its column's type: no digit is lost."""
    quote = connection.ops.quote_name
    key, fields = model._meta.pk, _inserted(model)
    names = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join(_taken(field, place) for place, field in enumerate(fields))
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({names})"  # noqa: S608 (names of our models)
        f" SELECT {values} FROM jsonb_array_elements(%s::jsonb)"
        f" WITH ORDINALITY AS given(row, place) ORDER BY given.place"
        f" RETURNING {quote(str(key.column))}"
    )


def _as_text(value: Any) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    if hasattr(value, "obj"):  # the driver's wrapper of what a JSON column takes
        return str((value.dumps or json.dumps)(value.obj))
    return str(value)
