"""Readings as plain JSON values: how they leave the child process, and how they are kept.

What comes back is not trusted: a value of another type or size is a ValueError.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, TypeVar

from integrations.collectors.parsing.figures import (
    Confidence,
    Finding,
    Line,
    ParsedInvoice,
    Party,
    Reading,
    TaxGroup,
    Totals,
)

Json = dict[str, Any]
_MOST_WORDS, _MOST_ROWS = 500, 5_000
_NUMBER = re.compile(r"-?[0-9]{1,26}(\.[0-9]{0,12})?", re.ASCII)
_T = TypeVar("_T")


def dumped(reading: Reading) -> Json:
    """The reading as JSON values: decimals and days are text."""
    return {
        "problem": reading.problem,
        "detail": reading.detail,
        "invoice": None if reading.invoice is None else invoice_dumped(reading.invoice),
    }


def loaded(told: Any) -> Reading:
    """The reading that was dumped so. Raises ValueError."""
    given = _object(told)
    invoice = given.get("invoice")
    return Reading(
        problem=_words(given.get("problem")),
        detail=_words(given.get("detail")),
        invoice=None if invoice is None else invoice_loaded(invoice),
    )


def invoice_dumped(invoice: ParsedInvoice) -> Json:
    """An invoice as JSON values."""
    return {one.name: _plain(getattr(invoice, one.name)) for one in fields(invoice)}


def invoice_loaded(told: Any) -> ParsedInvoice:
    """The invoice that was dumped so. Raises ValueError."""
    given = _object(told)
    return ParsedInvoice(
        **{name: _words(given.get(name)) for name in _INVOICE_WORDS},
        is_credit_note=given.get("is_credit_note") is True,
        supplier=_row(Party, given.get("supplier"), {}),
        buyer=_row(Party, given.get("buyer"), {}),
        issue_date=_day(given.get("issue_date")),
        due_date=_day(given.get("due_date")),
        totals=_row(Totals, given.get("totals"), _TOTALS),
        tax_groups=_rows(TaxGroup, given.get("tax_groups"), {"rate", "base", "tax"}),
        lines=_rows(Line, given.get("lines"), _LINE_NUMBERS),
        confidence=_confidence(given.get("confidence")),
        findings=_rows(Finding, given.get("findings"), set()),
    )


_INVOICE_WORDS = ("syntax", "type_code", "profile", "number", "currency")
_TOTALS = {one.name for one in fields(Totals)}
_LINE_NUMBERS = {"quantity", "price", "price_quantity", "net", "rate"}


def _plain(value: Any) -> Any:
    if isinstance(value, Party | Totals | TaxGroup | Line | Finding):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: str(one) for name, one in value.items()}
    return value


def _row(kind: Callable[..., _T], told: Any, numbers: Any) -> _T:
    given, made = _object(told), dict[str, Any]()
    for one in fields(kind):  # type: ignore[arg-type]
        read = _number if one.name in numbers else _words
        made[one.name] = read(given.get(one.name))
    return kind(**made)


def _rows(kind: Callable[..., _T], told: Any, numbers: set[str]) -> tuple[_T, ...]:
    if not isinstance(told, list) or len(told) > _MOST_ROWS:
        raise ValueError("no list of rows")
    return tuple(_row(kind, one, numbers) for one in told)


def _confidence(told: Any) -> dict[str, Confidence]:
    return {_words(name): Confidence(one) for name, one in _object(told).items()}


def _object(told: Any) -> Json:
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told


def _words(told: Any) -> str:
    if not isinstance(told, str) or len(told) > _MOST_WORDS or "\x00" in told:
        raise ValueError("no short text")
    return told


def _number(told: Any) -> Decimal | None:
    if told is None:
        return None
    if not isinstance(told, str) or not _NUMBER.fullmatch(told):
        raise ValueError("no number")
    return Decimal(told)


def _day(told: Any) -> datetime.date | None:
    return None if told is None else datetime.date.fromisoformat(_words(told))
