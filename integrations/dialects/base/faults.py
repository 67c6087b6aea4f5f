"""One neutral Fault for every way a request can fail; a dialect only spells it."""

import logging
from dataclasses import dataclass

from django.core import exceptions
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf

from core.errors import DomainError, InvalidFields, Kind
from core.files import NO_ROOM

logger = logging.getLogger(__name__)

# Seconds a client should wait before it repeats a request that hit a busy database.
BUSY_RETRY_AFTER = 1
# And before it tries a full disk again.
FULL_RETRY_AFTER = 60
# What two requests do to each other: both make the same row, or one deletes what the
# other refers to. Each looked before it wrote, so neither is a defect.
_MET = {"23505", "23503"}  # unique, foreign key
_RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, in neutral words.

    `param` is the field at fault in the neutral spelling (`line_items.0.quantity`),
    `errors` all field errors as (param, code, sentence), `retry_after` whole seconds,
    `allow` the methods an address does take.
    """

    kind: Kind
    code: str
    message: str
    param: str | None = None
    errors: tuple[tuple[str, str, str], ...] = ()
    retry_after: int | None = None
    allow: tuple[str, ...] = ()
    cause: BaseException | None = None


class UnknownRoute(DomainError):
    kind, code = Kind.NOT_FOUND, "unknown_route"
    message = "There is nothing at {method} {path}"


class MethodRefused(DomainError):
    """`allow` lists the methods that the address does take."""

    kind, code = Kind.METHOD, "method_not_allowed"
    message = "{method} is not allowed here; allowed: {allowed}."

    def __init__(self, method: str, allow: tuple[str, ...]) -> None:
        self.allow = allow
        super().__init__(method=method, allowed=", ".join(allow))


class RateLimitExceeded(DomainError):
    kind, code = Kind.RATE_LIMITED, "rate_limit_exceeded"
    message = "You have exceeded the rate limit of {limit} requests per {window}"


_DRF_KINDS: tuple[tuple[type[drf.APIException], Kind, str], ...] = (
    (drf.NotAuthenticated, Kind.UNAUTHENTICATED, "missing_token"),
    (drf.AuthenticationFailed, Kind.UNAUTHENTICATED, "invalid_token"),
    (drf.PermissionDenied, Kind.FORBIDDEN, "insufficient_permissions"),
    (drf.NotFound, Kind.NOT_FOUND, "resource_not_found"),
    (drf.MethodNotAllowed, Kind.METHOD, "method_not_allowed"),
    (drf.NotAcceptable, Kind.MEDIA_TYPE, "unsupported_media_type"),
    (drf.UnsupportedMediaType, Kind.MEDIA_TYPE, "unsupported_media_type"),
    (drf.ParseError, Kind.MALFORMED, "invalid_json"),
    (drf.Throttled, Kind.RATE_LIMITED, "rate_limit_exceeded"),
    (drf.ValidationError, Kind.INVALID, "invalid_value"),
)


def fault_from(error: BaseException) -> Fault:
    """The Fault that an exception means. Whatever is unforeseen becomes INTERNAL and is logged."""
    if isinstance(error, DomainError):
        return _from_domain(error)
    if isinstance(error, drf.APIException):
        for cls, kind, code in _DRF_KINDS:
            if isinstance(error, cls):
                return Fault(kind, code, str(error.detail), cause=error)
    if isinstance(error, DatabaseError | InterfaceError):
        return _from_database(error)
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return _from_full_disk(error)
    return _from_django(error) or _unforeseen(error)


def is_retryable(error: BaseException) -> bool:
    """Whether the database asks for the whole transaction to be run again."""
    return isinstance(error, OperationalError) and _sqlstate(error) in _RETRYABLE


def _from_domain(error: DomainError) -> Fault:
    retry_after = error.details.get("retry_after")
    return Fault(
        kind=error.kind,
        code=error.code,
        message=str(error),
        param=error.param,
        errors=tuple(error.errors) if isinstance(error, InvalidFields) else (),
        retry_after=retry_after if isinstance(retry_after, int) else None,
        allow=error.allow if isinstance(error, MethodRefused) else (),
        cause=error,
    )


def _from_database(error: BaseException) -> Fault:
    if isinstance(error, OperationalError | InterfaceError):
        # Lock and statement timeouts, deadlocks, a server that restarts: all pass.
        logger.warning("the database is busy or away: %s", error)
        return Fault(
            Kind.UNAVAILABLE,
            "temporarily_unavailable",
            "The service is busy. Please repeat the request in a moment.",
            retry_after=BUSY_RETRY_AFTER,
            cause=error,
        )
    if isinstance(error, DataError):
        return Fault(
            Kind.INVALID, "value_out_of_range", "A value is larger than can be kept.", cause=error
        )
    if isinstance(error, IntegrityError) and _two_met(error):
        logger.warning("two requests met: %s", error)
        return Fault(
            Kind.CONFLICT,
            "conflicting_change",
            "Another request changed the same thing at the same moment.",
            cause=error,
        )
    return _unforeseen(error)


def _from_full_disk(error: OSError) -> Fault:
    """Nothing was kept, and reading goes on; a person has to make room."""
    logger.error("the disk has no room for a file: %s", error)
    return Fault(
        Kind.UNAVAILABLE,
        "temporarily_unavailable",
        "There is no room for files at the moment. Please repeat the request later.",
        retry_after=FULL_RETRY_AFTER,
        cause=error,
    )


def _from_django(error: BaseException) -> Fault | None:
    match error:
        case Http404() | exceptions.ObjectDoesNotExist():
            return Fault(
                Kind.NOT_FOUND, "resource_not_found", "There is no such thing.", cause=error
            )
        case exceptions.PermissionDenied():
            return Fault(
                Kind.FORBIDDEN, "insufficient_permissions", "This is not allowed.", cause=error
            )
        case exceptions.RequestDataTooBig():
            return Fault(
                Kind.TOO_LARGE, "request_too_large", "The request is too large.", cause=error
            )
        case exceptions.BadRequest() | exceptions.SuspiciousOperation() | UnreadablePostError():
            return Fault(
                Kind.MALFORMED, "malformed_request", "The request cannot be read.", cause=error
            )
        case exceptions.ValidationError():
            return Fault(Kind.INVALID, "invalid_value", " ".join(error.messages), cause=error)
        case OverflowError():
            return Fault(
                Kind.INVALID,
                "value_out_of_range",
                "A number is larger than can be kept.",
                cause=error,
            )
    return None


def _unforeseen(error: BaseException) -> Fault:
    logger.error("a request failed in a way nobody foresaw", exc_info=error)
    return Fault(Kind.INTERNAL, "internal_error", "Something went wrong on our side.", cause=error)


def _sqlstate(error: BaseException) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def _two_met(error: IntegrityError) -> bool:
    return _sqlstate(error) in _MET or "UNIQUE constraint failed" in str(error)
