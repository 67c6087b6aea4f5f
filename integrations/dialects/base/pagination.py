"""Pages by keyset: a cursor holds the sort values of the last row, never an offset.

Rows that come or go between two pages neither repeat nor hide others (G8). A count is
exact up to 10,000 rows; beyond that it may lag by up to a minute, because counting a
million rows on every page would cost more than the page. A search counts up to 1,000.
"""

import base64
import binascii
import datetime
import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from django.core.cache import cache
from django.db.models import BigIntegerField, DateField, F, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce
from django.db.models.sql.where import WhereNode

from core import exactjson
from core.errors import DomainError, Kind
from core.models import as_uuid
from core.statements import Given, Statement

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
COUNTED_EXACTLY = 10_000
# A search counts no further than one beyond this many.
COUNTED_OF_A_SEARCH = 1_000
# So many rows are sooner gathered and sorted than met on a walk along the order asked for.
_FEW = 5_000
_COUNT_KEPT_SECONDS = 60


class InvalidPage(DomainError):
    kind, code = Kind.MALFORMED, "invalid_parameter"
    message = "{param_name} {reason}."

    def __init__(self, param: str, reason: str) -> None:
        super().__init__(param=param, param_name=param, reason=reason)


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column to sort by, or an expression under that name.

    `read` rebuilds its value from what JSON gave back and raises ValueError for anything
    else. No value of it may be null: give a column that can be an expression by nullable().
    """

    column: str
    read: Callable[[Any], Any]
    expression: Any = None


def nullable(column: str, read: Callable[[Any], Any], instead: Any) -> SortKey:
    """A column that may be null, sorted as if it held that value then."""
    return SortKey(f"{column}_or_else", read, Coalesce(F(column), Value(instead)))


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, in order: instances, or dictionaries where columns were asked for."""

    rows: list[Any]
    has_more: bool
    next_cursor: str | None
    total_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page: a limit, at most one of three anchors, the order, and the words searched for."""

    limit: int = DEFAULT_LIMIT
    cursor: str = ""
    starting_after: Any = None
    ending_before: Any = None
    sort: str = ""
    search: Sequence[str] = ()
    search_fields: Sequence[str] | None = None

    @classmethod
    def taken_from(cls, query: dict[str, Any]) -> "PageRequest":
        """Pop the paging parameters out of decoded query parameters."""
        return cls(
            **{each.name: query.pop(each.name) for each in fields(cls) if each.name in query}
        )


def read_page(
    rows: QuerySet[Any],
    request: PageRequest,
    *,
    sorts: Mapping[str, Sequence[SortKey]],
    default_sort: str,
    columns: Sequence[str] = (),
) -> Page:
    """One page of the rows, which are filtered but not sliced; with `columns` only those.

    `sorts` maps wire names to columns; the row id breaks ties in the direction of the
    first. Raises InvalidPage for an unknown sort or anchor.
    """
    order = _order(request.sort or default_sort, sorts)
    anchors = [
        name for name in ("cursor", "starting_after", "ending_before") if getattr(request, name)
    ]
    if len(anchors) > 1:
        raise InvalidPage(anchors[1], f"cannot be combined with {anchors[0]}")
    total_count = _count(rows, is_search=bool(request.search))
    computed = {key.column: key.expression for key, _ in order if key.expression is not None}
    rows = rows.annotate(**computed)
    backwards = request.ending_before is not None
    if backwards:
        order = [(key, not descending) for key, descending in order]
    wanted = rows.order_by(
        *(F(k.column).desc() if descending else F(k.column).asc() for k, descending in order)
    )
    position = _position(rows, request, order)
    if position is not None:
        wanted = wanted.filter(_beyond(order, position))
    if total_count <= _FEW and _has_range(rows.query.where, order[0][0].column):
        wanted = wanted.filter(pk__in=_gathered(wanted, request.limit + 1))
    if columns:
        wanted = wanted.values(*columns, *computed)
    found = list(wanted[: request.limit + 1])
    has_more = len(found) > request.limit
    found = found[: request.limit]
    if backwards:
        found.reverse()
    cursor = _encode(order, found[-1]) if has_more and not backwards else None
    return Page(found, has_more, cursor, total_count)


_Order = list[tuple[SortKey, bool]]


def _read_id(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        return value
    raise ValueError


def read_whole(value: Any) -> int:
    """For columns of 64-bit integers."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise ValueError


def read_text(value: Any) -> str:
    if isinstance(value, str) and len(value) <= 300:
        return value
    raise ValueError


def read_day(value: Any) -> datetime.date:
    return datetime.date.fromisoformat(read_text(value))


