"""M6: whatever is paid, refunded, credited, moved, voided and undone, the books add up.

A machine takes random steps; a refused step must leave no trace. LEDGER_EXAMPLES makes it
walk longer: 12 walks of 14 steps unless said otherwise.
"""

import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.actors import system_actor
from accounts.operations.organizations import create_organization
from billing.models import CreditNote, Invoice, Payment
from billing.operations.allocations import allocate, deallocate
from billing.operations.credit_notes import create_credit_note, void_credit_note
from billing.operations.issuing import mark_uncollectible, void_invoice
from billing.operations.payments import delete_payment, record_payment, settle_pending
from billing.operations.refunds import refund_payment
from billing.operations.write_offs import write_off
from billing.queries.ledger_checks import find_problems
from core.errors import DomainError
from core.money import from_minor
from tests import builders
from tests.instants import AT, TODAY

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "12"))
PICK = st.integers(min_value=0, max_value=5)
CENTS = st.integers(min_value=1, max_value=6000)
PERCENT = st.sampled_from([1, 33, 50, 100, 130])
STATUS = st.sampled_from(["succeeded", "succeeded", "pending"])
RATES = st.sampled_from(["1.0837", "0.9", "1.333333333333"])


class Till(RuleBasedStateMachine):
    """One customer, two currencies, and everything that can happen to their money."""

    @initialize(tolerance=st.sampled_from([0, 50]))
    def open_books(self, tolerance: int) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        organization = create_organization(at=AT, name="Till", slug="till", currency="USD")
        organization.write_off_tolerance_minor = tolerance
        organization.save()
        self.actor = system_actor(organization.pk)
        self.common: dict[str, Any] = {"actor": self.actor, "at": AT}
        self.payer = builders.customer(self.actor)
        self.vat = builders.tax_profile(self.actor, "19")
        self.invoices: list[Invoice] = []
        self.payments: list[Payment] = []
        self.notes: list[CreditNote] = []
        self.bill(price=1000, is_foreign=False, rate="1")
        self.bill(price=2500, is_foreign=True, rate="1.0837")
        self.pay(i=0, percent=70, rate="1", status="succeeded")

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            found = [str(problem) for problem in find_problems(self.actor.organization_id)]
            assert found == []
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @rule(price=CENTS, is_foreign=st.booleans(), rate=RATES)
    def bill(self, price: int, is_foreign: bool, rate: str) -> None:
        foreign = {"currency": "EUR", "exchange_rate": Decimal(rate)} if is_foreign else {}
        lines = [
            builders.line(str(from_minor(price, "USD")), "3", tax_profile_id=self.vat.pk),
            builders.line("0.07", "5"),
        ]
        fields = {"customer_id": self.payer.pk, "lines": lines, **foreign}
        self.invoices.append(builders.issued_invoice(self.actor, **fields))

    @rule(i=PICK, percent=PERCENT, rate=RATES, status=STATUS)
    def pay(self, i: int, percent: int, rate: str, status: str) -> None:
        """Pay a share of what is due; beyond 100 percent the rest becomes credit."""
        invoice = _pick(self.invoices, i)
        invoice.refresh_from_db()
        cents = max(1, invoice.amount_due * percent // 100)
        payment = _try(
            lambda: record_payment(
                **self.common,
                amount=from_minor(cents, invoice.currency),
                currency=invoice.currency,
                method="card",
                payment_date=TODAY,
                invoice_id=invoice.pk,
                allow_overpayment=True,
                status=status,
                exchange_rate=Decimal(rate),
            )
        )
        self.payments += [payment] if payment else []

    @rule(p=PICK, percent=PERCENT)
    def refund(self, p: int, percent: int) -> None:
        payment = _pick(self.payments, p)
        amount = from_minor(max(1, payment.amount * percent // 100), payment.currency)
        _try(lambda: refund_payment(**self.common, payment_id=payment.pk, amount=amount))

    @rule(p=PICK, succeeded=st.booleans())
    def settle(self, p: int, succeeded: bool) -> None:
        pk = _pick(self.payments, p).pk
        _try(lambda: settle_pending(**self.common, payment_id=pk, succeeded=succeeded))

    @rule(p=PICK)
    def delete(self, p: int) -> None:
        pk = _pick(self.payments, p).pk
        _try(lambda: delete_payment(**self.common, payment_id=pk))

    @rule(i=PICK, units=st.integers(1, 3), where=st.sampled_from(["refund", "credit"]))
    def credit(self, i: int, units: int, where: str) -> None:
        """Credit some units; the refusal says how much money it frees, the second try uses it."""
        invoice = _pick(self.invoices, i)
        lines = [{"invoice_line_id": invoice.lines.all()[0].pk, "quantity": Decimal(units)}]
        make = {**self.common, "invoice_id": invoice.pk, "lines": lines}
        try:
            self.notes.append(create_credit_note(**make))
        except DomainError as refusal:
            freed = refusal.details.get("freed")
            if freed:
                self.notes.append(create_credit_note(**make, **{f"{where}_amount": freed}))

    @rule(cents=CENTS)
    def goodwill(self, cents: int) -> None:
        lines = [builders.line(str(from_minor(cents, "USD")), tax_profile_id=self.vat.pk)]
        note = create_credit_note(**self.common, customer_id=self.payer.pk, lines=lines)
        self.notes.append(note)

    @precondition(lambda self: self.notes)
    @rule(n=PICK)
    def void_note(self, n: int) -> None:
        pk = _pick(self.notes, n).pk
        _try(lambda: void_credit_note(**self.common, credit_note_id=pk))

    @rule(i=PICK, s=PICK, is_back=st.booleans())
    def move(self, i: int, s: int, is_back: bool) -> None:
        """Use the latest credit on some invoice, or take it off."""
        source = _pick([*self.notes, *self.payments][::-1], s)
        name = "payment_id" if isinstance(source, Payment) else "credit_note_id"
        operation: Any = deallocate if is_back else allocate
        pk = _pick(self.invoices, i).pk
        _try(lambda: operation(**self.common, on=TODAY, invoice_id=pk, **{name: source.pk}))

    @rule(i=PICK, verb=st.sampled_from(["void", "give_up", "write_off"]))
    def close(self, i: int, verb: str) -> None:
        invoice = {**self.common, "invoice_id": _pick(self.invoices, i).pk}
        if verb == "void":
            _try(lambda: void_invoice(**invoice, reason=""))
        elif verb == "give_up":
            _try(lambda: mark_uncollectible(**invoice))
        else:
            _try(lambda: write_off(**invoice, on=TODAY, reason="Gone"))


def test_m6_no_walk_through_the_operations_unbalances_the_books(db: None) -> None:
    run_state_machine_as_test(
        Till,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("parts", [(1, 1, 1), (3333, 3333, 3334), (10000,)])
def test_parts_of_one_payment_always_make_up_the_whole(db: None, parts: tuple[int, ...]) -> None:
    organization = create_organization(at=AT, name="Till", slug="till", currency="USD")
    actor = system_actor(organization.pk)
    payer = builders.customer(actor)
    totals = [str(from_minor(part, "USD")) for part in parts]
    rows = [builders.issued_invoice(actor, total, customer_id=payer.pk) for total in totals]
    payment = record_payment(
        actor=actor,
        at=AT,
        amount=from_minor(sum(parts), "USD"),
        currency="USD",
        method="card",
        payment_date=TODAY,
        allocations=[(row.pk, None) for row in rows],
    )
    assert payment.amount_allocated == sum(parts)
    assert list(find_problems(organization.pk)) == []


def _pick(rows: list[Any], index: int) -> Any:
    return rows[index % len(rows)]


def _try(work: Callable[[], Any]) -> Any:
    """The operation's answer, or None when it refuses."""
    try:
        return work()
    except DomainError:
        return None
