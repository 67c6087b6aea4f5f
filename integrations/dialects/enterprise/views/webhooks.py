"""/v1/webhooks: where events go, what became of each delivery, and sending them again."""

import datetime
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.fields import Choice
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.base.query import FlagText, InstantRange, filtered
from integrations.dialects.enterprise.bodies.webhooks import (
    REPLAY,
    SECRET_ROTATION,
    WEBHOOK,
    WEBHOOK_UPDATE,
    replay_values,
)
from integrations.dialects.enterprise.parameters import EventTypes
from integrations.dialects.enterprise.presenters.webhooks import (
    present_delivery,
    present_delivery_row,
    present_webhook,
)
from integrations.dialects.enterprise.shapes import webhooks as SHAPES
from integrations.dialects.enterprise.views.base import (
    BY_CREATION,
    BY_UPDATE,
    EnterpriseView,
    list_query,
)
from integrations.dialects.enterprise.words import DELIVERY_STATUSES
from integrations.webhooks import endpoints, log, replay, testing

WEBHOOKS = list_query(
    "webhook",
    active=FlagText(name="is_active"),
    created_at=InstantRange(),
    updated_at=InstantRange(),
)
DELIVERIES = list_query(
    "event",
    status=Choice(table=DELIVERY_STATUSES),
    event=EventTypes(name="event_types"),
    created_at=InstantRange(),
)
_MANAGE = ("webhooks:manage",)


class WebhookList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List webhooks",
            scopes=_MANAGE,
            query=WEBHOOKS,
            answer=SHAPES.WEBHOOKS,
        ),
        "POST": Endpoint(
            summary="Create a webhook",
            scopes=_MANAGE,
            body=WEBHOOK,
            answer=SHAPES.WEBHOOK,
            status=201,
            description="The answer shows the signing secret, this once.",
            example={
                "url": "https://yourapp.example/webhooks/invoices",
                "events": ["invoice.created", "invoice.paid", "payment.received"],
                "description": "Production webhook for order fulfillment",
            },
        ),
    }
    is_secret = True

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        rows = endpoints.list_endpoints(self.actor.organization_id)
        rows = filtered(rows.filter(dialect=self.dialect.name), query)
        sorts = {**BY_CREATION, **BY_UPDATE}
        return self.list_answer(rows, page, present_webhook, sorts=sorts)

    def post(self, request: HttpRequest) -> HttpResponse:
        endpoint = endpoints.create_endpoint(
            actor=self.actor, at=self.at, dialect=self.dialect.name, **self.body()
        )
        shown = present_webhook(endpoint, with_secret=True)
        return self.answer(shown, 201, location=f"/v1/webhooks/{shown['id']}")


class WebhookDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve a webhook", scopes=_MANAGE, answer=SHAPES.WEBHOOK),
        **partial_update(
            Endpoint(
                summary="Update a webhook",
                scopes=_MANAGE,
                body=WEBHOOK_UPDATE,
                answer=SHAPES.WEBHOOK,
            )
        ),
        "DELETE": Endpoint(summary="Delete a webhook", scopes=_MANAGE, status=204),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        endpoint = endpoints.get_endpoint(self.actor.organization_id, self.uuid_of("webhook", id))
        return self.answer(present_webhook(endpoint))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        endpoint = endpoints.update_endpoint(
            actor=self.actor,
            at=self.at,
            endpoint_id=self.uuid_of("webhook", id),
            **self.body(),
        )
        return self.answer(present_webhook(endpoint))

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        endpoints.delete_endpoint(
            actor=self.actor, at=self.at, endpoint_id=self.uuid_of("webhook", id)
        )
        return self.no_content()


class WebhookTest(EnterpriseView):
    """Sends a real test delivery and tells what the receiver said."""

    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Send a test event",
            scopes=_MANAGE,
            answer=SHAPES.WEBHOOK_TEST,
            description="Makes a real delivery and tells what the receiver said.",
        )
    }
    honours_idempotency = False

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        result = testing.test_endpoint(
            actor=self.actor, at=self.at, endpoint_id=self.uuid_of("webhook", id)
        )
        return self.answer(
            {
                "test_event_id": result.event_id,
                "delivery_status": result.delivery_status,
                "response_code": result.response_code,
                "response_time_ms": result.response_time_ms,
            }
        )


