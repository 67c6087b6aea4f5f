"""M1 to M5: many hands on one invoice. The race is shown first, then prevented.

PAYMENT_THREADS and RACE_ROUNDS make the campaign larger: 64 threads and 3 rounds unless said.
"""

import functools
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connections

from accounts.actors import Actor, system_actor
from accounts.operations.organizations import create_organization
from billing.models import Allocation, Invoice, Payment, Refund
from billing.operations import locks
from billing.operations.allocations import allocate
from billing.operations.invoices import delete_invoice, update_invoice
from billing.operations.issuing import void_invoice
from billing.operations.payments import mark_paid, record_payment
from billing.operations.refunds import refund_payment
from billing.queries.ledger_checks import find_problems
from billing.queries.lookup import find
from core.errors import DomainError
from tests import builders
from tests.crowds import at_once
from tests.instants import AT, TODAY

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = int(os.environ.get("PAYMENT_THREADS", "64"))
ROUNDS = int(os.environ.get("RACE_ROUNDS", "3"))
LOCK_TIMEOUT = "55P03"


@pytest.fixture
def clerk() -> Actor:
    organization = create_organization(at=AT, name="Acme", slug="acme", currency="USD")
    return system_actor(organization.pk)


@pytest.fixture(autouse=True)
def books_add_up(clerk: Actor) -> Iterator[None]:
    yield
    assert [str(problem) for problem in find_problems(clerk.organization_id)] == []


def in_rounds(test: Callable[[Actor], None]) -> Callable[[Actor], None]:
    """The same race ROUNDS times, each over documents of its own."""

    @functools.wraps(test)
    def rounds(clerk: Actor) -> None:
        for _ in range(ROUNDS):
            test(clerk)

    return rounds


def race(*works: Callable[[], Any]) -> list[str]:
    """Run them all at the same moment. One word each: `done`, or the refusal's code."""

    def run(work: Callable[[], Any]) -> str:
        try:
            work()
        except DomainError as refusal:
            return refusal.code
        except OperationalError as error:
            # Who waited longer than the server allows is told to come again: nothing was done.
            if getattr(error.__cause__, "sqlstate", "") != LOCK_TIMEOUT:
                raise
            return "lock_timeout"
        return "done"

    return at_once(*(functools.partial(run, work) for work in works))


def pay(clerk: Actor, invoice: Invoice, amount: str = "100.00", **fields: Any) -> Payment:
    return record_payment(
        actor=clerk,
        at=AT,
        amount=Decimal(amount),
        currency="USD",
        method="card",
        payment_date=TODAY,
        invoice_id=invoice.pk,
        **fields,
    )


def settled(invoice: Invoice) -> int:
    return sum(Allocation.objects.filter(invoice=invoice).values_list("amount", flat=True))