def read_instant(value: Any) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(read_text(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _order(sort: str, sorts: Mapping[str, Sequence[SortKey]]) -> _Order:
    order: _Order = []
    for part in sort.split(","):
        name = part.removeprefix("-")
        if name not in sorts:
            raise InvalidPage("sort", f"must be of: {', '.join(sorted(sorts))}")
        order += [(key, part.startswith("-")) for key in sorts[name]]
    columns = [key.column for key, _ in order]
    if len(set(columns)) != len(columns):
        raise InvalidPage("sort", "names the same field twice")
    return [*order, (SortKey("pk", _read_id), order[0][1])]


def _position(rows: QuerySet[Any], request: PageRequest, order: _Order) -> list[Any] | None:
    if request.cursor:
        return _decode(order, request.cursor)
    for name in ("starting_after", "ending_before"):
        anchor = getattr(request, name)
        if anchor is not None:
            columns = [key.column for key, _ in order]
            found = rows.filter(uuid=as_uuid(anchor)).values_list(*columns).first()
            if found is None:
                raise InvalidPage(name, "is not the id of a row in this list")
            return list(found)
    return None


def _beyond(order: _Order, position: list[Any]) -> Q:
    """Rows after the position in that order, nulls never: sort columns are never null."""
    condition = Q()
    equal = Q()
    for (key, descending), value in zip(order, position, strict=True):
        side = "lt" if descending else "gt"
        condition |= equal & Q(**{f"{key.column}__{side}": value})
        equal &= Q(**{key.column: value})
    # Repeats what follows from the rest, in the form that lets an index start in the middle.
    (first, descending), value = order[0], position[0]
    return Q(**{f"{first.column}__{'lte' if descending else 'gte'}": value}) & condition


def _has_range(where: Any, column: str) -> bool:
    """Whether rows are bounded by another column than the one they are ordered by.

    Where both go hand in hand, such as dates of issue and of creation, a walk along the order
    meets none of them for long; the planner, who takes them for independent, prefers it.
    """
    for each in where.children:
        if isinstance(each, WhereNode):
            if _has_range(each, column):
                return True
        elif getattr(each, "lookup_name", "") in ("gt", "gte", "lt", "lte", "exact"):
            target = getattr(each.lhs, "target", None)
            if isinstance(target, DateField | BigIntegerField) and target.name != column:
                return not target.is_relation
    return False


def _gathered(wanted: QuerySet[Any], count: int) -> list[int]:
    """The ids of the first rows, found by what bounds them and only then sorted."""
    first, *rest = cast("tuple[OrderBy, ...]", wanted.query.order_by)
    # Of no index: so the order cannot tempt the planner to walk along it.
    opaque = first.copy()
    opaque.set_source_expressions([Coalesce(first.expression, first.expression)])
    ordered = wanted.select_related(None).order_by(opaque, *rest)
    return list(ordered.values_list("pk", flat=True)[:count])


def _signature(order: _Order) -> str:
    return ",".join(("-" if descending else "") + key.column for key, descending in order)


def _encode(order: _Order, row: Any) -> str:
    read = row.__getitem__ if isinstance(row, dict) else functools.partial(getattr, row)
    values = [_spell(read(key.column)) for key, _ in order]
    text = exactjson.dumps([_signature(order), *values])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _spell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _decode(order: _Order, cursor: str) -> list[Any]:
    try:
        raw = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
        values = exactjson.loads(raw)
        if not isinstance(values, list) or len(values) != len(order) + 1:
            raise ValueError
        if values[0] != _signature(order):
            raise ValueError
        return [key.read(value) for (key, _), value in zip(order, values[1:], strict=True)]
    except (ValueError, binascii.Error, RecursionError, OverflowError):
        raise InvalidPage("cursor", "is not a cursor of this list") from None


def _count(rows: QuerySet[Any], *, is_search: bool) -> int:
    plain = rows.order_by()
    if is_search:
        # Nobody turns all pages of a search that finds so much: one beyond stands for them.
        return plain[: COUNTED_OF_A_SEARCH + 1].count()
    sql, params = plain.query.sql_with_params()
    name = f"count:{hashlib.sha256(f'{sql}{params}'.encode()).hexdigest()}"
    return _counted(name, plain[: COUNTED_EXACTLY + 1].count, plain.count)


def _counted(name: str, near: Callable[[], int], exact: Callable[[], int]) -> int:
    """How many rows there are: near() looks no further than one beyond COUNTED_EXACTLY."""
    # Only the counts of long lists are kept: they are spared the counting, others the lag.
    known: int | None = cache.get(name)
    if known is not None:
        return known
    number = near()
    if number > COUNTED_EXACTLY:
        number = exact()
        cache.set(name, number, _COUNT_KEPT_SECONDS)
    return number


class NewestFirst:
    """What is asked most of a list: its first page, unfiltered, the newest rows first.

    Gives what read_page would give for the rows of `build(organization_id)`, with its SQL
    spelled once for each limit.
    """

    def __init__(
        self,
        name: str,
        build: Callable[[Any], QuerySet[Any]],
        columns: Sequence[str],
        keys: Sequence[SortKey],
    ) -> None:
        self._name, self._build, self._columns = name, build, tuple(columns)
        self._order: _Order = [*((key, True) for key in keys), (SortKey("pk", _read_id), True)]
        self._pages: dict[int, Statement] = {}
        self._near = Statement(
            lambda: self._rows().order_by().values_list("pk")[: COUNTED_EXACTLY + 1]
        )

    def read(self, organization_id: int, limit: int) -> Page:
        page = self._pages.get(limit)
        if page is None:
            columns = [f"-{key.column}" for key, _ in self._order]
            page = self._pages[limit] = Statement(
                lambda: self._rows().order_by(*columns)[: limit + 1], self._columns
            )
        total_count = _counted(
            f"count:{self._name}:{organization_id}",
            lambda: self._near.count(organization_id=organization_id),
            lambda: self._build(organization_id).count(),
        )
        found = [
            dict(zip(self._columns, row, strict=True))
            for row in page.all(organization_id=organization_id)
        ]
        has_more = len(found) > limit
        found = found[:limit]
        cursor = _encode(self._order, found[-1]) if has_more else None
        return Page(found, has_more, cursor, total_count)

    def _rows(self) -> QuerySet[Any]:
        return self._build(Given("organization_id", BigIntegerField()))
