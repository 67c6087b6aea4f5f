"""Visiting sources: one credential at a time is claimed, collected and scheduled anew."""

import datetime
import json
import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from core import outbox
from integrations.collectors import intake, vault
from integrations.collectors.base import (
    MOST_INVOICES,
    AuthenticationFailed,
    Disconnected,
    Found,
    Maintenance,
    Opened,
    Source,
    Visit,
)
from integrations.collectors.intake import Cancelled, NoDocument
from integrations.collectors.parsing.sandbox import read_document
from integrations.collectors.schedule import DAY, next_collect
from integrations.collectors.sources import SOURCES
from integrations.models import (
    CallbackDelivery,
    CollectedInvoice,
    CollectorCredential,
    CollectRun,
)

logger = logging.getLogger(__name__)

State, Outcome = CollectorCredential.State, CollectRun.Outcome
Clock = Callable[[], datetime.datetime]
# A run says that it lives with every document; one that says nothing for so long is dead.
LEASE = datetime.timedelta(minutes=10)
CODE_SECONDS = 300
_POLL_SECONDS = 1.0
UNFORESEEN = "The collect did not work. It is tried again in a day."


def has_due(at: datetime.datetime) -> bool:
    """Whether any credential is to be collected now."""
    return outbox.due(_waiting(), at).exists()


def collect_due(
    clock: Clock, *, budget_seconds: float = 60, sleep: Callable[[float], None] = time.sleep
) -> int:
    """Collect what is due, the longest waiting first; how many credentials were visited.

    Begins no visit after `budget_seconds`.
    """
    until, done = time.monotonic() + budget_seconds, 0
    while time.monotonic() < until:
        held = _claim(clock())
        if held is None:
            break
        _Run(held, clock, sleep).run()
        done += 1
    return done


def _claim(at: datetime.datetime) -> CollectorCredential | None:
    """A due credential, leased, of a source that is not visited often enough already."""
    return _count_and_lease(at) if has_due(at) else None


@transaction.atomic
def _count_and_lease(at: datetime.datetime) -> CollectorCredential | None:
    if connection.vendor == "postgresql":
        # Who counts must not be overtaken by another count. SQLite has one writer anyway.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('collector claim', 0))")
    busy = Counter(_waiting().filter(locked_until__gte=at).values_list("source", flat=True))
    full = [name for name, source in SOURCES.items() if busy[name] >= source.concurrency]
    due = outbox.due(_waiting().exclude(source__in=full), at).values_list("pk", flat=True)
    for pk in list(due[:8]):
        if outbox.lease(_waiting(), [pk], at=at, until=at + LEASE):
            rows = CollectorCredential.objects.select_related("organization", "user")
            # None where the user was removed at this moment.
            return rows.filter(pk=pk).first()
    return None


def _waiting() -> QuerySet[CollectorCredential]:
    return CollectorCredential.objects.filter(
        state__gte=State.SCHEDULED, next_attempt_at__isnull=False
    )


@dataclass(slots=True)
class _Ending:
    """How a run ended: the credential's state, what is said of it, and when it is tried again."""

    outcome: str
    state: int
    message: str = ""
    again_at: datetime.datetime | None = None


