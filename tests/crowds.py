"""Many threads at one moment, each with a database connection of its own."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import OperationalError, connection, connections

_PATIENCE = 60

Result = TypeVar("Result")


def at_once(*works: Callable[[], Result]) -> list[Result]:
    """What each call came to, in their order, all released at the same moment.

    Raises what the first of them raised that did.
    """
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], Result]) -> Result:
        try:
            try:
                take_a_seat()
            except OperationalError:
                barrier.abort()
                raise
            barrier.wait(timeout=_PATIENCE + 30)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def take_a_seat() -> None:
    """Connect this thread before the crowd starts, and wait while the server is full.

    Connections that just closed, and other tests' servers, hold slots a moment longer;
    a crowd that finds no seat would test the server's limit instead of our locks.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
