"""Cash flow: what came into and went out of cash and bank, by period, account and method."""

import datetime
from decimal import Decimal

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.operations.credit_notes import create_credit_note
from billing.operations.customer_credit import pay_out_credit
from billing.operations.payments import delete_payment, record_payment
from billing.operations.refunds import refund_payment
from billing.operations.write_offs import write_off
from billing.queries.spans import Span
from billing.reports.cash_flow import CashFlowReport, CashFlowSection, cash_flow, cash_flow_table
from billing.reports.csv import csv_chunks
from tests.billing.money import pay
from tests.builders import customer, issued_invoice, line
from tests.instants import AT

pytestmark = pytest.mark.usefixtures("books_add_up")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def report(
    acme: Organization,
    first: str = "2025-01-01",
    last: str = "2025-03-31",
    group_by: str = "month",
    **fields: str,
) -> CashFlowReport:
    return cash_flow(acme, Span(day(first), day(last)), group_by=group_by, **fields)


def rows(section: CashFlowSection) -> list[tuple[str, int, int, int | None, int | None]]:
    return [
        (row.key, row.flow.payments, row.flow.refunds, row.opening, row.closing)
        for row in section.rows
    ]


@pytest.fixture
def moved(actor: Actor) -> None:
    """70.00 before the year; 100.00 and 40.00 in January, 25.00 back in March."""
    buyer = customer(actor).pk
    early = issued_invoice(actor, "70.00", issue_date=day("2024-12-01"), customer_id=buyer)
    pay(actor, early, "70.00", payment_date=day("2024-12-31"))
    invoice = issued_invoice(actor, "200.00", customer_id=buyer)
    money = pay(actor, invoice, "100.00", payment_date=day("2025-01-15"))
    pay(actor, invoice, "40.00", payment_date=day("2025-01-31"), method="cash")
    refund_payment(
        actor=actor, at=AT, payment_id=money.pk, amount=Decimal(25), refund_date=day("2025-03-01")
    )


@pytest.mark.usefixtures("moved")
def test_each_period_carries_the_balance_of_the_one_before(acme: Organization) -> None:
    (section,) = report(acme).sections
    assert rows(section) == [
        ("2025-01-01", 14000, 0, 7000, 21000),
        ("2025-02-01", 0, 0, 21000, 21000),
        ("2025-03-01", 0, 2500, 21000, 18500),
    ]
    assert (section.opening, section.total.net, section.closing) == (7000, 11500, 18500)


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize(
    ("group_by", "count"), [("day", 90), ("week", 13), ("month", 3), ("quarter", 1), ("year", 1)]
)
def test_every_grouping_has_the_same_sums(acme: Organization, group_by: str, count: int) -> None:
    (section,) = report(acme, group_by=group_by).sections
    assert len(section.rows) == count
    assert (section.total.payments, section.total.refunds) == (14000, 2500)
    assert section.rows[-1].closing == section.closing == 18500


@pytest.mark.usefixtures("moved")
def test_by_account(acme: Organization) -> None:
    (section,) = report(acme, group_by="account").sections
    assert [(row.label, row.opening, row.flow.net, row.closing) for row in section.rows] == [
        ("Cash", 0, 4000, 4000),
        ("Bank", 7000, 7500, 14500),
    ]


@pytest.mark.usefixtures("moved")
def test_by_method_a_refund_counts_with_its_payments_method(acme: Organization) -> None:
    (section,) = report(acme, group_by="method").sections
    assert [(row.key, row.label, row.flow.net, row.opening) for row in section.rows] == [
        ("bank_transfer", "Bank transfer", 7500, None),
        ("cash", "Cash", 4000, None),
    ]


def test_a_payment_taken_back_is_less_received(acme: Organization, actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00", payment_date=day("2025-01-15"))
    delete_payment(actor=actor, at=AT, payment_id=payment.pk, on=day("2025-01-20"))
    (section,) = report(acme, group_by="quarter").sections
    assert rows(section) == [("2025-01-01", 0, 0, 0, 0)]


def test_what_moved_no_money_is_not_there(acme: Organization, actor: Actor) -> None:
    lost, credited = issued_invoice(actor, "10.00"), issued_invoice(actor, "20.00")
    write_off(actor=actor, at=AT, invoice_id=lost.pk, on=day("2025-01-16"), reason="Gone")
    pay(actor, credited, "20.00")
    create_credit_note(actor=actor, at=AT, invoice_id=credited.pk, out_of_band_amount=Decimal(20))
    (section,) = report(acme, group_by="quarter").sections
    assert rows(section) == [("2025-01-01", 2000, 0, 0, 2000)]


def test_currencies_are_apart(acme: Organization, actor: Actor) -> None:
    pay(actor, issued_invoice(actor, "10.00"), "10.00")
    record_payment(
        actor=actor, at=AT, amount=Decimal(5000), currency="JPY", method="cash",
        payment_date=day("2025-01-15"), customer_id=customer(actor).pk,
        exchange_rate=Decimal("0.0066"),
    )  # fmt: skip
    sections = report(acme).sections
    assert [(s.currency, s.closing) for s in sections] == [("USD", 1000), ("JPY", 5000)]
    (only,) = report(acme, currency="JPY").sections
    assert (only.currency, only.closing) == ("JPY", 5000)


def test_another_tenants_money_is_not_ours(acme: Organization, mallory_actor: Actor) -> None:
    pay(mallory_actor, issued_invoice(mallory_actor, "10.00"), "10.00")
    (section,) = report(acme).sections
    assert section.closing == 0


@pytest.mark.usefixtures("moved")
def test_the_table_has_a_row_per_period_and_a_total(acme: Organization) -> None:
    table = cash_flow_table(report(acme, group_by="quarter"), acme)
    assert b"".join(csv_chunks(table)).decode() == (
        "period,period_end,currency,opening_balance,payments,refunds,other_in,other_out,"
        "net_cash_flow,closing_balance\r\n"
        "2025-01-01,2025-03-31,USD,70.00,140.00,25.00,0.00,0.00,115.00,185.00\r\n"
    )
    assert [row["closing_balance"] for row in table.totals] == [18500]


def test_credit_that_is_paid_out_leaves_by_its_own_method(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor)
    note = create_credit_note(
        actor=actor, at=AT, customer_id=buyer.pk, lines=[line("20.00")],
        issue_date=day("2025-01-15"),
    )  # fmt: skip
    pay_out_credit(
        actor=actor, at=AT, customer_id=buyer.pk, credit_note_id=note.pk, method="cash",
        refund_date=day("2025-01-20"),
    )  # fmt: skip
    (section,) = report(acme, group_by="method").sections
    assert [(row.key, row.flow.refunds, row.flow.net) for row in section.rows] == [
        ("cash", 2000, -2000)
    ]
