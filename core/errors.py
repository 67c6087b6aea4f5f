"""The closed set of ways an operation can refuse, and the error that carries them.

A DomainError says what is wrong in the product's words. It knows no HTTP: each
API dialect maps its Kind to a status and its fields to that dialect's shape.
"""

from enum import Enum
from typing import Any, ClassVar


class Kind(Enum):
    """What sort of refusal this is. Dialects map each kind to a status."""

    MALFORMED = "malformed"  # the request could not be read, or a query parameter is wrong
    INVALID = "invalid"  # a field rule is broken
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD = "method"  # the address exists, this method does not
    MEDIA_TYPE = "media_type"
    TOO_LARGE = "too_large"
    CONFLICT = "conflict"  # right request, wrong state
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class DomainError(Exception):
    """A refusal with a kind, a stable code and a sentence.

    Subclasses set kind, code and message; keyword arguments fill the message's
    placeholders and stay readable as `details`. `param` names the field at fault
    in the neutral spelling (`line_items.0.quantity`).
    """

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "invalid"
    message: ClassVar[str] = "The request is not valid."
    default_param: ClassVar[str | None] = None

    def __init__(self, *, param: str | None = None, **details: Any) -> None:
        self.param = param or self.default_param
        self.details = details
        super().__init__(str(self))

    def __str__(self) -> str:
        return self.message.format(**self.details) if self.details else self.message


class NotFound(DomainError):
    """No such row in this organization. Another tenant's id looks exactly the same."""

    kind, code = Kind.NOT_FOUND, "resource_not_found"
    message = "No {noun} found with id '{id}'"
    default_param = "id"


class InvalidFields(DomainError):
    """Several field errors at once: `errors` is a list of (param, code, sentence)."""

    code = "invalid_fields"
    message = "Some fields are not valid."

    def __init__(self, errors: list[tuple[str, str, str]]) -> None:
        self.errors = errors
        super().__init__(param=errors[0][0] if errors else None)


class InvalidValue(DomainError):
    """One field with a sentence of its own, for rules that need no class."""

    code = "invalid_value"
    message = "{reason}"

    def __init__(self, reason: str, *, param: str) -> None:
        super().__init__(param=param, reason=reason)


class Forbidden(DomainError):
    kind, code = Kind.FORBIDDEN, "insufficient_permissions"
    message = "This credential may not do that: it needs '{needed}'."
