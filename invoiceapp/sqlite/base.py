"""Django's SQLite backend with a queue in front of the one writer that SQLite admits.

SQLite lets whoever waits for its lock try again after a pause, in no order, so that
under load some wait for seconds. Here transactions line up for a lock of ours first:
among threads by a lock in memory, among processes by a lock on a file beside the
database, which the system releases when a process dies.
"""

import fcntl
import threading
import time
from pathlib import Path
from typing import IO, Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from billing.folding import SQL_FUNCTION, fold_or_null

_POLL_SECONDS = 0.002
_threads: dict[str, threading.Lock] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the writer's lock from the begin of a transaction to its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lock_file: IO[bytes] | None = None
        self._is_writer = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        link = super().get_new_connection(conn_params)
        link.create_function(SQL_FUNCTION, 1, fold_or_null, deterministic=True)
        return link

    def _start_transaction_under_autocommit(self) -> None:
        self._line_up()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._let_go()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        # A commit that failed leaves the transaction open, until it is rolled back.
        self._let_go()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._let_go()
            if self._lock_file is not None:
                self._lock_file.close()
                self._lock_file = None

    def _line_up(self) -> None:
        """Raises OperationalError, as SQLite does, when the wait exceeds the timeout."""
        name = str(self.settings_dict["NAME"])
        if self._is_writer or self.is_in_memory_db():
            return
        patience = self.settings_dict["OPTIONS"].get("timeout", 5)
        deadline = time.monotonic() + patience
        line = _threads.setdefault(name, threading.Lock())
        if not line.acquire(timeout=patience):
            raise OperationalError("database is locked")
        try:
            self._take_file(name, deadline)
        except BaseException:
            line.release()
            raise
        self._is_writer = True

    def _take_file(self, name: str, deadline: float) -> None:
        if self._lock_file is None:
            # Kept open as long as the connection: closing it would end the lock.
            self._lock_file = Path(f"{name}.lock").open("ab")  # noqa: SIM115
        while True:
            try:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OperationalError("database is locked") from None
                time.sleep(_POLL_SECONDS)
            else:
                return

    def _let_go(self) -> None:
        if self._is_writer:
            self._is_writer = False
            if self._lock_file is not None:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)
            _threads[str(self.settings_dict["NAME"])].release()
