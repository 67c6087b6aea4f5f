"""Raising invoice.overdue. Lateness itself is derived; only the event needs a moment."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import system_actor
from accounts.models import Organization
from billing.models import Invoice
from billing.queries.invoices import told_invoices
from billing.queries.organizations import today
from core import pipeline
from core.events import draft, latest_sequences, ring_on_commit
from core.many_rows import append_many

OVERDUE = "invoice.overdue"
# So many invoices are locked at once.
_AT_ONCE = 500


def note_overdue(*, at: datetime.datetime, limit: int = 1_000) -> int:
    """Raise invoice.overdue, once each, for invoices past due in their organization's zone.

    How many were raised, at most `limit`; the next call raises the others (B18, B19). A
    sandbox with a clock of its own goes by that clock.
    """
    raised = 0
    for organization in _organizations():
        raised += note_overdue_in(organization=organization, at=at, limit=limit - raised)
        if raised >= limit:
            break
    return raised


def note_overdue_in(
    *, organization: Organization, at: datetime.datetime, limit: int = 1_000
) -> int:
    """The same for one organization."""
    its_time = organization.test_clock or at
    late = _unannounced(organization.pk, today(organization, its_time))
    pks = list(late.order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(
        _raise(organization, pks[start : start + _AT_ONCE], its_time)
        for start in range(0, len(pks), _AT_ONCE)
    )


def _organizations() -> QuerySet[Organization]:
    """Those with an open invoice that is still to be told of."""
    return Organization.objects.filter(
        Exists(
            Invoice.objects.open().filter(
                organization=OuterRef("pk"), overdue_noted_at__isnull=True
            )
        )
    ).order_by("pk")


def _unannounced(organization_id: int, on: datetime.date) -> QuerySet[Invoice]:
    return Invoice.objects.of(organization_id).overdue(on).filter(overdue_noted_at__isnull=True)


@transaction.atomic
def _raise(organization: Organization, pks: list[int], at: datetime.datetime) -> int:
    # Locked, then asked again: it may have been paid, or announced by another worker.
    held = Invoice.objects.of(organization.pk).filter(pk__in=pks).order_by("pk")
    list(held.select_for_update().values_list("pk"))
    late = _unannounced(organization.pk, today(organization, at)).filter(pk__in=pks)
    still = list(late.order_by("pk").values_list("pk", flat=True))
    last = latest_sequences("invoice", still)
    actor = system_actor(organization.pk, livemode=organization.livemode, label="scheduler")
    told = told_invoices(organization, still)
    with pipeline.pipelined():
        noted = Invoice.objects.of(organization.pk).filter(pk__in=still)
        pipeline.update(noted, overdue_noted_at=at)
        append_many(
            draft(
                OVERDUE,
                subject=each.invoice,
                data=each.text(),
                actor=actor,
                at=at,
                sequence=last.get(each.invoice.pk, 0) + 1,
            )
            for each in told
        )
    ring_on_commit()
    return len(still)
