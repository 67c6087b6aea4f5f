"""Writing events: in the transaction of the change, or not at all."""

import datetime
from collections.abc import Callable, Collection
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Max

from core import exactjson, ids
from core.models import Event
from core.rows import new_row
from core.statements import insert


class ActorLike(Protocol):
    """Who did it. The real one is accounts.actors.Actor."""

    @property
    def organization_id(self) -> int | None: ...
    @property
    def livemode(self) -> bool: ...
    @property
    def kind(self) -> str: ...
    @property
    def credential_id(self) -> int | None: ...
    @property
    def label(self) -> str: ...
    @property
    def request_id(self) -> str: ...


# Rung after commit so that a worker looks at once; losing a ring only delays.
doorbells: list[Callable[[], None]] = []


def emit(
    type: str,
    *,
    subject: Any,
    data: dict[str, Any],
    actor: ActorLike,
    at: datetime.datetime,
    previous: dict[str, Any] | None = None,
    sequence: int | None = None,
) -> Event:
    """Record that something happened to the subject. Refuses to run outside a transaction.

    `data` is the subject's state at this moment, `previous` only what changed. The
    caller holds the subject's row lock, so the next sequence number is its own; a
    caller that just created the subject passes sequence=1 and saves the look-up.
    """
    event = draft(
        type,
        subject=subject,
        data=data,
        actor=actor,
        at=at,
        previous=previous,
        sequence=sequence,
    )
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("emit() needs the change's transaction")
    insert([event])
    ring_on_commit()
    return event


def ring_on_commit() -> None:
    """Wake the workers once what was written is there."""
    transaction.on_commit(_ring, robust=True)


def draft(
    type: str,
    *,
    subject: Any,
    data: dict[str, Any] | str,
    actor: ActorLike,
    at: datetime.datetime,
    previous: dict[str, Any] | None = None,
    sequence: int | None = None,
) -> Event:
    """The event that emit() writes, unwritten, for who writes many at once.

    `data` may be its JSON already, where several events tell the same.
    """
    subject_type = subject._meta.model_name
    if sequence is None:
        last = Event.objects.filter(subject_type=subject_type, subject_id=subject.pk)
        sequence = (last.aggregate(last=Max("sequence"))["last"] or 0) + 1
    return new_row(
        Event,
        uuid=(identifier := ids.uuid7()),
        organization_id=actor.organization_id,
        livemode=actor.livemode,
        type=type,
        subject_type=subject_type,
        subject_id=subject.pk,
        subject_uuid=subject.uuid,
        sequence=sequence,
        data=data if isinstance(data, str) else exactjson.dumps(data),
        previous=exactjson.dumps(previous or {}),
        actor_kind=actor.kind,
        actor_id=actor.credential_id,
        actor_label=actor.label[:200],
        request_id=actor.request_id[:128],
        occurred_at=at,
        next_attempt_at=min(at, ids.made_at(identifier)),
    )


def latest_sequences(subject_type: str, subject_ids: Collection[int]) -> dict[int, int]:
    """The number of the latest event of each subject that has one. Hold the subjects' locks."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_LATEST_SEQUENCES, [list(subject_ids), subject_type])
            return dict(cursor.fetchall())
    rows = Event.objects.filter(subject_type=subject_type, subject_id__in=subject_ids)
    return dict(rows.values_list("subject_id").annotate(last=Max("sequence")).order_by())


# The end of the index for each subject, instead of all its entries.
_LATEST_SEQUENCES = """
    SELECT given.id, latest.sequence FROM unnest(%s::bigint[]) AS given(id), LATERAL (
        SELECT sequence FROM core_event WHERE subject_type = %s AND subject_id = given.id
        ORDER BY sequence DESC LIMIT 1
    ) AS latest"""


def _ring() -> None:
    for doorbell in doorbells:
        doorbell()