class WebhookSecretRotation(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Rotate a webhook's secret",
            scopes=_MANAGE,
            body=SECRET_ROTATION,
            answer=SHAPES.WEBHOOK,
            description=(
                "The answer shows the new secret, this once. For `overlap_hours` (0 to 24, by"
                " default 24) `webhook-signature` carries a signature of each secret;"
                " `X-Webhook-Signature` is the new one's at once."
            ),
            example={"overlap_hours": 24},
        )
    }
    is_secret = True

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        found = endpoints.get_endpoint(self.actor.organization_id, self.uuid_of("webhook", id))
        hours = self.body().get("overlap_hours")
        overlap = endpoints.LONGEST_OVERLAP if hours is None else datetime.timedelta(hours=hours)
        endpoint = endpoints.rotate_secret(
            actor=self.actor, at=self.at, endpoint_id=found.pk, overlap=overlap
        )
        return self.answer(present_webhook(endpoint, with_secret=True))


class DeliveryList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List deliveries",
            scopes=_MANAGE,
            query=DELIVERIES,
            answer=SHAPES.DELIVERIES,
            description="Kept for 30 days. `event` takes several names and `invoice.*`.",
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        endpoint = endpoints.get_endpoint(self.actor.organization_id, self.uuid_of("webhook", id))
        rows = log.list_deliveries(endpoint)
        if (types := query.pop("event_types", None)) is not None:
            rows = rows.filter(event__type__in=types)
        return self.list_answer(
            filtered(rows, query), page, lambda row: present_delivery_row(row, endpoint)
        )


class DeliveryDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve a delivery",
            scopes=_MANAGE,
            answer=SHAPES.DELIVERY,
            description="With every attempt, and up to 4 KB of what each was answered.",
        )
    }

    def get(self, request: HttpRequest, id: str, delivery_id: str) -> HttpResponse:
        endpoint = endpoints.get_endpoint(self.actor.organization_id, self.uuid_of("webhook", id))
        delivery = log.get_delivery(endpoint, self.uuid_of("delivery", delivery_id))
        return self.answer(present_delivery(delivery, endpoint))


class DeliveryReplay(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Replay a delivery",
            scopes=_MANAGE,
            answer=SHAPES.DELIVERY,
            description=(
                "Sends the same bytes under the same id again, with a schedule of its own. One"
                " that is on its way stays as it is."
            ),
            errors=(replay.TestNotReplayable,),
        )
    }

    def post(self, request: HttpRequest, id: str, delivery_id: str) -> HttpResponse:
        endpoint = endpoints.get_endpoint(self.actor.organization_id, self.uuid_of("webhook", id))
        found = log.get_delivery(endpoint, self.uuid_of("delivery", delivery_id))
        self.body()
        delivery = replay.replay_delivery(
            actor=self.actor, at=self.at, endpoint_id=endpoint.pk, delivery_id=found.pk
        )
        return self.answer(present_delivery(delivery, delivery.endpoint))


class WebhookReplay(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Replay a range of events",
            scopes=_MANAGE,
            body=REPLAY,
            answer=SHAPES.REPLAY,
            description=(
                "Plans every event of the range that this webhook asks for, under its own id:"
                " also those from before it existed or while it was off, up to 30 days back and"
                " 10,000 deliveries in one go. One that is on its way is not planned twice."
            ),
            errors=(replay.TooManyEvents,),
            example={
                "created": {"gte": "2025-01-15T00:00:00Z", "lte": "2025-01-15T12:00:00Z"},
                "events": ["invoice.*"],
                "status": "failed",
            },
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        endpoint = endpoints.get_endpoint(self.actor.organization_id, self.uuid_of("webhook", id))
        done = replay.replay_range(
            actor=self.actor, at=self.at, endpoint_id=endpoint.pk, **replay_values(self.body())
        )
        return self.answer(
            {
                "object": "webhook_replay",
                "webhook_id": id,
                "planned": done.planned,
                "already_pending": done.already_pending,
            }
        )
