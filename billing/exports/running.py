"""Making the files that were asked for: one worker each, seen from outside as it goes."""

import datetime
import hashlib
import logging
import tempfile
from collections.abc import Callable
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction

from billing.exports.building import build, steps_in
from billing.models import Export
from core import files, outbox
from core.ids import random_text

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime.datetime]
FOLDER = "exports"
KEEP = datetime.timedelta(days=30)
LEASE = datetime.timedelta(minutes=5)
PAUSE = datetime.timedelta(seconds=30)
MOST_ATTEMPTS = 3
# Told so often that a bar moves, and no more.
_TELL_EVERY = 500
_FAILED = "The file could not be made, for a reason that is ours. The log has it."
_NO_ROOM = "There was no room on the disk for the file."
_PROGRESS = """
UPDATE billing_export SET step = %s, steps_done = %s, locked_until = %s
WHERE id = %s AND locked_until = %s
"""


class _Taken(Exception):
    """Another worker makes the file now."""


def has_due(at: datetime.datetime) -> bool:
    """Whether any file waits to be made."""
    return outbox.due(_waiting(), at).exists()


def run_due(clock: Clock) -> int:
    """Make the files that are asked for, the longest waiting first; how many were tried."""
    done = 0
    while True:
        at = clock()
        due = list(outbox.due(_waiting(), at).values_list("pk", flat=True)[:1])
        taken = outbox.lease(_waiting(), due, at=at, until=at + LEASE)
        if not taken:
            return done
        export = Export.objects.select_related("organization").get(pk=taken[0])
        _Run(export, clock).run()
        done += 1


def remove_old(*, at: datetime.datetime) -> int:
    """Delete files after a while, the order stays on record in its events; how many."""
    gone = 0
    for export in Export.objects.filter(finished_at__lt=at - KEEP).order_by("pk")[:1000]:
        export.delete()
        if export.storage_name:
            default_storage.delete(export.storage_name)
        gone += 1
    return gone + files.remove_orphans(FOLDER, Export.objects.all(), at=at)


def snapshot(work: Callable[[], Any]) -> Any:
    """Do it in one view of the data, so that sums agree whatever is written meanwhile.

    SQLite would keep every writer out for so long: there it is done without.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return work()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        return work()


def _waiting() -> Any:
    return Export.objects.filter(next_attempt_at__isnull=False)


class _Run:
    """One worker's attempt at one file, while its lease holds."""

    def __init__(self, export: Export, clock: Clock) -> None:
        self._export, self._clock = export, clock
        self._done = self._told = 0

    def run(self) -> None:
        export = self._export
        export.attempts += 1
        try:
            if export.attempts > MOST_ATTEMPTS:
                self._finish(_FAILED)
                return
            export.steps_total = steps_in(
                export.organization_id,
                with_pdfs=export.with_pdfs,
                with_attachments=export.with_attachments,
            )
            export.save(update_fields=["attempts", "steps_total"])
            with tempfile.TemporaryFile() as file:
                self._make(file)
            self._finish("")
        except _Taken:
            logger.info("export %s is made by somebody else", export.pk)
        except (OperationalError, InterfaceError):
            logger.warning("export %s has to wait", export.pk, exc_info=True)
            self._release()
        except OSError as error:
            logger.exception("export %s", export.pk)
            self._finish(_NO_ROOM if error.errno in files.NO_ROOM else _FAILED)
        except Exception:  # whoever asked for it must be told
            logger.exception("export %s", export.pk)
            self._finish(_FAILED)

    def _make(self, file: IO[bytes]) -> None:
        export = self._export
        at = export.organization.test_clock or self._clock()
        export.manifest = build(
            file,
            export.organization,
            at,
            with_pdfs=export.with_pdfs,
            with_attachments=export.with_attachments,
            progress=self._progress,
            tables_in=snapshot,
        )
        export.size = file.tell()
        file.seek(0)
        digest = hashlib.sha256()
        while piece := file.read(65_536):
            digest.update(piece)
        export.sha256 = digest.hexdigest()
        file.seek(0)
        name = f"{FOLDER}/{export.organization_id}/{random_text(32)}"
        export.storage_name = files.keep(name, File(file))
        export.file_name = f"{export.organization.slug}-{at:%Y-%m-%d}.zip"

    def _progress(self, step: str, count: int) -> None:
        self._done += count
        if step == self._export.step and self._done - self._told < _TELL_EVERY:
            return
        until = self._clock() + LEASE
        held = self._export.locked_until
        values = [step, self._done, until, self._export.pk, held]
        if not _write_progress(values):
            raise _Taken
        self._export.step, self._export.locked_until, self._told = step, until, self._done

    def _release(self) -> None:
        again = self._clock() + PAUSE
        held = outbox.held(Export, [self._export.pk], until=self._held())
        held.update(locked_until=None, next_attempt_at=again, attempts=self._export.attempts)

    def _finish(self, problem: str) -> None:
        export = self._export
        held = outbox.held(Export, [export.pk], until=self._held())
        at = self._clock()
        finished = held.update(
            problem=problem,
            finished_at=at,
            updated_at=at,
            next_attempt_at=None,
            locked_until=None,
            attempts=export.attempts,
            steps_done=self._done if problem else export.steps_total,
            file_name=export.file_name,
            storage_name=export.storage_name,
            size=export.size,
            sha256=export.sha256,
            manifest=export.manifest,
        )
        if not finished and export.storage_name:
            default_storage.delete(export.storage_name)

    def _held(self) -> datetime.datetime:
        held = self._export.locked_until
        if held is None:
            raise _Taken
        return held


def _write_progress(values: list[Any]) -> bool:
    """Where all can see it: a snapshot's own connection can neither write nor show.

    False when the lease is somebody else's by now.
    """
    step, done, until, pk, held = values
    if connection.vendor == "postgresql" and connection.in_atomic_block and _is_snapshot():
        beside = connection.copy()
        try:
            with beside.cursor() as cursor:
                cursor.execute(_PROGRESS, values)
                return cursor.rowcount > 0
        finally:
            beside.close()
    rows = outbox.held(Export, [pk], until=held)
    return bool(rows.update(step=step, steps_done=done, locked_until=until))


def _is_snapshot() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone()[0] == "on")
