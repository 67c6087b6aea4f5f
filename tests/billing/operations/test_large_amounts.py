"""Amounts beyond 32 bits of minor units go through every table that adds them up."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.actors import Actor
from billing.models import CustomerBalance
from billing.operations.payments import record_payment
from billing.operations.refunds import refund_payment
from tests.builders import issued_invoice
from tests.instants import AT

pytestmark = pytest.mark.django_db


def test_an_invoice_beyond_32_bits_is_issued_paid_and_refunded_exactly(actor: Actor) -> None:
    invoice = issued_invoice(actor, total="99999999999999.99")
    balance = CustomerBalance.objects.of(actor.organization_id).filter(customer=invoice.customer_id)
    assert balance.get().receivable == 9_999_999_999_999_999

    payment = record_payment(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        amount=Decimal("88888888888888.88"),
        currency="USD",
        method="wire",
        payment_date=AT.date(),
    )
    assert balance.get().receivable == 1_111_111_111_111_111
    refund_payment(actor=actor, at=AT, payment_id=payment.pk, amount=Decimal("77777777777777.77"))

    assert balance.get().receivable == 8_888_888_888_888_888
    call_command("verify_ledger")
