"""The operators' key to the ledger and the mail log: throwing test data and old mail away."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_TURN = {
    "postgresql": (
        "SELECT set_config('app.ledger_unlocked', 'on', true)",
        "SELECT set_config('app.ledger_unlocked', '', true)",
    ),
    "sqlite": (
        "INSERT INTO billing_ledgerunlock (id) VALUES (1)",
        "DELETE FROM billing_ledgerunlock",
    ),
}


@contextmanager
def unlocked_ledger() -> Iterator[None]:
    """Let this transaction, and no other, change and delete what is posted.

    For resetting a sandbox, mails whose term is over and repairs by hand, never for a
    correction: those are entries of their own. An error rolls everything back, the
    unlocking included.
    """
    unlock, lock = _TURN[connection.vendor]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(unlock)
        yield
        cursor.execute(lock)
