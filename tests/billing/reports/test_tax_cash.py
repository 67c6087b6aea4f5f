"""Tax on the cash basis: C9 and what else moves it."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.credit_notes import create_credit_note
from billing.operations.payments import delete_payment
from billing.operations.refunds import refund_payment
from billing.operations.write_offs import write_off
from billing.reports.tax import TaxSection
from billing.reports.tax_cash import cash_report
from tests import builders
from tests.billing.money import pay
from tests.billing.reports.figures import ALWAYS, JANUARY, Span, day, scope
from tests.instants import AT

pytestmark = pytest.mark.usefixtures("books_add_up")

FEBRUARY = Span(day(2, 1), day(2, 28))
MARCH = Span(day(3, 1), day(3, 31))


def report(actor: Actor, span: Span = ALWAYS, **fields: Any) -> TaxSection:
    return cash_report(scope(actor, span, **fields)).sections[0]


def invoice_119(actor: Actor) -> Invoice:
    vat = builders.tax_profile(actor, "19")
    return builders.issued_invoice(
        actor, lines=[builders.line("100.00", tax_profile_id=vat.pk)], issue_date=day(1, 2)
    )


def test_c9_three_payments_in_three_months(actor: Actor) -> None:
    invoice = invoice_119(actor)
    for amount, on in (("40", day(1, 10)), ("40", day(2, 10)), ("39", day(3, 10))):
        pay(actor, invoice, amount, payment_date=on)
    taxes = [report(actor, span).total_tax for span in (JANUARY, FEBRUARY, MARCH)]
    assert taxes == [639, 638, 623]
    bases = [report(actor, span).total_sales for span in (JANUARY, FEBRUARY, MARCH)]
    assert bases == [3361, 3362, 3277]
    whole = report(actor)
    assert (whole.total_tax, whole.total_sales, whole.net_sales) == (1900, 10000, 10000)
    assert whole.rows[0].invoices_count == 1


def test_c9_three_payments_in_one_month(actor: Actor) -> None:
    invoice = invoice_119(actor)
    for amount in ("40", "40", "39"):
        pay(actor, invoice, amount, payment_date=day(2, 10))
    assert report(actor, FEBRUARY).total_tax == 1900
    assert report(actor, JANUARY).rows == []


def test_issued_and_unpaid_declares_nothing(actor: Actor) -> None:
    invoice_119(actor)
    assert report(actor).rows == []


def test_the_day_of_the_allocation_counts_not_the_day_of_issue(actor: Actor) -> None:
    invoice = invoice_119(actor)
    pay(actor, invoice, "119", payment_date=day(3, 31))
    assert report(actor, Span(day(1, 1), day(3, 30))).rows == []
    assert report(actor, MARCH).total_tax == 1900


def test_a_refund_takes_the_tax_back_on_its_day(actor: Actor) -> None:
    invoice = invoice_119(actor)
    payment = pay(actor, invoice, "119", payment_date=day(1, 10))
    refund_payment(
        actor=actor, at=AT, payment_id=payment.pk, amount=Decimal("59.50"), refund_date=day(2, 3)
    )
    assert [report(actor, span).total_tax for span in (JANUARY, FEBRUARY)] == [1900, -950]


def test_a_deleted_payment_was_never_there(actor: Actor) -> None:
    invoice = invoice_119(actor)
    payment = pay(actor, invoice, "119", payment_date=day(1, 10))
    delete_payment(actor=actor, at=AT, payment_id=payment.pk)
    assert report(actor).rows == []


def test_a_credit_note_on_a_paid_invoice_takes_its_tax_back(actor: Actor) -> None:
    invoice = invoice_119(actor)
    pay(actor, invoice, "119", payment_date=day(1, 10))
    create_credit_note(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        issue_date=day(2, 1),
        credit_amount=Decimal("119"),
    )
    assert [report(actor, span).total_tax for span in (JANUARY, FEBRUARY)] == [1900, -1900]


def test_what_is_left_to_pay_after_a_credit_carries_only_the_tax_that_is_left(
    actor: Actor,
) -> None:
    vat = builders.tax_profile(actor, "19")
    lines = [builders.line("100.00", tax_profile_id=vat.pk), builders.line("100.00")]
    invoice = builders.issued_invoice(actor, lines=lines, issue_date=day(1, 2))
    taxed = invoice.lines.get(position=1)
    create_credit_note(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        lines=[{"invoice_line_id": taxed.pk, "quantity": Decimal(1)}],
        issue_date=day(1, 20),
    )
    pay(actor, invoice, "100", payment_date=day(2, 10))
    section = report(actor)
    assert (section.total_tax, section.net_sales) == (0, 10000)


def test_a_write_off_declares_nothing(actor: Actor) -> None:
    invoice = invoice_119(actor)
    pay(actor, invoice, "59.50", payment_date=day(1, 10))
    write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=day(2, 1), reason="Lost")
    assert report(actor).total_tax == 950


def test_parts_of_one_document_sum_to_its_own_rounding(actor: Actor) -> None:
    profiles = [builders.tax_profile(actor, rate) for rate in ("19", "7", "5")]
    lines = [builders.line("33.33", tax_profile_id=profile.pk) for profile in profiles]
    invoice = builders.issued_invoice(actor, lines=lines, issue_date=day(1, 2))
    assert (invoice.total, invoice.tax_total) == (11032, 1033)
    pay(actor, invoice, "36.77", payment_date=day(1, 10))
    assert report(actor, JANUARY).total_tax == 344  # 10.33 x 36.77 / 110.32 = 3.443
    pay(actor, invoice, "73.55", payment_date=day(2, 10))
    rows = {row.name: row.sums.tax for row in report(actor).rows}
    assert rows == {"VAT 19 %": 633, "VAT 7 %": 233, "VAT 5 %": 167}


def test_a22_two_profiles_in_one_subtotal(actor: Actor) -> None:
    one = builders.tax_profile(actor, "21", name="Goods")
    two = builders.tax_profile(actor, "21", name="Services")
    lines = [
        builders.line("50.00", tax_profile_id=one.pk),
        builders.line("30.00", tax_profile_id=two.pk),
    ]
    invoice = builders.issued_invoice(actor, lines=lines, issue_date=day(1, 2))
    pay(actor, invoice, "48.40", payment_date=day(1, 10))
    assert {row.name: row.sums.tax for row in report(actor).rows} == {
        "Goods": 525,
        "Services": 315,
    }


def test_the_books_currency_is_cumulative_too(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "19")
    invoice = builders.issued_invoice(
        actor,
        lines=[builders.line("100.00", tax_profile_id=vat.pk)],
        currency="EUR",
        exchange_rate=Decimal("1.0837"),
        issue_date=day(1, 2),
    )
    sums = []
    for amount, span in (("40", JANUARY), ("79", FEBRUARY)):
        pay(actor, invoice, amount, payment_date=span.start, exchange_rate=Decimal("1.2"))
        section = report(actor, span, currency="EUR")
        sums.append(section.accounting()["USD"])
    assert sum(sums) == 2059
    assert sums == [692, 1367]


def test_one_customer_and_nothing_of_another_organization(
    actor: Actor, mallory_actor: Actor
) -> None:
    mine = invoice_119(actor)
    pay(actor, mine, "119", payment_date=day(1, 10))
    stranger = builders.customer(actor, "Stranger")
    assert report(actor, customer_id=stranger.pk).rows == []
    assert report(actor, customer_id=mine.customer_id).total_tax == 1900
    assert report(mallory_actor).rows == []
