"""Django's migrate: one at a time, however many hosts start, and as long as it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections

# Any number will do that nothing else in this database locks.
LOCK = 7_128_002_026


class Command(migrate.Command):
    help = f"{migrate.Command.help} A second one waits for the first to end."

    def handle(self, *args: Any, **options: Any) -> None:
        with alone(options["database"]):
            super().handle(*args, **options)


@contextmanager
def alone(alias: str) -> Iterator[None]:
    """Nobody else migrates that PostgreSQL database meanwhile; statements may take their time.

    Waiting for a table stays limited: what queues behind such a wait would wait as well.
    """
    link = connections[alias]
    if link.vendor != "postgresql":
        yield
        return
    with link.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        with link.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            cursor.execute("RESET statement_timeout")
