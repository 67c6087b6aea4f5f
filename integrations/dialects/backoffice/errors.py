"""How /api/v2 spells a refusal: {"success": false, "message"} with a sentence per field."""

from typing import Any

from core.errors import Kind
from integrations.dialects.base.faults import Fault

# The document lists 200, 201, 400, 401, 403, 404, 429 and 500. The other statuses are
# those that HTTP itself asks for: a client library acts on them before our body is read.
STATUSES = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.CONFLICT: 400,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA_TYPE: 415,
    Kind.INVALID: 400,
    Kind.RATE_LIMITED: 429,
    Kind.INTERNAL: 500,
    Kind.UNAVAILABLE: 503,
}
# Our field names where the wire has another one.
_WIRE_NAMES = {
    "lines": "items",
    "line_items": "items",
    "quantity": "qty",
    "unit_price": "amount",
    "issue_date": "date",
    "address_line1": "address",
    "subdivision": "state",
    "postal_code": "zip",
    "kind": "type",
    "legal_name": "company",
}
_INVALID = "Validation failed"
_ABOUT_KEYS = ("missing_token", "invalid_token")
_UNAUTHORIZED = "Invalid API key or unauthorized access"


def spell_fault(fault: Fault, request_id: str) -> dict[str, Any]:
    """The body of a refusal. Field errors are one sentence per field."""
    if fault.code in _ABOUT_KEYS:
        return {"success": False, "message": _UNAUTHORIZED}
    errors = {spell_param(param): message for param, _, message in reversed(fault.errors)}
    if not errors and fault.param and fault.kind in (Kind.INVALID, Kind.CONFLICT):
        errors = {spell_param(fault.param): fault.message}
    if errors and fault.kind is Kind.INVALID:
        return {"success": False, "errors": dict(reversed(errors.items())), "message": _INVALID}
    body: dict[str, Any] = {"success": False, "message": fault.message}
    return {**body, "errors": errors} if errors else body


def spell_param(param: str) -> str:
    """`lines.0.unit_price` -> `items.0.amount`."""
    return ".".join(_WIRE_NAMES.get(word, word) for word in param.split("."))
