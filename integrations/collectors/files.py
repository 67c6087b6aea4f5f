"""What sources that show files have in common: which are documents, and which were seen before."""

import datetime
import fnmatch
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from integrations.collectors.base import MOST_BYTES, MOST_INVOICES, Found

SUFFIXES = frozenset({"pdf", "xml", "png", "jpg", "jpeg"})
# The key of a session under which `unseen` remembers: let it outlive a refusal.
VERSIONS = "versions"
# A file that was changed so recently may still be written to.
_SETTLING = datetime.timedelta(minutes=1)
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as a server lists it. `version` changes whenever its content does."""

    name: str
    size: int
    modified_at: datetime.datetime
    version: str
    reference: Any


def unseen(
    entries: Iterable[Entry], session: dict[str, Any], at: datetime.datetime, pattern: str = ""
) -> Iterator[Found]:
    """The documents among them that are new or were changed since the session saw them.

    A name is an id. One whose file was replaced comes again with its version in the id; the
    runner drops it if the bytes are the old ones.
    """
    seen: dict[str, str] = session.setdefault(VERSIONS, {})
    listed = set[str]()
    for entry in sorted(entries, key=lambda one: one.name)[:MOST_INVOICES]:
        if not _is_document(entry, pattern) or entry.modified_at > at - _SETTLING:
            continue
        name = name_as_id(entry.name)
        listed.add(name)
        version = hashlib.sha256(entry.version.encode()).hexdigest()[:12]
        if seen.get(name) == version:
            continue
        yield Found(
            id=f"{name}#{version}" if name in seen else name,
            issued_at=entry.modified_at,
            reference=entry.reference,
            names_carrier=True,
        )
        seen[name] = version
    for name in set(seen) - listed:
        del seen[name]


def name_as_id(name: str) -> str:
    """The file's name; of one that is too long, or not text, its hash."""
    raw = name.encode(errors="surrogateescape")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return hashlib.sha256(raw).hexdigest()
    return text if len(text) <= _LONGEST_NAME else hashlib.sha256(raw).hexdigest()


def _is_document(entry: Entry, pattern: str) -> bool:
    name = entry.name.lower()
    if name.startswith(".") or name.rpartition(".")[2] not in SUFFIXES:
        return False
    if pattern and not fnmatch.fnmatchcase(name, pattern.lower()):
        return False
    return 0 < entry.size <= MOST_BYTES
