"""/v1/events: what happened in the last 30 days, as webhooks tell it."""

import datetime
import uuid
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from core.errors import Forbidden, NotFound
from core.models import Event
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Id, Text, Whole
from integrations.dialects.base.pagination import (
    MAX_LIMIT,
    PageRequest,
    SortKey,
    read_page,
    read_whole,
)
from integrations.dialects.base.query import FlagText, Query, filtered
from integrations.dialects.enterprise.events import render_event
from integrations.dialects.enterprise.feed import readable, scope_of
from integrations.dialects.enterprise.ids import PREFIXES
from integrations.dialects.enterprise.parameters import AnyId, CreatedRange, EventTypes
from integrations.dialects.enterprise.shapes.events import EVENT, EVENTS
from integrations.dialects.enterprise.views.base import EnterpriseView
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks.payloads import load_zones, webhook_id

KEPT = datetime.timedelta(days=30)
_ANCHOR = Id(prefix=PREFIXES["event"], noun="event")
QUERY = Query(
    {
        "limit": Whole(least=1, most=MAX_LIMIT),
        "cursor": Text(most=1000),
        "starting_after": _ANCHOR,
        "ending_before": _ANCHOR,
        "type": EventTypes(),
        "object_id": AnyId(name="subject_uuid"),
        "created": CreatedRange(name="occurred_at"),
        "livemode": FlagText(),
    }
)
# Positions are given in the order of commits, so nothing appears behind a reader.
_SORTS = {"position": (SortKey("feed_position", read_whole),)}


class EventList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List events",
            scopes=(),
            query=QUERY,
            answer=EVENTS,
            description=(
                "The newest first, for 30 days. Shows the events of those objects that the"
                " credential may read. `type` takes several names and `invoice.*`. To follow"
                " the feed, ask for `ending_before` the newest event you know: none is ever"
                " skipped, however late it was committed."
            ),
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        types = readable(self.actor, query.pop("type", None))
        rows = Event.objects.filter(
            organization_id=self.actor.organization_id,
            type__in=types,
            feed_position__isnull=False,
            occurred_at__gte=_oldest(self.at),
        )
        found = read_page(filtered(rows, query), page, sorts=_SORTS, default_sort="-position")
        load_zones(found.rows)
        return self.page_answer(found, lambda event: render_event(event, event.type))


class EventDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve an event",
            scopes=(),
            answer=EVENT,
            description="Needs the scope that the event's object is read with.",
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        event, name = self._find(self.uuid_of("event", id))
        if not self.actor.may(scope_of(event.type)):
            raise Forbidden(needed=scope_of(event.type))
        shown = render_event(event, name)
        return self.answer({**shown, "id": id})

    def _find(self, reference: uuid.UUID) -> tuple[Event, str]:
        """The event and the name it goes by: under an alias it has an id of its own."""
        rows = Event.objects.filter(
            organization_id=self.actor.organization_id,
            type__in=self.dialect.event_names,
            occurred_at__gte=_oldest(self.at),
        )
        event = rows.filter(uuid=reference).first()
        if event is not None:
            return event, event.type
        mine = WebhookEndpoint.objects.of(self.actor.organization_id).values("pk")
        sent = WebhookDelivery.objects.of(self.actor.organization_id).filter(
            endpoint__in=mine, uuid=reference, event__in=rows
        )
        delivery = sent.select_related("event").first()
        if delivery is None or delivery.event is None:
            raise NotFound(noun="event", id=webhook_id(reference))
        return delivery.event, delivery.event_type


def _oldest(at: datetime.datetime) -> datetime.datetime:
    # To the minute, so that the count of a long list may be remembered for as long.
    return at.replace(second=0, microsecond=0) - KEPT
