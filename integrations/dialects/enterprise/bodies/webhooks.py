"""Bodies about webhooks."""

from typing import Any

from integrations.dialects.base.fields import (
    Choice,
    Flag,
    Instant,
    ListOf,
    Object,
    Refusal,
    Text,
    Whole,
)
from integrations.dialects.enterprise.feed import names_matching
from integrations.dialects.enterprise.words import REPLAY_CHOICES

_COMPUTED = frozenset({"id", "object", "created_at", "updated_at", "livemode", "secret"})

WEBHOOK = Object(
    fields={
        "url": Text(required=True, least=1, most=2000),
        "events": ListOf(required=True, item=Text(most=64, least=1)),
        "description": Text(most=300),
    },
    computed=_COMPUTED | {"disabled_reason", "active", "secret_overlap_ends_at"},
)
WEBHOOK_UPDATE = Object(
    fields={
        **WEBHOOK.optional().fields,
        "active": Flag(name="is_active"),
        "disabled_reason": Text(most=200, description="Why it is being switched off."),
    },
    computed=_COMPUTED | {"secret_overlap_ends_at"},
)
SECRET_ROTATION = Object(fields={"overlap_hours": Whole(most=24)})


class _EventPattern(Text):
    """A name of an event, an alias, or all of a noun."""

    def decode(self, value: Any) -> Any:
        pattern = super().decode(value)
        names = names_matching(pattern)
        if not names:
            raise Refusal("unknown_event_type", f"'{pattern}' is not an event type")
        return names


REPLAY = Object(
    fields={
        "created": Object(fields={"gte": Instant(), "lte": Instant()}),
        "events": ListOf(name="types", item=_EventPattern(most=64, least=1), least=1),
        "status": Choice(table=REPLAY_CHOICES),
    }
)


def replay_values(values: dict[str, Any]) -> dict[str, Any]:
    """The decoded body as replay_range takes it."""
    created = values.get("created", {})
    types = values.get("types")
    return {
        "since": created.get("gte"),
        "until": created.get("lte"),
        "types": None if types is None else [name for names in types for name in names],
        "only_failed": values.get("status") == "failed",
    }
