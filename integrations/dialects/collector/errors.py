"""How /api/v1 spells a refusal: {type: "error", message}, and `reason` too on 404 and 5xx."""

from typing import Any

from core.errors import DomainError, Kind
from integrations.dialects.base.faults import Fault

STATUSES = {
    Kind.MALFORMED: 400,
    Kind.INVALID: 400,
    Kind.CONFLICT: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA_TYPE: 415,
    Kind.RATE_LIMITED: 429,
    Kind.INTERNAL: 500,
    # The callback, the mail server or the database did not answer.
    Kind.UNAVAILABLE: 502,
}
# Clients of either age find the words: the document's server was of two minds.
_WITH_REASON = frozenset({Kind.NOT_FOUND, Kind.INTERNAL, Kind.UNAVAILABLE})
# code -> the very words.
_PRINTED = {
    "missing_token": "Invalid Bearer token",
    "invalid_token": "Invalid Bearer token",
    "invalid_user_token": "Invalid Oauth token",
    "unknown_route": "Endpoint not found",
}


def spell_fault(fault: Fault, request_id: str) -> dict[str, Any]:
    """The body of a refusal."""
    message = _message(fault)
    body = {"type": "error", "message": message}
    return {**body, "reason": message} if fault.kind in _WITH_REASON else body


def _message(fault: Fault) -> str:
    if fault.code in _PRINTED:
        return _PRINTED[fault.code]
    if fault.errors:
        return " ".join(_sentence(*error) for error in fault.errors)
    if fault.kind is Kind.NOT_FOUND:
        details = fault.cause.details if isinstance(fault.cause, DomainError) else {}
        noun, shown = str(details.get("noun", "")), details.get("id")
        return f'{noun.capitalize()} with id "{shown}" not found.' if noun else fault.message
    return fault.message


def _sentence(param: str, code: str, sentence: str) -> str:
    if code == "required":
        return f'The field "{param}" is missing.'
    return sentence if sentence.endswith(".") else f"{sentence}."
