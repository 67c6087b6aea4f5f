"""Checks of the database."""

import datetime
import secrets
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from core import tenancy
from invoiceapp.diagnosis.findings import Finding, failure, ok, warning
from invoiceapp.sqlite import journal_mode

OLDEST_POSTGRESQL = 150_000
# Leases last a minute and more; signatures tolerate five.
WORST_SKEW_SECONDS = 2.0
_SETTING = "SELECT current_setting(%s, true)"
# What invoiceapp.settings.base gives to every session, and how it shows that it arrived.
_SESSION: dict[str, Callable[[str | None], bool]] = {
    tenancy.SETTING: bool,
    "default_transaction_isolation": lambda value: value == "read committed",
    "lock_timeout": lambda value: value != "0",
    "statement_timeout": lambda value: value != "0",
    "idle_in_transaction_session_timeout": lambda value: value != "0",
}
_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def version(at: datetime.datetime) -> Finding:
    """The server answers, and is not too old."""
    if connection.vendor != "postgresql":
        return ok(f"SQLite {_value('SELECT sqlite_version()')}, one process on one host.")
    number = int(_value("SHOW server_version_num"))
    words = f"PostgreSQL {_value('SHOW server_version')}"
    if number < OLDEST_POSTGRESQL:
        return failure(f"{words} is too old.", "Use PostgreSQL 15 or newer.")
    return ok(f"{words}.")


def durability(at: datetime.datetime) -> Finding:
    """What was answered for survives a power cut."""
    if connection.vendor != "postgresql":
        mode = str(_value("PRAGMA journal_mode")).upper()
        if mode not in (journal_mode(), "MEMORY"):
            return warning(f"The journal is {mode}.", "Restart the server: it sets the journal.")
        return ok(f"Journal {mode}, synchronous {_value('PRAGMA synchronous')}.")
    off = [name for name in _DURABLE if _value(f"SHOW {name}") == "off"]
    if off:
        return failure(
            f"{', '.join(off)} is off: a crash may lose or damage the books.",
            "Switch it on in postgresql.conf.",
        )
    if _value("SHOW data_checksums") == "off":
        return warning(
            "Writes are durable; pages have no checksums.",
            "Stop PostgreSQL and run pg_checksums --enable.",
        )
    return ok("Writes are durable, pages have checksums.")


def role(at: datetime.datetime) -> Finding:
    """Row-level security holds the role that the product uses."""
    if connection.vendor != "postgresql":
        return ok("SQLite has no roles and no row-level security; the code is the only wall.")
    found = _row(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    name, is_super, bypasses = found
    if is_super or bypasses:
        return failure(
            f"Role {name} walks through row-level security.",
            "Use a role WITH NOSUPERUSER NOBYPASSRLS that owns the tables.",
        )
    return ok(f"Role {name} is held by row-level security.")


def session(at: datetime.datetime) -> Finding:
    """The session's settings arrive, and stay with it: a pooler in between may do neither."""
    if connection.vendor != "postgresql":
        return ok("SQLite has no sessions to lose settings of.")
    lost = [name for name, wanted in _SESSION.items() if not wanted(_value(_SETTING, name))]
    if lost:
        return failure(
            f"Sessions begin without {', '.join(lost)}.",
            "A pooler drops them: set them with ALTER ROLE … IN DATABASE … SET, as"
            " docs/operations/pgbouncer.md says.",
        )
    if not _is_own_session():
        return failure(
            "Sessions are shared between transactions: one organization's requests would see"
            " another's rows.",
            "Set the pooler to pool_mode = session.",
        )
    return ok("Session settings arrive and stay.")


def clock(at: datetime.datetime) -> Finding:
    """This host and the database's agree about the time."""
    if connection.vendor != "postgresql":
        return ok("The database has this host's clock.")
    before = timezone.now()
    theirs = _value("SELECT clock_timestamp()")
    skew = abs((theirs - before).total_seconds())
    if skew > WORST_SKEW_SECONDS:
        return failure(
            f"The database's clock differs from this host's by {skew:.1f} seconds.",
            "Run an NTP client on both hosts.",
        )
    return ok(f"The database's clock differs from this host's by {skew:.2f} seconds.")


def migrations(at: datetime.datetime) -> Finding:
    """The tables are those that this version expects."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        first = waiting[0][0]
        return failure(
            f"{len(waiting)} migrations wait, the first is {first}.", "Run manage.py migrate."
        )
    applied = set(executor.loader.applied_migrations or ())
    unknown = sorted(applied - executor.loader.disk_migrations.keys())
    if unknown:
        app, name = unknown[0]
        return failure(
            f"The database is newer than this version: {app}.{name} is unknown here.",
            "Deploy the version that migrated it.",
        )
    return ok("Every migration is applied.")


def _is_own_session() -> bool:
    """Whether what is set stays ours while another client is busy.

    Under transaction pooling the other gets our server session, with what we set in it.
    """
    mark = secrets.token_hex(8)
    other = connection.copy()
    try:
        _value("SELECT set_config('app.probe', %s, false)", mark)
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(_SETTING, ["app.probe"])
            theirs = cursor.fetchone()
            ours = _value(_SETTING, "app.probe")
            cursor.execute("ROLLBACK")
        _value("SELECT set_config('app.probe', '', false)")
    finally:
        other.close()
    return ours == mark and theirs != (mark,)


def _value(sql: str, *parameters: str) -> Any:
    return _row(sql, *parameters)[0]


def _row(sql: str, *parameters: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        row = cursor.fetchone()
    return tuple(row or (None,))
