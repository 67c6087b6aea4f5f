"""How each dialect spells an event on the wire: a registry that the dialects fill."""

import datetime
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Organization
from core import exactjson
from core.errors import DomainError
from core.ids import encode_id
from core.models import Event

# A dialect's function: the event and the name it was subscribed under, as a JSON object.
RenderEvent = Callable[[Event, str], dict[str, Any]]

EVERYTHING = "*"
# What a receiver must be able to take in one request; nobody's invoice is that long.
MOST_BYTES = 256 * 1024
TEST_EVENT = "webhook.test"


class UnknownEventName(DomainError):
    code = "unknown_event_type"
    message = "'{name}' is not an event type."
    default_param = "events"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The event names of one dialect. `aliases` maps a further name to the real one."""

    render_event: RenderEvent
    event_names: frozenset[str]
    aliases: Mapping[str, str]


_dialects: dict[str, Vocabulary] = {}


def register(
    dialect: str,
    render_event: RenderEvent,
    event_names: Collection[str],
    aliases: Mapping[str, str] | None = None,
) -> None:
    """Called once per dialect when the installation is put together."""
    _dialects[dialect] = Vocabulary(render_event, frozenset(event_names), dict(aliases or {}))


def vocabulary(dialect: str) -> Vocabulary:
    """Raises KeyError for a dialect that never registered: a fault in the wiring."""
    return _dialects[dialect]


def check_names(dialect: str, names: list[str]) -> list[str]:
    """The names as given, without repetitions. Raises UnknownEventName."""
    known = vocabulary(dialect)
    if not names:
        raise UnknownEventName(name="")
    for position, name in enumerate(names):
        if name != EVERYTHING and name not in known.event_names and name not in known.aliases:
            raise UnknownEventName(name=name, param=f"events.{position}")
    return list(dict.fromkeys(names))


def names_for(dialect: str, subscribed: Collection[str], event_type: str) -> list[str]:
    """Under which names an endpoint that subscribed to these gets an event of that type."""
    known = vocabulary(dialect)
    if event_type not in known.event_names:
        return []
    names = [event_type] if event_type in subscribed or EVERYTHING in subscribed else []
    return names + [name for name in subscribed if known.aliases.get(name) == event_type]


def wire_uuid(event: Event, name: str) -> uuid.UUID:
    """What identifies the event under that name, for ever: retries and endpoints share it."""
    return event.uuid if name == event.type else uuid.uuid5(event.uuid, name)


def webhook_id(value: uuid.UUID) -> str:
    """`evt_…`: the body's id and the webhook-id header."""
    return encode_id("evt", value)


def render_body(dialect: str, event: Event, name: str) -> str:
    """The JSON text that is signed, sent and sent again: rendered once.

    One above MOST_BYTES becomes a thin event: `truncated`, and of its object only what
    names it. The whole object is there to be read over the API.
    """
    payload = vocabulary(dialect).render_event(event, name)
    if "id" in payload:
        payload = {**payload, "id": webhook_id(wire_uuid(event, name))}
    body = exactjson.dumps(payload)
    return body if len(body.encode()) <= MOST_BYTES else exactjson.dumps(_thin(payload))


def load_zones(events: Sequence[Event]) -> None:
    """Look up in one statement where these events happened, before they are rendered."""
    owners = Organization.objects.filter(pk__in={event.organization_id or 0 for event in events})
    zones = dict(owners.values_list("pk", "timezone"))
    for event in events:
        event.organization_timezone = zones.get(  # type: ignore[attr-defined]
            event.organization_id or 0, "UTC"
        )


def zone_of(event: Event) -> str:
    """The time zone in which the event has its civil date."""
    if "organization_timezone" not in event.__dict__:
        load_zones([event])
    return str(event.organization_timezone)  # type: ignore[attr-defined]


def _thin(payload: dict[str, Any]) -> dict[str, Any]:
    shown = payload.get("data")
    subject = shown.get("object") if isinstance(shown, dict) else None
    named = {key: subject[key] for key in ("id", "object") if key in subject} if subject else {}
    return {
        **{key: value for key, value in payload.items() if key != "data"},
        "truncated": True,
        "data": {"object": named, "previous_attributes": {}},
    }


def render_test(value: uuid.UUID, endpoint_url: str, at: datetime.datetime) -> str:
    """The body of a test delivery: the shape of an event, about nothing real."""
    return exactjson.dumps(
        {
            "id": webhook_id(value),
            "object": "event",
            "type": TEST_EVENT,
            "created": int(at.timestamp()),
            "livemode": False,
            "data": {
                "object": {"object": "webhook", "url": endpoint_url},
                "previous_attributes": {},
            },
        }
    )
