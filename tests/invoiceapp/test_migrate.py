"""Migrating from several hosts at once, and for longer than a request may take."""

from typing import Any

import pytest
from django.db import connection, connections

from invoiceapp.management.commands.migrate import LOCK, alone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def asked(sql: str, link: Any = connection) -> Any:
    with link.cursor() as cursor:
        cursor.execute(sql)
        (value,) = cursor.fetchone()
        return value


def test_D2_one_migrates_at_a_time() -> None:
    other = connections["default"].copy()
    try:
        with alone("default"):
            assert asked(f"SELECT pg_try_advisory_lock({LOCK})", other) is False
        assert asked(f"SELECT pg_try_advisory_lock({LOCK})", other) is True
    finally:
        other.close()


def test_D2_statements_may_take_long_and_waits_for_tables_may_not() -> None:
    with alone("default"):
        assert (asked("SHOW statement_timeout"), asked("SHOW lock_timeout")) == ("0", "3s")
    assert (asked("SHOW statement_timeout"), asked("SHOW lock_timeout")) == ("15s", "3s")
