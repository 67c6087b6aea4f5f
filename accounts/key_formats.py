"""What secrets look like, per dialect, and how to tell a mistyped one without the database.

A secret is a prefix, 32 base62 characters (190 bits) and a checksum of six base62
characters, so that secret scanners and this product recognise it by itself. The
collector's bearer keeps the form its clients know: base64 of 128 random bytes.
"""

import base64
import hashlib
import secrets
import zlib

from core.ids import random_text

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH = 32
CHECKSUM_LENGTH = 6
_DISPLAY_LENGTH = 12
_BEARER_BYTES = 128
_BEARER_LENGTH = 172

# (live, test); a dialect that does not spell the mode in its keys has one prefix for both.
PREFIXES: dict[str, tuple[str, str]] = {
    "enterprise": ("sk_live_", "sk_test_"),
    "backoffice": ("ak_", "ak_"),
    "wallet": ("cs_", "cs_"),
    "directory": ("ivk_", "ivk_"),
}
CLIENT_KEY_PREFIX = "ck_"
# Dialects whose callers send a client key beside the secret.
PAIRED = frozenset({"wallet"})
DIALECTS = (*PREFIXES, "collector")


def make_secret(dialect: str, *, livemode: bool) -> str:
    """A fresh secret of that dialect's form."""
    if dialect == "collector":
        return base64.b64encode(secrets.token_bytes(_BEARER_BYTES)).decode()
    live, test = PREFIXES[dialect]
    return with_checksum((live if livemode else test) + random_text(_RANDOM_LENGTH))


def make_client_key() -> str:
    """The public half of a key pair: it identifies and proves nothing."""
    return with_checksum(CLIENT_KEY_PREFIX + random_text(_RANDOM_LENGTH))


def is_well_formed(secret: str, dialect: str) -> bool:
    """Whether the text can be a secret of that dialect at all: prefix, length, checksum."""
    if not secret.isascii():
        return False
    if dialect == "collector":
        return len(secret) == _BEARER_LENGTH
    for prefix in PREFIXES[dialect]:
        if secret.startswith(prefix):
            length = len(prefix) + _RANDOM_LENGTH + CHECKSUM_LENGTH
            return len(secret) == length and with_checksum(secret[:-CHECKSUM_LENGTH]) == secret
    return False


def digest_of(secret: str) -> str:
    """SHA-256 in hex. A fast hash is right for secrets of 128 random bits and more."""
    return hashlib.sha256(secret.encode()).hexdigest()


def display_prefix(secret: str) -> str:
    """The first characters, kept to tell keys apart in lists."""
    return secret[:_DISPLAY_LENGTH]


def with_checksum(text: str) -> str:
    """The text and six characters that tell a mistyped one."""
    number = zlib.crc32(text.encode())
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return text + digits
