"""Two people, one row: noticing that somebody changed what another still looks at.

Rows without a version of their own are told apart by the events of their changes.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from core import exactjson
from core.errors import DomainError, Kind
from core.models import Event

_UNSAID = frozenset(("updated_at", "version", "settings_version"))
_MOST = 50


class ChangedMeanwhile(DomainError):
    kind, code = Kind.CONFLICT, "changed_meanwhile"
    message = "Somebody changed this after you opened it."
    default_param = "version"


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed what, and when: (field, before, after) for each field."""

    who: str
    at: datetime.datetime
    fields: tuple[tuple[str, Any, Any], ...]


def sequence_of(subject: Any) -> int:
    """The number of the row's latest change; 0 for one that was never changed."""
    return int(_changes(subject).aggregate(last=Max("sequence"))["last"] or 0)


def refuse_stale(subject: Any, expected_sequence: int | None) -> None:
    """Raises ChangedMeanwhile if the row, which is locked, changed after that number."""
    if expected_sequence is not None and sequence_of(subject) > expected_sequence:
        raise ChangedMeanwhile()


def changes_after(subject: Any, sequence: int) -> list[Change]:
    """The changes after that number, oldest first."""
    return _told(_changes(subject).filter(sequence__gt=sequence).order_by("sequence")[:_MOST])


def changes_after_version(subject: Any, version: int) -> list[Change]:
    """The same for a row that counts its versions itself."""
    latest = list(_changes(subject).order_by("-sequence")[:_MOST])
    newer = [row for row in latest if (exactjson.loads(row.data).get("version") or 0) > version]
    return _told(reversed(newer))


def _changes(subject: Any) -> QuerySet[Event]:
    rows = Event.objects.filter(subject_type=subject._meta.model_name, subject_id=subject.pk)
    return rows.exclude(previous="{}")


def _told(events: Iterable[Event]) -> list[Change]:
    found = []
    for event in events:
        before, after = exactjson.loads(event.previous), exactjson.loads(event.data)
        fields = tuple(
            (name, value, after.get(name)) for name, value in before.items() if name not in _UNSAID
        )
        found.append(Change(event.actor_label, event.occurred_at, fields))
    return found
