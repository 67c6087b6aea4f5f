"""What every receipt shares: its rate, its tolerance, its transaction (C7, C10, M5)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Payment, Posting
from billing.operations.exchange_rates import set_exchange_rate
from billing.operations.payments import delete_payment, record_payment
from billing.operations.receipts import DuplicateTransaction
from core.errors import InvalidValue
from tests.billing.money import due, pay, postings
from tests.builders import customer, issued_invoice
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def test_c7_a_difference_within_tolerance_is_written_off(actor: Actor, acme: Organization) -> None:
    acme.write_off_tolerance_minor = 50
    acme.save()
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "99.90")
    invoice.refresh_from_db()
    assert (invoice.amount_paid, invoice.amount_written_off, invoice.amount_due) == (9990, 10, 0)
    assert invoice.settlement == "paid"
    assert postings("payment.succeeded") == {"bank": 9990, "receivables": -10000, "write_off": 10}


def test_c7_a_difference_above_tolerance_stays_due(actor: Actor, acme: Organization) -> None:
    acme.write_off_tolerance_minor = 50
    acme.save()
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "99.49")
    assert due(invoice) == 51


def test_c10_a_better_rate_on_payment_is_an_exchange_gain(actor: Actor, acme: Organization) -> None:
    acme.accounting_currency = "KRW"
    acme.save()
    set_exchange_rate(actor=actor, at=AT, currency="USD", rate=Decimal(531), valid_from=TODAY)
    invoice = issued_invoice(actor, "110.00")
    payment = pay(actor, invoice, "110.00", exchange_rate=Decimal(600))
    assert due(invoice) == 0
    assert payment.amount_unapplied == 0
    rows = Posting.objects.filter(entry__kind="payment.succeeded")
    booked = {row.account.system_role: (row.amount, row.base_amount) for row in rows}
    assert booked == {
        "bank": (11000, 66000),
        "receivables": (-11000, -58410),
        "fx": (0, -7590),
    }


def test_c10_parts_release_the_receivable_without_a_lost_unit(
    actor: Actor, acme: Organization
) -> None:
    acme.accounting_currency = "EUR"
    acme.save()
    rate = Decimal("0.333333")
    set_exchange_rate(actor=actor, at=AT, currency="USD", rate=rate, valid_from=TODAY)
    invoice = issued_invoice(actor, "1.00")
    for amount in ("0.01", "0.33", "0.33", "0.33"):
        pay(actor, invoice, amount)
    rows = Posting.objects.filter(account__system_role="receivables")
    assert sum(row.base_amount for row in rows) == 0
    assert sum(row.amount for row in rows) == 0


def test_a_payment_without_any_known_rate_is_refused(actor: Actor) -> None:
    payer = customer(actor, currency="GBP")
    with pytest.raises(InvalidValue, match="No rate from GBP to USD"):
        record_payment(
            actor=actor,
            at=AT,
            amount=Decimal(5),
            currency="GBP",
            method="cash",
            payment_date=TODAY,
            customer_id=payer.pk,
        )
    assert Payment.objects.count() == 0


def test_m5_a_gateway_transaction_is_recorded_once(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    other = issued_invoice(actor, "100.00")
    first = pay(actor, invoice, "10.00", gateway="stripe", transaction_id="ch_1")
    for target in (invoice, other):
        with pytest.raises(DuplicateTransaction) as refusal:
            pay(actor, target, "10.00", gateway="stripe", transaction_id="ch_1")
        assert refusal.value.code == "duplicate_transaction"
        assert first.number in str(refusal.value)
    assert Payment.objects.count() == 1
    assert pay(actor, invoice, "10.00", gateway="paypal", transaction_id="ch_1").pk


def test_m5_a_deleted_payment_frees_its_transaction_for_the_right_one(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    wrong = pay(actor, invoice, "10.00", gateway="stripe", transaction_id="ch_1")
    delete_payment(actor=actor, at=AT, payment_id=wrong.pk)
    right = pay(actor, invoice, "100.00", gateway="stripe", transaction_id="ch_1")
    with pytest.raises(DuplicateTransaction):
        pay(actor, invoice, "100.00", gateway="stripe", transaction_id="ch_1")
    rows = Payment.objects.order_by("pk").values_list("pk", "status")
    assert list(rows) == [(wrong.pk, "cancelled"), (right.pk, "succeeded")]


def test_m5_the_database_keeps_two_live_payments_of_a_transaction_apart(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    first = pay(actor, invoice, "10.00", gateway="stripe", transaction_id="ch_1")
    second = pay(actor, invoice, "10.00", gateway="stripe", transaction_id="ch_2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=second.pk).update(transaction_id=first.transaction_id)


def test_a_rate_that_makes_more_than_the_books_hold_is_refused_by_name(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00", currency="EUR")
    for rate in ("999999999999999", "103"):
        with pytest.raises(InvalidValue) as refusal:
            pay(
                actor,
                invoice,
                "900000000000000",
                exchange_rate=Decimal(rate),
                allow_overpayment=True,
            )
        assert refusal.value.param == "exchange_rate"
    assert Payment.objects.count() == 0
