"""Parameters that only the feed and the delivery log take."""

import datetime
from dataclasses import dataclass
from typing import Any

from core.ids import decode_id
from integrations.dialects.base.fields import Refusal, Text
from integrations.dialects.base.query import InstantRange
from integrations.dialects.enterprise.feed import names_matching
from integrations.dialects.enterprise.ids import PREFIXES

# The year 9999, the last that a moment can have.
_LAST_SECOND = 253_402_300_799
_MOST_DIGITS = 20
_NOUNS = {prefix: noun for noun, prefix in PREFIXES.items()}


@dataclass(frozen=True, kw_only=True)
class EventTypes(Text):
    """Names of events, separated by commas; `invoice.*` is all of a noun. As real names."""

    most: int = 2000

    def decode(self, value: Any) -> Any:
        found: list[str] = []
        for pattern in super().decode(value).split(","):
            names = names_matching(pattern.strip())
            if not names:
                raise Refusal("unknown_event_type", f"names no event: '{pattern.strip()[:64]}'")
            found += names
        return list(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class AnyId(Text):
    """The id of an object of whatever kind, as the UUID inside."""

    most: int = 100

    def decode(self, value: Any) -> Any:
        text = super().decode(value)
        prefix = text.partition("_")[0]
        found = decode_id(prefix, text) if prefix in _NOUNS else None
        if found is None:
            raise Refusal("invalid_format", "must be the id of an object, such as inv_…")
        return found


@dataclass(frozen=True, kw_only=True)
class CreatedRange(InstantRange):
    """As InstantRange, and also in Unix seconds, as events themselves spell `created`.

    A second means all of it: events are kept to the microsecond.
    """

    def bounds(self, operator: str, text: str, timezone: str) -> dict[str, Any]:
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            return super().bounds(operator, text, timezone)
        seconds = int(text)
        if seconds > _LAST_SECOND - 1:
            raise OverflowError
        start = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
        end = start + datetime.timedelta(seconds=1)
        return {
            "gte": {"gte": start},
            "lt": {"lt": start},
            "lte": {"lt": end},
            "gt": {"gte": end},
        }.get(operator, {"gte": start, "lt": end})
