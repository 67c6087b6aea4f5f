"""Statements of account: opening, every movement, closing, and the open items (E6)."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Customer, Invoice
from billing.operations.allocations import allocate
from billing.operations.credit_notes import create_credit_note, void_credit_note
from billing.operations.issuing import void_invoice
from billing.operations.payments import delete_payment, record_payment
from billing.operations.refunds import refund_payment
from billing.operations.write_offs import write_off
from billing.queries.spans import Span
from billing.queries.statements import Statement, StatementSection, customer_statement, statement_of
from billing.reports.csv import csv_chunks
from billing.reports.statement import statement_table
from core.errors import NotFound
from tests.billing.money import pay
from tests.builders import customer, issued_invoice, line
from tests.instants import AT

pytestmark = pytest.mark.usefixtures("books_add_up")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def invoice(actor: Actor, buyer: Customer, total: str, on: str, **fields: Any) -> Invoice:
    return issued_invoice(
        actor, total, issue_date=day(on), due_date=day(on), customer_id=buyer.pk, **fields
    )


def statement(acme: Organization, buyer: Customer, first: str, last: str) -> Statement:
    return statement_of(acme, buyer, Span(day(first), day(last)))


def only(found: Statement) -> StatementSection:
    (section,) = found.sections
    items = sum(item.amount_due for item in section.open_items) + section.unapplied_credits
    assert section.closing == items
    return section


def movements(section: StatementSection) -> list[tuple[str, int, int]]:
    return [(line.type, line.amount, line.balance) for line in section.lines]


def test_e6_opening_plus_movements_is_closing_and_the_open_items(
    acme: Organization, actor: Actor
) -> None:
    buyer = customer(actor)
    invoice(actor, buyer, "100.00", "2025-01-02")
    second = invoice(actor, buyer, "50.00", "2025-02-01")
    paid = pay(actor, second, "50.00", payment_date=day("2025-02-10"))
    credited = invoice(actor, buyer, "30.00", "2025-02-11")
    create_credit_note(actor=actor, at=AT, invoice_id=credited.pk, issue_date=day("2025-02-12"))
    refund_payment(
        actor=actor, at=AT, payment_id=paid.pk, amount=Decimal(20), refund_date=day("2025-02-20")
    )
    section = only(statement(acme, buyer, "2025-02-01", "2025-02-28"))
    assert section.opening == 10000
    assert movements(section) == [
        ("invoice", 5000, 15000),
        ("payment", -5000, 10000),
        ("invoice", 3000, 13000),
        ("credit_note", -3000, 10000),
        ("refund", 2000, 12000),
    ]
    assert section.sums == {
        "invoiced": 8000,
        "paid": 5000,
        "credited": 3000,
        "refunded": 2000,
        "written_off": 0,
        "adjusted": 0,
    }
    assert section.closing == 10000 + 8000 - 5000 - 3000 + 2000 == 12000
    assert [(item.amount_due, item.days_overdue) for item in section.open_items] == [
        (10000, 57),
        (2000, 27),
    ]


def test_e6_the_closing_of_a_past_span_does_not_change(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor)
    first = invoice(actor, buyer, "100.00", "2025-01-02")
    before = statement(acme, buyer, "2025-01-01", "2025-01-31")
    pay(actor, first, "100.00", payment_date=day("2025-02-01"))
    assert statement(acme, buyer, "2025-01-01", "2025-01-31") == before
    later = only(statement(acme, buyer, "2025-02-01", "2025-02-28"))
    assert (later.opening, later.closing) == (10000, 0)


def test_moving_credit_to_an_invoice_is_no_movement(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor)
    money = record_payment(
        actor=actor, at=AT, amount=Decimal(40), currency="USD", method="cash",
        payment_date=day("2025-01-05"), customer_id=buyer.pk, reference="Deposit 7",
    )  # fmt: skip
    late = invoice(actor, buyer, "100.00", "2025-01-10")
    allocate(actor=actor, at=AT, on=day("2025-01-11"), invoice_id=late.pk, payment_id=money.pk)
    section = only(statement(acme, buyer, "2025-01-01", "2025-01-31"))
    assert movements(section) == [("payment", -4000, -4000), ("invoice", 10000, 6000)]
    assert section.lines[0].reference == "Deposit 7"
    assert section.unapplied_credits == 0


def test_what_was_written_off_with_a_payment_is_a_line_of_its_own(
    acme: Organization, actor: Actor
) -> None:
    acme.write_off_tolerance_minor = 50
    acme.save(update_fields=["write_off_tolerance_minor"])
    buyer = customer(actor)
    row = invoice(actor, buyer, "100.00", "2025-01-02")
    payment = pay(actor, row, "99.90", payment_date=day("2025-01-05"))
    section = only(statement(acme, buyer, "2025-01-01", "2025-01-31"))
    assert movements(section) == [
        ("invoice", 10000, 10000),
        ("payment", -9990, 10),
        ("write_off", -10, 0),
    ]
    delete_payment(actor=actor, at=AT, payment_id=payment.pk, on=day("2025-01-06"))
    undone = only(statement(acme, buyer, "2025-01-06", "2025-01-31"))
    assert movements(undone) == [("payment_deleted", 9990, 9990), ("write_off", 10, 10000)]
    assert undone.sums["written_off"] == -10


def test_every_kind_of_movement_has_a_line(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor)
    wrong = invoice(actor, buyer, "10.00", "2025-01-02")
    void_invoice(actor=actor, at=AT, invoice_id=wrong.pk)
    lost = invoice(actor, buyer, "20.00", "2025-01-03")
    write_off(actor=actor, at=AT, invoice_id=lost.pk, on=day("2025-01-16"), reason="Gone")
    note = create_credit_note(
        actor=actor, at=AT, customer_id=buyer.pk, lines=[line("5.00")],
        issue_date=day("2025-01-17"),
    )  # fmt: skip
    void_credit_note(actor=actor, at=AT, credit_note_id=note.pk, on=day("2025-01-18"))
    section = only(statement(acme, buyer, "2025-01-01", "2025-01-31"))
    assert movements(section) == [
        ("invoice", 1000, 1000),
        ("invoice", 2000, 3000),
        ("invoice_voided", -1000, 2000),
        ("write_off", -2000, 0),
        ("credit_note", -500, -500),
        ("credit_note_voided", 500, 0),
    ]
    assert [entry.number for entry in section.lines] == [
        wrong.number, lost.number, wrong.number, lost.number, note.number, note.number,
    ]  # fmt: skip


def test_each_currency_is_an_account_of_its_own(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor)
    invoice(actor, buyer, "100.00", "2025-01-02")
    invoice(actor, buyer, "5000", "2025-01-03", currency="JPY", exchange_rate=Decimal("0.0066"))
    found = statement(acme, buyer, "2025-01-01", "2025-01-31")
    assert [(s.currency, s.closing) for s in found.sections] == [("USD", 10000), ("JPY", 5000)]
    narrowed = statement_of(acme, buyer, Span(day("2025-01-01"), day("2025-01-31")), currency="JPY")
    assert [(s.currency, s.closing) for s in narrowed.sections] == [("JPY", 5000)]


def test_another_customers_movements_are_not_shown(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor)
    invoice(actor, customer(actor, "Other"), "100.00", "2025-01-02")
    section = only(statement(acme, buyer, "2025-01-01", "2025-01-31"))
    assert (section.lines, section.closing) == ([], 0)


def test_the_table_has_the_opening_every_line_and_the_balance(
    acme: Organization, actor: Actor
) -> None:
    buyer = customer(actor)
    row = invoice(actor, buyer, "100.00", "2025-01-02")
    payment = pay(actor, row, "40.00", payment_date=day("2025-01-05"), reference="=A1")
    found = statement(acme, buyer, "2025-01-01", "2025-01-31")
    table = statement_table(found, acme)
    assert b"".join(csv_chunks(table, for_people=True)).decode() == (
        "\ufeffDate,What,Number,Reference,Due,Amount,Balance\r\n"
        "2025-01-01,Opening balance,,,,,0.00\r\n"
        f"2025-01-02,Invoice,{row.number},,2025-01-02,100.00,100.00\r\n"
        f"2025-01-05,Payment,{payment.number},'=A1,,-40.00,60.00\r\n"
    )
    assert [total["balance"] for total in table.totals] == [6000]


def test_a_customer_s_statement_is_asked_for_by_days(acme: Organization, actor: Actor) -> None:
    buyer = customer(actor)
    invoice(actor, buyer, "100.00", "2025-01-02")
    found = customer_statement(acme.pk, buyer.uuid, day("2025-01-01"), day("2025-01-31"))
    assert found == statement(acme, buyer, "2025-01-01", "2025-01-31")
    assert only(found).closing == 10000


def test_another_organization_s_customer_has_no_statement(
    acme: Organization, mallory_actor: Actor
) -> None:
    theirs = customer(mallory_actor)
    with pytest.raises(NotFound):
        customer_statement(acme.pk, theirs.uuid, day("2025-01-01"), day("2025-01-31"))
