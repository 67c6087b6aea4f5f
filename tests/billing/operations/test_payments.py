"""Money in, to the cent: recorded, confirmed, undone (DOMAIN 4.C)."""

from decimal import Decimal

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Allocation, CustomerBalance, JournalEntry, Payment
from billing.operations.guards import PaymentPending
from billing.operations.issuing import mark_uncollectible, void_invoice
from billing.operations.payables import AlreadySettled, AmountExceedsDue
from billing.operations.payments import delete_payment, mark_paid, record_payment, settle_pending
from billing.queries.credit import credit_totals, customer_credit
from billing.queries.lookup import UnknownReference
from core.errors import DomainError, Forbidden
from core.lifecycle import TransitionRefused
from core.models import Event
from tests.billing.money import due, event_types, pay, postings
from tests.builders import customer, draft_invoice, issued_invoice
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def test_full_payment_settles_the_invoice_and_posts_bank_against_receivables(
    actor: Actor,
) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00")
    invoice.refresh_from_db()
    assert (invoice.amount_paid, invoice.amount_due, invoice.settlement) == (10000, 0, "paid")
    assert invoice.paid_at == AT
    assert payment.number == "PAY-2025-001"
    assert (payment.amount_allocated, payment.amount_unapplied) == (10000, 0)
    assert postings("payment.succeeded") == {"bank": 10000, "receivables": -10000}


