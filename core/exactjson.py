"""JSON in which a number is what was written: Decimal in, the same digits out."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

import orjson
import simplejson

from core.money import Money


def dumps(value: Any) -> str:
    """Compact JSON text. Decimals are written digit by digit, never through a float."""
    try:
        return orjson.dumps(value, default=_fragment, option=_AS_OURS).decode()
    except TypeError:
        # What it has no form for, integers beyond 64 bits above all; or what nobody has.
        return str(_compact.encode(value))


def dumps_indented(value: Any) -> str:
    """JSON for people to read, with exact numbers."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, indent=2, default=_plain)


def loads(text: str | bytes) -> Any:
    """Parse JSON with Decimal for every non-integer. NaN and Infinity raise ValueError."""
    return simplejson.loads(text, use_decimal=True, parse_constant=_refuse_constant)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return spell_instant(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": value.currency}
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _fragment(value: Any) -> Any:
    if type(value) is Decimal and value.is_finite():
        return orjson.Fragment(str(value))
    return _plain(value)


def spell_instant(value: datetime.datetime) -> str:
    """ISO 8601 in UTC with a Z, to the second: 2025-01-15T10:30:00Z."""
    return f"{value.astimezone(datetime.UTC).isoformat()[:19]}Z"


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


# Dates and money are spelled by _plain; everything else as simplejson would.
_AS_OURS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS

# Made once: putting an encoder together takes as long as encoding a short text.
_compact = simplejson.JSONEncoder(
    use_decimal=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
)
