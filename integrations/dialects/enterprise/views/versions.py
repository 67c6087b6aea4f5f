"""If-Match: change the document only if it is still at the version that was read."""

import re

from django.http import HttpRequest

from core.errors import DomainError, Kind

_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class InvalidIfMatch(DomainError):
    kind, code = Kind.MALFORMED, "invalid_if_match"
    message = "If-Match takes the version that you read, such as 2."


def expected_version(request: HttpRequest) -> int | None:
    """The version that the caller read, or None for any. Raises InvalidIfMatch."""
    given = request.META.get("HTTP_IF_MATCH", "").strip()
    if given in ("", "*"):
        return None
    found = _ETAG.fullmatch(given)
    if found is None:
        raise InvalidIfMatch()
    return int(found[1])