class _Run:
    """One visit. `held` carries the lease; every write asks whether it still holds."""

    def __init__(
        self, held: CollectorCredential, clock: Clock, sleep: Callable[[float], None]
    ) -> None:
        self._held, self._clock, self._sleep = held, clock, sleep
        self._started_at = clock()
        self._was_done = held.state == State.DONE
        self._seen = self._collected = self._unread = 0
        self._session: dict[str, Any] = {}

    def run(self) -> None:
        """Never raises for anything a source does."""
        try:
            self._end(self._visit())
        except Cancelled:
            logger.info("credential %s was taken away during its collect", self._held.uuid)

    def _visit(self) -> _Ending:
        try:
            self._collect(SOURCES[self._held.source])
        except AuthenticationFailed as refused:
            return _Ending(Outcome.REFUSED, State.ERROR, str(refused))
        except Disconnected as wanted:
            return _Ending(Outcome.DISCONNECTED, State.DISCONNECTED, str(wanted))
        except Maintenance as closed:
            return self._failed(str(closed))
        except Cancelled:
            raise
        except Exception as error:  # whatever a source raises is its own
            # Its words might hold a parameter, so only its kind and its place are logged.
            place = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__} at {place.filename}:{place.lineno}"
            logger.error("collecting credential %s failed: %s", self._held.uuid, what)
            return self._failed(UNFORESEEN)
        return self._succeeded()

    def _collect(self, source: Source) -> None:
        held = self._held
        self._progress(State.PREPARING)
        self._session = _opened(held, "session", bytes(held.sealed_session))
        visit = Visit(
            organization=str(held.organization.uuid),
            params=_opened(held, "params", bytes(held.sealed_params)),
            since=held.download_from,
            at=self._started_at,
            session=self._session,
            ask_code=self._ask_code,
            progress=self._progress,
        )
        known = intake.known_ids(held)
        self._progress(State.LOGGING_IN)
        with source.open(visit) as opened:
            self._progress(State.COLLECTING)
            for found in opened.list():
                if self._seen >= MOST_INVOICES:
                    break
                self._seen += 1
                if found.id not in known:
                    self._take(opened, found)
                self._keep_alive()

    def _take(self, opened: Opened, found: Found) -> None:
        if found.issued_at < self._held.download_from:
            intake.note_old(self._held, found, self._clock())
            return
        self._progress(State.DOWNLOADING)
        content = opened.download(found)
        try:
            # Before anything is locked: the document is opened in another process.
            reading = read_document(intake.checked(content))
            kept = intake.keep(self._held, found, content, self._clock(), reading)
        except NoDocument:
            self._unread += 1
            return
        self._collected += kept is not None

    def _keep_alive(self) -> None:
        """A list that is long, though nothing of it is new, is a sign of life too."""
        until = self._held.locked_until
        if until is None or until - self._clock() < LEASE / 2:
            self._progress(State.COLLECTING)

    def _succeeded(self) -> _Ending:
        at = self._clock()
        issued = list(
            CollectedInvoice.objects.of(self._held.organization_id)
            .filter(credential=self._held, duplicate_of=None)
            .values_list("issued_at", flat=True)
        )
        message = f"{self._unread} documents could not be read." if self._unread else ""
        if not issued:
            return _Ending(Outcome.NOTHING, State.DONE, message, at + DAY)
        return _Ending(Outcome.DONE, State.DONE, message, next_collect(at, issued))

    def _failed(self, message: str) -> _Ending:
        state = State.DONE if self._was_done else State.SCHEDULED
        return _Ending(Outcome.FAILED, state, message, self._clock() + DAY)

    @transaction.atomic
    def _end(self, ending: _Ending) -> None:
        held, at = self._held, self._clock()
        intake.check_held(held)
        is_over = ending.state < State.SCHEDULED
        held.sealed_code = b""
        held.sealed_session = self._left_session(ending.outcome)
        held.state, held.state_message = ending.state, ending.message[:500]
        held.last_collect_at = held.updated_at = at
        held.next_attempt_at, held.locked_until = ending.again_at, None
        # Never the data key: it may have been sealed anew meanwhile.
        held.save(
            update_fields=[
                "sealed_session",
                "sealed_code",
                "state",
                "state_message",
                "last_collect_at",
                "next_attempt_at",
                "locked_until",
                "updated_at",
            ]
        )
        CollectRun.objects.create(
            organization_id=held.organization_id,
            credential=held,
            started_at=self._started_at,
            finished_at=at,
            outcome=ending.outcome,
            seen=self._seen,
            collected=self._collected,
            message=ending.message[:500],
        )
        if is_over and self._was_done:
            intake.plan_delivery(held, CallbackDelivery.Kind.DISCONNECTED, at)

    def _left_session(self, outcome: str) -> bytes:
        """What the next visit finds: after a refusal only what the source wants to last.

        Where the user is wanted, or something went wrong, that is what was there before: a
        device that the source trusts, perhaps.
        """
        kept = bytes(self._held.sealed_session)
        session = self._session
        if outcome == Outcome.REFUSED:
            lasting = SOURCES[self._held.source].lasting
            before = _opened(self._held, "session", kept)
            session = {name: value for name, value in before.items() if name in lasting}
        elif outcome in (Outcome.DISCONNECTED, Outcome.FAILED):
            return kept
        return vault.seal(self._held, "session", json.dumps(session).encode()) if session else b""

    def _progress(self, index: int, message: str = "") -> None:
        """Say how far the run is, and that it lives. What worked before stays shown as done."""
        held, until = self._held, self._clock() + LEASE
        values: dict[str, object] = {"locked_until": until}
        if not self._was_done:
            values |= {"state": index, "state_message": message[:500]}
        mine = CollectorCredential.objects.of(held.organization_id)
        mine = mine.filter(pk=held.pk, locked_until=held.locked_until)
        if not mine.update(**values):
            raise Cancelled
        held.locked_until = until

    def _ask_code(self, instruction: str) -> str:
        """Wait for the user's code. In the background there is no user to ask."""
        if self._was_done:
            raise Disconnected(instruction)
        self._progress(State.CODE_WANTED, instruction)
        for _ in range(CODE_SECONDS):
            self._sleep(_POLL_SECONDS)
            rows = CollectorCredential.objects.of(self._held.organization_id)
            row = rows.filter(pk=self._held.pk, locked_until=self._held.locked_until).first()
            if row is None:
                raise Cancelled
            if row.state == State.CODE_GIVEN:
                rows.filter(pk=row.pk).update(sealed_code=b"")
                return vault.unseal(row, "code", row.sealed_code).decode()
        raise Disconnected("No code was given in time.")


def _opened(held: CollectorCredential, column: str, sealed: bytes) -> dict[str, Any]:
    content = vault.unseal(held, column, sealed) if sealed else b"{}"
    opened: dict[str, Any] = json.loads(content)
    return opened
