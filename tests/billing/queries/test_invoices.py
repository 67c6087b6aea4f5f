"""What an invoice is called on a day, and the lists that agree with it."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Invoice
from billing.operations.issuing import mark_uncollectible, void_invoice
from billing.operations.payments import record_payment
from billing.operations.sending import record_viewed
from billing.queries.invoices import (
    STATUS_WORDS,
    get_invoice,
    list_invoices,
    status_word,
    with_status,
)
from billing.queries.organizations import get_organization, today
from core.errors import NotFound
from tests import builders
from tests.instants import AT, TODAY

AFTER = datetime.date(2025, 2, 15)


def _pay(actor: Actor, invoice: Invoice, amount: str) -> Invoice:
    record_payment(
        actor=actor,
        at=AT,
        amount=Decimal(amount),
        currency="USD",
        method="cash",
        payment_date=TODAY,
        invoice_id=invoice.pk,
    )
    return get_invoice(actor.organization_id, invoice.pk)


@pytest.fixture
def one_of_each(actor: Actor) -> dict[str, Invoice]:
    due_later = {"due_date": datetime.date(2026, 1, 1)}
    made = {
        "draft": builders.draft_invoice(actor),
        "sent": builders.issued_invoice(actor, **due_later),
        "viewed": builders.issued_invoice(actor, **due_later),
        "partially_paid": builders.issued_invoice(actor, **due_later),
        "paid": builders.issued_invoice(actor),
        "overdue": builders.issued_invoice(actor),
        "void": builders.issued_invoice(actor),
        "uncollectible": builders.issued_invoice(actor),
    }
    record_viewed(actor=actor, at=AT, invoice_id=made["viewed"].pk)
    _pay(actor, made["partially_paid"], "40.00")
    _pay(actor, made["paid"], "100.00")
    _pay(actor, made["overdue"], "40.00")
    void_invoice(actor=actor, at=AT, invoice_id=made["void"].pk)
    mark_uncollectible(actor=actor, at=AT, invoice_id=made["uncollectible"].pk)
    return {word: get_invoice(actor.organization_id, row.pk) for word, row in made.items()}


def test_one_word_for_each_state(one_of_each: dict[str, Invoice]) -> None:
    assert {w: status_word(i, AFTER) for w, i in one_of_each.items()} == {
        word: word for word in STATUS_WORDS
    }


@pytest.mark.parametrize("word", STATUS_WORDS)
def test_list_of_a_word_is_the_invoices_with_that_word(
    actor: Actor, one_of_each: dict[str, Invoice], word: str
) -> None:
    rows = with_status(list_invoices(actor.organization_id), word, AFTER)
    assert list(rows) == [one_of_each[word]]


def test_unknown_word_finds_nothing(actor: Actor, one_of_each: dict[str, Invoice]) -> None:
    assert not with_status(list_invoices(actor.organization_id), "open", AFTER).exists()


def test_b10_uncollectible_that_is_paid_is_paid(
    actor: Actor, one_of_each: dict[str, Invoice]
) -> None:
    invoice = _pay(actor, one_of_each["uncollectible"], "100.00")
    assert status_word(invoice, AFTER) == "paid"
    rows = with_status(list_invoices(actor.organization_id), "paid", AFTER)
    assert invoice in rows


@pytest.mark.parametrize(
    ("zone", "first_late_instant"),
    [
        ("Pacific/Auckland", "2025-01-31T11:00:00+00:00"),
        ("Europe/Berlin", "2025-01-31T23:00:00+00:00"),
        ("America/Los_Angeles", "2025-02-01T08:00:00+00:00"),
    ],
)
def test_b18_overdue_begins_at_midnight_of_the_organization(
    actor: Actor, acme: Organization, zone: str, first_late_instant: str
) -> None:
    invoice = builders.issued_invoice(actor, due_date=datetime.date(2025, 1, 31))
    acme.timezone = zone
    acme.save()
    organization = get_organization(acme.pk)
    instant = datetime.datetime.fromisoformat(first_late_instant)
    before = instant - datetime.timedelta(seconds=1)
    assert status_word(invoice, today(organization, before)) == "sent"
    assert status_word(invoice, today(organization, instant)) == "overdue"


def test_b18_days_overdue(actor: Actor) -> None:
    invoice = builders.issued_invoice(
        actor, issue_date=datetime.date(2025, 1, 1), due_date=datetime.date(2025, 1, 10)
    )
    assert invoice.days_overdue(datetime.date(2025, 1, 10)) == 0
    assert invoice.days_overdue(datetime.date(2025, 1, 20)) == 10


def test_get_by_either_id_in_three_statements(actor: Actor, django_assert_num_queries: Any) -> None:
    made = builders.draft_invoice(actor)
    assert get_invoice(actor.organization_id, str(made.uuid)).pk == made.pk
    with django_assert_num_queries(3):
        invoice = get_invoice(actor.organization_id, made.uuid)
        assert invoice.customer.name == "Globex Corporation"
        assert [row.product for row in invoice.lines.all()] == [None]
        assert list(invoice.taxes.all()) == []


@pytest.mark.parametrize("reference", [0, -1, 2**70, "x", "", True])
def test_nonsense_is_not_found(actor: Actor, reference: Any) -> None:
    with pytest.raises(NotFound):
        get_invoice(actor.organization_id, reference)


def test_anothers_id_is_an_unknown_id(actor: Actor, mallory_actor: Actor) -> None:
    made = builders.draft_invoice(mallory_actor)
    with pytest.raises(NotFound) as refused:
        get_invoice(actor.organization_id, made.uuid)
    assert str(refused.value) == f"No invoice found with id '{made.uuid}'"
    assert list(list_invoices(actor.organization_id)) == []
