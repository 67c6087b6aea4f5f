"""How /v1 spells a refusal: {"error": {type, code, message, param, doc_url}, "request_id"}."""

import re
from typing import Any

from django.conf import settings

from core.errors import Kind
from integrations.dialects.base.faults import Fault

STATUSES = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA_TYPE: 415,
    Kind.INVALID: 422,
    Kind.RATE_LIMITED: 429,
    Kind.INTERNAL: 500,
    Kind.UNAVAILABLE: 503,
}

# The documented types are a closed list; what is wrong with a request is a validation_error.
TYPES = {
    Kind.MALFORMED: "validation_error",
    Kind.UNAUTHENTICATED: "authentication_error",
    Kind.FORBIDDEN: "authorization_error",
    Kind.NOT_FOUND: "not_found_error",
    Kind.METHOD: "validation_error",
    Kind.CONFLICT: "conflict_error",
    Kind.TOO_LARGE: "validation_error",
    Kind.MEDIA_TYPE: "validation_error",
    Kind.INVALID: "validation_error",
    Kind.RATE_LIMITED: "rate_limit_error",
    Kind.INTERNAL: "server_error",
    Kind.UNAVAILABLE: "server_error",
}

# Our field names where the wire has another one.
_WIRE_NAMES = {
    "lines": "line_items",
    "method": "payment_method",
    "template": "template_id",
    "purchase_order": "po_number",
    "payment_terms_days": "payment_terms",
    "legal_name": "company_name",
    "vat_id": "tax_number",
    "tax_registration_id": "tax_number",
    "address_line1": "billing_address.street",
    "address_line2": "billing_address.street2",
    "city": "billing_address.city",
    "subdivision": "billing_address.state",
    "postal_code": "billing_address.postal_code",
    "country": "billing_address.country",
    "line1": "street",
    "line2": "street2",
    "line3": "street3",
    "is_compound": "compound",
    "is_inclusive": "inclusive",
    "kind": "type",
    "invoice_line_id": "line_item_id",
}
_POSITION = re.compile(r"\.(\d+)(?=\.|$)")


def spell_fault(fault: Fault, request_id: str) -> dict[str, Any]:
    """The body of a refusal. With several field errors the first one speaks, and all are listed."""
    error: dict[str, Any] = {"type": TYPES[fault.kind]}
    if fault.errors:
        param, code, message = fault.errors[0]
        error |= {"code": code, "message": message, "param": spell_param(param)}
        if len(fault.errors) > 1:
            error["errors"] = [
                {"code": code, "message": message, "param": spell_param(param)}
                for param, code, message in fault.errors
            ]
    else:
        error |= {"code": fault.code, "message": fault.message}
        if fault.param:
            error["param"] = spell_param(fault.param)
    if fault.kind is Kind.RATE_LIMITED:
        error["retry_after"] = fault.retry_after
    error["doc_url"] = f"{settings.DOCS_URL}/errors/{error['code']}"
    return {"error": error, "request_id": request_id}


def spell_param(param: str) -> str:
    """`lines.0.quantity` -> `line_items[0].quantity`; `.city` is `city` as it stands."""
    if param.startswith("."):
        return param[1:]
    words: list[str] = []
    for word in param.split("."):
        group, _, name = _WIRE_NAMES.get(word, word).rpartition(".")
        # Within another address the words are that address's own.
        if group and not words:
            words.append(group)
        words.append(name)
    return _POSITION.sub(r"[\1]", ".".join(words))
