"""Ids of /api/v0: UUIDs; a prefix in front of one is tolerated, whatever it is."""

import re
import uuid

from core.ids import decode_id
from core.models import as_uuid

_PREFIX = re.compile(r"[a-z]{1,12}_", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}", re.ASCII)


def read_id(text: str) -> uuid.UUID | None:
    """The UUID that the text spells, or None."""
    found = _PREFIX.match(text)
    bare = text[found.end() :] if found else text
    if _UUID.fullmatch(bare):
        return as_uuid(bare)
    return decode_id(found[0][:-1], text) if found else None
