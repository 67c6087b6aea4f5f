"""Money in and back."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from accounts.actors import Actor
from billing.models import LedgerAccount, Posting
from billing.operations.credit_notes import create_credit_note
from billing.operations.payments import delete_payment, settle_pending
from billing.operations.refunds import refund_payment
from billing.reports.payments import PaymentFigures, payment_report
from tests import builders
from tests.billing.money import pay
from tests.billing.reports.figures import FIRST_QUARTER, day, scope
from tests.instants import AT

pytestmark = pytest.mark.usefixtures("books_add_up")


@pytest.fixture
def till(actor: Actor) -> dict[str, Any]:
    """Card 100 in January with 30 back in February, cash 50 in March, 20 pending, 10 failed."""
    payer = builders.customer(actor, "Payer").pk
    invoice = builders.issued_invoice(actor, "500.00", customer_id=payer, issue_date=day(1, 2))
    card = pay(actor, invoice, "100", method="card", gateway="stripe", payment_date=day(1, 10))
    refund_payment(
        actor=actor, at=AT, payment_id=card.pk, amount=Decimal(30), refund_date=day(2, 10)
    )
    pay(actor, invoice, "50", method="cash", payment_date=day(3, 10))
    pay(actor, invoice, "20", payment_date=day(3, 11), status="pending")
    failed = pay(actor, invoice, "10", payment_date=day(3, 12), status="pending")
    settle_pending(actor=actor, at=AT, payment_id=failed.pk, succeeded=False)
    deleted = pay(actor, invoice, "5", payment_date=day(3, 13))
    delete_payment(actor=actor, at=AT, payment_id=deleted.pk)
    return {"invoice": invoice, "card": card}


def test_by_month_each_on_its_own_day(actor: Actor, till: Any) -> None:
    rows = payment_report(scope(actor, FIRST_QUARTER), "month").sections[0].rows
    assert [row.figures.amount for row in rows] == [10000, 0, 5000]
    assert [row.figures.refunded for row in rows] == [0, 3000, 0]
    assert [row.figures.net for row in rows] == [10000, -3000, 5000]
    assert rows[2].figures == PaymentFigures(
        count=1,
        amount=5000,
        pending_count=1,
        pending_amount=2000,
        failed_count=1,
        failed_amount=1000,
    )


def test_by_method_gateway_and_customer(actor: Actor, till: Any) -> None:
    whole = scope(actor, FIRST_QUARTER)
    methods = payment_report(whole, "method").sections[0].rows
    assert [(row.word, row.figures.net) for row in methods] == [
        ("card", 7000),
        ("cash", 5000),
        ("bank_transfer", 0),
    ]
    gateways = payment_report(whole, "gateway").sections[0].rows
    assert [(row.word, row.figures.net) for row in gateways] == [("stripe", 7000), ("", 5000)]
    (customer,) = payment_report(whole, "customer").sections[0].rows
    assert customer.customer is not None
    assert (customer.customer.name, customer.figures.net) == ("Payer", 12000)


def test_the_net_is_what_moved_on_the_money_accounts(actor: Actor, till: Any) -> None:
    Role = LedgerAccount.SystemRole
    moved = Posting.objects.of(actor.organization_id).filter(
        account__system_role__in=[Role.CASH, Role.BANK]
    )
    summary = payment_report(scope(actor, FIRST_QUARTER), "year").sections[0].summary
    assert summary.net == moved.aggregate(sum=Sum("amount"))["sum"] == 12000


def test_what_was_settled_outside_is_told_apart(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor, "100.00", issue_date=day(1, 2))
    pay(actor, invoice, "100", payment_date=day(1, 10))
    create_credit_note(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        issue_date=day(1, 20),
        refund_amount=Decimal(60),
        out_of_band_amount=Decimal(40),
    )
    summary = payment_report(scope(actor), "day").sections[0].summary
    assert (summary.refunds_count, summary.refunded, summary.refunded_out_of_band) == (
        2,
        10000,
        4000,
    )


def test_currencies_stay_apart_and_another_organization_is_not_seen(
    actor: Actor, mallory_actor: Actor
) -> None:
    for currency, amount in (("USD", "10"), ("JPY", "700")):
        invoice = builders.issued_invoice(actor, amount, currency=currency)
        pay(actor, invoice, amount, payment_date=day(1, 20), exchange_rate=Decimal(1))
    foreign = builders.issued_invoice(mallory_actor, "10", currency="EUR")
    pay(mallory_actor, foreign, "10", payment_date=day(1, 20))
    sections = payment_report(scope(actor), "method").sections
    assert [(s.currency, s.summary.amount) for s in sections] == [("USD", 1000), ("JPY", 700)]
