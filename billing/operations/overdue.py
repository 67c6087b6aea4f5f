"""Raising invoice.overdue. Lateness itself is derived; only the event needs a moment."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import system_actor
from accounts.models import Organization
from billing.models import Invoice
from billing.queries.organizations import today
from billing.snapshots import invoice_snapshot
from core.events import emit
from core.models import Event

OVERDUE = "invoice.overdue"


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
    return sum(_raise(organization, pk, its_time) for pk in pks)


def _organizations() -> QuerySet[Organization]:
    """Those with an invoice that is open at all."""
    return Organization.objects.filter(
        Exists(Invoice.objects.open().filter(organization=OuterRef("pk")))
    ).order_by("pk")


def _unannounced(organization_id: int, on: datetime.date) -> QuerySet[Invoice]:
    told = Event.objects.filter(subject_type="invoice", subject_id=OuterRef("pk"), type=OVERDUE)
    return Invoice.objects.of(organization_id).overdue(on).exclude(Exists(told))


@transaction.atomic
def _raise(organization: Organization, pk: int, at: datetime.datetime) -> int:
    # Locked, then asked again: it may have been paid, or announced by another worker.
    Invoice.objects.of(organization.pk).select_for_update().get(pk=pk)
    late = _unannounced(organization.pk, today(organization, at))
    invoice = late.select_related("customer", "organization").filter(pk=pk).first()
    if invoice is None:
        return 0
    emit(
        OVERDUE,
        subject=invoice,
        data=invoice_snapshot(invoice),
        actor=system_actor(organization.pk, livemode=organization.livemode, label="scheduler"),
        at=at,
    )
    return 1
