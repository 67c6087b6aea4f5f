"""Which refusals an operation may answer with: those of any request, and its own."""

from core.errors import DomainError, Forbidden, Kind, NotFound
from integrations.dialects.base.authentication import InvalidToken, MissingToken
from integrations.dialects.base.bodies import BodyTooLarge, InvalidJson, UnsupportedMediaType
from integrations.dialects.base.endpoint import Endpoint
from integrations.dialects.base.faults import RateLimitExceeded
from integrations.dialects.base.idempotency import (
    IdempotencyInProgress,
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
)
from integrations.dialects.base.openapi.routes import Route
from integrations.dialects.base.query import InvalidParameter, UnknownParameter

WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Refusal = tuple[Kind, str]

# What the fields of a body may be refused for, whatever they are called.
_FIELDS = (
    "required",
    "invalid_type",
    "invalid_value",
    "unknown_parameter",
    "unknown_reference",
    "too_long",
    "out_of_range",
    "invalid_number",
    "invalid_date",
    "invalid_choice",
)


def honours_keys(route: Route, method: str) -> bool:
    """Whether an idempotency key means something there."""
    rule = route.view.dialect.idempotency
    return rule is not None and method in rule.methods and route.view.honours_idempotency


def refusals(route: Route, method: str, endpoint: Endpoint) -> list[Refusal]:
    """Kind and code of each refusal, without repeats, the endpoint's own ones last."""
    # Forbidden even without scopes: what a request names may need one.
    classes: list[type[DomainError]] = [MissingToken, InvalidToken, Forbidden, RateLimitExceeded]
    if route.view.dialect.refuses_unknown_query:
        classes.append(UnknownParameter)
    if endpoint.query.parameters:
        classes.append(InvalidParameter)
    if route.parameters:
        classes.append(NotFound)
    if method in WRITING:
        classes += [InvalidJson, BodyTooLarge, UnsupportedMediaType]
    if honours_keys(route, method):
        classes += [InvalidIdempotencyKey, IdempotencyKeyReused, IdempotencyInProgress]
    found: list[Refusal] = [(each.kind, each.code) for each in classes]
    if method in WRITING:
        found.append((Kind.CONFLICT, "conflicting_change"))
        found.append((Kind.INVALID, "value_out_of_range"))
    if endpoint.body is not None and endpoint.body.fields:
        found += [(Kind.INVALID, code) for code in _FIELDS]
    found += [(Kind.INTERNAL, "internal_error"), (Kind.UNAVAILABLE, "temporarily_unavailable")]
    found += [(each.kind, each.code) for each in endpoint.errors]
    return list(dict.fromkeys(found))