def test_m1_without_the_lock_everybody_pays(clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the lock prevents: everybody reads the same open amount."""
    payer = builders.customer(clerk)
    invoice = builders.issued_invoice(clerk, "100.00", customer_id=payer.pk)
    # Another open invoice, or the customer's balance below zero would still be refused.
    builders.issued_invoice(clerk, "9000.00", customer_id=payer.pk)
    together = threading.Barrier(8)

    def unlocked(organization_id: int, reference: int) -> Invoice:
        row = find(Invoice.objects.of(organization_id), reference, "invoice")
        together.wait(timeout=60)
        return row

    monkeypatch.setattr(locks, "lock_invoice", unlocked)
    assert race(*[lambda: pay(clerk, invoice)] * 8) == ["done"] * 8
    monkeypatch.undo()
    assert settled(invoice) == 80000
    found = " ".join(str(problem) for problem in find_problems(clerk.organization_id))
    assert "amount_paid is 100.00 USD, but its payment allocations sum to 800.00 USD" in found
    # Leave sound books behind, as every other test must.
    _forget_everything()


@in_rounds
def test_m1_exactly_one_full_payment_wins(clerk: Actor) -> None:
    invoice = builders.issued_invoice(clerk, "100.00")
    results = Counter(race(*[lambda: pay(clerk, invoice)] * THREADS))
    assert results["done"] == 1
    assert set(results) <= {"done", "already_settled", "lock_timeout"}
    assert (settled(invoice), Payment.objects.filter(invoice=invoice).count()) == (10000, 1)


def test_m2_partial_payments_fill_the_invoice_and_never_exceed_it(clerk: Actor) -> None:
    invoice = builders.issued_invoice(clerk, "100.00")
    amounts = ["1.00"] * 60 + ["3.00"] * 30
    done = 0
    for start in range(0, len(amounts), 30):
        # Interleave small and large ones in each wave.
        wave = amounts[start // 30 :: 3]
        results = race(*[lambda amount=amount: pay(clerk, invoice, amount) for amount in wave])
        pairs = zip(wave, results, strict=True)
        done += sum(int(Decimal(amount)) for amount, result in pairs if result == "done")
    invoice.refresh_from_db()
    assert settled(invoice) == invoice.amount_paid == done * 100 <= 10000
    assert invoice.amount_due < 300


def test_m3_one_full_refund_wins_and_partial_ones_stop_at_the_amount(clerk: Actor) -> None:
    invoice = builders.issued_invoice(clerk, "100.00")
    whole = pay(clerk, invoice)

    def refund(payment: Payment, amount: str) -> None:
        refund_payment(actor=clerk, at=AT, payment_id=payment.pk, amount=Decimal(amount))

    results = Counter(race(*[lambda: refund(whole, "100.00")] * (THREADS // 2)))
    assert results["done"] == 1
    parts = pay(clerk, invoice)
    results = Counter(race(*[lambda: refund(parts, "7.00")] * (THREADS // 2)))
    assert results["done"] <= 14
    refunded = sum(Refund.objects.filter(payment=parts).values_list("amount", flat=True))
    assert refunded == results["done"] * 700 <= 10000


@in_rounds
def test_m4_pay_against_void(clerk: Actor) -> None:
    invoice = builders.issued_invoice(clerk, "100.00")
    paid, voided = race(
        lambda: pay(clerk, invoice),
        lambda: void_invoice(actor=clerk, at=AT, invoice_id=invoice.pk, reason=""),
    )
    invoice.refresh_from_db()
    assert (paid, voided, invoice.status, settled(invoice)) in {
        ("done", "invoice_has_payments", "issued", 10000),
        ("invoice_void", "done", "void", 0),
    }


@in_rounds
def test_m4_pay_against_deleting_the_draft(clerk: Actor) -> None:
    draft = builders.draft_invoice(clerk, "100.00")
    paid, deleted = race(
        lambda: pay(clerk, draft),
        lambda: delete_invoice(actor=clerk, at=AT, invoice_id=draft.pk),
    )
    left = Invoice.objects.filter(pk=draft.pk).values_list("status", flat=True).first()
    assert (paid, deleted, left) in {
        ("done", "invoice_not_draft", "issued"),
        ("unknown_reference", "done", None),
        # Seen before it was deleted, gone when its lock came.
        ("resource_not_found", "done", None),
    }


@in_rounds
def test_m4_refund_against_void(clerk: Actor) -> None:
    invoice = builders.issued_invoice(clerk, "100.00")
    payment = pay(clerk, invoice)
    refunded, voided = race(
        lambda: refund_payment(actor=clerk, at=AT, payment_id=payment.pk),
        lambda: void_invoice(actor=clerk, at=AT, invoice_id=invoice.pk, reason=""),
    )
    invoice.refresh_from_db()
    assert (refunded, voided, invoice.status) in {
        ("done", "invoice_has_payments", "issued"),
        ("done", "done", "void"),
    }


@in_rounds
def test_m4_mark_paid_against_mark_paid(clerk: Actor) -> None:
    invoice = builders.issued_invoice(clerk, "100.00")

    def mark() -> None:
        mark_paid(actor=clerk, at=AT, invoice_id=invoice.pk, payment_date=TODAY)

    assert sorted(race(mark, mark)) == ["already_settled", "done"]


@in_rounds
def test_m4_editing_the_draft_against_paying_it(clerk: Actor) -> None:
    draft = builders.draft_invoice(clerk, "100.00")
    edited, paid = race(
        lambda: update_invoice(
            actor=clerk, at=AT, invoice_id=draft.pk, lines=[builders.line("200.00")]
        ),
        lambda: pay(clerk, draft),
    )
    draft.refresh_from_db()
    assert (edited, paid, draft.total, draft.amount_due) in {
        ("done", "done", 20000, 10000),
        ("invoice_finalized", "done", 10000, 0),
    }


@in_rounds
def test_m4_allocating_against_refunding_the_same_credit(clerk: Actor) -> None:
    """The payment's invoices change while the refund waits for them: it looks again."""
    payer = builders.customer(clerk)
    first = builders.issued_invoice(clerk, "10.00", customer_id=payer.pk)
    others = [builders.issued_invoice(clerk, "10.00", customer_id=payer.pk) for _ in range(3)]
    payment = pay(clerk, first, "40.00", allow_overpayment=True)
    works = [
        lambda invoice=invoice: allocate(
            actor=clerk, at=AT, on=TODAY, payment_id=payment.pk, invoice_id=invoice.pk
        )
        for invoice in others
    ]
    results = race(*works, lambda: refund_payment(actor=clerk, at=AT, payment_id=payment.pk))
    payment.refresh_from_db()
    assert results[-1] == "done"
    assert set(results[:-1]) <= {"done", "amount_exceeds_credit"}
    assert (payment.amount_refunded, payment.amount_allocated) == (4000, 0)


def test_m5_a_gateway_transaction_is_recorded_once_over_two_invoices(clerk: Actor) -> None:
    invoices = [builders.issued_invoice(clerk, "100.00") for _ in range(2)]
    works = [
        lambda invoice=invoice: pay(clerk, invoice, "1.00", gateway="stripe", transaction_id="ch_1")
        for invoice in invoices * (THREADS // 4)
    ]
    results = Counter(race(*works))
    assert results["done"] == 1
    assert set(results) <= {"done", "duplicate_transaction", "lock_timeout"}
    assert Payment.objects.count() == 1


def _forget_everything() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("TRUNCATE accounts_organization CASCADE")
