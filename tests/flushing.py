"""Emptying the database after a test that commits.

Django truncates every table, which on PostgreSQL takes as long for an empty one as for a full
one, and then makes all permissions anew. Here only what a test has filled is emptied, and what
every installation has from its migrations on stays.
"""

import functools
from typing import Any

from django.db import connections, transaction
from django.test import TransactionTestCase

from core.tenancy import widen

_STAY = {"django_content_type", "auth_permission", "django_migrations"}
# The operators' key to the ledger and the mail log, turned for just that moment.
_UNLOCK = {
    "postgresql": ["SET LOCAL app.ledger_unlocked = 'on'"],
    "sqlite": ["INSERT INTO billing_ledgerunlock (id) VALUES (1)"],
}
_LOCK: dict[str, list[str]] = {
    "postgresql": [],
    "sqlite": ["DELETE FROM billing_ledgerunlock"],
}


def empty_only_what_is_full() -> None:
    """Make every test of this process that commits clean up after itself that way."""
    TransactionTestCase._fixture_teardown = _fixture_teardown  # type: ignore[attr-defined]


def _fixture_teardown(self: TransactionTestCase) -> None:
    for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        _empty(connections[alias])


def _empty(connection: Any) -> None:
    widen()
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(_which_are_full())
        full = [name for (name,) in cursor.fetchall()]
        if not full:
            return
        # Foreign keys are looked at when the transaction ends: any order will do.
        for statement in (
            *_UNLOCK[connection.vendor],
            *(f'DELETE FROM "{name}"' for name in full),  # noqa: S608 (names of our own tables)
            *_LOCK[connection.vendor],
        ):
            cursor.execute(statement)


@functools.cache
def _which_are_full() -> str:
    """One statement for all tables: a hundred took longer than most tests."""
    names = connections["default"].introspection.django_table_names(
        only_existing=True, include_views=False
    )
    return " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")"  # noqa: S608 (as above)
        for name in names
        if name not in _STAY
    )
