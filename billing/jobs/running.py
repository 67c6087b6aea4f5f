"""Doing what was ordered: row by row, each in a transaction of its own, and never twice."""

import datetime
import logging
import tempfile
import time
from collections.abc import Callable
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, transaction

from accounts.actors import Actor, actor_for_membership
from accounts.models import Membership
from billing.jobs.actions import MODELS, Done, Step, action_of
from billing.jobs.files import FileKind, Writer
from billing.models import Job, JobItem
from billing.queries.organizations import today
from core import files, outbox
from core.errors import DomainError, InvalidFields
from core.ids import random_text

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime.datetime]
Status = JobItem.Status
FOLDER = "jobs"
# Renewed with every row; a job whose worker died goes on after so long.
LEASE = datetime.timedelta(minutes=2)
# Of what is done in one transaction, which nobody sees before its end.
LONG_LEASE = datetime.timedelta(minutes=15)
PAUSE = datetime.timedelta(seconds=15)
KEEP = datetime.timedelta(days=30)
_GONE = "It is no longer there."
_LEFT = "{who} is no longer on the team."
_NOTHING = "Nothing was done, because of the row that failed."
_UNFORESEEN = "It did not work, for a reason that is ours. The log has it."


class _Taken(Exception):
    """Another worker has the job now."""


def has_due(at: datetime.datetime) -> bool:
    """Whether any job waits for a worker."""
    return outbox.due(_waiting(), at).exists()


def run_due(clock: Clock, *, budget_seconds: float | None = None) -> int:
    """Work on what was ordered, the longest waiting first; how many rows had their turn.

    After `budget_seconds` it stops between two rows; what is left goes on next time.
    """
    until = None if budget_seconds is None else time.monotonic() + budget_seconds
    done = 0
    while until is None or time.monotonic() < until:
        at = clock()
        due = list(outbox.due(_waiting(), at).values_list("pk", flat=True)[:1])
        taken = outbox.lease(_waiting(), due, at=at, until=at + LEASE)
        if not taken:
            break
        job = Job.objects.select_related("organization", "user").get(pk=taken[0])
        done += _Run(job, clock, until).run()
    return done


def remove_old(*, at: datetime.datetime) -> int:
    """Delete finished jobs and their files after a while; how many."""
    rows = Job.objects.filter(finished_at__lt=at - KEEP, undone_by__isnull=True)
    gone = 0
    for job in rows.order_by("pk")[:1000]:
        if job.storage_name:
            default_storage.delete(job.storage_name)
        job.delete()
        gone += 1
    return gone + _remove_orphans(at)


def _remove_orphans(at: datetime.datetime) -> int:
    """Files without a job: of sandboxes that were emptied, and of workers that died."""
    return files.remove_orphans(FOLDER, Job.objects.all(), at=at)


def _waiting() -> Any:
    return Job.objects.filter(next_attempt_at__isnull=False)


