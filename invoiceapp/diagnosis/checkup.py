"""Every check, one after the other; one that cannot be made is a failure of its own."""

import datetime
from collections.abc import Callable, Iterator

from django.db import DatabaseError
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from invoiceapp.diagnosis import database, documents, surroundings, work
from invoiceapp.diagnosis.findings import Finding, failure

Check = Callable[[datetime.datetime], Finding]

CHECKS: dict[str, Check] = {
    "database": database.version,
    "durability": database.durability,
    "role": database.role,
    "session": database.session,
    "clock": database.clock,
    "migrations": database.migrations,
    "keys": surroundings.keys,
    "secrets": surroundings.secrets_open,
    "address": surroundings.address,
    "disk": surroundings.disk,
    "mail": surroundings.mail,
    "outbound": surroundings.outbound,
    "backups": surroundings.backups,
    "metrics": surroundings.metrics,
    "documents": documents.reading,
    "broker": work.broker,
    "workers": work.workers,
    "outbox": work.events,
    "backlog": work.backlog,
}


def examine(at: datetime.datetime) -> Iterator[tuple[str, Finding]]:
    """Make every check at that instant."""
    for name, check in CHECKS.items():
        try:
            yield name, check(at)
        except (DatabaseError, OperationalError, RedisError, OSError) as error:
            # The class says enough; the message may hold addresses and credentials.
            yield name, failure(f"{type(error).__name__}.", "Is the server up, and its URL right?")
