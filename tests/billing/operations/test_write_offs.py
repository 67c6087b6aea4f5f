"""Giving up an open amount: an expense with a reason, and never a payment (C7)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from accounts.actors import Actor
from billing.models import Allocation, Invoice, Posting
from billing.operations.allocations import allocate
from billing.operations.credit_notes import create_credit_note
from billing.operations.guards import PaymentPending
from billing.operations.issuing import mark_uncollectible
from billing.operations.payables import AlreadySettled, AmountExceedsDue
from billing.operations.payments import (
    delete_payment,
    mark_paid,
    record_payment,
    settle_pending,
)
from billing.operations.write_offs import NothingToWriteOff, write_off
from billing.queries.invoices import list_invoices, status_word, with_status
from core.errors import InvalidValue
from tests.billing.money import due, event_types, pay, postings
from tests.builders import draft_invoice, issued_invoice
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def test_a_small_rest_is_written_off_as_an_expense(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "99.00")
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Bank fee")
    invoice.refresh_from_db()
    assert (invoice.amount_written_off, invoice.amount_due) == (100, 0)
    assert postings("invoice.written_off") == {"receivables": -100, "write_off": 100}
    assert Allocation.objects.get(kind="write_off").reason == "Bank fee"


def test_an_uncollectible_invoice_becomes_bad_debt_and_is_not_called_paid(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Insolvent")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.amount_due) == ("uncollectible", 0)
    assert postings("invoice.written_off") == {"receivables": -10000, "bad_debt": 10000}
    assert event_types()[-1] == "invoice.updated"


def test_bad_debt_on_a_partly_paid_invoice_is_not_called_paid_either(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "60.00")
    mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Insolvent")
    invoice.refresh_from_db()
    assert (status_word(invoice, TODAY), invoice.paid_at) == ("uncollectible", None)
    assert event_types()[-1] == "invoice.updated"
    rows = list_invoices(actor.organization_id)
    assert not with_status(rows, "paid", TODAY).exists()
    assert with_status(rows, "uncollectible", TODAY).get() == invoice


def test_crediting_the_rest_ends_being_uncollectible(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
    create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk)
    invoice.refresh_from_db()
    assert (invoice.status, status_word(invoice, TODAY)) == ("issued", "paid")


def test_crediting_a_written_off_invoice_takes_the_expense_back_first(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Insolvent")
    create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, reason="Never delivered")
    invoice.refresh_from_db()
    assert (invoice.amount_written_off, invoice.amount_credited) == (0, 10000)
    assert postings("credit_note.created") == {"bad_debt": -10000, "revenue": 10000}


def test_nothing_open_cannot_be_written_off(actor: Actor) -> None:
    paid = issued_invoice(actor, "100.00")
    pay(actor, paid, "100.00")
    for invoice in (paid, draft_invoice(actor, "100.00")):
        with pytest.raises(NothingToWriteOff):
            write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="x")
    assert Allocation.objects.filter(kind="write_off").count() == 0


def test_a_reason_is_needed_and_pending_money_waited_for(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    with pytest.raises(InvalidValue):
        write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason=" ")
    pay(actor, invoice, "100.00", status="pending")
    with pytest.raises(PaymentPending):
        write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Gone")
    assert due(invoice) == 10000


# Bad debt that is paid after all.


def given_up(actor: Actor, total: str = "100.00", **fields: Any) -> Invoice:
    """Uncollectible and written off as bad debt."""
    invoice = issued_invoice(actor, total, **fields)
    mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Insolvent")
    invoice.refresh_from_db()
    return invoice


def bad_debt() -> int:
    """What the bad debt account stands at."""
    rows = Posting.objects.filter(account__system_role="bad_debt")
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0


def test_b10_bad_debt_that_is_paid_becomes_paid_and_no_longer_bad_debt(actor: Actor) -> None:
    invoice = given_up(actor)
    payment = pay(actor, invoice, "100.00")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.settlement) == ("issued", "paid")
    assert (invoice.amount_paid, invoice.amount_written_off, invoice.amount_due) == (10000, 0, 0)
    assert invoice.paid_at == AT
    assert payment.amount_allocated == 10000
    assert postings("payment.succeeded") == {"bank": 10000, "bad_debt": -10000}
    assert bad_debt() == 0
    assert event_types()[-1] == "invoice.paid"


def test_b10_part_of_it_shrinks_the_bad_debt_by_as_much(actor: Actor) -> None:
    invoice = given_up(actor)
    pay(actor, invoice, "30.00")
    invoice.refresh_from_db()
    assert (invoice.amount_paid, invoice.amount_written_off, invoice.amount_due) == (3000, 7000, 0)
    assert (status_word(invoice, TODAY), invoice.paid_at) == ("uncollectible", None)
    assert bad_debt() == 7000
    assert event_types()[-1] == "invoice.partially_paid"
    pay(actor, invoice, "70.00")
    invoice.refresh_from_db()
    assert (status_word(invoice, TODAY), bad_debt()) == ("paid", 0)


def test_b10_more_than_was_given_up_is_refused(actor: Actor) -> None:
    invoice = given_up(actor)
    with pytest.raises(AmountExceedsDue) as refusal:
        pay(actor, invoice, "100.01")
    assert refusal.value.details["due"] == Decimal("100.00")
    assert bad_debt() == 10000


def test_b10_marking_it_paid_pays_what_was_given_up(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "60.00")
    mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Insolvent")
    payment = mark_paid(actor=actor, at=AT, invoice_id=invoice.pk, payment_date=TODAY)
    assert payment.amount == 4000
    assert bad_debt() == 0


def test_b10_customer_credit_can_recover_it_too(actor: Actor) -> None:
    invoice = given_up(actor)
    payment = record_payment(
        actor=actor, at=AT, amount=Decimal(40), currency="USD", method="cash", payment_date=TODAY,
        customer_id=invoice.customer_id,
    )  # fmt: skip
    assert payment.amount_allocated == 0
    allocate(actor=actor, at=AT, on=TODAY, invoice_id=invoice.pk, payment_id=payment.pk)
    assert bad_debt() == 6000


def test_b10_pending_money_recovers_it_when_it_arrives(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Insolvent")
    pending = pay(actor, invoice, "100.00", status="pending")
    assert bad_debt() == 10000
    settle_pending(actor=actor, at=AT, payment_id=pending.pk, succeeded=True)
    assert bad_debt() == 0


def test_b10_taking_the_payment_back_leaves_the_invoice_open(actor: Actor) -> None:
    invoice = given_up(actor)
    payment = pay(actor, invoice, "100.00")
    delete_payment(actor=actor, at=AT, payment_id=payment.pk)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.amount_due, bad_debt()) == ("issued", 10000, 0)


def test_b10_in_a_foreign_currency_the_books_come_out_even(actor: Actor) -> None:
    invoice = given_up(actor, "110.00", currency="EUR", exchange_rate=Decimal("1.10"))
    pay(actor, invoice, "110.00", exchange_rate=Decimal("1.25"))
    rows = Posting.objects.filter(account__system_role="bad_debt")
    assert rows.aggregate(sum=Sum("base_amount"))["sum"] == 0
    fx = Posting.objects.filter(account__system_role="fx")
    assert fx.aggregate(sum=Sum("base_amount"))["sum"] == -1650


def test_b10_a_small_difference_that_was_written_off_stays_settled(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "99.00")
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Bank fee")
    with pytest.raises(AlreadySettled):
        pay(actor, invoice, "1.00")
