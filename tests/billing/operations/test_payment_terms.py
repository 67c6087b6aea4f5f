"""D4, D5: the due date that follows from the terms, and whose terms those are."""

import datetime

import pytest

from accounts.actors import Actor
from accounts.operations.organizations import update_organization
from billing.operations.customers import update_customer
from billing.operations.invoices import update_invoice
from core.errors import InvalidValue
from tests.builders import customer, draft_invoice
from tests.instants import AT


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("issued", "terms", "due"),
    [
        ("2025-01-31", "net 30", "2025-03-02"),
        ("2025-01-31", "eom", "2025-01-31"),
        ("2018-11-27", "eom + 45", "2019-01-14"),
        ("2018-11-27", "net 45 eom", "2019-01-31"),
        ("2025-05-11", "net 30 eom", "2025-06-30"),
        ("2025-01-20", "15th of next month", "2025-02-15"),
        ("2025-02-01", "net 14, next business day", "2025-02-17"),
        ("2025-02-01", "net 14, previous business day", "2025-02-14"),
    ],
)
def test_d4_d5(actor: Actor, issued: str, terms: str, due: str) -> None:
    buyer = customer(actor, payment_terms=terms)
    invoice = draft_invoice(actor, customer_id=buyer.pk, issue_date=_day(issued))
    assert invoice.due_date == _day(due)


def test_d5_with_the_holidays_of_the_united_states(actor: Actor) -> None:
    update_organization(actor=actor, at=AT, country="US", payment_terms="net 14, next business day")
    # Saturday the 15th, and Presidents' Day on the 17th.
    invoice = draft_invoice(actor, issue_date=_day("2025-02-01"))
    assert invoice.due_date == _day("2025-02-18")


def test_the_customers_own_come_first(actor: Actor) -> None:
    update_organization(actor=actor, at=AT, payment_terms="net 45 eom")
    buyer = customer(actor, payment_terms_days=10)
    assert draft_invoice(actor, customer_id=buyer.pk).due_date == _day("2025-01-25")
    assert draft_invoice(actor).due_date == _day("2025-03-31")


def test_a_due_date_that_is_given_counts(actor: Actor) -> None:
    buyer = customer(actor, payment_terms="2/10 net 30")
    invoice = draft_invoice(actor, customer_id=buyer.pk, due_date=_day("2025-01-20"))
    assert invoice.due_date == _day("2025-01-20")
    assert invoice.early_discount_until == _day("2025-01-20")


def test_the_invoices_own_come_before_all(actor: Actor) -> None:
    invoice = draft_invoice(actor, payment_terms="3/5 net 20")
    assert (invoice.due_date, invoice.early_discount_amount) == (_day("2025-02-04"), 3_00)


def test_a_draft_takes_other_terms(actor: Actor) -> None:
    invoice = draft_invoice(actor, payment_terms="3/5 net 20")
    changed = update_invoice(actor=actor, at=AT, invoice_id=invoice.pk, payment_terms="net 7")
    assert (changed.due_date, changed.early_discount_until) == (_day("2025-01-22"), None)
    assert (changed.early_discount_amount, changed.early_discount_percent) == (0, 0)


def test_saying_only_days_takes_other_terms_away(actor: Actor) -> None:
    buyer = customer(actor, payment_terms="2/10 net 30")
    assert (buyer.payment_terms, buyer.payment_terms_days) == ("2/10 net 30", 30)
    buyer = update_customer(actor=actor, at=AT, customer_id=buyer.pk, payment_terms_days=14)
    assert (buyer.payment_terms, buyer.payment_terms_days) == ("", 14)


def test_plain_terms_are_kept_as_days(actor: Actor) -> None:
    buyer = customer(actor, payment_terms="net 21")
    assert (buyer.payment_terms, buyer.payment_terms_days) == ("", 21)


def test_what_cannot_be_read_is_refused(actor: Actor) -> None:
    with pytest.raises(InvalidValue) as refusal:
        customer(actor, payment_terms="when it suits")
    assert refusal.value.param == "payment_terms_rule"
    with pytest.raises(InvalidValue) as refusal:
        update_organization(actor=actor, at=AT, payment_terms="2/31 net 30")
    assert refusal.value.param == "payment_terms_rule"