class _Run:
    """One worker's work on one job, while its lease holds."""

    def __init__(self, job: Job, clock: Clock, until: float | None) -> None:
        self._job, self._clock, self._until = job, clock, until
        self._action = action_of(job.noun, job.action)
        self._turns = 0

    def run(self) -> int:
        try:
            actor = _actor_of(self._job)
            if actor is None:
                self._fail_the_rest(_LEFT.format(who=self._job.requested_by))
            elif self._action.file is not None:
                self._make_file(self._action.file)
            elif self._job.options.get("all_or_nothing") and not self._job.undoes_id:
                self._work_together(actor)
            elif not self._work(actor):
                self._release(self._clock())
                return self._turns
            self._finish()
        except _Taken:
            logger.info("job %s is worked on by somebody else", self._job.pk)
        except (OperationalError, InterfaceError):
            # The database is busy or away; what was done stays done.
            logger.warning("job %s has to wait", self._job.pk, exc_info=True)
            self._release(self._clock() + PAUSE)
        return self._turns

    def _work(self, actor: Actor) -> bool:
        """False when the time was up before the end."""
        items = self._job.items.filter(status=Status.WAITING).order_by("position")
        for pk in list(items.values_list("pk", flat=True)):
            if self._until is not None and time.monotonic() > self._until:
                return False
            self._renew()
            self._turn(actor, pk)
            self._turns += 1
        return True

    def _turn(self, actor: Actor, item_id: int) -> None:
        at = self._job.organization.test_clock or self._clock()
        try:
            with transaction.atomic():
                # With the row's own change, so that it is neither lost nor done twice.
                item = self._job.items.select_for_update().get(pk=item_id)
                if item.status != Status.WAITING:
                    return
                self._do(actor, item, at)
        except DomainError as refusal:
            self._fail(item_id, _sentence(refusal), at)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # one row's fault must not keep the others from their turn
            logger.exception("job %s, row %s", self._job.pk, item_id)
            self._fail(item_id, _UNFORESEEN, at)

    def _work_together(self, actor: Actor) -> None:
        """All rows in one transaction: the first that is refused refuses every one."""
        self._renew(LONG_LEASE)
        at = self._job.organization.test_clock or self._clock()
        items = self._job.items.filter(status=Status.WAITING).order_by("position")
        item = None
        try:
            with transaction.atomic():
                for item in list(items):
                    self._do(actor, item, at)
                    self._turns += 1
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if not isinstance(error, DomainError):
                logger.exception("job %s, row %s", self._job.pk, item and item.pk)
            sentence = _sentence(error) if isinstance(error, DomainError) else _UNFORESEEN
            if item is not None:
                self._fail(item.pk, sentence, at)
            self._fail_the_rest(_NOTHING)

    def _do(self, actor: Actor, item: JobItem, at: datetime.datetime) -> None:
        done = self._perform(actor, item, at)
        if done.row is not None:
            item.subject_uuid = done.row.uuid
        _note(item, Status.DONE, done.note, at, dict(done.outcome or {}))

    def _perform(self, actor: Actor, item: JobItem, at: datetime.datetime) -> Done:
        rows = MODELS[self._job.noun].objects.of(self._job.organization_id)
        row = rows.filter(uuid=item.subject_uuid).first()
        undoing = self._job.undoes_id is not None
        perform = self._action.undo if undoing else self._action.perform
        is_made = self._action.makes_rows and not undoing
        if perform is None or (row is None and not is_made):
            raise _Missing()
        given = item.outcome if undoing else self._job.options
        if is_made:
            given = {**given, **item.outcome}
        day = today(self._job.organization, at)
        return perform(Step(actor=actor, at=at, today=day, row=row, given=given))

    def _make_file(self, kind: FileKind) -> None:
        """All rows anew: half a file is none, should a worker have died over it."""
        rows = MODELS[self._job.noun].objects.of(self._job.organization_id)
        items = self._job.items.exclude(status=Status.LEFT_OUT).order_by("position")
        with tempfile.TemporaryFile() as file:
            with kind.open(file) as writer:
                for item in items:
                    self._renew()
                    at = self._clock()
                    key = rows.filter(uuid=item.subject_uuid).values_list("pk", flat=True).first()
                    if key is None:
                        _note(item, Status.FAILED, _GONE, at)
                    else:
                        self._add(writer, item, key, at)
                    self._turns += 1
            file.seek(0)
            name = f"{FOLDER}/{self._job.organization_id}/{random_text(32)}"
            self._job.storage_name = files.keep(name, File(file))
        self._job.file_name = f"{self._job.noun}-{self._job.created_at:%Y-%m-%d}.{kind.ending}"
        self._job.media_type = kind.media_type

    def _add(self, writer: Writer, item: JobItem, key: int, at: datetime.datetime) -> None:
        try:
            writer.add(self._job.organization_id, key)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # as for any other action: the others get their turn
            logger.exception("job %s, row %s", self._job.pk, item.pk)
            _note(item, Status.FAILED, _UNFORESEEN, at)
        else:
            _note(item, Status.DONE, "", at)

    def _fail_the_rest(self, sentence: str) -> None:
        for item in self._job.items.filter(status=Status.WAITING):
            _note(item, Status.FAILED, sentence, self._clock())
            self._turns += 1

    def _fail(self, item_id: int, sentence: str, at: datetime.datetime) -> None:
        _note(self._job.items.get(pk=item_id), Status.FAILED, sentence, at)

    def _renew(self, lease: datetime.timedelta = LEASE) -> None:
        until = self._clock() + lease
        held = outbox.held(Job, [self._job.pk], until=self._job.locked_until)  # type: ignore[arg-type]
        if not held.update(locked_until=until):
            raise _Taken
        self._job.locked_until = until

    def _release(self, again_at: datetime.datetime) -> None:
        Job.objects.filter(pk=self._job.pk, locked_until=self._job.locked_until).update(
            locked_until=None, next_attempt_at=again_at
        )

    def _finish(self) -> None:
        at = self._clock()
        self._job.finished_at = self._job.updated_at = at
        self._job.next_attempt_at = self._job.locked_until = None
        self._job.save(
            update_fields=[
                "finished_at",
                "updated_at",
                "next_attempt_at",
                "locked_until",
                "file_name",
                "media_type",
                "storage_name",
            ]
        )


class _Missing(DomainError):
    code = "job_row_missing"
    message = _GONE


def _actor_of(job: Job) -> Actor | None:
    """Who ordered it, with the rights they have now; None when they left the team."""
    organization = job.organization
    if job.user_id is None:
        return None
    team = organization.sandbox_of_id or organization.pk
    rows = Membership.objects.of(team).filter(user_id=job.user_id, user__is_active=True)
    member = rows.select_related("user", "organization").first()
    return actor_for_membership(member, organization=organization) if member else None


def _note(
    item: JobItem,
    status: str,
    note: str,
    at: datetime.datetime,
    outcome: dict[str, Any] | None = None,
) -> None:
    item.status, item.note, item.updated_at = Status(status), note[:500], at
    item.outcome = item.outcome if outcome is None else outcome
    item.save(update_fields=["status", "note", "outcome", "subject_uuid", "updated_at"])


def _sentence(refusal: DomainError) -> str:
    """All that was wrong with a row, where several fields were."""
    if isinstance(refusal, InvalidFields):
        return " ".join(sentence for _param, _code, sentence in refusal.errors)
    return str(refusal)
