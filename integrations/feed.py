"""The order of events as a feed shows it: by commit, so that a reader never skips one.

Ids are given when a row is written and become visible when its transaction commits, in
another order: who pages by id, or by time, misses what commits late. The relay gives
each event its position after it has seen it committed, one relay at a time.
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import F

from core.models import Event
from integrations.models import FeedCounter

_COUNTER = 1


def place(events: Sequence[Event]) -> None:
    """Give positions to those that have none yet, in the order of their ids."""
    pks = sorted(event.pk for event in events if event.feed_position is None)
    if not pks:
        return
    # A position is an id moved up by a constant: one statement for any number of events.
    width = pks[-1] - pks[0] + 1
    with transaction.atomic():
        shift = _advance(width) - pks[-1]
        Event.objects.filter(pk__in=pks, feed_position__isnull=True).update(
            feed_position=F("pk") + shift
        )


def _advance(width: int) -> int:
    """Move the counter up by that much; it stays locked until commit.

    A counter that starts late begins above every id, because positions were ids before.
    """
    counters, events = FeedCounter._meta.db_table, Event._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {counters} (id, last)"  # noqa: S608 (names of our own models)
            f" VALUES (%s, (SELECT COALESCE(MAX(id), 0) FROM {events}) + %s)"
            f" ON CONFLICT (id) DO UPDATE SET last = {counters}.last + %s RETURNING last",
            [_COUNTER, width, width],
        )
        return int(cursor.fetchone()[0])
