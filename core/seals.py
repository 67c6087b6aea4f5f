"""The chain over the event log: whoever changes what has happened breaks it, visibly.

Every seal covers the events of one organization that were placed in the feed since the one
before it, and holds the hash of that seal and of each event in order. An event that was
changed, taken out, put in or moved no longer gives that hash; nor does a seal. Sealing works
behind the operations: no change waits for another to be hashed.
"""

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.models import Event, EventSeal

# Of one seal; a long log gets many.
MOST_EVENTS = 5_000
_BITE = 1_000
_FIRST = hashlib.sha256(b"invoiceapp event chain 1").hexdigest()
_COLUMNS = (
    "uuid",
    "organization_id",
    "livemode",
    "type",
    "subject_type",
    "subject_id",
    "subject_uuid",
    "sequence",
    "data",
    "previous",
    "actor_kind",
    "actor_id",
    "actor_label",
    "request_id",
    "occurred_at",
    "feed_position",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain found. `broken_from` and `broken_to` are the days of
    the first stretch that is not as it was sealed."""

    is_whole: bool
    events: int
    seals: int
    sealed_until: datetime.datetime | None = None
    # Written down elsewhere, it tells later whether the end was taken off.
    head: str = ""
    broken_from: datetime.datetime | None = None
    broken_to: datetime.datetime | None = None


def seal_events(organization_id: int, *, at: datetime.datetime) -> int:
    """Seal what is in the feed and not sealed yet; how many events that were."""
    sealed = 0
    try:
        while found := _seal_next(organization_id, at):
            sealed += found
    except IntegrityError:
        # Somebody else seals the same at this moment, and took the next number.
        return sealed
    return sealed


def seal_all(*, owners: QuerySet[Any], at: datetime.datetime) -> int:
    """The same for each of the organizations that has anything unsealed."""
    return sum(seal_events(pk, at=at) for pk in unsealed(owners).values_list("pk", flat=True))


def unsealed(owners: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the organizations that have events in the feed beyond their last seal.

    Asks for the ends of each one's log and chain, however long they are.
    """
    chain = EventSeal.objects.filter(organization_id=OuterRef("pk")).order_by("-number")
    log = Event.objects.filter(organization_id=OuterRef("pk"), feed_position__isnull=False)
    ends = owners.annotate(
        sealed=Coalesce(Subquery(chain.values("last_position")[:1]), 0),
        placed=Subquery(log.order_by("-feed_position").values("feed_position")[:1]),
    )
    return ends.filter(placed__gt=F("sealed")).order_by("pk")


def verify_chain(organization_id: int) -> Verdict:
    """Hash everything that is sealed once more, from the beginning."""
    events = seals = position = 0
    before, ended_at = _FIRST, None
    for seal in EventSeal.objects.of(organization_id).order_by("number").iterator():
        found = _events(organization_id, position, seal.last_position)
        digest, count = _digest(before, found)
        is_next = seal.number == seals + 1 and seal.previous_hash == before
        if not is_next or count != seal.event_count or digest != seal.hash:
            return Verdict(False, events, seals, ended_at, before, ended_at, seal.sealed_at)
        events, seals, before = events + count, seals + 1, seal.hash
        position, ended_at = seal.last_position, seal.sealed_at
    return Verdict(True, events, seals, ended_at, before)


@transaction.atomic
def _seal_next(organization_id: int, at: datetime.datetime) -> int:
    rows = EventSeal.objects.of(organization_id).select_for_update()
    last = rows.order_by("-number").first()
    position = last.last_position if last else 0
    ahead = _rows(organization_id, position).values_list("feed_position", flat=True)
    ends = [place for place in ahead[:MOST_EVENTS] if place is not None]
    if not ends:
        return 0
    before = last.hash if last else _FIRST
    digest, count = _digest(before, _events(organization_id, position, ends[-1]))
    # Two that seal at once take the same number, which only one of them gets.
    EventSeal(
        organization_id=organization_id,
        number=last.number + 1 if last else 1,
        last_position=ends[-1],
        event_count=count,
        previous_hash=before,
        hash=digest,
        sealed_at=at,
    ).save(force_insert=True)
    return count


def _rows(organization_id: int, after: int) -> QuerySet[Event]:
    rows = Event.objects.filter(organization_id=organization_id, feed_position__gt=after)
    return rows.order_by("feed_position")


def _events(organization_id: int, after: int, until: int) -> Iterator[tuple[object, ...]]:
    while True:
        rows = _rows(organization_id, after).filter(feed_position__lte=until)
        batch = list(rows.values_list(*_COLUMNS)[:_BITE])
        yield from batch
        if len(batch) < _BITE:
            return
        after = batch[-1][-1]


def _digest(before: str, events: Iterator[tuple[object, ...]]) -> tuple[str, int]:
    """The hash of the seal before and of each event, and how many there were."""
    digest, count = hashlib.sha256(before.encode()), 0
    for values in events:
        for value in values:
            # With its length, so that nothing moves from one column to the next.
            text = _spelled(value).encode()
            digest.update(b"%d:" % len(text) + text)
        count += 1
    return digest.hexdigest(), count


def _spelled(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    return str(value)
