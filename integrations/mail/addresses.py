"""Recipients: one plain address each, or a refusal that names the culprit."""

import re
from collections.abc import Sequence

from core import text
from core.errors import DomainError
from integrations.models import MessageRecipient

MAX_RECIPIENTS = 50
_MAX_LOCAL = 64

# Quoted local parts may hold commas and spaces, which some servers read as further
# recipients; nobody's real address needs one.
_PLAIN = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[^@\s,;:<>()\[\]\\\"]+"
)

Role = MessageRecipient.Role


class InvalidEmail(DomainError):
    code = "invalid_email"
    message = "The email address '{address}' is invalid"
    default_param = "to"


class NoRecipient(DomainError):
    code = "recipient_required"
    message = "A message needs at least one recipient."
    default_param = "to"


class TooManyRecipients(DomainError):
    code = "too_many_recipients"
    message = "A message has at most {limit} recipients."
    default_param = "to"


def recipients(
    *, to: Sequence[str], cc: Sequence[str], bcc: Sequence[str]
) -> list[tuple[MessageRecipient.Role, str]]:
    """Role and address of each recipient, everyone once, in the order given.

    Raises InvalidEmail, NoRecipient, TooManyRecipients.
    """
    if not to:
        raise NoRecipient
    if len(to) + len(cc) + len(bcc) > MAX_RECIPIENTS:
        raise TooManyRecipients(limit=MAX_RECIPIENTS)
    found: dict[str, tuple[MessageRecipient.Role, str]] = {}
    for role, addresses in ((Role.TO, to), (Role.CC, cc), (Role.BCC, bcc)):
        for position, address in enumerate(addresses):
            plain = plain_address(address, param=f"{role}.{position}")
            found.setdefault(plain.lower(), (role, plain))
    return list(found.values())


def plain_address(value: object, *, param: str) -> str:
    """The address with its domain in ASCII. Raises InvalidEmail.

    Refused are lists, groups, display names, line breaks and everything else that a mail
    server could read as more than this one recipient.
    """
    if not isinstance(value, str) or not _PLAIN.fullmatch(value):
        raise InvalidEmail(address=_shown(value), param=param)
    if len(value.partition("@")[0]) > _MAX_LOCAL:
        raise InvalidEmail(address=_shown(value), param=param)
    try:
        cleaned = text.clean_email(value, param=param, required=True)
    except DomainError:
        raise InvalidEmail(address=_shown(value), param=param) from None
    local, _, domain = cleaned.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise InvalidEmail(address=_shown(value), param=param) from None


def _shown(value: object) -> str:
    """What was given, short and on one line."""
    return "".join(c if c.isprintable() else "?" for c in str(value)[:100])
