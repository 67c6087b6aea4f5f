"""Writing while the caller goes on: PostgreSQL's pipeline mode for what needs no answer.

A bulk of documents is worked out in Python and written by the server in turn, each waiting
for the other. Within pipelined() the server writes one batch of rows while the next is
worked out. SQLite, which works in the caller's own process, writes at once.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models.sql import UpdateQuery

# Where a connection keeps the one that is open on it.
_OPEN = "open_pipeline"


@contextlib.contextmanager
def pipelined() -> Iterator[None]:
    """Let statements that need no answer run behind the caller, within a transaction.

    They are done, and their errors raised, when the block ends or before anything else is
    asked of the connection: statements take effect in the order in which they are given.
    """
    if connection.vendor != "postgresql" or _current() is not None:
        yield
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("pipelined() needs a transaction")
    connection.ensure_connection()
    own = _Pipeline(connection.connection)
    setattr(connection, _OPEN, own)
    try:
        with connection.execute_wrapper(own.before_others):
            yield
            own.finish()
    finally:
        setattr(connection, _OPEN, None)
        own.abandon()


def execute(sql: str, params: Sequence[Any]) -> None:
    """Run a statement whose answer nobody needs; within pipelined() without waiting for it.

    The server takes an integer for two, four or eight bytes, as it fits: let none of `params`
    be part of arithmetic (ADR 0012).
    """
    own = _current()
    if own is not None:
        own.execute(sql, params)
        return
    with bound_by_server() if connection.vendor == "postgresql" else connection.cursor() as cursor:
        cursor.execute(sql, params)


def update(rows: models.QuerySet[Any], **values: Any) -> None:
    """What `rows.update()` does, without counting the rows: execute() runs it."""
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(values)
    query.annotations = {}
    with contextlib.suppress(EmptyResultSet):
        execute(*query.get_compiler(using=connection.alias).as_sql())


def check_references() -> None:
    """Have the server look now whether the rows written so far refer to rows that are there.

    Otherwise it does so at the commit, while the caller waits. SQLite is left to that.
    """
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE", [])
        execute("SET CONSTRAINTS ALL DEFERRED", [])


def bound_by_server() -> Any:
    """A cursor that sends its parameters beside the statement.

    Django's spells them into it: quoting megabytes and reading them as a literal took as
    long as writing the rows.
    """
    connection.ensure_connection()
    own: Any = psycopg.Cursor(connection.connection)
    return connection.make_cursor(own)


class _Pipeline:
    """The statements that are under way on one connection."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._driver = driver
        self._open = contextlib.ExitStack()
        self._is_open = self._is_own = False

    def execute(self, sql: str, params: Sequence[Any]) -> None:
        with connection.wrap_database_errors:
            if not self._is_open:
                self._open.enter_context(self._driver.pipeline())
                self._is_open = True
        self._is_own = True
        try:
            with bound_by_server() as cursor:
                cursor.execute(sql, params)
        finally:
            self._is_own = False

    def before_others(
        self, execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Django's hook around each statement: another one waits for those under way."""
        if not self._is_own:
            self.finish()
        return execute(sql, params, many, context)

    def finish(self) -> None:
        """Wait for all of them. Raises what the first that failed raises."""
        if self._is_open:
            self._is_open = False
            with connection.wrap_database_errors:
                self._open.close()

    def abandon(self) -> None:
        """After an error of the caller's own: what they come to no longer matters."""
        if self._is_open:
            self._is_open = False
            with contextlib.suppress(psycopg.Error):
                self._open.close()


def _current() -> _Pipeline | None:
    found: _Pipeline | None = getattr(connection, _OPEN, None)
    return found
