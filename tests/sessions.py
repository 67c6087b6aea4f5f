"""Sessions of the PostgreSQL under test, beside the tests' own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections


@contextmanager
def session_holding(name: str) -> Iterator[Any]:
    """Another session that holds that session lock until the end of the block, or of itself."""
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        yield other
    finally:
        other.close()
