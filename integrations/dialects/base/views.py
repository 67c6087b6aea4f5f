"""The view every endpoint of every dialect is: parse, one operation or query, present."""

import datetime
import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.views import APIView

from accounts.actors import Actor
from accounts.models import Organization
from core import tenancy
from core.errors import DomainError, Kind, NotFound
from core.ids import decode_id
from integrations.dialects.base import bodies, idempotency
from integrations.dialects.base.authentication import Caller
from integrations.dialects.base.dialect import Dialect
from integrations.dialects.base.endpoint import NO_BODY, Endpoint, Endpoints
from integrations.dialects.base.faults import (
    Fault,
    MethodRefused,
    RateLimitExceeded,
    UnknownRoute,
    fault_from,
    is_retryable,
)
from integrations.dialects.base.fields import UNKNOWN_REFERENCE, Object, no_such
from integrations.dialects.base.guards import refuse_live_in_sandbox
from integrations.dialects.base.query import Query
from integrations.dialects.base.ratelimit import Quota

_READING = frozenset({"GET", "HEAD"})
_ATTEMPTS = 4
_URL_LIMIT = 16_384


class UrlTooLong(DomainError):
    kind, code = Kind.MALFORMED, "url_too_long"
    message = "The address is longer than {limit} bytes."


class DialectView(APIView):
    """Answers in its dialect whatever happens, and denies by default.

    A subclass names its dialect, the scopes each method needs, and writes get/post/….
    While a method runs, `actor`, `organization`, `at` (the organization's time) and
    `payload` (the JSON body) are there.
    """

    dialect: ClassVar[Dialect]
    # Method -> what it takes and answers. A method without an entry is refused.
    endpoints: ClassVar[Endpoints] = {}
    # Method -> scopes, all of which are needed; read off the endpoints.
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # The answer shows a secret: it is kept encrypted for replays.
    is_secret: ClassVar[bool] = False
    # Off where the work leaves the house: no transaction may wait for a stranger's server.
    honours_idempotency: ClassVar[bool] = True
    # None: settings.API_MAX_BODY_BYTES.
    max_body_bytes: ClassVar[int | None] = None

    parser_classes = [bodies.ExactJSONParser]
    renderer_classes = [bodies.ExactJSONRenderer]

    actor: Actor
    organization: Organization
    at: datetime.datetime
    payload: dict[str, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "endpoints" in cls.__dict__:
            cls.scopes = {method: each.scopes for method, each in cls.endpoints.items()}

    @property
    def endpoint(self) -> Endpoint:
        """What is said of the method that is being called."""
        method = self.request.method or ""
        return self.endpoints["GET" if method == "HEAD" else method]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        quota: Quota | None = None
        try:
            caller = self._identify(request)
            self.narrow(request, caller)
            quota = self.dialect.count(request, caller)
            self._check_quota(quota)
            response = self._answer(request, caller, kwargs)
        except Exception as error:  # every failure is spelled in the dialect
            response = self._refuse(request, self._spell_reference(fault_from(error)), quota)
        else:
            response = self.dialect.finish(response, quota)
        method = "GET" if request.method == "HEAD" else request.method or ""
        if (endpoint := self.endpoints.get(method)) and endpoint.deprecated:
            for name, value in endpoint.deprecated.headers().items():
                response.headers[name] = value
        return response

    def narrow(self, request: HttpRequest, caller: Caller) -> None:
        """Raise the second wall: the database shows and takes rows of the caller only."""
        tenancy.narrow(caller.organization.pk)

    def answer(self, content: Any, status: int = 200, *, location: str = "") -> HttpResponse:
        """A JSON answer with exact numbers."""
        response = HttpResponse(bodies.render(content), status=status, content_type=bodies.JSON)
        if location:
            response.headers["Location"] = location
        return response

    def no_content(self) -> HttpResponse:
        response = HttpResponse(status=204)
        del response.headers["Content-Type"]
        return response

    def body(self, spec: Object | None = None) -> dict[str, Any]:
        """The JSON body as keyword arguments, by the endpoint's own declaration unless given.

        Raises InvalidFields.
        """
        return (spec or self.endpoint.body or NO_BODY).decode_body(self.payload)

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """The body, of which the idempotency key keeps a fingerprint. Files override this."""
        return bodies.read_object(request, self.max_body_bytes)

    def query(self, spec: Query | None = None) -> dict[str, Any]:
        """The query parameters, decoded. Raises InvalidParameter, UnknownParameter."""
        wanted = spec or self.endpoint.query
        return wanted.decode(self.request.META.get("QUERY_STRING", ""), self.organization.timezone)

    def path_id(self, prefix: str, noun: str, text: str) -> uuid.UUID:
        """The UUID in a path's id. A malformed id answers like an unknown one."""
        value = decode_id(prefix, text)
        if value is None:
            raise NotFound(noun=noun, id=text)
        return value

    def path_number(self, noun: str, text: str) -> int:
        """The row number in a path. One that cannot exist answers like an unknown one."""
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise NotFound(noun=noun, id=text)
        return int(text)

    def _identify(self, request: HttpRequest) -> Caller:
        if len(request.META.get("QUERY_STRING", "")) + len(request.path) > _URL_LIMIT:
            raise UrlTooLong(limit=_URL_LIMIT)
        caller = self.dialect.authenticate(request, timezone.now())
        refuse_live_in_sandbox(request, caller)
        return caller

    def _check_quota(self, quota: Quota) -> None:
        if quota.is_exceeded:
            raise RateLimitExceeded(
                limit=quota.limit,
                window=self.dialect.rate.window_name,
                retry_after=quota.retry_after,
                resets_at=quota.resets_at,
            )

    def _answer(self, request: HttpRequest, caller: Caller, kwargs: Any) -> HttpResponse:
        method = request.method or ""
        handler = getattr(self, method.lower(), None) if method in self._methods() else None
        if handler is None:
            raise MethodRefused(method, self._methods())
        caller.actor.require(*self._needed(method))
        self.actor, self.organization = caller.actor, caller.organization
        now = timezone.now()
        self.at = caller.organization.test_clock or now
        if self.dialect.refuses_unknown_query and self._takes_no_query():
            self.query()
        if method in _READING:
            return handler(request, **kwargs)
        self.payload = self.read(request)

        def work() -> HttpResponse:
            return handler(request, **kwargs)

        return _with_retries(lambda: self._once(request, work, now))

    def _once(
        self, request: HttpRequest, work: Callable[[], HttpResponse], now: datetime.datetime
    ) -> HttpResponse:
        rule = self.dialect.idempotency
        if rule is None or request.method not in rule.methods or not self.honours_idempotency:
            return work()
        key = idempotency.key_of(request)
        if key is None:
            return work()
        return idempotency.run_once(
            work,
            organization_id=self.organization.pk,
            key=key,
            fingerprint=idempotency.fingerprint(self._principal(), request, self.payload),
            at=now,
            replay_status=rule.replay_status,
            is_secret=self.is_secret,
            wait_seconds=rule.wait_seconds,
        )

    def _principal(self) -> str:
        """Whose answer it is: a secret is replayed to nobody but the credential that got it."""
        if not self.is_secret:
            return self.dialect.name
        return f"{self.dialect.name} {self.actor.kind} {self.actor.credential_id}"

    def _takes_no_query(self) -> bool:
        # Where parameters are taken, the method itself decodes them.
        return bool(self.endpoints) and not self.endpoint.query.parameters

    def _needed(self, method: str) -> tuple[str, ...]:
        return self.scopes["GET" if method == "HEAD" else method]

    def _methods(self) -> tuple[str, ...]:
        methods = tuple(self.scopes)
        return (*methods, "HEAD") if "GET" in methods else methods

    def _spell_reference(self, fault: Fault) -> Fault:
        """The id in the caller's spelling; one that came in the body is a fault of that field."""
        cause = fault.cause
        if not isinstance(cause, DomainError) or not {"noun", "id"} <= cause.details.keys():
            return fault
        noun = cause.details["noun"]
        shown = self.dialect.spell_id(noun, cause.details["id"])
        where = locate(getattr(self, "payload", {}), shown)
        if where is None or shown in self.kwargs.values():
            message = cause.message.format(**{**cause.details, "id": shown})
            return replace(fault, message=message)
        return replace(
            fault,
            kind=Kind.INVALID,
            code=UNKNOWN_REFERENCE,
            message=no_such(noun, shown),
            param=where,
        )

    def _refuse(self, request: HttpRequest, fault: Fault, quota: Quota | None) -> HttpResponse:
        if quota is None:
            quota = self.dialect.count(request, None)
            if quota.is_exceeded and fault.kind is not Kind.RATE_LIMITED:
                fault = self._too_many(quota)
        return self.dialect.refuse(request, fault, quota)

    def _too_many(self, quota: Quota) -> Fault:
        try:
            self._check_quota(quota)
        except RateLimitExceeded as error:
            return fault_from(error)
        raise AssertionError("the quota was exceeded")


class UnknownRouteView(DialectView):
    """Whatever else lies under a dialect's prefix: not found, in its shape, never a page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        error = UnknownRoute(method=request.method, path=request.path[:200])
        return self._refuse(request, fault_from(error), None)


def locate(value: Any, wanted: str, path: str = "") -> str | None:
    """Where in a body that text stands, as a neutral param, or None."""
    if value == wanted:
        return path
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, item in items:
        found = locate(item, wanted, f"{path}.{key}" if path else str(key))
        if found is not None:
            return found
    return None


def _with_retries(work: Callable[[], HttpResponse]) -> HttpResponse:
    """Run the work again when the database lost a race for us; it was rolled back whole."""
    for attempt in range(1, _ATTEMPTS):
        try:
            return work()
        except Exception as error:
            if connection.in_atomic_block or not is_retryable(error):
                raise
            time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311 (jitter, not a secret)
    return work()
