"""/api/v0/webhooks: each is told of every event."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse

from integrations.dialects.base.endpoint import Endpoints, partial_update
from integrations.dialects.wallet import bodies, shapes
from integrations.dialects.wallet.figures import moment
from integrations.dialects.wallet.refusals import EncryptionNotOffered
from integrations.dialects.wallet.views.base import (
    WalletView,
    changing,
    creating,
    deleting,
    listing,
    reading,
)
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import endpoints as webhooks
from integrations.webhooks.payloads import EVERYTHING

_SCOPE = "webhooks:manage"
EXAMPLE = {"name": "Orders", "url": "https://your-app.example/webhooks"}


class WebhookView(WalletView):
    is_secret = True

    def shown(
        self, rows: Sequence[WebhookEndpoint], *, with_secret: bool = False
    ) -> list[dict[str, Any]]:
        """The webhooks with the fate of their deliveries, as far back as those are kept."""
        statuses = WebhookDelivery.Status
        counted = WebhookDelivery.objects.of(self.actor.organization_id).filter(endpoint__in=rows)
        stats: dict[int, Any] = {
            each["endpoint_id"]: each
            for each in counted.order_by()
            .values("endpoint_id")
            .annotate(
                total=Count("pk"),
                good=Count("pk", filter=Q(status=statuses.SUCCEEDED)),
                bad=Count("pk", filter=Q(status=statuses.FAILED)),
                last=Max("finished_at"),
            )
        }
        return [_present(row, stats.get(row.pk, {}), with_secret=with_secret) for row in rows]

    def row(self, id: str) -> WebhookEndpoint:
        rows = webhooks.list_endpoints(self.actor.organization_id)
        found = rows.filter(dialect=self.dialect.name, uuid=self.path_uuid("webhook", id)).first()
        return found or webhooks.get_endpoint(0, id)

    def read_body(self) -> dict[str, Any]:
        values = self.body()
        if values.pop("encrypted", False):
            raise EncryptionNotOffered()
        return values


class WebhookList(WebhookView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("webhooks", _SCOPE, shapes.WEBHOOK),
        "POST": creating(
            "a webhook",
            _SCOPE,
            bodies.WEBHOOK,
            shapes.WEBHOOK,
            description="It gets every event. Without `signing_secret` one is made; the answer"
            " shows it, this once.",
            errors=(EncryptionNotOffered, webhooks.TooManyEndpoints),
            example=EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = webhooks.list_endpoints(self.actor.organization_id)
        found, total = self.slice(rows.filter(dialect=self.dialect.name), self.query())
        return self.listed(self.shown(found), total)

    def post(self, request: HttpRequest) -> HttpResponse:
        values = self.read_body()
        is_active = values.pop("is_active", True)
        with transaction.atomic():
            made = webhooks.create_endpoint(
                **self.who, dialect=self.dialect.name, events=[EVERYTHING], **values
            )
            if not is_active:
                made = webhooks.update_endpoint(**self.who, endpoint_id=made.pk, is_active=False)
        where = f"/api/v0/webhooks/{made.uuid}"
        return self.answer(self.shown([made], with_secret=True)[0], 201, location=where)


class WebhookDetail(WebhookView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a webhook", _SCOPE, shapes.WEBHOOK),
        **partial_update(
            changing(
                "a webhook",
                _SCOPE,
                bodies.WEBHOOK.optional(),
                shapes.WEBHOOK,
                errors=(EncryptionNotOffered,),
                example={"isActive": False},
            )
        ),
        "DELETE": deleting("a webhook", _SCOPE),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(self.shown([self.row(id)])[0])

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        row, values = self.row(id), self.read_body()
        changed = webhooks.update_endpoint(**self.who, endpoint_id=row.pk, **values)
        return self.answer(self.shown([changed], with_secret="secret" in values)[0])

    def patch(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.put(request, id)

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        webhooks.delete_endpoint(**self.who, endpoint_id=self.row(id).pk)
        return self.done("Webhook deleted")


def _present(row: WebhookEndpoint, stats: dict[str, Any], *, with_secret: bool) -> dict[str, Any]:
    return {
        "id": str(row.uuid),
        "name": row.description,
        "url": row.url,
        "isActive": row.is_active,
        "encrypted": False,
        **({"signing_secret": row.secret} if with_secret else {}),
        "delivery_stats": {
            "total_events": stats.get("total", 0),
            "successful_deliveries": stats.get("good", 0),
            "failed_deliveries": stats.get("bad", 0),
            "last_delivery": moment(stats.get("last")),
        },
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }
