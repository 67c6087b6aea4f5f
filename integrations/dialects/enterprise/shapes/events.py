"""The event object: what webhooks carry and the feed lists."""

from integrations.dialects.base.shapes import Shape, Value, flag, page_of, text, whole
from integrations.dialects.enterprise.shapes.resources import resource

EVENT_DATA = Shape(
    name="EventData",
    fields={
        "object": Value(kind="open", description="The object as it was at the event."),
        "previous_attributes": Value(kind="open", description="What changed, as it was before."),
    },
)
EVENT = resource(
    "Event",
    "event",
    "event",
    {
        "type": text(example="invoice.paid"),
        "created": whole("Unix seconds."),
        "sequence": whole("Counts the events of one object: a higher one is newer."),
        "data": EVENT_DATA,
        "truncated": flag("In a webhook above 256 KB, which names its object only."),
    },
    optional=frozenset({"truncated"}),
)
EVENTS = page_of(EVENT)
