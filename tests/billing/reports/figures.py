"""Short words for the tests of reports."""

import datetime
from typing import Any

from accounts.actors import Actor
from billing.queries.spans import Span
from billing.reports.sales import Scope

JANUARY = Span(datetime.date(2025, 1, 1), datetime.date(2025, 1, 31))
FIRST_QUARTER = Span(datetime.date(2025, 1, 1), datetime.date(2025, 3, 31))
ALWAYS = Span(datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))


def scope(actor: Actor, span: Span = JANUARY, **fields: Any) -> Scope:
    """What the organization did in that span, dollars first."""
    return Scope(actor.organization_id, span, **{"currency": "USD", **fields})


def day(month: int, day_of_month: int) -> datetime.date:
    """A day of 2025."""
    return datetime.date(2025, month, day_of_month)
