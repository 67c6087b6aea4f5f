"""invoice.overdue (B18, B19): once per invoice, when the day is over where it was issued."""

import datetime

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Invoice
from billing.operations.overdue import note_overdue
from billing.operations.payments import mark_paid
from core.models import Event
from tests.builders import draft_invoice, issued_invoice
from tests.instants import AT

DUE = datetime.date(2025, 1, 31)


def invoice_due(actor: Actor, zone: str, due: datetime.date = DUE) -> Invoice:
    Organization.objects.filter(pk=actor.organization_id).update(timezone=zone)
    return issued_invoice(actor, "100.00", due_date=due)


def utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def raised() -> int:
    return Event.objects.filter(type="invoice.overdue").count()


@pytest.mark.parametrize(
    ("zone", "from_when"),
    [
        ("Pacific/Auckland", "2025-01-31T11:00:00"),
        ("Europe/Berlin", "2025-01-31T23:00:00"),
        ("America/Los_Angeles", "2025-02-01T08:00:00"),
    ],
)
def test_b18_overdue_from_midnight_in_the_organizations_zone(
    actor: Actor, zone: str, from_when: str
) -> None:
    invoice_due(actor, zone)
    midnight = utc(from_when)
    assert note_overdue(at=midnight - datetime.timedelta(seconds=1)) == 0
    assert note_overdue(at=midnight) == 1


def test_b19_raised_once_and_late_rounds_catch_up(actor: Actor) -> None:
    invoice = invoice_due(actor, "UTC")
    for at in ("2025-06-01T00:00:00", "2025-06-01T00:01:00", "2025-07-01T00:00:00"):
        note_overdue(at=utc(at))
    event = Event.objects.get(type="invoice.overdue")
    assert (event.subject_id, event.occurred_at) == (invoice.pk, utc("2025-06-01T00:00:00"))
    assert event.actor_kind == "system"


def test_paid_and_draft_invoices_are_never_late(actor: Actor) -> None:
    paid = invoice_due(actor, "UTC")
    mark_paid(actor=actor, at=AT, invoice_id=paid.pk, payment_date=AT.date(), method="cash")
    draft_invoice(actor, "50.00", due_date=DUE)
    assert note_overdue(at=utc("2025-06-01T00:00:00")) == 0
    assert raised() == 0


def test_a_round_raises_no_more_than_it_may(actor: Actor) -> None:
    for _ in range(3):
        invoice_due(actor, "UTC")
    at = utc("2025-06-01T00:00:00")
    assert [note_overdue(at=at, limit=2), note_overdue(at=at, limit=2)] == [2, 1]


def test_sandbox_goes_by_its_own_clock(sandbox_actor: Actor) -> None:
    invoice_due(sandbox_actor, "UTC")
    clock = utc("2025-03-01T00:00:00")
    assert note_overdue(at=AT) == 0
    Organization.objects.filter(pk=sandbox_actor.organization_id).update(test_clock=clock)
    assert note_overdue(at=AT) == 1
    assert not Event.objects.get(type="invoice.overdue").livemode
