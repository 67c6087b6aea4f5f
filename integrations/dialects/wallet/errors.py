"""How /api/v0 spells a refusal: {statusCode, message, error}; a list of sentences for fields."""

from typing import Any

from core.errors import DomainError, Kind
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
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
# Where the document, or its SDK, prints the very words.
_PRINTED = {
    "idempotency_key_reused": "Conflict: Idempotency key already used with different request data",
    "customer_email_taken": "Customer with this email already exists",
}
_MISSING = {
    "wallet": "Wallet could not be found",
    "tax profile": "Tax not found",
    "payment link": "Payment link not found",
}
# Our field names where the wire has another one.
_WIRE_NAMES = {
    "lines": "items",
    "line_items": "items",
    "unit_price": "price",
    "methods": "payment_methods",
    "phone": "phone_number",
    "wallet": "walletId",
    "wallet_id": "walletId",
    "tax_profile_id": "taxId",
    "allows_partial_payment": "partial_payment",
    "wants_link": "payment_link",
    "logo_url": "logo",
    "rate": "percentage",
    "expires_at": "expiration_date",
}
_UNAUTHORIZED = "Invalid or missing API credentials"


def spell_fault(fault: Fault, request_id: str) -> dict[str, Any]:
    """The body of a refusal."""
    status = STATUSES[fault.kind]
    body: dict[str, Any] = {
        "statusCode": status,
        "message": _message(fault),
        "error": _TITLES[status],
    }
    if fault.kind is Kind.RATE_LIMITED:
        body["retryAfter"] = fault.retry_after or WINDOW_SECONDS
    return body


def spell_param(param: str) -> str:
    """`line_items.0.unit_price` -> `items.0.price`."""
    return ".".join(_WIRE_NAMES.get(word, word) for word in param.split("."))


def _message(fault: Fault) -> str | list[str]:
    if fault.kind is Kind.UNAUTHENTICATED:
        return _UNAUTHORIZED
    if fault.code in _PRINTED:
        return _PRINTED[fault.code]
    details = fault.cause.details if isinstance(fault.cause, DomainError) else {}
    if fault.kind is Kind.RATE_LIMITED:
        most = details.get("limit", 100)
        return f"Rate limit exceeded. Maximum {most} requests per minute."
    if fault.kind is Kind.NOT_FOUND and "noun" in details:
        noun = str(details["noun"])
        return _MISSING.get(noun, f"{noun.capitalize()} not found")
    if fault.errors:
        return [_sentence(*each) for each in fault.errors]
    if fault.kind is Kind.INVALID and fault.param and fault.message.startswith("This "):
        # Rules of the product say "This must be …"; here a sentence names its field.
        return f"{spell_param(fault.param)} {fault.message.removeprefix('This ').rstrip('.')}"
    return fault.message


def _sentence(param: str, code: str, message: str) -> str:
    """`items.0.quantity must be a number`: the whole path and the rule."""
    where = spell_param(param)
    if code == "required":
        return f"{where} should not be empty"
    # The decoder has put the last name in front of the rule; the path belongs there.
    last = param.rpartition(".")[2]
    if message.startswith(f"{last} "):
        return f"{where} {message.removeprefix(f'{last} ')}"
    return message
