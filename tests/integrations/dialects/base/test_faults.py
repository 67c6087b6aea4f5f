"""Every exception means one Fault."""

import errno
import logging

import pytest
from django.core import exceptions
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf

from core.errors import Forbidden, InvalidFields, InvalidValue, Kind, NotFound
from integrations.dialects.base.faults import (
    MethodRefused,
    RateLimitExceeded,
    fault_from,
    is_retryable,
)


class _Cause(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def raised(error: Exception, sqlstate: str) -> Exception:
    error.__cause__ = _Cause(sqlstate)
    return error


TABLE: list[tuple[BaseException, Kind, str]] = [
    (Forbidden(needed="x"), Kind.FORBIDDEN, "insufficient_permissions"),
    (NotFound(noun="x", id=1), Kind.NOT_FOUND, "resource_not_found"),
    (InvalidValue("no", param="x"), Kind.INVALID, "invalid_value"),
    (MethodRefused("PUT", ("GET",)), Kind.METHOD, "method_not_allowed"),
    (drf.NotAuthenticated(), Kind.UNAUTHENTICATED, "missing_token"),
    (drf.AuthenticationFailed(), Kind.UNAUTHENTICATED, "invalid_token"),
    (drf.PermissionDenied(), Kind.FORBIDDEN, "insufficient_permissions"),
    (drf.NotFound(), Kind.NOT_FOUND, "resource_not_found"),
    (drf.MethodNotAllowed("PUT"), Kind.METHOD, "method_not_allowed"),
    (drf.NotAcceptable(), Kind.MEDIA_TYPE, "unsupported_media_type"),
    (drf.UnsupportedMediaType("x"), Kind.MEDIA_TYPE, "unsupported_media_type"),
    (drf.ParseError(), Kind.MALFORMED, "invalid_json"),
    (drf.Throttled(), Kind.RATE_LIMITED, "rate_limit_exceeded"),
    (drf.ValidationError("x"), Kind.INVALID, "invalid_value"),
    (Http404(), Kind.NOT_FOUND, "resource_not_found"),
    (exceptions.ObjectDoesNotExist(), Kind.NOT_FOUND, "resource_not_found"),
    (exceptions.PermissionDenied(), Kind.FORBIDDEN, "insufficient_permissions"),
    (exceptions.RequestDataTooBig(), Kind.TOO_LARGE, "request_too_large"),
    (exceptions.TooManyFieldsSent(), Kind.MALFORMED, "malformed_request"),
    (exceptions.BadRequest(), Kind.MALFORMED, "malformed_request"),
    (UnreadablePostError(), Kind.MALFORMED, "malformed_request"),
    (exceptions.ValidationError("x"), Kind.INVALID, "invalid_value"),
    (OverflowError(), Kind.INVALID, "value_out_of_range"),
    (DataError(), Kind.INVALID, "value_out_of_range"),
    (OperationalError("database is locked"), Kind.UNAVAILABLE, "temporarily_unavailable"),
    (OSError(errno.ENOSPC, "No space left"), Kind.UNAVAILABLE, "temporarily_unavailable"),
    (OSError(errno.EIO, "Input/output error"), Kind.INTERNAL, "internal_error"),
    (InterfaceError("connection already closed"), Kind.UNAVAILABLE, "temporarily_unavailable"),
    (raised(IntegrityError(), "23505"), Kind.CONFLICT, "conflicting_change"),
    (raised(IntegrityError(), "23503"), Kind.CONFLICT, "conflicting_change"),
    (IntegrityError("UNIQUE constraint failed: x.y"), Kind.CONFLICT, "conflicting_change"),
    (raised(IntegrityError(), "23514"), Kind.INTERNAL, "internal_error"),
    (ZeroDivisionError(), Kind.INTERNAL, "internal_error"),
    (drf.APIException(), Kind.INTERNAL, "internal_error"),
]


@pytest.mark.parametrize(("error", "kind", "code"), TABLE, ids=lambda value: repr(value)[:40])
def test_kind_and_code(error: BaseException, kind: Kind, code: str) -> None:
    fault = fault_from(error)
    assert (fault.kind, fault.code) == (kind, code)
    assert fault.message


def test_what_is_unforeseen_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    fault = fault_from(ZeroDivisionError("secret detail"))
    assert "secret" not in fault.message
    assert caplog.records[0].levelno == logging.ERROR
    assert caplog.records[0].exc_info is not None


def test_a_busy_database_asks_to_come_back() -> None:
    assert fault_from(OperationalError()).retry_after == 1


def test_field_errors_are_all_carried() -> None:
    errors = [("a", "required", "a is required"), ("b.0", "too_long", "b 0 is too long")]
    fault = fault_from(InvalidFields(errors))
    assert fault.errors == tuple(errors)


def test_details_reach_the_fault() -> None:
    assert fault_from(MethodRefused("PUT", ("GET", "POST"))).allow == ("GET", "POST")
    error = RateLimitExceeded(limit=5, window="minute", retry_after=7)
    assert fault_from(error).retry_after == 7


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        (raised(OperationalError(), "40001"), True),
        (raised(OperationalError(), "40P01"), True),
        (raised(OperationalError(), "55P03"), False),
        (OperationalError(), False),
        (ValueError(), False),
    ],
)
def test_only_lost_races_are_run_again(error: BaseException, retryable: bool) -> None:
    assert is_retryable(error) is retryable
