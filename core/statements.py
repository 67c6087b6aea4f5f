"""Statements whose SQL is spelled once.

Django works out the SQL of a query anew each time it runs: for a short query that takes
longer than the query. What every request asks or writes is kept here ready-made, per
database vendor; rows come back as the same instances that the query set would give.
"""

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any

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
    Ids that all of them have already are kept.
    """
    model = type(rows[0])
    key = model._meta.pk
    fields = written_fields(rows[0])
    params = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insert_sql(model, fields, len(rows), connection.vendor), params)
        found = cursor.fetchall()
    for row, (value,) in zip(rows, found, strict=True):
        setattr(row, key.attname, value)
        row._state.adding = False
        row._state.db = connection.alias


def written_fields(row: models.Model) -> tuple[models.Field, ...]:
    """What an INSERT of the row names: its id only if it has one already."""
    return _written_fields(type(row), row.pk is not None)


@functools.cache
def _written_fields(model: type[models.Model], with_key: bool) -> tuple[models.Field, ...]:
    fields = model._meta.concrete_fields
    return tuple(field for field in fields if with_key or not field.primary_key)


@functools.lru_cache(maxsize=512)
def _insert_sql(
    model: type[models.Model], fields: tuple[models.Field, ...], count: int, vendor: str
) -> str:
    quote = connection.ops.quote_name
    key = quote(str(model._meta.pk.column))
    one = f"({', '.join(itertools.repeat('%s', len(fields)))})"
    return (
        f"INSERT INTO {quote(model._meta.db_table)}"  # noqa: S608 (names of our own models)
        f" ({', '.join(quote(str(field.column)) for field in fields)})"
        f" VALUES {', '.join(itertools.repeat(one, count))} RETURNING {key}"
    )
