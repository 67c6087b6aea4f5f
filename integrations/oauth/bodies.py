"""Reading the body of a token request: a form, as RFC 6749 has it, or JSON, as /v1 has it."""

from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest

from core.errors import DomainError, Kind
from integrations.dialects.base import bodies

FORM = "application/x-www-form-urlencoded"
_MOST_BYTES = 65_536
_MOST_FIELDS = 100


class UnreadableBody(DomainError):
    kind, code = Kind.MALFORMED, "invalid_request"
    message = "The body cannot be read: {reason}."


def read(request: HttpRequest) -> dict[str, str]:
    """The parameters of the body, each once, as text. Raises UnreadableBody, InvalidJson."""
    if request.META.get("QUERY_STRING"):
        raise UnreadableBody(reason="parameters belong into it, and not into the address")
    raw = request.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise UnreadableBody(reason=f"it is larger than {_MOST_BYTES} bytes")
    media_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type == bodies.JSON:
        return _texts(bodies.parse_object(raw))
    if media_type == FORM:
        return _form(raw)
    raise UnreadableBody(reason=f"send {FORM} or {bodies.JSON}")


def _texts(given: dict[str, Any]) -> dict[str, str]:
    result = {}
    for name, value in given.items():
        if isinstance(value, list) and name == "scope" and all(isinstance(s, str) for s in value):
            value = " ".join(value)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise UnreadableBody(reason=f"{name[:40]} must be text")
        result[name] = str(value)
    return result


def _form(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:  # not UTF-8, or too many fields
        raise UnreadableBody(reason="it is no form in UTF-8") from None
    result = dict(pairs)
    if len(result) != len(pairs):
        raise UnreadableBody(reason="a parameter is given twice")
    if any("\x00" in text for pair in pairs for text in pair):
        raise UnreadableBody(reason="a text holds a NUL")
    # RFC 6749, 3.1: a parameter without a value is one that was not sent.
    return {name: value for name, value in result.items() if value}
