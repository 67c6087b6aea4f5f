"""Lists by keyset: a page is found by where the last one ended, never by counting rows."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache, reduce
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from billing.queries.search import MAX_WORDS, Searchable, matching_page, words_of
from core.currencies import CURRENCIES

PAGE_SIZE = 25
T = TypeVar("T", bound=Model)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows and the query strings of its neighbours; empty means there is none."""

    rows: list[Any]
    newer: str
    older: str
    sort: str

    @property
    def is_alone(self) -> bool:
        return not self.newer and not self.older


def page_of(
    rows: QuerySet[Any],
    request: HttpRequest,
    sorts: Mapping[str, str],
    default: str,
    size: int = PAGE_SIZE,
) -> Page:
    """The page that ?sort=, ?after= and ?before= ask for; nonsense in them is the first page.

    `sorts` maps the words of the address to fields that are never null; a leading minus
    turns the order round. Ties are broken by id, so no row shows twice or is lost.
    """
    word = request.GET.get("sort", default)
    if word.lstrip("-") not in sorts:
        word = default
    field, is_descending = sorts[word.lstrip("-")], word.startswith("-")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    goes_back = bool(before) and not after
    position = _read(rows.model, field, before if goes_back else after)
    if position is not None:
        rows = rows.filter(_beyond(field, position, is_descending ^ goes_back))
    sign = "-" if is_descending ^ goes_back else ""
    found = list(rows.order_by(f"{sign}{field}", f"{sign}id")[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if goes_back:
        found.reverse()
    came_from = position is not None
    return Page(
        rows=found,
        newer=_neighbour(
            request, "before", field, found[:1], came_from if not goes_back else has_more
        ),
        older=_neighbour(
            request, "after", field, found[-1:], has_more if not goes_back else came_from
        ),
        sort=word,
    )


def search_text(request: HttpRequest, name: str = "q") -> str:
    """What was typed into the search box: printable, at most 200 characters."""
    return printable(request.GET.get(name, ""))


def chosen_tab(request: HttpRequest, tabs: Iterable[tuple[str, str]]) -> str:
    """The ?status= of one of the tabs; anything else is the first, unfiltered one."""
    word = request.GET.get("status", "")
    return word if word in {value for value, _ in tabs} else ""


def printable(text: str) -> str:
    """Text that may stand in a query: PostgreSQL refuses a NUL with an exception."""
    return "".join(char for char in text if char.isprintable()).strip()[:200]


def searched(
    rows: QuerySet[T], searchable: Searchable, organization_id: int, text: str, amount: str = ""
) -> QuerySet[T]:
    """The rows with every word of the text, and those whose `amount` is the number it reads as.

    All rows without a text; of a very long one its first words count.
    """
    words = words_of(" ".join(text.split()[:MAX_WORDS]))
    if not words:
        return rows
    is_number = amount and _read_amount(text) is not None
    wanted = amount_is(amount, text) if is_number else None
    return matching_page(rows, searchable, organization_id, words, amount=wanted)


def amount_is(field: str, text: str) -> Q:
    """Rows whose amount is the one in the text, whichever of , and . is its decimal mark."""
    amount = _read_amount(text)
    wanted = Q(pk__in=[])
    if amount is None:
        return wanted
    for places, codes in _codes_by_places().items():
        minor = amount.scaleb(places)
        if minor == minor.to_integral_value() and abs(minor) < 2**63:
            wanted |= Q(**{field: int(minor), "currency__in": codes})
    return wanted


def _beyond(field: str, position: tuple[Any, int], is_descending: bool) -> Q:
    value, pk = position
    word = "lt" if is_descending else "gt"
    further = Q(**{f"{field}__{word}": value}) | Q(**{f"id__{word}": pk})
    # Said apart, an index begins there; an OR alone would read all that came before.
    return Q(**{f"{field}__{word}e": value}) & further


def _neighbour(request: HttpRequest, word: str, field: str, edge: list[Model], exists: bool) -> str:
    if not exists or not edge:
        return ""
    kept = {k: v for k, v in request.GET.items() if k not in ("after", "before") and v}
    return "?" + urlencode({**kept, word: _write(edge[0], field)})


def _write(row: Model, field: str) -> str:
    value = reduce(getattr, field.split("__"), row)
    text = json.dumps([str(value), row.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(model: type[Model], field: str, cursor: str) -> tuple[Any, int] | None:
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        value, pk = json.loads(text)
        if not isinstance(pk, int) or not 0 < pk < 2**63 or "\0" in str(value):
            return None
        return _model_field(model, field).to_python(str(value)), pk
    except (binascii.Error, ValueError, TypeError, ValidationError):
        return None


def _model_field(model: type[Model], path: str) -> Any:
    *through, last = path.split("__")
    for name in through:
        related = model._meta.get_field(name).related_model
        if related is None or isinstance(related, str):
            raise FieldDoesNotExist(path)
        model = related
    return model._meta.get_field(last)


def _read_amount(text: str) -> Decimal | None:
    digits = text.strip().replace(" ", "").replace("'", "")
    if digits.rfind(",") > digits.rfind("."):
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    return number if number.is_finite() and number.adjusted() < 15 else None


@lru_cache(maxsize=1)
def _codes_by_places() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for code, currency in CURRENCIES.items():
        found.setdefault(currency.exponent, []).append(code)
    return found
