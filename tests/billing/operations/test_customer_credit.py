"""A customer's credit, used on invoices or paid back (C2 to C4, C6)."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Allocation, CreditNote, CustomerBalance, Invoice, Payment, Refund
from billing.operations.allocations import AmountExceedsCredit
from billing.operations.credit_notes import (
    CreditNoteRefunded,
    create_credit_note,
    void_credit_note,
)
from billing.operations.customer_credit import (
    CreditNotPayable,
    NoCreditLeft,
    apply_credit,
    pay_out_credit,
)
from billing.operations.exchange_rates import set_exchange_rate
from billing.operations.payables import AlreadySettled, AmountExceedsDue, OtherCurrency, Share
from billing.queries.credit import credit_totals, customer_credit
from billing.queries.lookup import UnknownReference
from core.errors import DomainError, Forbidden, InvalidValue
from core.models import Event
from tests.billing.money import due, event_types, pay, postings
from tests.builders import customer, issued_invoice, line
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def note_of(actor: Actor, customer_id: int, total: str, **fields: Any) -> CreditNote:
    return create_credit_note(
        actor=actor, at=AT, customer_id=customer_id, lines=[line(total)], **fields
    )


def overpayment(actor: Actor, customer_id: int, credit: str) -> Payment:
    """A payment of 10.00 more than nothing: all of `credit` is left on it."""
    invoice = issued_invoice(actor, "10.00", customer_id=customer_id)
    return pay(actor, invoice, str(Decimal(credit) + 10), allow_overpayment=True)


def apply(actor: Actor, **fields: Any) -> list[Share]:
    return apply_credit(**{"actor": actor, "at": AT, "on": TODAY, **fields})


def pay_out(actor: Actor, **fields: Any) -> Refund:
    return pay_out_credit(**{"actor": actor, "at": AT, **fields})


def test_c4_credit_settles_the_oldest_invoices_first(actor: Actor) -> None:
    payer = customer(actor)
    note_of(actor, payer.pk, "40.00")
    later = issued_invoice(actor, "70.00", customer_id=payer.pk, due_date=datetime.date(2025, 3, 1))
    first = issued_invoice(actor, "30.00", customer_id=payer.pk, due_date=datetime.date(2025, 2, 1))
    settled = apply(actor, customer_id=payer.pk)
    assert [(row.pk, part) for row, part in settled] == [(first.pk, 3000), (later.pk, 1000)]
    assert (due(first), due(later)) == (0, 6000)
    assert credit_totals(actor.organization_id, payer.pk) == {}
    assert event_types()[-2:] == ["invoice.paid", "invoice.partially_paid"]


def test_c2_c3_two_sources_pay_one_invoice_with_one_entry(actor: Actor) -> None:
    payer = customer(actor)
    overpayment(actor, payer.pk, "5.95")
    note = note_of(actor, payer.pk, "30.00")
    invoice = issued_invoice(actor, "57.10", customer_id=payer.pk)
    apply(actor, wishes=[(invoice.uuid, None)])
    invoice.refresh_from_db()
    assert (invoice.amount_due, invoice.amount_paid, invoice.amount_credited) == (2115, 595, 3000)
    assert postings("allocation.created") == {"customer_credit": 3595, "receivables": -3595}
    assert Allocation.objects.filter(invoice=invoice).count() == 2
    assert CreditNote.objects.get(pk=note.pk).amount_unapplied == 0
    assert CustomerBalance.objects.get(customer=payer).credit == 0


def test_one_source_may_be_named(actor: Actor) -> None:
    payer = customer(actor)
    overpayment(actor, payer.pk, "5.00")
    note = note_of(actor, payer.pk, "30.00")
    invoice = issued_invoice(actor, "100.00", customer_id=payer.pk)
    apply(actor, wishes=[(invoice.pk, Decimal("12.00"))], credit_note_id=note.uuid)
    left = {
        row.kind: row.amount_unapplied for row in customer_credit(actor.organization_id, payer.pk)
    }
    assert left == {"payment": 500, "credit_note": 1800}


def test_an_amount_limits_what_is_used_on_the_oldest(actor: Actor) -> None:
    payer = customer(actor)
    note_of(actor, payer.pk, "40.00")
    invoice = issued_invoice(actor, "70.00", customer_id=payer.pk)
    apply(actor, customer_id=payer.pk, amount=Decimal("15.00"))
    assert due(invoice) == 5500


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"wishes": [("own", "40.01")]}, AmountExceedsCredit),
        ({"wishes": [("own", "25.00"), ("small", "16.00")]}, AmountExceedsCredit),
        ({"wishes": [("small", "20.01")]}, AmountExceedsDue),
        ({"wishes": [("own", "1.001")]}, InvalidValue),
        ({"wishes": [("settled", None)]}, AlreadySettled),
        ({"wishes": [("euro", None)]}, NoCreditLeft),
        ({"wishes": [("own", None), ("euro", None)]}, OtherCurrency),
        ({"wishes": [("theirs", None)], "customer_id": "own"}, InvalidValue),
        ({"wishes": []}, InvalidValue),
        ({}, InvalidValue),
    ],
)
def test_what_does_not_fit_is_refused_whole(
    actor: Actor, fields: dict[str, Any], refusal: type[DomainError]
) -> None:
    payer, other = customer(actor), customer(actor)
    note_of(actor, payer.pk, "40.00")
    rows = {
        "own": issued_invoice(actor, "100.00", customer_id=payer.pk),
        "small": issued_invoice(actor, "20.00", customer_id=payer.pk),
        "settled": issued_invoice(actor, "0.00", customer_id=payer.pk),
        "euro": issued_invoice(actor, "9.00", customer_id=payer.pk, currency="EUR"),
        "theirs": issued_invoice(actor, "9.00", customer_id=other.pk),
    }
    before = Event.objects.count()
    if "wishes" in fields:
        fields["wishes"] = [
            (rows[name].pk, amount and Decimal(amount)) for name, amount in fields["wishes"]
        ]
    if "customer_id" in fields:
        fields["customer_id"] = payer.pk
    with pytest.raises(refusal):
        apply(actor, **fields)
    assert Event.objects.count() == before
    assert not Allocation.objects.exists()


def test_others_credit_is_nobodys(actor: Actor, mallory_actor: Actor, bob_actor: Actor) -> None:
    payer, other = customer(actor), customer(actor)
    note = note_of(actor, other.pk, "40.00")
    invoice = issued_invoice(actor, customer_id=payer.pk)
    with pytest.raises(UnknownReference) as refused:
        apply(actor, wishes=[(invoice.pk, None)], credit_note_id=note.pk)
    assert refused.value.param == "credit_note_id"
    with pytest.raises(UnknownReference):
        apply(mallory_actor, wishes=[(invoice.uuid, None)])
    with pytest.raises(UnknownReference):
        pay_out(mallory_actor, customer_id=other.uuid, credit_note_id=note.uuid)
    with pytest.raises(Forbidden):
        pay_out(bob_actor, customer_id=other.pk, credit_note_id=note.pk)


def test_a_stand_alone_credit_note_is_paid_out(actor: Actor) -> None:
    payer = customer(actor)
    note = note_of(actor, payer.pk, "30.00")
    refund = pay_out(
        actor, customer_id=payer.pk, credit_note_id=note.pk, amount=Decimal("12.50"), reason="Asked"
    )
    assert (refund.number, refund.amount, refund.payment) == ("REF-2025-001", 1250, None)
    assert (refund.method, refund.credit_note_id) == ("bank_transfer", note.pk)
    assert postings("refund.created") == {"customer_credit": 1250, "bank": -1250}
    note.refresh_from_db()
    assert (note.amount_unapplied, note.amount_refunded) == (1750, 1250)
    assert CustomerBalance.objects.get(customer=payer).credit == 1750
    assert event_types()[-2:] == ["refund.created", "credit_note.refunded"]


def test_in_cash_it_leaves_the_till(actor: Actor) -> None:
    payer = customer(actor)
    note = note_of(actor, payer.pk, "30.00")
    pay_out(actor, customer_id=payer.pk, credit_note_id=note.pk, method="cash")
    assert postings("refund.created") == {"customer_credit": 3000, "cash": -3000}


def test_a_foreign_note_goes_out_at_its_own_rate(actor: Actor, acme: Organization) -> None:
    set_exchange_rate(actor=actor, at=AT, currency="EUR", rate=Decimal("1.10"), valid_from=TODAY)
    payer = customer(actor, currency="EUR")
    note = note_of(actor, payer.pk, "30.00")
    set_exchange_rate(actor=actor, at=AT, currency="EUR", rate=Decimal("1.30"), valid_from=TODAY)
    pay_out(actor, customer_id=payer.pk, credit_note_id=note.pk)
    assert postings("refund.created") == {"customer_credit": 3000, "bank": -3000}
    assert customer_credit(actor.organization_id, payer.pk) == []


def test_never_more_out_than_is_left(actor: Actor) -> None:
    payer = customer(actor)
    note = note_of(actor, payer.pk, "30.00")
    invoice = issued_invoice(actor, "20.00", customer_id=payer.pk)
    apply(actor, wishes=[(invoice.pk, None)])
    with pytest.raises(AmountExceedsCredit):
        pay_out(actor, customer_id=payer.pk, credit_note_id=note.pk, amount=Decimal("10.01"))
    pay_out(actor, customer_id=payer.pk, credit_note_id=note.pk)
    with pytest.raises(AmountExceedsCredit):
        pay_out(actor, customer_id=payer.pk, credit_note_id=note.pk)
    with pytest.raises(CreditNoteRefunded):
        void_credit_note(actor=actor, at=AT, credit_note_id=note.pk)
    assert Refund.objects.get().amount == 1000


def test_a_void_note_and_one_on_an_invoice_pay_nothing_out(actor: Actor) -> None:
    payer = customer(actor)
    invoice = issued_invoice(actor, customer_id=payer.pk)
    bound = create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk)
    gone = note_of(actor, payer.pk, "30.00")
    void_credit_note(actor=actor, at=AT, credit_note_id=gone.pk)
    for note in (bound, gone):
        with pytest.raises(CreditNotPayable):
            pay_out(actor, customer_id=payer.pk, credit_note_id=note.pk)
    assert not Refund.objects.exists()


def test_c6_the_unapplied_part_of_a_payment_goes_back_and_no_invoice_reopens(actor: Actor) -> None:
    payer = customer(actor)
    payment = overpayment(actor, payer.pk, "6.00")
    with pytest.raises(AmountExceedsCredit):
        pay_out(actor, customer_id=payer.pk, payment_id=payment.pk, amount=Decimal("6.01"))
    refund = pay_out(actor, customer_id=payer.pk, payment_id=payment.pk)
    payment.refresh_from_db()
    assert (refund.amount, payment.amount_allocated, payment.amount_unapplied) == (600, 1000, 0)
    assert Invoice.objects.get().amount_due == 0


def test_a_payment_and_a_note_at_once_or_none_is_refused(actor: Actor) -> None:
    payer = customer(actor)
    note, payment = note_of(actor, payer.pk, "30.00"), overpayment(actor, payer.pk, "6.00")
    for fields in ({}, {"payment_id": payment.pk, "credit_note_id": note.pk}):
        with pytest.raises(InvalidValue):
            pay_out(actor, customer_id=payer.pk, **fields)
    with pytest.raises(InvalidValue):
        pay_out(actor, customer_id=payer.pk, credit_note_id=note.pk, method="barter")
