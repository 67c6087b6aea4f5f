"""Many threads at one moment, each with a database connection of its own."""

import time

from django.db import OperationalError, connection

_PATIENCE = 60


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
