"""Raising quote.expired. Expiry itself is derived; only the event needs a moment."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import system_actor
from accounts.models import Organization
from billing.models import Quote
from billing.queries.organizations import today
from billing.queries.quotes import get_quote
from billing.snapshots import quote_snapshot
from core.events import emit
from core.models import Event

EXPIRED = "quote.expired"


def note_expired(*, at: datetime.datetime, limit: int = 1_000) -> int:
    """Raise quote.expired, once each, for open quotes past their last day where they were made.

    How many were raised, at most `limit`. A sandbox with a clock of its own goes by it.
    """
    open_quotes = Quote.objects.of(OuterRef("pk")).filter(  # type: ignore[arg-type]
        status=Quote.Status.OPEN
    )
    raised = 0
    for organization in Organization.objects.filter(Exists(open_quotes)).order_by("pk"):
        its_time = organization.test_clock or at
        raised += note_expired_in(organization=organization, at=its_time, limit=limit - raised)
        if raised >= limit:
            break
    return raised


def note_expired_in(
    *, organization: Organization, at: datetime.datetime, limit: int = 1_000
) -> int:
    """The same for one organization at that instant of its own."""
    late = _unannounced(organization.pk, today(organization, at))
    pks = list(late.order_by("valid_until", "pk").values_list("pk", flat=True)[:limit])
    return sum(_raise(organization, pk, at) for pk in pks)


def _unannounced(organization_id: int, on: datetime.date) -> QuerySet[Quote]:
    told = Event.objects.filter(subject_type="quote", subject_id=OuterRef("pk"), type=EXPIRED)
    rows = Quote.objects.of(organization_id).filter(status=Quote.Status.OPEN, valid_until__lt=on)
    return rows.exclude(Exists(told))


@transaction.atomic
def _raise(organization: Organization, pk: int, at: datetime.datetime) -> int:
    # Locked, then asked again: it may have been answered, or announced by another worker.
    Quote.objects.of(organization.pk).select_for_update().get(pk=pk)
    if not _unannounced(organization.pk, today(organization, at)).filter(pk=pk).exists():
        return 0
    quote = get_quote(organization.pk, pk)
    emit(
        EXPIRED,
        subject=quote,
        data=quote_snapshot(quote),
        actor=system_actor(organization.pk, livemode=organization.livemode, label="scheduler"),
        at=at,
    )
    return 1
