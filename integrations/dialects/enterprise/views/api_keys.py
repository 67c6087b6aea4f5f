"""/v1/api-keys: the credentials of programs."""

import datetime
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from accounts.models import ApiKey
from accounts.operations import api_keys
from accounts.queries.api_keys import get_api_key
from core.errors import NotFound
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Object, Whole
from integrations.dialects.base.pagination import (
    PageRequest,
    SortKey,
    nullable,
    read_instant,
    read_text,
)
from integrations.dialects.base.query import InstantRange, filtered
from integrations.dialects.enterprise.bodies.others import API_KEY
from integrations.dialects.enterprise.presenters.settings import present_api_key
from integrations.dialects.enterprise.shapes import settings as SHAPES
from integrations.dialects.enterprise.views.base import BY_CREATION, EnterpriseView, list_query

API_KEYS = list_query(
    "API key",
    created_at=InstantRange(),
    expires_at=InstantRange(),
    last_used_at=InstantRange(),
    revoked_at=InstantRange(),
)
_LONG_AGO = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_NEVER = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)
SORTS = {
    **BY_CREATION,
    "name": (SortKey("name", read_text),),
    "expires_at": (nullable("expires_at", read_instant, _NEVER),),
    "last_used_at": (nullable("last_used_at", read_instant, _LONG_AGO),),
}
ROTATION = Object(fields={"overlap_hours": Whole(most=168)})


class ApiKeyList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List API keys",
            scopes=("settings:write",),
            query=API_KEYS,
            answer=SHAPES.API_KEYS,
        ),
        "POST": Endpoint(
            summary="Create an API key",
            scopes=("settings:write",),
            body=API_KEY,
            answer=SHAPES.API_KEY,
            status=201,
            description="The answer shows the secret, this once.",
            errors=(api_keys.KeyTooBroad, api_keys.UnknownScope, api_keys.ExpiryInPast),
            example={
                "name": "Production Server",
                "scopes": ["invoices:read", "invoices:write"],
                "expires_at": "2027-01-15T00:00:00Z",
            },
        ),
    }
    is_secret = True

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        rows = api_keys.list_api_keys(actor=self.actor).filter(dialect=self.dialect.name)
        return self.list_answer(filtered(rows, query), page, present_api_key, sorts=SORTS)

    def post(self, request: HttpRequest) -> HttpResponse:
        key, secret = api_keys.create_api_key(
            actor=self.actor,
            at=self.at,
            organization_id=self.actor.organization_id,
            dialect=self.dialect.name,
            **self.body(),
        )
        shown = present_api_key(key, secret=secret)
        return self.answer(shown, 201, location=f"/v1/api-keys/{shown['id']}")


class _KeyView(EnterpriseView):
    def key(self, id: str) -> ApiKey:
        """A key of this API; those of others are not shown here. Raises NotFound."""
        key = get_api_key(self.actor.organization_id, self.uuid_of("API key", id))
        if key.dialect != self.dialect.name:
            raise NotFound(noun="API key", id=key.uuid)
        return key


class ApiKeyDetail(_KeyView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve an API key", scopes=("settings:write",), answer=SHAPES.API_KEY
        ),
        "DELETE": Endpoint(summary="Revoke an API key", scopes=("settings:write",), status=204),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(present_api_key(self.key(id)))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        api_keys.revoke_api_key(
            actor=self.actor,
            at=self.at,
            organization_id=self.actor.organization_id,
            api_key_id=self.key(id).pk,
        )
        return self.no_content()


class ApiKeyRotation(_KeyView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Rotate an API key",
            scopes=("settings:write",),
            body=ROTATION,
            answer=SHAPES.API_KEY,
            status=201,
            description=(
                "A new key of the same name, scopes and expiry, whose secret is shown this"
                " once. The old one works for `overlap_hours` longer: 0, the default, ends it"
                " now; at most 168."
            ),
            errors=(api_keys.KeyNotUsable, api_keys.KeyTooBroad),
            example={"overlap_hours": 24},
        )
    }
    is_secret = True

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        old = self.key(id)
        overlap = datetime.timedelta(hours=self.body().get("overlap_hours", 0))
        key, secret = api_keys.rotate_api_key(
            actor=self.actor,
            at=self.at,
            organization_id=self.actor.organization_id,
            api_key_id=old.pk,
            overlap=overlap,
        )
        shown = present_api_key(key, secret=secret)
        return self.answer(shown, 201, location=f"/v1/api-keys/{shown['id']}")
