"""Locks that end with the database session that holds them: its death is seen at once.

A lease of a dead worker has to run out; a PostgreSQL server lets go of a session's locks
as soon as the session is gone. A host that vanished keeps its sessions until the server
finds that out, so what must go on in any case needs a lease as well.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

# The server shows the 64 bits of a lock's key as two numbers.
_HELD = """
    SELECT wanted.name FROM unnest(%s::text[]) AS wanted (name) WHERE EXISTS (
        SELECT FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objsubid = 1
        AND l.granted
        AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(wanted.name, 0))"""


@contextmanager
def session_lock(name: str) -> Iterator[bool]:
    """True inside if it was free, and is held by this session until the end of the block.

    Call it outside a transaction. SQLite has no such locks: there it is False, and the
    lease has to decide.
    """
    if connection.vendor != "postgresql":
        yield False
        return
    is_mine = _ask("pg_try_advisory_lock", name)
    try:
        yield is_mine
    finally:
        # A session that broke meanwhile has let go of it by that.
        if is_mine and connection.is_usable():
            _ask("pg_advisory_unlock", name)


def held(names: Iterable[str]) -> set[str] | None:
    """Those that some living session holds; None where the database has no such locks."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [list(names)])
        return {name for (name,) in cursor.fetchall()}


def _ask(function: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])  # noqa: S608 (ours)
        return bool(cursor.fetchone()[0])
