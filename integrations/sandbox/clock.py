"""The test clock: a sandbox's own time, which only moves when it is told to, and forward."""

import datetime
import time
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organization
from core import outbox, session_locks
from core.errors import DomainError, InvalidValue, Kind
from core.models import Event
from integrations.mail import delivery as mail
from integrations.models import ClockAdvance
from integrations.sandbox.chores import do_chores, next_moment
from integrations.sandbox.wiping import TestModeOnly, wiped_models

LONGEST = datetime.timedelta(days=731)
EARLIEST = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
LATEST = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
# A host that vanishes on the way frees the journey after this, and on SQLite so does a worker
# that dies; PostgreSQL sees at once that its session is gone. One that is only slow does no
# harm: whatever it does happens once, and it moves the clock only from where it saw it.
LEASE = datetime.timedelta(seconds=20)
# While another worker is still sending mail of this instant.
_PATIENCE_SECONDS = 0.2


class ClockNotSet(DomainError):
    kind, code = Kind.CONFLICT, "test_clock_not_set"
    message = "The sandbox runs on the real time: set its clock first."


class ClockAlreadySet(DomainError):
    kind, code = Kind.CONFLICT, "test_clock_already_set"
    message = "The clock stands at {clock} already: advance it."


class ClockAdvancing(DomainError):
    kind, code = Kind.CONFLICT, "test_clock_advancing"
    message = "The clock is on its way to {target}."


class ClockMovesForward(DomainError):
    kind, code = Kind.CONFLICT, "test_clock_moves_forward"
    message = "The clock stands at {clock} and never goes back. Reset the sandbox instead."
    default_param = "frozen_time"


