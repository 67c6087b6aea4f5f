"""Ordering work on many rows, and ordering it undone."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from accounts.actors import Actor
from billing.jobs.actions import MODELS, Action, action_of, chosen_action, label_of
from billing.models import Job, JobItem
from billing.queries.lookup import Ref, find
from core import events
from core.errors import DomainError, InvalidValue, Kind

MOST_ROWS = 1_000


class NothingToDo(DomainError):
    kind, code = Kind.CONFLICT, "bulk_nothing_to_do"
    message = "None of the chosen rows fits this action."


class JobNotUndoable(DomainError):
    kind, code = Kind.CONFLICT, "job_not_undoable"
    message = "This cannot be undone{reason}."


@dataclass(frozen=True, slots=True)
class Planned:
    """One chosen row: `hindrance` says why it is left out, empty words that it takes part."""

    row: Any
    label: str
    hindrance: str


def rows_of(organization_id: int, noun: str, uuids: Iterable[UUID]) -> list[Any]:
    """The organization's rows among them, in the given order; what is not there is left out."""
    wanted = list(dict.fromkeys(uuids))[:MOST_ROWS]
    rows = MODELS[noun].objects.of(organization_id).filter(uuid__in=wanted)
    if noun == "invoices":
        rows = rows.select_related("customer").prefetch_related("customer__contacts")
    found = {row.uuid: row for row in rows}
    return [found[uuid] for uuid in wanted if uuid in found]


def preview(action: Action, rows: Sequence[Any], today: datetime.date) -> list[Planned]:
    """What would happen to each, in order."""
    return [Planned(row, label_of(row), action.hindrance(row, today)) for row in rows]


@transaction.atomic
def order_job(
    *,
    actor: Actor,
    at: datetime.datetime,
    today: datetime.date,
    noun: str,
    action: str,
    rows: Iterable[UUID],
    options: Mapping[str, Any],
    request_key: str,
) -> Job:
    """Hand the rows that fit to the workers. The same key gives the same job.

    Raises Forbidden, UnknownAction, NothingToDo.
    """
    known = chosen_action(noun, action)
    actor.require(*known.scopes)
    jobs = Job.objects.of(actor.organization_id)
    before = jobs.filter(request_key=request_key).first()
    if before is not None:
        return before
    planned = preview(known, rows_of(actor.organization_id, noun, rows), today)
    if all(each.hindrance for each in planned):
        raise NothingToDo()
    job = make_job(actor, at, noun, action, request_key, dict(options))
    add_items(
        job,
        [
            JobItem(
                subject_uuid=each.row.uuid,
                label=each.label,
                status=JobItem.Status.LEFT_OUT if each.hindrance else JobItem.Status.WAITING,
                note=each.hindrance[:500],
            )
            for each in planned
        ],
    )
    return job


@transaction.atomic
def order_undoing(*, actor: Actor, at: datetime.datetime, job_id: Ref) -> Job:
    """Take back what a finished job did. Raises Forbidden, NotFound, JobNotUndoable."""
    rows = Job.objects.of(actor.organization_id).select_for_update()
    job = find(rows, job_id, "job")
    action = action_of(job.noun, job.action)
    actor.require(*action.scopes)
    if action.undo is None or job.undoes_id is not None:
        raise JobNotUndoable(reason="")
    if not job.is_finished:
        raise JobNotUndoable(reason=" before it is finished")
    before = Job.objects.of(actor.organization_id).filter(undoes=job).first()
    if before is not None:
        return before
    done = list(job.items.filter(status=JobItem.Status.DONE).order_by("position"))
    if not done:
        raise NothingToDo()
    undoing = make_job(actor, at, job.noun, job.action, f"undo {job.uuid}", {}, undoes=job)
    add_items(
        undoing,
        [
            JobItem(subject_uuid=item.subject_uuid, label=item.label, outcome=item.outcome)
            for item in done
        ],
    )
    return undoing


def list_jobs(organization_id: int) -> Any:
    """Newest first, with how many of their rows are done and failed."""

    def count(status: str) -> Count:
        return Count("items", filter=Q(items__status=status))

    rows = Job.objects.of(organization_id).order_by("-id")
    return rows.annotate(
        done_count=count(JobItem.Status.DONE), failed_count=count(JobItem.Status.FAILED)
    )


def get_job(organization_id: int, reference: Ref) -> Job:
    """By id or UUID. Raises NotFound."""
    return find(Job.objects.of(organization_id), reference, "job")


def counts_of(job: Job) -> dict[str, int]:
    """How many of its rows are waiting, done, failed and left out."""
    counted = job.items.order_by().values_list("status").annotate(count=Count("pk"))
    return {**dict.fromkeys(JobItem.Status.values, 0), **dict(counted)}


def may_see(actor: Actor, job: Job) -> bool:
    """Whether the person could have ordered it: a file holds what its rows hold."""
    return all(actor.may(scope) for scope in action_of(job.noun, job.action).scopes)


def make_job(
    actor: Actor,
    at: datetime.datetime,
    noun: str,
    action: str,
    request_key: str,
    options: dict[str, Any],
    undoes: Job | None = None,
) -> Job:
    """An order without its rows yet. Raises InvalidValue where no person gives it."""
    if actor.user_id is None:
        raise InvalidValue("Only people order work on many rows.", param="actor")
    job = Job(
        organization_id=actor.organization_id,
        noun=noun,
        action=action,
        options=options,
        request_key=request_key[:64],
        user_id=actor.user_id,
        requested_by=actor.label[:200],
        undoes=undoes,
        next_attempt_at=at,
        created_at=at,
        updated_at=at,
    )
    job.save(force_insert=True)
    events.ring_on_commit()
    return job


def add_items(job: Job, items: Sequence[JobItem]) -> None:
    """The rows of a new order, in their order."""
    for position, item in enumerate(items):
        item.organization_id, item.job, item.position = job.organization_id, job, position
        item.created_at = item.updated_at = job.created_at
    JobItem.objects.bulk_create(items)
