"""Money back: never more than came in, and the debt lives on unless it is credited (C5, C6)."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Payment, Refund
from billing.operations.credit_notes import create_credit_note, void_credit_note
from billing.operations.payments import PaymentRefunded, delete_payment
from billing.operations.refunds import (
    AmountExceedsRefundable,
    CreditNoteFreedNothing,
    PaymentNotReceived,
    refund_payment,
)
from core.errors import DomainError, Forbidden, InvalidValue
from tests.billing.money import due, event_types, pay, postings
from tests.builders import customer, issued_invoice
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def refund(actor: Actor, payment: Payment, amount: str | None, **fields: Any) -> Refund:
    return refund_payment(
        actor=actor,
        at=AT,
        payment_id=payment.pk,
        amount=None if amount is None else Decimal(amount),
        **fields,
    )


def test_c5_a_refund_reopens_the_invoice_by_as_much(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00")
    row = refund(actor, payment, "30.00", reason="Damaged")
    payment.refresh_from_db()
    assert (row.number, row.amount, row.refund_date) == ("REF-2025-001", 3000, TODAY)
    assert (payment.refund_state, payment.amount_refunded) == ("partially_refunded", 3000)
    assert due(invoice) == 3000
    assert postings("refund.created") == {"bank": -3000, "receivables": 3000}
    assert event_types()[-3:] == ["refund.created", "payment.refunded", "invoice.updated"]


def test_c5_more_than_is_left_of_the_payment_is_refused(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00")
    refund(actor, payment, "30.00")
    with pytest.raises(AmountExceedsRefundable) as refusal:
        refund(actor, payment, "80.00")
    assert refusal.value.code == "amount_exceeds_refundable"
    assert "70.00 USD" in str(refusal.value)
    assert (due(invoice), Refund.objects.count()) == (3000, 1)


def test_the_rest_is_refunded_when_no_amount_is_given(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00")
    refund(actor, payment, "30.00")
    assert refund(actor, payment, None).amount == 7000
    payment.refresh_from_db()
    assert (payment.refund_state, due(invoice)) == ("refunded", 10000)
    with pytest.raises(AmountExceedsRefundable):
        refund(actor, payment, None)


def test_c5_a_refund_with_a_credit_note_leaves_nothing_due(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00", lines=[_line("10.00", "10")])
    payment = pay(actor, invoice, "100.00")
    line = invoice.lines.get()
    note = create_credit_note(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        lines=[{"invoice_line_id": line.pk, "quantity": Decimal(3)}],
        credit_amount=Decimal("30.00"),
    )
    refund(actor, payment, "30.00", credit_note_id=note.pk)
    note.refresh_from_db()
    assert due(invoice) == 0
    assert note.amount_refunded == 3000
    assert postings("refund.created") == {"bank": -3000, "customer_credit": 3000}


def test_a_credit_note_frees_no_more_than_its_own_total(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00", lines=[_line("10.00", "10")])
    payment = pay(actor, invoice, "150.00", allow_overpayment=True)
    line = invoice.lines.get()
    note = create_credit_note(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        lines=[{"invoice_line_id": line.pk, "quantity": Decimal(1)}],
        credit_amount=Decimal("10.00"),
    )
    with pytest.raises(AmountExceedsRefundable):
        refund(actor, payment, "10.01", credit_note_id=note.pk)
    assert Refund.objects.count() == 0


def test_a_credit_note_that_freed_nothing_of_the_payment_refunds_nothing(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "150.00", allow_overpayment=True)
    of_another = create_credit_note(
        actor=actor, at=AT, invoice_id=issued_invoice(actor, "100.00").pk
    )
    own = issued_invoice(actor, "100.00", customer_id=invoice.customer_id)
    voided = create_credit_note(actor=actor, at=AT, invoice_id=own.pk)
    void_credit_note(actor=actor, at=AT, credit_note_id=voided.pk)
    alone = create_credit_note(
        actor=actor, at=AT, customer_id=invoice.customer_id, lines=[_line("50.00", "1")]
    )
    for note in (of_another, voided, alone):
        with pytest.raises(CreditNoteFreedNothing):
            refund(actor, payment, "50.00", credit_note_id=note.pk)
    assert Refund.objects.count() == 0


def test_c6_the_unapplied_part_is_refunded_first_and_touches_no_invoice(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "120.00", allow_overpayment=True)
    refund(actor, payment, "20.00")
    assert due(invoice) == 0
    assert postings("refund.created") == {"bank": -2000, "customer_credit": 2000}
    refund(actor, payment, "5.00")
    assert due(invoice) == 500


def test_a_refund_takes_from_the_invoice_that_was_settled_last(actor: Actor) -> None:
    payer = customer(actor)
    one = issued_invoice(actor, "30.00", customer_id=payer.pk)
    two = issued_invoice(actor, "70.00", customer_id=payer.pk)
    payment = pay(
        actor, one, "100.00", invoice_id=None, allocations=[(one.pk, None), (two.pk, None)]
    )
    refund(actor, payment, "80.00")
    assert (due(one), due(two)) == (1000, 7000)


def test_money_that_never_arrived_is_not_refunded(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pending = pay(actor, invoice, "100.00", status="pending")
    with pytest.raises(PaymentNotReceived):
        refund(actor, pending, "10.00")
    assert Refund.objects.count() == 0


def test_a_refunded_payment_cannot_be_deleted(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00")
    refund(actor, payment, "1.00")
    with pytest.raises(PaymentRefunded):
        delete_payment(actor=actor, at=AT, payment_id=payment.pk)
    assert due(invoice) == 100


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.001"])
def test_a_refund_is_a_positive_exact_amount(actor: Actor, amount: str) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00")
    with pytest.raises(InvalidValue):
        refund(actor, payment, amount)
    assert Refund.objects.count() == 0


def test_a_refund_has_a_believable_date(actor: Actor) -> None:
    payment = pay(actor, issued_invoice(actor, "100.00"), "100.00")
    with pytest.raises(InvalidValue) as refusal:
        refund(actor, payment, "1.00", refund_date=datetime.date(1800, 1, 1))
    assert refusal.value.param == "refund_date"
    assert Refund.objects.count() == 0


def test_refunding_needs_the_right_and_the_organization(
    actor: Actor, bob_actor: Actor, mallory_actor: Actor
) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00")
    with pytest.raises(Forbidden):
        refund(bob_actor, payment, "1.00")
    with pytest.raises(DomainError) as refusal:
        refund(mallory_actor, payment, "1.00")
    assert refusal.value.code == "resource_not_found"
    assert Refund.objects.count() == 0


def _line(price: str, quantity: str) -> dict[str, Any]:
    return {"name": "Seat", "quantity": Decimal(quantity), "unit_price": Decimal(price)}
