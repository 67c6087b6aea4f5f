"""Reading and writing JSON bodies: guarded on the way in, digit-exact on the way out."""

import re
from decimal import Decimal
from typing import Any, NoReturn

import simplejson
from django.conf import settings
from django.http import HttpRequest
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from core import exactjson
from core.errors import DomainError, Kind

MAX_DEPTH = 64
MAX_DIGITS = 20
MAX_EXPONENT = 20
JSON = "application/json"
# A body that is too large is read and thrown away up to here, so that the client gets to
# see the answer instead of a broken connection.
_DRAIN_BYTES = 16 * 1_048_576
_CHUNK = 65_536
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)\"?", re.IGNORECASE)


class InvalidJson(DomainError):
    kind, code = Kind.MALFORMED, "invalid_json"
    message = "The body is not valid JSON: {reason}."


class BodyTooLarge(DomainError):
    kind, code = Kind.TOO_LARGE, "request_too_large"
    message = "The body is larger than {limit} bytes."


class UnsupportedMediaType(DomainError):
    kind, code = Kind.MEDIA_TYPE, "unsupported_media_type"
    message = "Send the body as {wanted} in UTF-8, not as '{given}'."


def read_object(request: HttpRequest, limit: int | None = None) -> dict[str, Any]:
    """The request's JSON object of at most `limit` bytes; an empty body reads as {}.

    Raises BodyTooLarge, UnsupportedMediaType, InvalidJson.
    """
    raw = read_bytes(request, limit)
    if not raw:
        return {}
    check_media_type(request)
    return parse_object(raw)


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in those bytes, every non-integer a Decimal.

    Refuses what other parsers let pass or break on: NaN, numbers no ledger holds,
    duplicate keys, NUL and lone surrogates, more than 64 levels, anything but an object.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidJson(reason="it is not UTF-8") from None
    try:
        value = simplejson.loads(
            text,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise InvalidJson(reason=f"it is nested more than {MAX_DEPTH} levels deep") from None
    except simplejson.JSONDecodeError as error:
        raise InvalidJson(reason=f"line {error.lineno} column {error.colno}") from None
    if not isinstance(value, dict):
        raise InvalidJson(reason="the top level must be an object")
    _check_tree(value, "", 1)
    return value


def render(value: Any) -> bytes:
    """JSON bytes. Decimals are written digit by digit."""
    return exactjson.dumps(value).encode()


class ExactJSONParser(BaseParser):
    """parse_object as a REST framework parser, which is how schemas learn the media type."""

    media_type = JSON

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return parse_object(stream.read())


class ExactJSONRenderer(BaseRenderer):
    """render as a REST framework renderer."""

    media_type = JSON
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None
    ) -> bytes:
        return render(data)


def read_bytes(request: HttpRequest, limit: int | None = None) -> bytes:
    """The whole body, by default of at most API_MAX_BODY_BYTES. Raises BodyTooLarge."""
    limit = limit or settings.API_MAX_BODY_BYTES
    meta = request.META
    stream: Any = request
    if "chunked" in meta.get("HTTP_TRANSFER_ENCODING", "").lower():
        # Django reads nothing without a length; a server that ends the stream itself says so.
        if not meta.get("wsgi.input_terminated"):
            raise InvalidJson(reason="its length is not given")
        stream = meta["wsgi.input"]
    length = meta.get("CONTENT_LENGTH") or 0
    if str(length).isdigit() and int(length) > limit:
        _drain(stream, _DRAIN_BYTES)
        raise BodyTooLarge(limit=limit)
    # request.body has a smaller limit of its own, which forms need and larger files must not meet.
    is_plain = stream is request and limit <= settings.API_MAX_BODY_BYTES
    raw = request.body if is_plain else stream.read(limit + 1)
    if len(raw) > limit:
        _drain(stream, _DRAIN_BYTES)
        raise BodyTooLarge(limit=limit)
    return bytes(raw)


def _drain(stream: Any, most: int) -> None:
    while most > 0 and (chunk := stream.read(_CHUNK)):
        most -= len(chunk)


def check_media_type(request: HttpRequest, wanted: str = JSON) -> None:
    """Raises UnsupportedMediaType unless the body is of that type, in UTF-8 and unpacked."""
    given = request.META.get("CONTENT_TYPE", "")
    charset = _CHARSET.search(given)
    encoded = request.META.get("HTTP_CONTENT_ENCODING", "identity").lower()
    if (
        given.partition(";")[0].strip().lower() != wanted
        or (charset and charset[1].lower() not in ("utf-8", "utf8"))
        or encoded != "identity"
    ):
        shown = f"{given} {encoded}".removesuffix(" identity")[:100]
        raise UnsupportedMediaType(given=shown, wanted=wanted)


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS + 1 or len(digits.lstrip("-")) > MAX_DIGITS:
        raise InvalidJson(reason=f"a number has more than {MAX_DIGITS} digits")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    mantissa, _, exponent = digits.lower().partition("e")
    if len(mantissa.lstrip("-").replace(".", "", 1)) > MAX_DIGITS:
        raise InvalidJson(reason=f"a number has more than {MAX_DIGITS} digits")
    if len(exponent) > 4 or (exponent and abs(int(exponent)) > MAX_EXPONENT):
        raise InvalidJson(reason=f"a number's exponent is beyond {MAX_EXPONENT}")
    return Decimal(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise InvalidJson(reason="an object names the same key twice")
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJson(reason=f"{name} is not JSON")


def _check_tree(value: Any, path: str, depth: int) -> None:
    if isinstance(value, str):
        # No database text holds a NUL, and a lone surrogate has no UTF-8 form.
        if not value.isprintable() and _UNREADABLE.search(value):
            raise InvalidJson(reason="a text holds a NUL or a lone surrogate", param=path)
        return
    if not isinstance(value, dict | list):
        return
    if depth > MAX_DEPTH:
        raise InvalidJson(reason=f"it is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, dict):
        for key, item in value.items():
            _check_tree(key, path, depth + 1)
            _check_tree(item, f"{path}.{key}" if path else key, depth + 1)
    else:
        for index, item in enumerate(value):
            _check_tree(item, f"{path}.{index}", depth + 1)
