"""Envelope encryption for what opens other people's accounts, and for what came out of them.

Every credential has a data key of its own, which seals its parameters, its session and the
documents collected with it; so has every supplier invoice that keeps its own document. The data
key stands beside them sealed under the first of settings.COLLECTOR_KEYS, so that changing those
keys seals the data keys anew and touches nothing else. All of it is AES-256-GCM, bound to its
place: what is copied into another row or column does not open there.
"""

import base64
import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from integrations.models import CollectorCredential, SupplierInvoice

_VERSION = "v1"
_KEY_BYTES, _NONCE_BYTES = 32, 12
# What sealing adds: the nonce, and the mark that proves it.
OVERHEAD = _NONCE_BYTES + 16


# What has a data key of its own.
Keyed = CollectorCredential | SupplierInvoice


class SealBroken(Exception):
    """What is stored does not open: no key of the ring fits, or somebody changed it."""


def seal_new_key(owner: Keyed) -> None:
    """Give a new row its data key. Writes no row."""
    owner.data_key, owner.key_id = _wrapped(
        AESGCM.generate_key(_KEY_BYTES * 8), _place(owner, "data_key")
    )


def seal(owner: Keyed, column: str, content: bytes) -> bytes:
    """The content as that column of the credential may keep it."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_data_key(owner)).encrypt(nonce, content, _place(owner, column))


def unseal(owner: Keyed, column: str, sealed: bytes | memoryview) -> bytes:
    """What was sealed for that column. Raises SealBroken."""
    content = bytes(sealed)
    nonce, rest = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
    try:
        return AESGCM(_data_key(owner)).decrypt(nonce, rest, _place(owner, column))
    except InvalidTag:
        raise SealBroken(column) from None


def rewrapped(owner: Keyed) -> tuple[str, str]:
    """Its data key sealed under the first key of the ring, and that key's id."""
    return _wrapped(_data_key(owner), _place(owner, "data_key"))


def newest_key_id() -> str:
    """The id of the key that seals from now on."""
    return _key_id(settings.COLLECTOR_KEYS[0])


def _data_key(owner: Keyed) -> bytes:
    try:
        version, key_id, nonce, wrapped = owner.data_key.split("|")
        key = _ring(tuple(settings.COLLECTOR_KEYS))[key_id]
    except (ValueError, KeyError):
        raise SealBroken("data_key") from None
    if version != _VERSION:
        raise SealBroken("data_key")
    try:
        return AESGCM(key).decrypt(
            base64.b64decode(nonce), base64.b64decode(wrapped), _place(owner, "data_key")
        )
    except InvalidTag:
        raise SealBroken("data_key") from None


def _wrapped(data_key: bytes, place: bytes) -> tuple[str, str]:
    text = settings.COLLECTOR_KEYS[0]
    key_id, nonce = _key_id(text), os.urandom(_NONCE_BYTES)
    wrapped = AESGCM(_key(text)).encrypt(nonce, data_key, place)
    parts = (_VERSION, key_id, *(base64.b64encode(part).decode() for part in (nonce, wrapped)))
    return "|".join(parts), key_id


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> dict[str, bytes]:
    return {_key_id(text): _key(text) for text in keys}


def _key(text: str) -> bytes:
    key = base64.urlsafe_b64decode(text)
    if len(key) != _KEY_BYTES:
        raise ValueError("each of COLLECTOR_KEYS is 32 bytes in base64")
    return key


def _key_id(text: str) -> str:
    return hashlib.sha256(_key(text)).hexdigest()[:8]


def _place(owner: Keyed, column: str) -> bytes:
    is_document = isinstance(owner, SupplierInvoice)
    table = "supplier_invoice" if is_document else "collector_credential"
    return f"{owner.organization_id}|{table}|{column}|{owner.uuid}".encode()
