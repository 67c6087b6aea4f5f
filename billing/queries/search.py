"""Finding rows by words. What was written a moment ago is found: there is nothing to catch up.

Every word must occur, as it stands, in one of the fields that are searched; case and accents
do not count (billing.folding). On PostgreSQL the words are looked up by their trigrams
(billing.searchtables); elsewhere, and where a noun has few rows, the rows are read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connection
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, TextField, Value
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
# A statement that finds ids, and its parameters.
Statement = tuple[str, list[Any]]
# What was looked up in other tables on the way: by organization, model, fields and word how it is
# found, and the ids of the first of it.
Known = dict[tuple[Any, ...], tuple[Statement, list[int]]]


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


def matching_page(
    rows: QuerySet[M],
    searchable: Searchable,
    organization_id: int,
    words: Sequence[str],
    *,
    amount: Q | None = None,
    known: Known | None = None,
) -> QuerySet[M]:
    """The same rows and those with that amount, for a page of them in whatever order.

    Whether a word is rare decides what is fast, and the planner cannot know it for several
    tables at once. So it is asked first: the rows of a rare word are taken by their ids; for
    common ones the page is soon full, and each row in its order is held against the words.
    With one `known` for several nouns, what they refer to is looked up once.
    """
    search = _Search(searchable, organization_id, None, known)
    if connection.vendor != "postgresql" or not searchable.is_indexed:
        found = Q()
        for word in words:
            found &= search.condition(word)
    else:
        found = search.by_the_rarest(words)
    if amount is not None:
        found |= _few_or_all(searchable.model, organization_id, amount)
    return rows.filter(found, organization_id=organization_id)


class _Search:
    def __init__(
        self,
        searchable: Searchable,
        organization_id: int,
        names: Collection[str] | None,
        known: Known | None = None,
    ) -> None:
        self._known: Known = {} if known is None else known
        self._searchable, self._organization_id = searchable, organization_id
        places = searchable.places
        chosen = [places[name] for name in (places if names is None else names)]
        self._columns = tuple(dict.fromkeys(c for place in chosen for c in place.columns))
        self._is_all = set(self._columns) == set(searchable.columns)
        # It is the first line of the text, where it is not null.
        self._is_first = self._columns == searchable.columns[:1]
        self._related: dict[str, list[str]] = {}
        for place in chosen:
            if place.related:
                self._related.setdefault(place.related[0], []).append(place.related[1])

    def condition(self, word: str) -> Q:
        """Rows with that word. Runs one statement per foreign key that is searched."""
        if connection.vendor == "postgresql" and self._searchable.is_indexed:
            return Q(pk__in=RawSQL(*self._ids(word)))  # noqa: S611 (names of our own)
        found = Q(pk__in=[])
        for column in self._columns:
            found |= Q(_contains(column, word))
        for key, names in self._related.items():
            target = self._searchable.targets[key]
            rows = target.model._default_manager.filter(organization_id=self._organization_id)
            rows = matching(rows.order_by(), target, self._organization_id, [word], names)
            found |= Q(**{f"{key}__in": rows.values("pk")})
        return found

    def by_the_rarest(self, words: Sequence[str]) -> Q:
        """Rows with every word: of the first rare one by their ids, the others row by row."""
        found = Q()
        rest = list(words)
        for word in words:
            if self._leads_to_many(word):
                continue
            few = _first(self._ids(word))
            if len(few) <= _FEW:
                rest.remove(word)
                found = Q(pk__in=few)
                break
        for word in rest:
            found &= self._of_each(word)
        return found

    def _leads_to_many(self, word: str) -> bool:
        found = (self._targets(key, names, word) for key, names in self._related.items())
        return any(len(few) > _FEW for _, few in found)

    def _of_each(self, word: str) -> Q:
        """The same as a question to each row: whether the word occurs in it."""
        found = Q(pk__in=[])
        if self._columns:
            found |= Q(_Among("pk", (self._own(), self._own_params(word))))
        for key, names in self._related.items():
            every, few = self._targets(key, names, word)
            is_few = len(few) <= _FEW
            found |= Q(**{f"{key}__in": few}) if is_few else Q(_Among(key, every))
        return found

    def _ids(self, word: str) -> Statement:
        """The ids, from the search table and by way of what the row refers to.

        One list instead of an OR: so the planner may start from either end, the newest rows
        where a word is common, the index where it is rare.
        """
        branches, params = [], []
        if self._columns:
            branches.append(self._own())
            params += self._own_params(word)
        table = self._searchable.model._meta.db_table
        for key, names in self._related.items():
            (sql, inner), few = self._targets(key, names, word)
            if not few:
                continue
            is_few = len(few) <= _FEW
            held, wanted = ("= ANY(%s)", [few]) if is_few else (f"IN ({sql})", inner)
            branches.append(
                f"SELECT id FROM {table} WHERE organization_id = %s AND {key}_id {held}"  # noqa: S608
            )
            params += [self._organization_id, *wanted]
        if not branches:
            return "SELECT NULL::bigint AS id WHERE false", []
        return " UNION ALL ".join(branches), params

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
        if self._is_first:
            # Few rows have it in their first line, and only these are read.
            row = f"SELECT FROM {table} AS given WHERE given.id = found.id AND ({named}) OFFSET 0"  # noqa: S608
            where += " AND split_part(found.content, E'\\n', 1) LIKE %s"
            return f"{found}{where} AND EXISTS ({row})"
        return f"{found} JOIN {table} AS given ON given.id = found.id{where} AND ({named})"

    def _own_params(self, word: str) -> list[Any]:
        pattern = f"%{_escaped(word)}%"
        params = [self._organization_id, pattern]
        if self._is_all:
            return params
        return params + [pattern] * self._is_first + [word] * len(self._columns)

    def _targets(self, key: str, names: Sequence[str], word: str) -> tuple[Statement, list[int]]:
        """How to find what a foreign key may lead to, and the ids of one more than a few of it."""
        target = self._searchable.targets[key]
        which = (self._organization_id, target.model, *names, word)
        if which not in self._known:
            statement = _Search(target, self._organization_id, names)._ids(word)
            self._known[which] = statement, _first(statement)
        return self._known[which]


class _Among(Func):
    """Whether the statement finds the id that the field holds."""

    output_field = BooleanField()

    def __init__(self, field: str, statement: Statement) -> None:
        super().__init__(F(field))
        self._sql, self._params = statement[0], tuple(statement[1])

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        held, params = compiler.compile(self.source_expressions[0])
        # With an offset the planner asks for each row, and does not look up all of them before.
        sql = f"EXISTS (SELECT FROM ({self._sql}) AS every WHERE every.id = {held} OFFSET 0)"  # noqa: S608
        return sql, (*self._params, *params)


def _first(statement: Statement) -> list[int]:
    """One more than a few of the ids that it finds."""
    sql, params = statement
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM ({sql}) AS every LIMIT {_FEW + 1}", params)  # noqa: S608
        return [pk for (pk,) in cursor.fetchall()]


def _few_or_all(model: type[Model], organization_id: int, wanted: Q) -> Q:
    rows = model._default_manager.filter(wanted, organization_id=organization_id)
    few = list(rows.order_by().values_list("pk", flat=True)[: _FEW + 1])
    return Q(pk__in=few) if len(few) <= _FEW else wanted


def _contains(column: str, word: str) -> GreaterThan:
    text: Any = KT(column) if "__" in column else F(column)
    folded = Func(text, function=SQL_FUNCTION, output_field=TextField())
    return GreaterThan(StrIndex(folded, Value(word)), 0)


def _escaped(word: str) -> str:
    """The word as LIKE takes it literally."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
