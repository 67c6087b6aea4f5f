"""What the secrets of OAuth look like: a prefix that says what it is, 256 bits, a checksum.

The prefixes let secret scanners recognise them, and keep one kind from being tried as
another without asking the database.
"""

import hashlib
import hmac

from accounts.key_formats import BASE62, CHECKSUM_LENGTH, with_checksum
from core.ids import random_text

CLIENT_ID = "app_"
CLIENT_SECRET = "aps_"  # noqa: S105 (a prefix)
CODE = "oac_"
ACCESS_TOKEN = "oat_"  # noqa: S105 (a prefix)
REFRESH_TOKEN = "ort_"  # noqa: S105 (a prefix)

_RANDOM_LENGTH = 43  # base62 characters: 256 bits


def make(prefix: str) -> str:
    """A fresh secret of that kind."""
    return with_checksum(prefix + random_text(_RANDOM_LENGTH))


def derive(prefix: str, predecessor: str, salt: str) -> str:
    """The secret that follows from another one and a salt, always the same.

    Whoever holds only the predecessor, or only the salt, learns nothing about it.
    """
    digest = hmac.new(predecessor.encode(), f"{prefix}{salt}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest)
    digits = ""
    for _ in range(_RANDOM_LENGTH):
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return with_checksum(prefix + digits)


def make_client_id() -> str:
    """What an application is called on the wire; it proves nothing."""
    return CLIENT_ID + random_text(24)


def is_well_formed(secret: str, prefix: str) -> bool:
    """Whether the text can be a secret of that kind at all."""
    return (
        secret.isascii()
        and secret.startswith(prefix)
        and len(secret) == len(prefix) + _RANDOM_LENGTH + CHECKSUM_LENGTH
        and with_checksum(secret[:-CHECKSUM_LENGTH]) == secret
    )
