"""How /api/integrations spells a refusal: {error, message, details} with lists of sentences."""

import datetime
from typing import Any

from core.errors import DomainError, Kind
from core.exactjson import spell_instant
from integrations.dialects.base.faults import Fault

WINDOW_SECONDS = 60
STATUSES = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA_TYPE: 415,
    Kind.INVALID: 400,
    Kind.RATE_LIMITED: 429,
    Kind.INTERNAL: 500,
    Kind.UNAVAILABLE: 503,
}
_TITLES = {
    Kind.MALFORMED: "Bad Request",
    Kind.FORBIDDEN: "Forbidden",
    Kind.NOT_FOUND: "Not Found",
    Kind.METHOD: "Method Not Allowed",
    Kind.CONFLICT: "Conflict",
    Kind.TOO_LARGE: "Payload Too Large",
    Kind.MEDIA_TYPE: "Unsupported Media Type",
    Kind.INVALID: "Validation Error",
    Kind.RATE_LIMITED: "Rate Limit Exceeded",
    Kind.INTERNAL: "Internal Server Error",
    Kind.UNAVAILABLE: "Service Unavailable",
}
# Where the document prints the very words: code -> message, field, its sentence.
_PRINTED = {
    "email_taken": ("Email already exists", "email", "This email is already registered"),
    "slug_taken": ("Slug already exists", "slug", "This slug is already taken"),
}
# Our field names where the wire has another one.
_WIRE_NAMES = {"first_name": "firstName", "last_name": "lastName", "birth_date": "dob"}
_UNAUTHORIZED = "Unauthorized: Valid API key required"
_INVALID = "The request contains invalid data"
_TOO_MANY = "Too many requests. Please try again later."


def spell_fault(fault: Fault, request_id: str) -> dict[str, Any]:
    """The body of a refusal."""
    if fault.kind is Kind.UNAUTHENTICATED:
        return {"error": _UNAUTHORIZED}
    if fault.kind is Kind.RATE_LIMITED:
        return _body(fault, _TOO_MANY, _rate(fault))
    if fault.code in _PRINTED:
        message, field, sentence = _PRINTED[fault.code]
        return _body(fault, message, {field: [sentence]})
    if fault.kind is Kind.NOT_FOUND:
        return _body(fault, _missing(fault), {})
    fields = _fields(fault)
    is_about_fields = bool(fields) and fault.kind in (Kind.INVALID, Kind.MALFORMED)
    return _body(fault, _INVALID if is_about_fields else fault.message, fields)


def _body(fault: Fault, message: str, details: dict[str, Any]) -> dict[str, Any]:
    title = _TITLES[fault.kind]
    if details and fault.kind is Kind.MALFORMED:
        # A parameter that is wrong is to this API what a field is.
        title = _TITLES[Kind.INVALID]
    body: dict[str, Any] = {"error": title, "message": message}
    return {**body, "details": details} if details else body


def _fields(fault: Fault) -> dict[str, list[str]]:
    if fault.errors:
        found: dict[str, list[str]] = {}
        for param, _, sentence in fault.errors:
            found.setdefault(_spelled(param), []).append(sentence)
        return found
    is_about_field = fault.kind in (Kind.INVALID, Kind.MALFORMED, Kind.CONFLICT)
    return {_spelled(fault.param): [fault.message]} if fault.param and is_about_field else {}


def _spelled(param: str) -> str:
    return ".".join(_WIRE_NAMES.get(word, word) for word in param.split("."))


def _missing(fault: Fault) -> str:
    """`User not found`, whatever the reason."""
    details = fault.cause.details if isinstance(fault.cause, DomainError) else {}
    noun = str(details.get("noun", ""))
    return f"{noun.capitalize()} not found" if noun else fault.message


def _rate(fault: Fault) -> dict[str, Any]:
    details = fault.cause.details if isinstance(fault.cause, DomainError) else {}
    retry_after = fault.retry_after or WINDOW_SECONDS
    rate: dict[str, Any] = {"retry_after": retry_after}
    if "resets_at" in details:
        resets_at = datetime.datetime.fromtimestamp(details["resets_at"], datetime.UTC)
        rate |= {
            "limit": details["limit"],
            "remaining": 0,
            "reset_time": spell_instant(resets_at),
            "window": WINDOW_SECONDS,
        }
    return rate
