"""Query parameters: named, typed, each at most once; anything else is refused by name."""

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, ClassVar
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Subquery

from core.currencies import CURRENCIES
from core.errors import DomainError, Kind
from integrations.dialects.base.fields import ABSENT, Day, Field, Number, Refusal, parse_instant

_RANGE_OPERATORS = ("gte", "lte", "gt", "lt")
_AMOUNT = Number()
_MOST_MINOR = 2**63 - 1


class UnknownParameter(DomainError):
    kind, code = Kind.MALFORMED, "unknown_parameter"
    message = "'{name}' is not a parameter of this address."


class InvalidParameter(DomainError):
    kind, code = Kind.MALFORMED, "invalid_parameter"
    message = "{name} {reason}."


@dataclass(frozen=True, kw_only=True)
class FlagText(Field):
    """`true` or `false` in a query string."""

    def decode(self, value: Any) -> bool:
        if value not in ("true", "false"):
            raise Refusal("invalid_type", "must be true or false")
        return bool(value == "true")


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of one parameter, as Django lookups: {"gte": …, "lt": …}.

    Bounds of amounts are in major units, whatever currency a row is in.
    """

    bounds: dict[str, Any]
    is_amount: bool = False

    def condition(self, column: str) -> Q:
        """Rows whose column lies within; amounts are minor units beside a `currency`."""
        if self.is_amount:
            return _amounts_within(column, self.bounds)
        return Q(**{f"{column}__{operator}": bound for operator, bound in self.bounds.items()})


@dataclass(frozen=True, kw_only=True)
class DayRange(Field):
    """`due_date=…` or `due_date[gte]=…&due_date[lte]=…`, whole civil days."""

    is_amount: ClassVar[bool] = False

    def decode(self, value: Any) -> Any:
        return Day().decode(value)

    def bounds(self, operator: str, text: str, timezone: str) -> dict[str, Any]:
        """Lookups and values of one parameter. Raises Refusal, OverflowError."""
        return {operator or "exact": Day().decode(text)}


@dataclass(frozen=True, kw_only=True)
class InstantRange(DayRange):
    """As DayRange over moments; a date means that whole day in the organization's zone."""

    def bounds(self, operator: str, text: str, timezone: str) -> dict[str, Any]:
        if len(text) != len("2025-01-15"):
            moment = parse_instant(text)
            if moment is None:
                raise Refusal("invalid_date", "must be a date or a moment in ISO 8601")
            return {operator or "exact": moment}
        day = Day().decode(text)
        start = _midnight(day, timezone)
        end = _midnight(day + datetime.timedelta(days=1), timezone)
        return {
            "gte": {"gte": start},
            "lt": {"lt": start},
            "lte": {"lt": end},
            "gt": {"gte": end},
        }.get(operator, {"gte": start, "lt": end})


@dataclass(frozen=True, kw_only=True)
class AmountRange(DayRange):
    """`total[gte]=100.50`: major units, in whatever currency each row has."""

    is_amount: ClassVar[bool] = True

    def bounds(self, operator: str, text: str, timezone: str) -> dict[str, Any]:
        return {operator or "exact": _AMOUNT.decode(text)}


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters an address takes. Others are refused, unless it `ignores_unknown` ones."""

    parameters: Mapping[str, Field]
    ignores_unknown: bool = False

    def decode(self, query_string: str, timezone: str) -> dict[str, Any]:
        """Every parameter that was sent, by keyword. Ranges come as Range.

        Raises UnknownParameter, InvalidParameter.
        """
        result: dict[str, Any] = {}
        seen: set[str] = set()
        for name, text in _pairs(query_string):
            if name in seen:
                raise InvalidParameter(name=name, reason="is given twice", param=name)
            seen.add(name)
            try:
                spec, operator = self._find(name)
            except UnknownParameter:
                if self.ignores_unknown:
                    continue
                raise
            try:
                if isinstance(spec, DayRange):
                    keyword = spec.name or name.partition("[")[0]
                    bounds = spec.bounds(operator, text, timezone)
                    found = result.setdefault(keyword, Range({}, spec.is_amount))
                    found.bounds.update(bounds)
                else:
                    result[spec.name or name] = spec.decode(text)
            except Refusal as refusal:
                reason = refusal.message
                if not reason[:1].islower():
                    reason = f"is not valid: {reason}"
                raise InvalidParameter(name=name, reason=reason, param=name) from None
            except OverflowError:
                raise InvalidParameter(name=name, reason="is out of range", param=name) from None
        return {name: value for name, value in result.items() if value is not ABSENT}

    def _find(self, name: str) -> tuple[Field, str]:
        spec = self.parameters.get(name)
        if spec is not None:
            return spec, ""
        base, bracket, rest = name.partition("[")
        spec = self.parameters.get(base)
        operator = rest.removesuffix("]")
        is_range = isinstance(spec, DayRange) and bracket and rest == f"{operator}]"
        if spec is not None and is_range and operator in _RANGE_OPERATORS:
            return spec, operator
        raise UnknownParameter(name=name[:100], param=name[:100])


def filtered(rows: QuerySet[Any], query: Mapping[str, Any]) -> QuerySet[Any]:
    """The rows that fit: ranges by their bounds, everything else by equality.

    `customer__uuid` finds the customer first, so that an index over the key of the rows serves.
    """
    for name, value in query.items():
        if isinstance(value, Range):
            rows = rows.filter(value.condition(name))
        elif name.endswith("__uuid"):
            key = name.removesuffix("__uuid")
            target: Any = rows.model._meta.get_field(key).related_model
            found = target._default_manager.filter(uuid=value).order_by().values("pk")
            rows = rows.filter(**{f"{key}_id": Subquery(found)})
        else:
            rows = rows.filter(**{name: value})
    return rows


def _amounts_within(column: str, bounds: Mapping[str, Decimal]) -> Q:
    """The same bounds for the currencies of each number of places."""
    found = Q(pk__in=[])
    for places, codes in _codes_by_places().items():
        found |= Q(currency__in=codes) & _minor_within(column, bounds, places)
    return found


@functools.cache
def _codes_by_places() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for currency in CURRENCIES.values():
        found.setdefault(currency.exponent, []).append(currency.code)
    return found


def _minor_within(column: str, bounds: Mapping[str, Decimal], places: int) -> Q:
    """The bounds in whole minor units: 1.005 and more is 101 cents and more."""
    found = Q()
    for operator, bound in bounds.items():
        minor = bound.scaleb(places)
        is_whole = minor == minor.to_integral_value()
        if operator == "exact" and not is_whole:
            return Q(pk__in=[])
        rounding = ROUND_FLOOR if operator in ("gt", "lte") else ROUND_CEILING
        whole = int(minor.to_integral_value(rounding))
        whole = max(-_MOST_MINOR, min(_MOST_MINOR, whole))
        found &= Q(**{f"{column}__{operator}": whole})
    return found


def _midnight(day: datetime.date, timezone: str) -> datetime.datetime:
    start = datetime.datetime.combine(day, datetime.time(), ZoneInfo(timezone))
    return start.astimezone(datetime.UTC)


def _pairs(query_string: str) -> list[tuple[str, str]]:
    """Decoded names and values. Raises InvalidParameter for what is not readable text."""
    pairs = []
    for part in query_string.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        try:
            pair = unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
        except UnicodeDecodeError:
            raise InvalidParameter(name="The query", reason="is not UTF-8") from None
        if "\x00" in pair[0] + pair[1]:
            raise InvalidParameter(name="The query", reason="holds a NUL")
        pairs.append(pair)
    return pairs
