"""Finding rows by words. What was written a moment ago is found: there is nothing to catch up.

Every word must occur, as it stands, in one of the fields that are searched; case and accents
do not count (billing.folding). On PostgreSQL the words are looked up by their trigrams
(billing.searchtables); elsewhere, and where a noun has few rows, the rows are read.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connection
from django.db.models import F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KT
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from billing.folding import SQL_FUNCTION, fold
from billing.searchtables import column_sql, search_table

MAX_WORDS = 8
# More related rows than this are looked up row by row instead of by their ids.
_FEW = 500
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one searchable field stands: in columns of the row, or in a row it refers to.

    A column is a name, or `buyer__name` for a text inside a JSON object. `related` is the
    name of a foreign key and the field of what it leads to.
    """

    columns: tuple[str, ...] = ()
    related: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable:
    """What can be searched in one noun. `targets` is what the foreign keys lead to.

    With `is_indexed` the table has a search table beside it, made by a migration for the
    same columns.
    """

    model: type[Model]
    places: Mapping[str, Place]
    targets: Mapping[str, "Searchable"] = field(default_factory=dict)
    is_indexed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is searched, once."""
        found = (column for place in self.places.values() for column in place.columns)
        return tuple(dict.fromkeys(found))


def words_of(text: str) -> list[str]:
    """The words to look for, folded, each once. Raises ValueError for more than MAX_WORDS."""
    words = list(dict.fromkeys(fold(word) for word in text.split()))
    if len(words) > MAX_WORDS:
        raise ValueError(f"has more than {MAX_WORDS} words")
    return [word for word in words if word]


def matching(
    rows: QuerySet[M],
    searchable: Searchable,
    organization_id: int,
    words: Iterable[str],
    names: Collection[str] | None = None,
) -> QuerySet[M]:
    """The rows of that organization in which every word occurs, in one of the named places.

    `words` come from words_of; without names every place is searched.
    """
    search = _Search(searchable, organization_id, names)
    rows = rows.filter(organization_id=organization_id)
    for word in words:
        rows = rows.filter(search.condition(word))
    return rows


class _Search:
    def __init__(
        self, searchable: Searchable, organization_id: int, names: Collection[str] | None
    ) -> None:
        self._searchable, self._organization_id = searchable, organization_id
        places = searchable.places
        chosen = [places[name] for name in (places if names is None else names)]
        self._columns = tuple(dict.fromkeys(c for place in chosen for c in place.columns))
        self._is_all = set(self._columns) == set(searchable.columns)
        self._related: dict[str, list[str]] = {}
        for place in chosen:
            if place.related:
                self._related.setdefault(place.related[0], []).append(place.related[1])

    def condition(self, word: str) -> Q:
        """Rows with that word. Runs one statement per foreign key that is searched."""
        if connection.vendor == "postgresql" and self._searchable.is_indexed:
            return Q(pk__in=self._ids(word))
        found = Q(pk__in=[])
        for column in self._columns:
            found |= Q(_contains(column, word))
        for key, names in self._related.items():
            found |= Q(**{f"{key}__in": self._targets(key, names, word).values("pk")})
        return found

    def _ids(self, word: str) -> RawSQL:
        """The ids, from the search table and by way of what the row refers to.

        One list instead of an OR: so the planner may start from either end, the newest rows
        where a word is common, the index where it is rare.
        """
        branches, params = [], []
        if self._columns:
            branches.append(self._own())
            params += [self._organization_id, f"%{_escaped(word)}%"]
            params += [] if self._is_all else [word] * len(self._columns)
        table = self._searchable.model._meta.db_table
        for key, names in self._related.items():
            found = self._targets(key, names, word).values_list("pk", flat=True)
            few = list(found[: _FEW + 1])
            if not few:
                continue
            held = "= ANY(%s)"
            wanted: list[Any] = [few]
            if len(few) > _FEW:
                sql, inner = found.query.sql_with_params()
                held, wanted = f"IN ({sql})", list(inner)
            branches.append(
                f"SELECT id FROM {table} WHERE organization_id = %s AND {key}_id {held}"  # noqa: S608
            )
            params += [self._organization_id, *wanted]
        if not branches:
            return RawSQL("SELECT NULL::bigint WHERE false", [])
        return RawSQL(" UNION ALL ".join(branches), params)  # noqa: S611 (names of our own)

    def _own(self) -> str:
        table = self._searchable.model._meta.db_table
        found = f"SELECT found.id FROM {search_table(table)} AS found"  # noqa: S608
        where = " WHERE found.organization_id = %s AND found.content LIKE %s"
        if self._is_all:
            return found + where
        # The index knows all fields as one text; which of them it was, the row tells.
        named = " OR ".join(
            f"strpos({SQL_FUNCTION}({column_sql('given', column)}), %s) > 0"
            for column in self._columns
        )
        return f"{found} JOIN {table} AS given ON given.id = found.id{where} AND ({named})"

    def _targets(self, key: str, names: list[str], word: str) -> QuerySet[Any]:
        target = self._searchable.targets[key]
        rows = target.model._default_manager.filter(organization_id=self._organization_id)
        return matching(rows.order_by(), target, self._organization_id, [word], names)


def _contains(column: str, word: str) -> GreaterThan:
    text: Any = KT(column) if "__" in column else F(column)
    folded = Func(text, function=SQL_FUNCTION, output_field=TextField())
    return GreaterThan(StrIndex(folded, Value(word)), 0)


def _escaped(word: str) -> str:
    """The word as LIKE takes it literally."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