def test_partial_payment_leaves_the_rest_due_and_raises_the_version(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    version = invoice.version
    pay(actor, invoice, "40.00")
    invoice.refresh_from_db()
    assert (invoice.amount_due, invoice.settlement, invoice.paid_at) == (6000, "partial", None)
    assert invoice.version == version + 1
    assert invoice.updated_at == AT


def test_events_tell_the_payment_and_what_became_of_the_invoice(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    Event.objects.all().delete()
    pay(actor, invoice, "40.00")
    pay(actor, invoice, "60.00")
    assert event_types() == [
        "payment.created",
        "payment.succeeded",
        "invoice.partially_paid",
        "payment.created",
        "payment.succeeded",
        "invoice.paid",
    ]


def test_the_event_carries_what_changed_as_it_was_before(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "100.00")
    previous = Event.objects.get(type="invoice.paid").previous
    assert '"amount_paid":0.00' in previous
    assert '"amount_due":100.00' in previous
    assert '"settlement":"unpaid"' in previous
    assert "version" not in previous


def test_c1_overpayment_is_refused_and_nothing_is_written(actor: Actor) -> None:
    invoice = issued_invoice(actor, "89.00")
    Event.objects.all().delete()
    with pytest.raises(AmountExceedsDue) as refusal:
        pay(actor, invoice, "95.00")
    assert refusal.value.code == "amount_exceeds_due"
    assert "95.00 USD is more than the 89.00 USD due" in str(refusal.value)
    assert (due(invoice), Payment.objects.count(), event_types()) == (8900, 0, [])


def test_c1_allowed_overpayment_becomes_customer_credit(actor: Actor) -> None:
    invoice = issued_invoice(actor, "89.00")
    payment = pay(actor, invoice, "95.00", allow_overpayment=True)
    assert due(invoice) == 0
    assert payment.amount_unapplied == 600
    assert credit_totals(actor.organization_id, invoice.customer_id) == {"USD": 600}
    assert postings("payment.succeeded") == {
        "bank": 9500,
        "receivables": -8900,
        "customer_credit": -600,
    }
    balance = CustomerBalance.objects.get(customer_id=invoice.customer_id)
    assert (balance.receivable, balance.credit) == (0, 600)


def test_an_advance_payment_is_customer_credit(actor: Actor) -> None:
    payer = customer(actor)
    payment = record_payment(
        actor=actor,
        at=AT,
        amount=Decimal("50.00"),
        currency="USD",
        method="cash",
        payment_date=TODAY,
        customer_id=payer.uuid,
        allocations=[],
    )
    assert postings("payment.succeeded") == {"cash": 5000, "customer_credit": -5000}
    [source] = customer_credit(actor.organization_id, payer.pk, "USD")
    assert (source.kind, source.number, source.amount_unapplied) == (
        "payment",
        payment.number,
        5000,
    )


def test_c12_pending_money_settles_nothing_and_blocks_a_second_charge(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pending = pay(actor, invoice, "100.00", status="pending")
    assert (due(invoice), JournalEntry.objects.filter(kind__startswith="payment").count()) == (
        10000,
        0,
    )
    with pytest.raises(PaymentPending):
        pay(actor, invoice, "100.00")
    with pytest.raises(PaymentPending):
        void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="")
    settle_pending(actor=actor, at=AT, payment_id=pending.pk, succeeded=True)
    assert due(invoice) == 0
    assert event_types()[-2:] == ["payment.succeeded", "invoice.paid"]


def test_c12_a_failed_debit_leaves_the_invoice_open_for_another(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pending = pay(actor, invoice, "100.00", status="pending")
    failed = settle_pending(
        actor=actor, at=AT, payment_id=pending.pk, succeeded=False, failure_reason="No funds"
    )
    assert (failed.status, failed.failure_reason) == ("failed", "No funds")
    assert event_types()[-1] == "payment.failed"
    pay(actor, invoice, "100.00")
    assert due(invoice) == 0
    with pytest.raises(TransitionRefused):
        settle_pending(actor=actor, at=AT, payment_id=pending.pk, succeeded=True)


def test_pending_money_that_arrives_too_late_becomes_credit(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pending = pay(actor, invoice, "60.00", status="pending")
    pay(actor, invoice, "80.00", allow_overpayment=True)
    payment = settle_pending(actor=actor, at=AT, payment_id=pending.pk, succeeded=True)
    assert due(invoice) == 0
    assert payment.amount_unapplied == 4000


def test_c16_a_second_full_payment_is_a_conflict(actor: Actor) -> None:
    invoice = issued_invoice(actor, "7128.00")
    pay(actor, invoice, "7128.00")
    with pytest.raises(AlreadySettled):
        pay(actor, invoice, "7128.00")
    assert Payment.objects.count() == 1
    second = pay(actor, invoice, "7128.00", allow_overpayment=True)
    assert second.amount_unapplied == 712800


def test_c17_mark_paid_records_only_what_is_left(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "30.00")
    payment = mark_paid(
        actor=actor,
        at=AT,
        invoice_id=invoice.uuid,
        payment_date=TODAY,
        method="check",
        reference="No. 17",
    )
    assert (payment.amount, payment.method, payment.reference) == (7000, "check", "No. 17")
    assert due(invoice) == 0
    with pytest.raises(AlreadySettled):
        mark_paid(actor=actor, at=AT, invoice_id=invoice.pk, payment_date=TODAY, method="check")
    assert Payment.objects.count() == 2


def test_paying_a_draft_issues_it_first(actor: Actor) -> None:
    draft = draft_invoice(actor, "100.00")
    Event.objects.all().delete()
    pay(actor, draft, "100.00")
    draft.refresh_from_db()
    assert (draft.status, draft.amount_due) == ("issued", 0)
    assert event_types() == [
        "invoice.issued",
        "payment.created",
        "payment.succeeded",
        "invoice.paid",
    ]


def test_b10_an_uncollectible_invoice_that_is_paid_is_an_issued_one_again(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
    pay(actor, invoice, "40.00")
    invoice.refresh_from_db()
    assert invoice.status == "uncollectible"
    pay(actor, invoice, "60.00")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.settlement) == ("issued", "paid")


def test_deleting_a_payment_opens_the_invoice_and_keeps_both_entries(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00")
    deleted = delete_payment(actor=actor, at=AT, payment_id=payment.pk)
    invoice.refresh_from_db()
    assert (deleted.status, invoice.amount_due, invoice.paid_at) == ("cancelled", 10000, None)
    assert postings("payment.deleted") == {"bank": -10000, "receivables": 10000}
    assert JournalEntry.objects.filter(source_type="payment").count() == 2
    amounts = Allocation.objects.order_by("pk").values_list("amount", flat=True)
    assert list(amounts) == [10000, -10000]
    assert event_types()[-2:] == ["payment.deleted", "invoice.updated"]
    with pytest.raises(TransitionRefused):
        delete_payment(actor=actor, at=AT, payment_id=payment.pk)


def test_deleting_a_payment_takes_its_small_difference_back(
    actor: Actor, acme: Organization
) -> None:
    acme.write_off_tolerance_minor = 50
    acme.save()
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "99.90")
    delete_payment(actor=actor, at=AT, payment_id=payment.pk)
    assert due(invoice) == 10000


def test_another_tenants_invoice_and_payment_are_unknown(
    actor: Actor, mallory_actor: Actor
) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "10.00")
    with pytest.raises(UnknownReference):
        pay(mallory_actor, invoice, "10.00")
    with pytest.raises(DomainError) as refusal:
        delete_payment(actor=mallory_actor, at=AT, payment_id=payment.uuid)
    assert refusal.value.code == "resource_not_found"
    assert due(invoice) == 9000


def test_recording_needs_the_right_to_write_payments(actor: Actor, bob_actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    with pytest.raises(Forbidden):
        pay(bob_actor, invoice, "10.00")
    assert Payment.objects.count() == 0
