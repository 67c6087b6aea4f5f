"""Sample data: into test mode, and out of it without a trace in the real books."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.actors import Actor
from accounts.models import Organization, User
from accounts.operations.organizations import update_organization
from billing.models import (
    Customer,
    Invoice,
    JournalEntry,
    NumberCounter,
    NumberRegister,
    Payment,
)
from core.models import Event
from integrations.models import Message
from tests.browsers import signed_in
from tests.builders import issued_invoice
from tests.instants import AT

PAGE = "/settings/test-mode"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def staff(actor: Actor, alice: User) -> Client:
    return signed_in(alice)


def test_samples_are_put_in_and_thrown_away(
    staff: Client, actor: Actor, acme: Organization, sandbox: Organization
) -> None:
    assert "Fill test mode" in staff.get(PAGE).content.decode()
    assert staff.post(f"{PAGE}/fill")["Location"] == "/"
    assert "Test mode." in staff.get("/").content.decode()
    own = Invoice.objects.of(sandbox.pk)
    assert (own.count(), own.filter(issued_at__isnull=False).count()) == (13, 12)
    assert Payment.objects.of(sandbox.pk).count() == 9
    latest = Payment.objects.of(sandbox.pk).latest("payment_date").payment_date
    assert latest <= AT.date()
    assert not Customer.objects.of(sandbox.pk).exclude(email="").exists()
    # Not a row of the real organization.
    for model in (Invoice, Customer, Payment, JournalEntry, NumberCounter, NumberRegister):
        assert not model.objects.of(acme.pk).exists()
    assert not Message.objects.exists()
    assert not Event.objects.filter(organization_id=sandbox.pk, relayed_at=None).exists()
    assert "13" in staff.get(PAGE).content.decode()

    assert staff.post(f"{PAGE}/empty", {"sure": "on"})["Location"] == PAGE
    for model in (Invoice, Customer, Payment, JournalEntry, NumberCounter, NumberRegister):
        assert not model.objects.of(sandbox.pk).exists()
    assert "Test mode." not in staff.get("/").content.decode()
    # The first real number is the first one.
    assert issued_invoice(actor).number == "INV-2025-001"


def test_emptying_takes_a_tick(staff: Client, sandbox: Organization) -> None:
    staff.post(f"{PAGE}/fill")
    staff.post(f"{PAGE}/empty")
    assert Invoice.objects.of(sandbox.pk).exists()


def test_what_somebody_tries_out_is_not_mixed_with_samples(
    staff: Client, sandbox_actor: Actor, sandbox: Organization
) -> None:
    issued_invoice(sandbox_actor)
    staff.post(f"{PAGE}/fill")
    assert Invoice.objects.of(sandbox.pk).count() == 1


def test_the_country_decides_tax_and_currency(
    staff: Client, actor: Actor, sandbox: Organization
) -> None:
    update_organization(actor=actor, at=AT, country="JP", currency="JPY")
    staff.post(f"{PAGE}/fill")
    invoice = Invoice.objects.of(sandbox.pk).latest("issue_date")
    assert invoice.currency == "JPY"
    assert invoice.taxes.get().name == "JCT 10 %"


def test_real_data_stays(staff: Client, actor: Actor, acme: Organization) -> None:
    invoice = issued_invoice(actor)
    staff.post(f"{PAGE}/fill")
    staff.post(f"{PAGE}/empty", {"sure": "on"})
    assert Invoice.objects.of(acme.pk).get().pk == invoice.pk


def test_a_viewer_neither_fills_nor_empties(bob_actor: Actor, bob: User) -> None:
    viewer = signed_in(bob)
    assert viewer.get(PAGE).status_code == 403
    assert viewer.post(f"{PAGE}/fill").status_code == 403
    assert viewer.post(f"{PAGE}/empty", {"sure": "on"}).status_code == 403
