"""Invoices that go out by themselves on the day their application named."""

import datetime
import logging

from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet

from accounts.actors import system_actor
from accounts.models import Organization
from billing.models import PaymentRequest
from billing.operations.payment_requests import give_up, release
from billing.queries.organizations import today
from core.errors import DomainError, Kind

logger = logging.getLogger(__name__)
# It is tomorrow already somewhere in the world.
_AHEAD = datetime.timedelta(days=1)


def release_due(*, at: datetime.datetime, limit: int = 500) -> int:
    """Let out what has become due anywhere, earliest first; how many, at most `limit`.

    A sandbox with a clock of its own goes by that clock. One that fails is recorded and
    holds up no other.
    """
    day = (at + _AHEAD).date()
    waiting = PaymentRequest.objects.filter(release_on__isnull=False).filter(
        Q(release_on__lte=day) | Q(organization__test_clock__isnull=False)
    )
    return _release_all(waiting, at, limit)


def release_due_in(*, organization: Organization, at: datetime.datetime, limit: int = 500) -> int:
    """The same for one organization at that instant of its own."""
    rows = PaymentRequest.objects.of(organization.pk).filter(release_on__isnull=False)
    return _release_all(rows, at, limit)


def _release_all(rows: QuerySet[PaymentRequest], at: datetime.datetime, limit: int) -> int:
    done = 0
    waiting = rows.select_related("organization").order_by("release_on", "pk")
    for request in waiting[: 10 * limit]:
        if done >= limit:
            break
        its_time = request.organization.test_clock or at
        if request.release_on and request.release_on <= today(request.organization, its_time):
            done += _release(request, its_time)
    return done


def _release(request: PaymentRequest, at: datetime.datetime) -> int:
    organization = request.organization
    actor = system_actor(organization.pk, livemode=organization.livemode, label="scheduler")
    try:
        return int(release(actor=actor, at=at, request_id=request.pk))
    except (OperationalError, InterfaceError):
        # The database is busy or away; the day is still due at the next round.
        logger.warning("an invoice could not go out", exc_info=True)
        return 0
    except DomainError as refusal:
        if refusal.kind is Kind.UNAVAILABLE:
            return 0
        give_up(actor=actor, at=at, request_id=request.pk, reason=str(refusal))
        return 1
