"""Browsers that are signed in as each persona, on the day of the tests."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from billing.models import Invoice, Payment, Quote
from billing.operations.credit_notes import create_credit_note
from billing.operations.payments import record_payment
from tests.browsers import signed_in
from tests.builders import draft_quote, issued_invoice
from tests.instants import AT, TODAY


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def staff(actor: Actor, alice: User) -> Client:
    """Alice, who owns acme."""
    return signed_in(alice)


@pytest.fixture
def viewer(bob_actor: Actor, bob: User) -> Client:
    """Bob, who may look at acme."""
    return signed_in(bob)


@pytest.fixture
def stranger(mallory_actor: Actor, mallory: User) -> Client:
    """Mallory, who owns rival and must not see acme."""
    return signed_in(mallory)


@pytest.fixture
def invoice(actor: Actor) -> Invoice:
    return issued_invoice(actor, "100.00")


@pytest.fixture
def payment(actor: Actor, invoice: Invoice) -> Payment:
    return record_payment(
        actor=actor,
        at=AT,
        amount=Decimal("40.00"),
        currency="USD",
        method="cash",
        payment_date=TODAY,
        invoice_id=invoice.pk,
    )


@pytest.fixture
def quote(actor: Actor) -> Quote:
    return draft_quote(actor)


@pytest.fixture
def credit_note_uuid(actor: Actor, invoice: Invoice) -> str:
    note = create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, reason="Returned")
    return str(note.uuid)
