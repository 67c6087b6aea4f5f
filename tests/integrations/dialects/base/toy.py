"""The smallest dialect there can be, and its addresses: what the kit does without a product."""

import datetime
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from accounts.models import Organization
from core.errors import Kind
from integrations.dialects.base.authentication import BearerKeys
from integrations.dialects.base.dialect import Dialect
from integrations.dialects.base.faults import Fault
from integrations.dialects.base.fields import Number, Object, Text
from integrations.dialects.base.idempotency import IdempotencyRule
from integrations.dialects.base.ratelimit import Quota, RateRule
from integrations.dialects.base.views import DialectView, UnknownRouteView

STATUSES = {kind: 470 + position for position, kind in enumerate(Kind)}
STATUSES |= {Kind.MALFORMED: 400, Kind.INVALID: 422, Kind.CONFLICT: 409, Kind.UNAVAILABLE: 503}


def spell_fault(fault: Fault, request_id: str) -> dict[str, Any]:
    return {"oops": fault.code, "says": fault.message, "where": fault.param}


def headers(quota: Quota) -> dict[str, str]:
    return {"Toy-Left": str(quota.remaining)}


TOY = Dialect(
    name="enterprise",
    prefixes=("/toy",),
    authenticate=BearerKeys("enterprise"),
    statuses=STATUSES,
    spell_fault=spell_fault,
    spell_id=lambda noun, value: f"{noun}:{value}",
    rate=RateRule(seconds=60, window_name="minute", anonymous_limit=5, headers=headers),
    limit_of=lambda organization: 100,
    idempotency=IdempotencyRule(frozenset({"POST"})),
)

SPEC = Object(fields={"name": Text(required=True), "price": Number()})
# What a test wants to happen inside the next request, and how often it did.
hook: list[Callable[[DialectView], Any]] = []
runs: list[str] = []


class Echo(DialectView):
    dialect = TOY
    scopes = {"GET": (), "POST": ("invoices:write",), "PUT": (), "DELETE": ("settings:write",)}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._run()

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._run(201, location="/toy/1")

    def put(self, request: HttpRequest) -> HttpResponse:
        return self.answer(self.body(SPEC))

    def _run(self, status: int = 200, location: str = "") -> HttpResponse:
        runs.append(self.actor.label)
        result = hook[0](self) if hook else "done"
        if isinstance(result, HttpResponse):
            return result
        return self.answer({"result": result, "run": len(runs)}, status, location=location)


class SecretEcho(Echo):
    is_secret = True


class WithoutScopes(DialectView):
    dialect = TOY

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer({})


class UnknownToy(UnknownRouteView):
    dialect = TOY


def rename(view: DialectView) -> str:
    """A hook that writes: the organization's legal name counts how often it ran."""
    organization = Organization.objects.select_for_update().get(pk=view.actor.organization_id)
    organization.legal_name += "+"
    organization.save(update_fields=["legal_name"])
    return organization.legal_name


def clock_of(view: DialectView) -> datetime.datetime:
    return view.at


urlpatterns = [
    path("toy/echo", Echo.as_view()),
    path("toy/secret", SecretEcho.as_view()),
    path("toy/closed", WithoutScopes.as_view()),
    re_path(r"^toy/.*$", UnknownToy.as_view()),
]
