"""Whatever happened, in whatever order: the reports agree with the books on every day."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import CreditNote, Customer, Invoice, Payment, Posting
from billing.operations.allocations import allocate
from billing.operations.credit_notes import create_credit_note, void_credit_note
from billing.operations.customer_credit import pay_out_credit
from billing.operations.instalments import set_instalments
from billing.operations.issuing import mark_uncollectible, void_invoice
from billing.operations.payments import delete_payment, record_payment
from billing.operations.refunds import refund_payment
from billing.operations.write_offs import write_off
from billing.queries.ledger_checks import find_problems
from billing.queries.spans import Span
from billing.queries.statements import statement_of
from billing.reports.ageing import AgeingReport, ageing_report
from billing.reports.cash_flow import cash_flow
from core.errors import DomainError
from tests.builders import customer, issued_invoice, line

FIRST = datetime.date(2025, 1, 1)
DAYS = 120
ACTS = ("invoice", "parts", "pay", "account", "apply", "credit", "gift", "refund", "payout",
        "write_off", "lose", "void", "unpay", "uncredit")  # fmt: skip
# (what, how far the clock moves on, a pick among the rows there are, an amount in cents)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 12), st.integers(0, 7), st.integers(1, 15_000)),
    min_size=3,
    max_size=9,
)


# So that whatever comes finds rows to act on: invoices, money and credit.
PRELUDE = (
    ("account", 0, 0, 3_000),
    ("invoice", 1, 2, 10_000),
    ("invoice", 0, 7, 5_000),
    ("parts", 0, 3, 10_001),
    ("gift", 1, 0, 2_000),
    ("payout", 0, 0, 1),
    # Money before the day of its invoice.
    ("pay", 0, 1, 2_000),
)


class _Story:
    """Acts on one customer, each as if by hand; a refusal is as good as a success."""

    def __init__(self, actor: Actor, buyer: Customer) -> None:
        self.actor, self.buyer, self.on = actor, buyer, FIRST

    @property
    def common(self) -> dict[str, Any]:
        noon = datetime.time(12, tzinfo=datetime.UTC)
        return {"actor": self.actor, "at": datetime.datetime.combine(self.on, noon)}

    def act(self, what: str, days: int, pick: int, cents: int) -> None:
        self.on += datetime.timedelta(days=days)
        try:
            with transaction.atomic():
                getattr(self, f"_{what}")(pick, Decimal(cents).scaleb(-2))
        except (DomainError, IndexError):
            pass

    def _invoice(self, pick: int, amount: Decimal) -> Invoice:
        # Some are dated ahead, as when next month's rent is invoiced.
        issued = self.on + datetime.timedelta(days=10 if pick == 7 else 0)
        return issued_invoice(
            self.actor, str(amount), at=self.common["at"], customer_id=self.buyer.pk,
            issue_date=issued, due_date=issued + datetime.timedelta(days=pick * 9),
        )  # fmt: skip

    def _parts(self, pick: int, amount: Decimal) -> None:
        invoice = self._invoice(pick % 7, amount)
        dates = [invoice.issue_date + datetime.timedelta(days=7 * i) for i in (1, 5, 9)]
        set_instalments(**self.common, invoice_id=invoice.pk, due_dates=dates)

    def _pay(self, pick: int, amount: Decimal) -> None:
        record_payment(
            **self.common, amount=amount, currency="USD", method="card", payment_date=self.on,
            invoice_id=_nth(Invoice, pick).pk, allow_overpayment=True,
        )  # fmt: skip

    def _account(self, pick: int, amount: Decimal) -> None:
        record_payment(
            **self.common, amount=amount, currency="USD", method="cash", payment_date=self.on,
            customer_id=self.buyer.pk,
        )  # fmt: skip

    def _apply(self, pick: int, amount: Decimal) -> None:
        invoice, payment = _nth(Invoice, pick), _nth(Payment, pick)
        allocate(**self.common, on=self.on, invoice_id=invoice.pk, payment_id=payment.pk)

    def _credit(self, pick: int, amount: Decimal) -> None:
        invoice = _nth(Invoice, pick)
        freed = Decimal(invoice.amount_paid).scaleb(-2)
        create_credit_note(
            **self.common, invoice_id=invoice.pk, issue_date=self.on, credit_amount=freed
        )

    def _gift(self, pick: int, amount: Decimal) -> None:
        create_credit_note(
            **self.common, customer_id=self.buyer.pk, lines=[line(str(amount))], issue_date=self.on
        )

    def _refund(self, pick: int, amount: Decimal) -> None:
        payment = _nth(Payment, pick)
        part = min(amount, Decimal(payment.amount - payment.amount_refunded).scaleb(-2))
        refund_payment(**self.common, payment_id=payment.pk, amount=part, refund_date=self.on)

    def _payout(self, pick: int, amount: Decimal) -> None:
        pay_out_credit(
            **self.common, customer_id=self.buyer.pk, refund_date=self.on,
            credit_note_id=_nth(CreditNote, pick).pk,
        )  # fmt: skip

    def _write_off(self, pick: int, amount: Decimal) -> None:
        invoice = _nth(Invoice, pick)
        write_off(**self.common, invoice_id=invoice.pk, on=self.on, reason="Small")

    def _lose(self, pick: int, amount: Decimal) -> None:
        mark_uncollectible(**self.common, invoice_id=_nth(Invoice, pick).pk)
        self._write_off(pick, amount)

    def _void(self, pick: int, amount: Decimal) -> None:
        void_invoice(**self.common, invoice_id=_nth(Invoice, pick).pk)

    def _unpay(self, pick: int, amount: Decimal) -> None:
        delete_payment(**self.common, payment_id=_nth(Payment, pick).pk, on=self.on)

    def _uncredit(self, pick: int, amount: Decimal) -> None:
        void_credit_note(**self.common, credit_note_id=_nth(CreditNote, pick).pk, on=self.on)


def _nth(model: Any, pick: int) -> Any:
    rows = list(model.objects.order_by("pk"))
    return rows[pick % len(rows)] if rows else rows[0]


def _booked(role: str, on: datetime.date) -> int:
    rows = Posting.objects.filter(account__system_role=role, entry_date__lte=on)
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0


def _aged(acme: Organization, on: datetime.date) -> AgeingReport:
    return ageing_report(acme, on, include_credits=True)


@pytest.mark.django_db
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, later=STEPS)
def test_the_reports_are_the_books_on_every_day(
    acme: Organization, actor: Actor, steps: list[Any], later: list[Any]
) -> None:
    savepoint = transaction.savepoint()
    try:
        _live_through(acme, actor, steps, later)
    finally:
        transaction.savepoint_rollback(savepoint)


def _live_through(acme: Organization, actor: Actor, steps: list[Any], later: list[Any]) -> None:
    story = _Story(actor, customer(actor))
    for step in [*PRELUDE, *steps]:
        story.act(*step)
    days = [FIRST + datetime.timedelta(days=10 * n) for n in range(DAYS // 10)]
    for day in days:
        _check(acme, story.buyer, day)
    end = story.on
    before = [_aged(acme, day) for day in days if day <= end]
    # What comes later leaves every day before it as it was.
    story.on += datetime.timedelta(days=1)
    for step in later:
        story.act(*step)
    assert [_aged(acme, day) for day in days if day <= end] == before
    _check(acme, story.buyer, story.on)
    assert [str(problem) for problem in find_problems(acme.pk)] == []


def _check(acme: Organization, buyer: Customer, day: datetime.date) -> None:
    """Ageing, statement and cash flow of that day against the sums of postings."""
    (section,) = _aged(acme, day).sections
    owed, credit = _booked("receivables", day), _booked("customer_credit", day)
    assert sum(section.amounts) == section.total_due == owed + credit
    assert sum(row.total_due for row in section.rows) == section.total_due
    gross = ageing_report(acme, day).sections[0]
    assert gross.total_due == section.total_due - section.unapplied_credits
    assert all(amount >= 0 for amount in gross.amounts)
    (account,) = statement_of(acme, buyer, Span(FIRST, day)).sections
    open_items = sum(item.amount_due for item in account.open_items)
    assert account.closing == open_items + account.unapplied_credits == section.total_due
    names = {"invoiced": 1, "paid": -1, "credited": -1, "refunded": 1, "written_off": -1}
    moved = sum(sign * account.sums[name] for name, sign in names.items())
    assert account.closing == account.opening + moved
    assert account.sums["adjusted"] == 0
    (money,) = cash_flow(acme, Span(FIRST, day), group_by="month").sections
    assert money.closing == _booked("bank", day) + _booked("cash", day)
    assert money.total.payments - money.total.refunds == money.closing
