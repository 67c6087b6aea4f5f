"""Checks of the database."""

import datetime
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from invoiceapp.diagnosis.findings import Finding, failure, ok, warning
from invoiceapp.sqlite import journal_mode

OLDEST_POSTGRESQL = 150_000
# Leases last a minute and more; signatures tolerate five.
WORST_SKEW_SECONDS = 2.0
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


def _value(sql: str) -> Any:
    return _row(sql)[0]


def _row(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return tuple(row or (None,))
