"""Taking a consistent copy of the database, and putting one into an empty database."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction

from core import tenancy
from invoiceapp.backups.errors import BackupError

_NAMES = {"postgresql": "database.dump", "sqlite": "database.sqlite3"}
Run = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Dump:
    """A copy and what it holds, both of the same moment."""

    counts: dict[str, int]
    migrations: list[list[str]]


def file_name(vendor: str) -> str:
    """What the database is called inside a backup. Raises BackupError."""
    try:
        return _NAMES[vendor]
    except KeyError:
        raise BackupError(f"Backups of {vendor} are not offered.") from None


def dump(target: Path) -> Dump:
    """Write a copy of the database as of one moment. Raises BackupError.

    PostgreSQL: pg_dump and our own counts share an exported snapshot. SQLite: its backup
    API, which writers wait for.
    """
    if connection.vendor == "postgresql":
        return _dump_postgresql(target)
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        return _contents(lambda sql: copy.execute(sql).fetchall())


def load(source: Path, *, jobs: int = 1) -> None:
    """Fill the configured database, which is empty. Raises BackupError.

    With one job PostgreSQL takes all of it or nothing; several are faster.
    """
    if connection.vendor == "postgresql":
        whole = ["--single-transaction"] if jobs == 1 else [f"--jobs={jobs}"]
        _run_tool(
            "pg_restore",
            *("--exit-on-error", "--no-owner", "--no-privileges", "--no-comments"),
            *("--enable-row-security", *whole, str(source)),
        )
        # Without statistics the first look at everything takes hours.
        with unhurried() as run:
            run("ANALYZE")
        return
    with closing(sqlite3.connect(source)) as copy:
        (answer,) = copy.execute("PRAGMA integrity_check").fetchone()
        if answer != "ok":
            raise BackupError(f"The database in the backup is damaged: {answer}.")
        connection.ensure_connection()
        copy.backup(connection.connection)


def is_empty() -> bool:
    """Whether the configured database has no table at all."""
    return not connection.introspection.table_names()


def contents() -> Dump:
    """Rows per table and applied migrations of the configured database."""
    with unhurried() as run:
        return _contents(run)


@contextmanager
def unhurried() -> Iterator[Run]:
    """Run statements of any length; the limits of requests do not count."""
    with connection.cursor() as cursor:

        def run(sql: str) -> Any:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None

        if connection.vendor == "postgresql":
            run("SET statement_timeout = 0")
        yield run
        if connection.vendor == "postgresql":
            run("RESET statement_timeout")


def _dump_postgresql(target: Path) -> Dump:
    tenancy.widen()
    with transaction.atomic(), connection.cursor() as cursor:

        def run(sql: str) -> Any:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None

        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        run("SET LOCAL statement_timeout = 0")
        # This transaction waits for pg_dump, which reads in its snapshot.
        run("SET LOCAL idle_in_transaction_session_timeout = 0")
        ((snapshot,),) = run("SELECT pg_export_snapshot()")
        _run_tool(
            "pg_dump",
            *("--format=custom", "--no-owner", "--no-privileges", "--enable-row-security"),
            *(f"--snapshot={snapshot}", f"--file={target}"),
        )
        return _contents(run)


def _contents(run: Run) -> Dump:
    if connection.vendor == "postgresql":
        listing = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    else:
        listing = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
            " ESCAPE '\\'"
        )
    tables = sorted(name for (name,) in run(listing))
    counts = {name: run(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables}  # noqa: S608
    applied = run("SELECT app, name FROM django_migrations ORDER BY app, name")
    return Dump(counts, [[app, name] for app, name in applied])


def _run_tool(tool: str, *arguments: str) -> None:
    parameters = connection.get_connection_params()
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    given = {key: value for key, value in parameters.items() if key in known and value}
    # Every row is wanted, so the session is wide; the password is no argument, which others see.
    given["options"] = f"-c {tenancy.SETTING}={tenancy.WIDE}"
    password = str(given.pop("password", ""))
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    target = psycopg.conninfo.make_conninfo("", **given)
    try:
        done = subprocess.run(  # noqa: S603 (our own arguments, and no shell)
            [tool, f"--dbname={target}", "--no-password", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise BackupError(f"{tool} is not installed: install PostgreSQL's client tools.") from None
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip()[-2000:]}")
