"""Bodies about recurring invoices, reminders and the test clock."""

import datetime
from decimal import Decimal
from typing import Any

from billing.queries.reminders import Policy
from core.errors import InvalidValue
from integrations.dialects.base.fields import (
    Choice,
    CurrencyCode,
    Day,
    Email,
    Flag,
    Instant,
    Labels,
    ListOf,
    Number,
    Object,
    Pattern,
    Text,
    Whole,
)
from integrations.dialects.enterprise.bodies.invoices import (
    LINE,
    MOST_LINES,
    MOST_RECIPIENTS,
    operation_values,
)
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.words import (
    BILLING_PERIODS,
    DATE_ROLLS,
    DISCOUNT_TYPES,
    FREQUENCIES,
    INTERVAL_UNITS,
    MISSED_DATES,
    MONTH_RULES,
    RECURRING_ACTIONS,
    RECURRING_PRICES,
    WEEKDAYS,
)

_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_SCHEDULE = {
    "frequency": Choice(table=FREQUENCIES, required=True),
    "interval_unit": Choice(table=INTERVAL_UNITS),
    "interval_count": Whole(least=1, most=1_000),
    "start_date": Day(),
    "end_date": Day(null=None),
    "occurrences": Whole(least=1, most=10_000, null=None),
    "month_rule": Choice(table=MONTH_RULES),
    "day_of_month": Whole(least=1, most=31, null=None),
    "week_of_month": Whole(least=-1, most=4, null=None),
    "weekday": Choice(table=WEEKDAYS, null=None),
    "issue_roll": Choice(table=DATE_ROLLS),
    "due_roll": Choice(table=DATE_ROLLS),
    "holidays": ListOf(item=Day(), most=400),
    "run_time": Pattern(pattern=_TIME, example="06:00", most=5, least=5),
}
_PATTERN = {
    "name": Text(most=200),
    "customer_id": id_field("customer", required=True),
    "line_items": ListOf(name="lines", item=LINE, most=MOST_LINES, required=True),
    "action": Choice(table=RECURRING_ACTIONS),
    "prices": Choice(table=RECURRING_PRICES),
    "billing_period": Choice(name="billing", table=BILLING_PERIODS),
    "currency": CurrencyCode(null=""),
    "prices_include_tax": Flag(null=None),
    "discount_type": Choice(table=DISCOUNT_TYPES, null=""),
    "discount_value": Number(places=6, least=Decimal(0), null=Decimal(0)),
    "payment_terms": Whole(name="payment_terms_days", most=3_650, null=None),
    "po_number": Text(name="purchase_order", most=100),
    "reference": Text(most=100),
    "notes": Text(most=10_000, lines=True),
    "terms": Text(most=10_000, lines=True),
    "footer": Text(most=10_000, lines=True),
    "template_id": Text(name="template", most=32),
    "metadata": Labels(),
}
_COMPUTED = frozenset(
    {
        "id",
        "object",
        "livemode",
        "status",
        "customer",
        "next_date",
        "next_run_at",
        "runs_made",
        "last_error",
        "paused_at",
        "ended_at",
        "version",
        "created_at",
        "updated_at",
    }
)
CREATE = Object(fields={**_PATTERN, **_SCHEDULE, "backfill": Flag()}, computed=_COMPUTED)
UPDATE = Object(fields={**_PATTERN, **_SCHEDULE}, computed=_COMPUTED).optional()
RESUME = Object(fields={"missed": Choice(table=MISSED_DATES)})
RUN_NOW = Object(fields={"date": Day()})
NOTHING = Object(fields={})

_STEP = Object(
    fields={
        "days": Whole(least=-90, most=365, required=True),
        "enabled": Flag(name="is_active"),
        "subject": Text(most=300),
        "message": Text(name="body", most=10_000, lines=True),
    }
)
POLICY = Object(
    fields={
        "enabled": Flag(name="is_enabled"),
        "send_time": Pattern(pattern=_TIME, example="09:00", most=5, least=5),
        "minimum_due": Number(least=Decimal(0)),
        "business_days_only": Flag(),
        "quiet_from": Pattern(pattern=_TIME, example="20:00", most=5, null=None),
        "quiet_until": Pattern(pattern=_TIME, example="08:00", most=5, null=None),
        "attach_pdf": Flag(),
        "steps": ListOf(item=_STEP, most=20),
    },
    computed=frozenset({"object", "livemode", "currency", "customer_id", "language", "recipient"}),
)
CUSTOMER_POLICY = Object(
    fields={
        **POLICY.fields,
        "language": Text(most=10, null=""),
        "recipient": Email(null=""),
    },
    computed=frozenset({*POLICY.computed, "customer_id"}),
)
REMIND = Object(
    fields={
        "to": ListOf(item=Email(least=1), most=MOST_RECIPIENTS),
        "subject": Text(most=300),
        "message": Text(most=10_000, lines=True),
        "attach_pdf": Flag(),
    }
)
CLOCK = Object(fields={"frozen_time": Instant(required=True)})


def recurring_values(values: dict[str, Any]) -> dict[str, Any]:
    """The decoded body as create_recurring and update_recurring take it."""
    values = operation_values(values)
    if values.get("weekday") is not None:
        values = {**values, "weekday": WEEKDAYS.words.index(values["weekday"])}
    return with_times(values, "run_time")


def with_times(values: dict[str, Any], name: str) -> dict[str, Any]:
    """The same with that text as a time of the day."""
    if not values.get(name):
        return {key: value for key, value in values.items() if key != name}
    return {**values, name: datetime.time.fromisoformat(values[name])}


def with_quiet_hours(values: dict[str, Any], known: Policy) -> dict[str, Any]:
    """The same with both ends as one pair; the end that is not sent stays as it is known."""
    if not {"quiet_from", "quiet_until"} & values.keys():
        return values
    settings = known.settings
    ends = [
        _time(values.pop(name)) if name in values else getattr(settings, name)
        for name in ("quiet_from", "quiet_until")
    ]
    if (ends[0] is None) != (ends[1] is None):
        raise InvalidValue("Quiet hours have both ends or none.", param="quiet_until")
    return {**values, "quiet_hours": tuple(ends) if ends[0] else None}


def _time(text: str | None) -> datetime.time | None:
    return datetime.time.fromisoformat(text) if text else None
