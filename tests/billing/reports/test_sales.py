"""What was sold: E8, by period, customer and product."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.credit_notes import create_credit_note, void_credit_note
from billing.operations.issuing import void_invoice
from billing.operations.refunds import refund_payment
from billing.operations.write_offs import write_off
from billing.reports.product_sales import product_report
from billing.reports.sales import SalesFigures, sales_report
from tests import builders
from tests.billing.money import pay
from tests.billing.reports.figures import FIRST_QUARTER, JANUARY, day, scope
from tests.instants import AT

pytestmark = pytest.mark.usefixtures("books_add_up")


def issued(actor: Actor, total: str, on: datetime.date, **fields: Any) -> Invoice:
    return builders.issued_invoice(actor, total, issue_date=on, **fields)


def summary(actor: Actor, **fields: Any) -> SalesFigures:
    return sales_report(scope(actor, **fields), "month").sections[0].summary


def test_e8_a_row_adds_up(actor: Actor) -> None:
    payer = builders.customer(actor)
    one = issued(actor, "100.00", day(1, 3), customer_id=payer.pk)
    two = issued(actor, "200.00", day(1, 9), customer_id=payer.pk)
    issued(actor, "50.00", day(2, 1), customer_id=payer.pk)
    pay(actor, one, "60.00", payment_date=day(2, 5))
    lines = [{"invoice_line_id": two.lines.get().pk, "quantity": Decimal("0.25")}]
    create_credit_note(actor=actor, at=AT, invoice_id=two.pk, lines=lines, issue_date=day(1, 20))
    figures = summary(actor)
    assert figures.invoices_count == 2
    assert figures.total_invoiced == 30000
    assert figures.total_paid == 6000
    assert figures.total_credited == 5000
    assert figures.total_outstanding == 19000


def test_e8_voided_invoices_vanish_and_drafts_never_appear(actor: Actor) -> None:
    issued(actor, "100.00", day(1, 3))
    void = issued(actor, "70.00", day(1, 4))
    void_invoice(actor=actor, at=AT, invoice_id=void.pk)
    builders.draft_invoice(actor, "1000.00", issue_date=day(1, 5))
    assert (summary(actor).invoices_count, summary(actor).total_invoiced) == (1, 10000)


def test_e8_a_credited_invoice_appears_with_its_credit(actor: Actor) -> None:
    invoice = issued(actor, "100.00", day(1, 3))
    create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, issue_date=day(1, 10))
    figures = summary(actor)
    assert (figures.invoices_count, figures.total_invoiced) == (1, 10000)
    assert (figures.total_credited, figures.total_outstanding) == (10000, 0)
    assert (figures.credit_notes_count, figures.total_credit_notes) == (1, 10000)
    assert figures.net_sales == 0


def test_a_credit_note_lowers_the_net_sales_of_its_own_period(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "10")
    lines = [builders.line("100.00", tax_profile_id=vat.pk)]
    invoice = issued(actor, "0", day(1, 3), lines=lines)
    create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, issue_date=day(2, 10))
    section = sales_report(scope(actor, FIRST_QUARTER), "month").sections[0]
    assert [row.figures.net_sales for row in section.rows] == [10000, -10000, 0]
    assert [row.figures.total_credited for row in section.rows] == [11000, 0, 0]
    assert [row.figures.total_credit_notes for row in section.rows] == [0, 11000, 0]


def test_a_void_credit_note_vanishes(actor: Actor) -> None:
    invoice = issued(actor, "100.00", day(1, 3))
    note = create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, issue_date=day(1, 10))
    void_credit_note(actor=actor, at=AT, credit_note_id=note.pk, on=day(1, 11))
    figures = summary(actor)
    assert (figures.credit_notes_count, figures.total_credited) == (0, 0)
    assert figures.net_sales == 10000


def test_what_is_written_off_is_not_outstanding(actor: Actor) -> None:
    invoice = issued(actor, "100.00", day(1, 3))
    pay(actor, invoice, "99.50")
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=day(1, 20), reason="Cents")
    figures = summary(actor)
    assert (figures.total_written_off, figures.total_outstanding) == (50, 0)


def test_weeks_cover_the_span_with_empty_ones_included(actor: Actor) -> None:
    issued(actor, "10.00", day(1, 7))
    issued(actor, "20.00", day(1, 8))
    issued(actor, "40.00", day(1, 31))
    rows = sales_report(scope(actor), "week").sections[0].rows
    assert [row.figures.total_invoiced for row in rows] == [1000, 2000, 0, 0, 4000]
    assert rows[1].period is not None
    assert (rows[1].period.start, rows[1].period.end) == (day(1, 8), day(1, 14))


def test_without_any_sale_every_period_is_there_and_empty(actor: Actor) -> None:
    section = sales_report(scope(actor, FIRST_QUARTER), "month").sections[0]
    assert section.currency == "USD"
    assert [row.figures for row in section.rows] == [SalesFigures()] * 3


def test_currencies_stay_apart_with_the_one_asked_for_first(actor: Actor) -> None:
    issued(actor, "10.00", day(1, 7))
    issued(actor, "500", day(1, 7), currency="JPY")
    issued(actor, "5.00", day(1, 7), currency="EUR")
    sections = sales_report(scope(actor), "year").sections
    found = [(section.currency, section.summary.total_invoiced) for section in sections]
    assert found == [("USD", 1000), ("EUR", 500), ("JPY", 500)]
    alone = sales_report(scope(actor, currency="EUR", is_alone=True), "year").sections
    assert [section.currency for section in alone] == ["EUR"]


def test_by_customer_the_largest_comes_first(actor: Actor) -> None:
    small = builders.customer(actor, "Small")
    large = builders.customer(actor, "Large")
    builders.customer(actor, "Silent")
    issued(actor, "10.00", day(1, 7), customer_id=small.pk)
    invoice = issued(actor, "90.00", day(1, 8), customer_id=large.pk)
    payment = pay(actor, invoice, "90.00")
    refund_payment(
        actor=actor,
        at=AT,
        payment_id=payment.pk,
        amount=Decimal("15.00"),
        refund_date=day(1, 20),
    )
    rows = sales_report(scope(actor), "customer").sections[0].rows
    found = [(row.customer.name, row.figures.total_invoiced) for row in rows if row.customer]
    assert found == [("Large", 9000), ("Small", 1000)]
    assert (rows[0].figures.total_paid, rows[0].figures.total_received) == (7500, 7500)


def test_money_counts_as_received_on_its_own_day(actor: Actor) -> None:
    invoice = issued(actor, "100.00", day(1, 7))
    payment = pay(actor, invoice, "80.00", payment_date=day(2, 3))
    refund_payment(
        actor=actor, at=AT, payment_id=payment.pk, amount=Decimal("30"), refund_date=day(3, 4)
    )
    rows = sales_report(scope(actor, FIRST_QUARTER), "month").sections[0].rows
    assert [row.figures.total_received for row in rows] == [0, 8000, -3000]
    assert [row.figures.total_paid for row in rows] == [5000, 0, 0]


def test_one_customer_alone(actor: Actor) -> None:
    wanted = builders.customer(actor, "Wanted")
    issued(actor, "10.00", day(1, 7), customer_id=wanted.pk)
    issued(actor, "20.00", day(1, 7))
    assert summary(actor, customer_id=wanted.pk).total_invoiced == 1000


def test_nothing_of_another_organization(actor: Actor, mallory_actor: Actor) -> None:
    builders.issued_invoice(mallory_actor, "10.00", currency="USD", issue_date=day(1, 7))
    assert summary(actor) == SalesFigures()


def test_products_add_up_to_the_net_sales(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "10")
    hosting = builders.product(actor, "1200.00", tax_profile_id=vat.pk)
    lines = [
        {"product_id": hosting.pk, "quantity": Decimal("1.5")},
        builders.line("33.33", tax_profile_id=vat.pk),
    ]
    charges = [{"name": "Shipping", "amount": Decimal("9.99"), "tax_profile_id": vat.pk}]
    invoice = issued(
        actor,
        "0",
        day(1, 7),
        lines=lines,
        charges=charges,
        discount_type="percent",
        discount_value=Decimal("7"),
    )
    row = invoice.lines.get(product=hosting)
    create_credit_note(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        lines=[{"invoice_line_id": row.pk, "quantity": Decimal("0.5")}],
        issue_date=day(1, 9),
    )
    void = issued(actor, "0", day(1, 8), lines=lines)
    void_invoice(actor=actor, at=AT, invoice_id=void.pk)
    section = product_report(scope(actor)).sections[0]
    assert section.net_sales == summary(actor).net_sales
    first, other = section.rows
    assert (first.product, first.quantity, first.invoices_count) == (hosting, Decimal("1"), 1)
    assert first.net_invoiced == 167400
    assert other.product is None
    assert section.net_invoiced == invoice.total - invoice.tax_total


def test_figures_take_four_statements_whatever_the_number_of_documents(
    actor: Actor, django_assert_num_queries: Any
) -> None:
    for on in (day(1, 1), day(1, 2), day(1, 3)):
        issued(actor, "10.00", on)
    with django_assert_num_queries(4):
        sales_report(scope(actor, JANUARY), "day")
