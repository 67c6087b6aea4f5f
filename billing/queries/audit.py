"""The event log of one organization as an audit asks of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet

from core.models import Event

_BITE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list: `nouns` are subject types; `since` belongs to the span, `before` does not."""

    who: str = ""
    nouns: tuple[str, ...] = ()
    subject: UUID | None = None
    since: datetime | None = None
    before: datetime | None = None
    text: str = ""


def list_events(organization_id: int, wanted: Wanted) -> QuerySet[Event]:
    """The events that fit, in no order yet; without the outbox's own columns."""
    rows = Event.objects.filter(organization_id=organization_id).defer("last_error")
    if wanted.who:
        rows = rows.filter(actor_label__icontains=wanted.who)
    if wanted.nouns:
        rows = rows.filter(subject_type__in=wanted.nouns)
    if wanted.subject is not None:
        rows = rows.filter(subject_uuid=wanted.subject)
    if wanted.since is not None:
        rows = rows.filter(occurred_at__gte=wanted.since)
    if wanted.before is not None:
        rows = rows.filter(occurred_at__lt=wanted.before)
    if wanted.text:
        rows = rows.filter(Q(type__icontains=wanted.text) | Q(data__icontains=wanted.text))
    return rows


def in_order(rows: QuerySet[Event], most: int) -> Iterator[Event]:
    """Newest first, a few hundred in memory at a time, at most so many."""
    rows = rows.order_by("-occurred_at", "-id")
    last: Event | None = None
    given = 0
    while given < most:
        batch = rows
        if last is not None:
            same = Q(occurred_at=last.occurred_at, pk__lt=last.pk)
            batch = rows.filter(Q(occurred_at__lt=last.occurred_at) | same)
        found = list(batch[: min(_BITE, most - given)])
        yield from found
        if len(found) < _BITE:
            return
        last, given = found[-1], given + len(found)


def living_subjects(
    organization_id: int, events: Collection[Event], nouns: Collection[str]
) -> set[UUID]:
    """Of the events' subjects those that still have a row; `nouns` are the types looked for."""
    wanted: dict[str, set[int]] = {}
    for event in events:
        if event.subject_type in nouns:
            wanted.setdefault(event.subject_type, set()).add(event.subject_id)
    rows = [
        apps.get_model("billing", noun)
        .objects.of(organization_id)
        .filter(pk__in=ids)
        .order_by()
        .values_list("uuid", flat=True)
        for noun, ids in wanted.items()
    ]
    # One statement, however many kinds of subjects there are.
    return set(rows[0].union(*rows[1:], all=True)) if rows else set()
