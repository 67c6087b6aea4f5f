"""Identifiers: UUIDv7 for rows, prefixed base32 for the wire, random text for secrets."""

import base64
import binascii
import datetime
import os
import secrets
import threading
import time
import uuid

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]
_SHIFTS = range(120, -1, -10)
_UUID_BASE32_LENGTH = 26
_lock = threading.Lock()
_last = (0, 0)


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562 version 7), monotonic within this process."""
    global _last
    milliseconds = time.time_ns() // 1_000_000
    with _lock:
        last_ms, counter = _last
        if milliseconds > last_ms:
            counter = int.from_bytes(os.urandom(2)) & 0x7FF
        else:
            milliseconds, counter = last_ms, counter + 1
            if counter > 0xFFF:
                milliseconds, counter = milliseconds + 1, 0
        _last = (milliseconds, counter)
    tail = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | counter << 64 | 0x2 << 62 | tail
    return uuid.UUID(int=value)


def made_at(value: uuid.UUID) -> datetime.datetime:
    """The real time a UUIDv7 was made at: workers go by it, whatever a sandbox's clock says."""
    return datetime.datetime.fromtimestamp((value.int >> 80) / 1000, datetime.UTC)


def encode_id(prefix: str, value: uuid.UUID) -> str:
    """`inv_` + the UUID as 26 lower-case base32 characters."""
    # Two characters are ten bits; the last two bits of 130 are empty.
    bits = value.int << 2
    return f"{prefix}_{''.join([_PAIRS[bits >> shift & 0x3FF] for shift in _SHIFTS])}"


def decode_id(prefix: str, text: str) -> uuid.UUID | None:
    """The UUID inside a prefixed id, or None when the text is no such id."""
    head, _, body = text.partition("_")
    if head != prefix or len(body) != _UUID_BASE32_LENGTH or not body.isascii():
        return None
    try:
        value = uuid.UUID(bytes=base64.b32decode(body.upper() + "======"))
    except (binascii.Error, ValueError):
        return None
    # One spelling per id: the two spare bits of the last character must be zero.
    return value if encode_id(prefix, value) == text else None


def random_text(length: int = 22) -> str:
    """Random base62 text; 22 characters carry 131 bits."""
    found = ""
    while len(found) < length:
        # Six bits each; what lies beyond the alphabet is thrown away, so that all are as likely.
        drawn = secrets.token_bytes(length - len(found) + 4)
        found += "".join([_BASE62[bits] for byte in drawn if (bits := byte & 0x3F) < len(_BASE62)])
    return found[:length]
