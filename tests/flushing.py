"""Emptying the database after a test that commits, where the ledger would refuse it.

On PostgreSQL the tables are truncated, which no row trigger sees. SQLite deletes row by
row, so the operators' key to the ledger is turned for just that moment.
"""

from collections.abc import Iterable

from django.db import connection

# From base, not operations: the latter cannot be imported first (Django imports it in a circle).
from django.db.backends.sqlite3.base import DatabaseOperations

_LOCK = "billing_ledgerunlock"
_flush = DatabaseOperations.execute_sql_flush


def open_ledger_on_flush() -> None:
    """Make every flush of SQLite in this process unlock the ledger and lock it again."""
    DatabaseOperations.execute_sql_flush = _flush_unlocked  # type: ignore[method-assign]


def _flush_unlocked(self: DatabaseOperations, sql_list: Iterable[str]) -> None:
    statements = list(sql_list)
    if _LOCK in connection.introspection.table_names():
        statements = [
            f"INSERT INTO {_LOCK} (id) VALUES (1)",
            *statements,
            f"DELETE FROM {_LOCK}",
        ]
    _flush(self, statements)
