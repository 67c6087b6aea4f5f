"""The time that something is asked for."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From one civil date to another, both included."""

    start: datetime.date
    end: datetime.date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def lookup(self, field: str) -> dict[str, datetime.date]:
        """The span as a filter on a date field."""
        return {f"{field}__gte": self.start, f"{field}__lte": self.end}
