"""A dialect is a value: one object that says everything in which two APIs differ."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse

from accounts.models import Organization
from core.errors import Kind
from core.models import Event
from integrations.dialects.base import bodies, ratelimit
from integrations.dialects.base.authentication import Caller
from integrations.dialects.base.faults import Fault
from integrations.dialects.base.idempotency import IdempotencyRule
from integrations.dialects.base.ratelimit import Quota, RateRule


class Authenticate(Protocol):
    """Finds out who calls, or raises. `challenge` is what a 401 answers to ask for."""

    @property
    def challenge(self) -> str: ...
    def __call__(self, request: HttpRequest, at: datetime.datetime) -> Caller: ...


def by_organization(caller: Caller) -> str:
    """All programs of an organization share its requests."""
    return f"organization:{caller.organization.pk}"


def by_credential(caller: Caller) -> str:
    """Each key has requests of its own."""
    return f"{caller.actor.kind}:{caller.actor.credential_id}"


SpellFault = Callable[[Fault, str], dict[str, Any]]
SpellId = Callable[[str, Any], str]
RenderEvent = Callable[[Event, str], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Everything a view of this dialect needs to know besides its own business.

    `spell_fault(fault, request_id)` gives the body of a refusal; `spell_id(noun, id)` an
    id as callers know it; `limit_of` the number of requests an organization has per
    window; `statuses` is total over Kind.
    """

    name: str
    prefixes: tuple[str, ...]
    authenticate: Authenticate
    statuses: Mapping[Kind, int]
    spell_fault: SpellFault
    spell_id: SpellId
    rate: RateRule
    limit_of: Callable[[Organization], int]
    # Whose requests are counted together.
    counts: Callable[[Caller], str] = by_organization
    # Where only reading has a number of its own: requests that read are counted apart.
    reading_limit: int | None = None
    # Whether a query parameter that the endpoint does not know is refused by name.
    refuses_unknown_query: bool = False
    idempotency: IdempotencyRule | None = None
    render_event: RenderEvent | None = None
    event_names: frozenset[str] = frozenset()
    # A further name for an event -> its real name.
    event_aliases: Mapping[str, str] = field(default_factory=dict)

    def owns(self, path: str) -> bool:
        """Whether that path is this dialect's to answer."""
        return any(path == p or path.startswith(f"{p}/") for p in self.prefixes)

    def count(self, request: HttpRequest, caller: Caller | None) -> Quota:
        """Count this request: for who calls, or for its address while that is unknown."""
        if caller is None:
            key = f"{self.name}:address:{ratelimit.address_of(request)}"
            return ratelimit.count(key, self.rate.anonymous_limit, self.rate.seconds)
        key, limit = f"{self.name}:{self.counts(caller)}", self.limit_of(caller.organization)
        if self.reading_limit is not None and request.method in ("GET", "HEAD"):
            key, limit = f"{key}:reading", self.reading_limit
        return ratelimit.count(key, limit, self.rate.seconds)

    def refuse(
        self, request: HttpRequest, fault: Fault, quota: Quota | None = None
    ) -> HttpResponse:
        """The refusal in this dialect's shape, with every header a client may rely on."""
        response = HttpResponse(
            bodies.render(self.spell_fault(fault, getattr(request, "request_id", ""))),
            status=self.statuses[fault.kind],
            content_type=bodies.JSON,
        )
        if fault.kind is Kind.UNAUTHENTICATED:
            response.headers["WWW-Authenticate"] = self.authenticate.challenge
        if fault.allow:
            response.headers["Allow"] = ", ".join(fault.allow)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return self.finish(response, quota or self.count(request, None))

    def finish(self, response: HttpResponse, quota: Quota) -> HttpResponse:
        """Put on what every answer of this dialect carries."""
        for name, value in self.rate.headers(quota).items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        return response
