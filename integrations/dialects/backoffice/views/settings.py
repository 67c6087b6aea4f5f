"""/api/v2/users and /api/v2/webhooks."""

from typing import ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.actors import Installation
from accounts.models import Membership
from accounts.operations import memberships, users
from accounts.queries.memberships import get_member, list_members
from integrations.dialects.backoffice import bodies, shapes
from integrations.dialects.backoffice.presenters import present_user, present_webhook
from integrations.dialects.backoffice.views.base import (
    BackofficeView,
    changing,
    creating,
    deleting,
    listing,
    reading,
)
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.webhooks import endpoints as webhooks
from integrations.webhooks import testing


class UserList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("users", "settings:write", shapes.USER),
        "POST": creating(
            "a user",
            "settings:write",
            bodies.USER,
            shapes.USER,
            description="Nobody gets a role beyond what the key itself may do. Without a password"
            " the user sets one by mail; one who signs in elsewhere already keeps their own.",
            errors=(memberships.RoleAboveYours, memberships.AlreadyMember, users.EmailTaken),
            example={
                "name": "Admin User",
                "email": "admin@example.com",
                "password": "correct horse battery staple",
                "role": "administrator",
            },
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list_members(self.actor.organization_id)
        return self.page(rows, self.query(), present_user)

    def post(self, request: HttpRequest) -> HttpResponse:
        values = self.body()
        password = values.pop("password", "")
        with transaction.atomic():
            if password:
                by = Installation(kind=self.actor.kind, label=self.actor.label)
                users.create_user(
                    at=self.at,
                    email=values["email"],
                    password=password,
                    name=values["name"],
                    by=by,
                )
            made = memberships.invite_member(**self.who, **values)
        return self.one(present_user(_member(self, made.pk)), 201)


class UserDetail(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a user", "settings:write", shapes.USER),
        "PUT": changing("a user's role", "settings:write", bodies.USER_UPDATE, shapes.USER),
        "DELETE": deleting("a user", "settings:write", description="Only from this organization."),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.one(present_user(_member(self, self.path_number("user", id))))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("user", id)
        memberships.change_role(**self.who, membership_id=number, **self.body())
        return self.one(present_user(_member(self, number)))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("user", id)
        memberships.remove_member(**self.who, membership_id=number)
        return self.done("User removed")


class WebhookList(BackofficeView):
    is_secret = True
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("webhooks", "webhooks:manage", shapes.WEBHOOK),
        "POST": creating(
            "a webhook",
            "webhooks:manage",
            bodies.WEBHOOK,
            shapes.WEBHOOK,
            description="The answer shows the signing secret, this once.",
            example={
                "url": "https://your-domain.example/webhook",
                "events": ["invoice.created", "payment.received"],
            },
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = webhooks.list_endpoints(self.actor.organization_id)
        rows = rows.filter(dialect=self.dialect.name)
        return self.page(rows, self.query(), present_webhook)

    def post(self, request: HttpRequest) -> HttpResponse:
        made = webhooks.create_endpoint(**self.who, dialect=self.dialect.name, **self.body())
        return self.one(present_webhook(made, with_secret=True), 201)


class WebhookDetail(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a webhook", "webhooks:manage", shapes.WEBHOOK),
        "PUT": changing("a webhook", "webhooks:manage", bodies.WEBHOOK_UPDATE, shapes.WEBHOOK),
        "DELETE": deleting("a webhook", "webhooks:manage"),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("webhook", id)
        row = webhooks.get_endpoint(self.actor.organization_id, number)
        return self.one(present_webhook(row))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("webhook", id)
        row = webhooks.update_endpoint(**self.who, endpoint_id=number, **self.body())
        return self.one(present_webhook(row))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("webhook", id)
        webhooks.delete_endpoint(**self.who, endpoint_id=number)
        return self.done("Webhook deleted")


class WebhookTest(BackofficeView):
    honours_idempotency = False
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Send a test event",
            scopes=("webhooks:manage",),
            answer=shapes.one_of(shapes.WEBHOOK_TEST),
            description="Makes a real delivery and tells what the receiver said.",
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("webhook", id)
        result = testing.test_endpoint(**self.who, endpoint_id=number)
        return self.one(
            {
                "delivery_status": result.delivery_status,
                "response_code": result.response_code,
                "response_time_ms": result.response_time_ms,
            }
        )


def _member(view: BackofficeView, number: int) -> Membership:
    return get_member(view.actor.organization_id, number)
