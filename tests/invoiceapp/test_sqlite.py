"""The queue in front of SQLite's one writer."""

import fcntl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import ConnectionHandler, transaction
from django.db.utils import OperationalError

from invoiceapp.sqlite import base, init_command, journal_mode

THREADS, ROUNDS = 6, 15


@pytest.fixture
def handler(tmp_path: Path, db: None) -> Iterator[ConnectionHandler]:
    """Connections to a database file of its own, one per thread, as settings make them."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 5, "init_command": init_command()}
    database = {"ENGINE": "invoiceapp.sqlite", "NAME": str(tmp_path / "x.sqlite3")}
    handler = ConnectionHandler({"default": {**database, "OPTIONS": options}})
    with handler["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE counter (n integer)")
        cursor.execute("INSERT INTO counter VALUES (0)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "get_connection", lambda using=None: handler["default"])
        yield handler
    handler.close_all()


def value(handler: ConnectionHandler) -> int:
    with handler["default"].cursor() as cursor:
        cursor.execute("SELECT n FROM counter")
        return int(cursor.fetchone()[0])


def add_one(handler: ConnectionHandler) -> None:
    """Read, then write: wrong unless the transaction had the writer's place from the start."""
    with transaction.atomic():
        n = value(handler)
        with handler["default"].cursor() as cursor:
            cursor.execute("UPDATE counter SET n = %s", [n + 1])


def in_threads(handler: ConnectionHandler, work: Callable[[], None]) -> list[Exception]:
    errors: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            handler["default"].close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def is_free(path: Path) -> bool:
    """Whether another process could take the writer's place."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_every_writer_gets_its_turn(handler: ConnectionHandler) -> None:
    def work() -> None:
        for _ in range(ROUNDS):
            add_one(handler)

    assert in_threads(handler, work) == []
    assert value(handler) == THREADS * ROUNDS


def test_place_is_held_for_the_transaction_and_freed_after_it(
    handler: ConnectionHandler, tmp_path: Path
) -> None:
    lock = tmp_path / "x.sqlite3.lock"
    with transaction.atomic():
        assert not is_free(lock)
        with transaction.atomic():
            add_one(handler)
        assert not is_free(lock)
    assert is_free(lock)
    with pytest.raises(ValueError, match="undo"), transaction.atomic():
        add_one(handler)
        raise ValueError("undo")
    assert is_free(lock)
    assert value(handler) == 1


def test_closing_in_the_middle_frees_the_place(handler: ConnectionHandler, tmp_path: Path) -> None:
    connection = handler["default"]
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert not is_free(tmp_path / "x.sqlite3.lock")
    connection.close()
    assert is_free(tmp_path / "x.sqlite3.lock")


def test_another_process_is_waited_for_and_not_for_ever(
    handler: ConnectionHandler, tmp_path: Path
) -> None:
    handler["default"].settings_dict["OPTIONS"]["timeout"] = 0.1
    with (tmp_path / "x.sqlite3.lock").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(OperationalError, match="locked"):
            add_one(handler)
    add_one(handler)
    assert value(handler) == 1
    assert not base._threads[str(tmp_path / "x.sqlite3")].locked()


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "PERSIST"),
        ((3, 51, 2), "PERSIST"),
        ((3, 51, 3), "WAL"),
        ((3, 53, 0), "WAL"),
    ],
)
def test_write_ahead_log_only_where_it_cannot_corrupt(version: tuple[int, ...], mode: str) -> None:
    assert journal_mode(version) == mode
