"""Once something is posted, the books keep their currency whatever the settings say."""

from decimal import Decimal

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from accounts.operations.organizations import BooksCurrencyFixed, update_organization
from billing.operations.allocations import allocate
from tests.billing.money import due, pay
from tests.builders import issued_invoice
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def test_before_the_first_posting_the_books_follow_the_currency(actor: Actor) -> None:
    changed = update_organization(actor=actor, at=AT, currency="EUR")
    assert (changed.accounting_currency, changed.base_currency) == ("", "EUR")


def test_a_new_currency_leaves_open_books_in_theirs(actor: Actor) -> None:
    first = issued_invoice(actor, "100.00")
    payment = pay(actor, first, "150.00", allow_overpayment=True)
    changed = update_organization(actor=actor, at=AT, currency="EUR")
    assert (changed.currency, changed.base_currency) == ("EUR", "USD")
    second = issued_invoice(actor, "50.00", customer_id=first.customer_id, currency="USD")
    assert second.accounting_currency == "USD"
    allocate(actor=actor, at=AT, on=TODAY, invoice_id=second.pk, payment_id=payment.pk)
    assert due(second) == 0


def test_another_currency_for_open_books_is_refused(actor: Actor, acme: Organization) -> None:
    issued_invoice(actor, "100.00", exchange_rate=Decimal(1))
    with pytest.raises(BooksCurrencyFixed, match="USD"):
        update_organization(actor=actor, at=AT, accounting_currency="EUR")
    acme.refresh_from_db()
    assert acme.base_currency == "USD"
    update_organization(actor=actor, at=AT, accounting_currency="USD", currency="EUR")


def test_the_sandboxs_books_do_not_hold_up_the_live_ones(
    actor: Actor, sandbox_actor: Actor, sandbox: Organization
) -> None:
    issued_invoice(sandbox_actor, "100.00")
    changed = update_organization(actor=actor, at=AT, accounting_currency="EUR")
    assert changed.base_currency == "EUR"
    sandbox.refresh_from_db()
    assert sandbox.base_currency == "USD"