class DocumentsInFuture(DomainError):
    kind, code = Kind.CONFLICT, "documents_in_future"
    message = "Something happened in the sandbox at {latest}, after that time. Reset it first."
    default_param = "frozen_time"


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where the clock stands, or None for the real time; where it is going, if it is."""

    frozen_time: datetime.datetime | None
    target: datetime.datetime | None

    @property
    def status(self) -> str:
        if self.target is not None:
            return "advancing"
        return "real_time" if self.frozen_time is None else "ready"


def clock_state(*, actor: Actor) -> ClockState:
    """Where it stands; a live organization runs on the real time. Raises Forbidden."""
    actor.require("settings:write")
    organization = Organization.objects.get(pk=actor.organization_id)
    advance = ClockAdvance.objects.of(organization.pk).first()
    return ClockState(organization.test_clock, advance.target if advance else None)


@transaction.atomic
def set_clock(*, actor: Actor, to: datetime.datetime) -> ClockState:
    """Stop the sandbox's time at that instant. Nothing in it may lie later.

    Raises Forbidden, TestModeOnly, ClockAlreadySet, DocumentsInFuture, InvalidValue.
    """
    organization = _locked(actor)
    if organization.test_clock is not None:
        raise ClockAlreadySet(clock=organization.test_clock)
    if not EARLIEST <= to < LATEST:
        raise InvalidValue("This must be from the years 2000 to 2099.", param="frozen_time")
    _refuse_later_documents(organization, to)
    _put(organization, to)
    return ClockState(to, None)


@transaction.atomic
def release_clock(*, actor: Actor, now: datetime.datetime) -> ClockState:
    """Back to the real time, unless documents lie in its future.

    Raises Forbidden, TestModeOnly, ClockAdvancing, DocumentsInFuture.
    """
    organization = _locked(actor)
    _refuse_while_advancing(organization)
    _refuse_later_documents(organization, now)
    _put(organization, None)
    return ClockState(None, None)


def advance_clock(
    *, actor: Actor, now: datetime.datetime, to: datetime.datetime, budget_seconds: int
) -> ClockState:
    """Move on to that instant, and let everything on the way happen at its own moment.

    Works for at most `budget_seconds` and leaves the rest of the way to the workers. Call
    it outside a transaction: each step is committed. The same target again changes
    nothing. Raises Forbidden, TestModeOnly, ClockNotSet, ClockAdvancing,
    ClockMovesForward, InvalidValue.
    """
    with transaction.atomic():
        organization = _locked(actor)
        clock = organization.test_clock
        if clock is None:
            raise ClockNotSet()
        _refuse_while_advancing(organization, but_to=to)
        if to < clock:
            raise ClockMovesForward(clock=clock)
        if to - clock > LONGEST:
            raise InvalidValue("At most two years at a time.", param="frozen_time")
        if to >= LATEST:
            raise InvalidValue("This must be before the year 2100.", param="frozen_time")
        ClockAdvance.objects.get_or_create(
            organization=organization,
            defaults={"target": to, "requested_at": now, "next_attempt_at": now},
        )
    travel(organization.pk, budget_seconds=budget_seconds)
    return clock_state(actor=actor)


def travel(organization_id: int, *, budget_seconds: int) -> bool:
    """Go on with a journey unless somebody else is on it; whether it has ended now."""
    enough = time.monotonic() + budget_seconds
    rows = ClockAdvance.objects.of(organization_id)
    advance = rows.first()
    if advance is None:
        return True
    with session_locks.session_lock(lock_of(organization_id)) as is_led_by_nobody:
        now = timezone.now()
        if is_led_by_nobody:
            # Whoever holds the lease is dead.
            rows.filter(pk=advance.pk).update(locked_until=now + LEASE)
        elif not outbox.lease(rows, [advance.pk], at=now, until=now + LEASE):
            return False
        try:
            while time.monotonic() < enough:
                if _step(organization_id, advance.target):
                    rows.filter(pk=advance.pk).delete()
                    return True
                rows.filter(pk=advance.pk).update(locked_until=timezone.now() + LEASE)
        finally:
            rows.filter(pk=advance.pk).update(locked_until=None)
    return False


def journeys() -> list[int]:
    """The organizations whose clocks are on their way and led by nobody."""
    rows = ClockAdvance.objects.filter(next_attempt_at__lte=timezone.now()).order_by("pk")
    under_way = list(rows.values_list("organization_id", flat=True))
    if not under_way:
        return []
    free = set(outbox.due(rows, timezone.now()).values_list("organization_id", flat=True))
    led = session_locks.held(lock_of(one) for one in under_way)
    if led is not None:
        free |= {one for one in under_way if lock_of(one) not in led}
    return [one for one in under_way if one in free]


def lock_of(organization_id: int) -> str:
    """The session lock of whoever leads that clock."""
    return f"test clock {organization_id}"


def _step(organization_id: int, target: datetime.datetime) -> bool:
    """Finish the instant the clock stands at and move it to the next; whether it arrived."""
    organization = Organization.objects.get(pk=organization_id)
    clock = organization.test_clock or target
    # First, because whoever moved the clock here may have died before doing the work.
    do_chores(organization, clock)
    if mail.is_under_way(organization.pk, timezone.now()):
        # Documents tell when their mail was sent: time waits for it.
        time.sleep(_PATIENCE_SECONDS)
        return False
    if clock >= target:
        return True
    coming = next_moment(organization, clock)
    to = target if coming is None else min(coming, target)
    here = Organization.objects.filter(pk=organization_id, test_clock=organization.test_clock)
    here.update(test_clock=to)
    return False


def _put(organization: Organization, clock: datetime.datetime | None) -> None:
    organization.test_clock = clock
    organization.save(update_fields=["test_clock"])


def _locked(actor: Actor) -> Organization:
    actor.require("settings:write")
    organization = Organization.objects.select_for_update().get(pk=actor.organization_id)
    if organization.livemode:
        raise TestModeOnly()
    return organization


def _refuse_while_advancing(
    organization: Organization, but_to: datetime.datetime | None = None
) -> None:
    advance = ClockAdvance.objects.of(organization.pk).first()
    if advance is not None and advance.target != but_to:
        raise ClockAdvancing(target=advance.target)


def _refuse_later_documents(organization: Organization, to: datetime.datetime) -> None:
    about = [model._meta.model_name or "" for model in wiped_models()]
    later = Event.objects.filter(
        organization_id=organization.pk, subject_type__in=about, occurred_at__gt=to
    )
    latest = later.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    if latest is not None:
        raise DocumentsInFuture(latest=latest)
