"""E9: for the same days, the dashboard says what the reports say."""

import datetime
from decimal import Decimal

import pytest

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.credit_notes import create_credit_note
from billing.operations.issuing import void_invoice
from billing.operations.refunds import refund_payment
from billing.operations.write_offs import write_off
from billing.queries.ageing import ageing, ageing_by_customer
from billing.queries.dashboard import CurrencyFigures, figures
from billing.queries.spans import Span
from billing.reports.payments import payment_report
from billing.reports.sales import SalesSection, sales_report
from tests import builders
from tests.billing.money import pay
from tests.billing.reports.figures import ALWAYS, scope
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def days_ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


@pytest.fixture
def busy(actor: Actor) -> dict[str, CurrencyFigures]:
    """Two currencies and everything that happens to invoices; the dashboard by currency."""
    vat = builders.tax_profile(actor, "19")
    payer = builders.customer(actor).pk
    for currency in ("USD", "EUR"):
        for days, price in ((200, "100.00"), (70, "33.33"), (40, "80.00"), (3, "10.01")):
            invoice = builders.issued_invoice(
                actor,
                lines=[builders.line(price, "3", tax_profile_id=vat.pk)],
                customer_id=payer,
                currency=currency,
                exchange_rate=Decimal(1) if currency == "USD" else Decimal("1.0837"),
                issue_date=days_ago(days),
            )
            payment = pay(
                actor,
                invoice,
                "20.00",
                payment_date=days_ago(min(days, 31)),
                exchange_rate=Decimal("1.1"),
            )
            refund_payment(
                actor=actor,
                at=AT,
                payment_id=payment.pk,
                amount=Decimal("1.50"),
                refund_date=days_ago(2),
            )
            pay(actor, invoice, "5.00", payment_date=days_ago(1), exchange_rate=Decimal("1.1"))
        create_credit_note(
            actor=actor,
            at=AT,
            invoice_id=invoice.pk,
            lines=[{"invoice_line_id": invoice.lines.get().pk, "quantity": Decimal("0.1")}],
            issue_date=TODAY,
        )
        write_off(actor=actor, at=AT, invoice_id=invoice.pk, on=TODAY, reason="Gone")
    void = builders.issued_invoice(actor, "500.00", customer_id=payer)
    void_invoice(actor=actor, at=AT, invoice_id=void.pk)
    builders.draft_invoice(actor, "1000.00", customer_id=payer)
    found = figures(actor.organization_id, TODAY).currencies
    return {each.currency: each for each in found}


def sales(actor: Actor, span: Span, currency: str) -> SalesSection:
    found = scope(actor, span, currency=currency, is_alone=True)
    return sales_report(found, "month").sections[0]


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_e9_outstanding(actor: Actor, busy: dict[str, CurrencyFigures], currency: str) -> None:
    outstanding = sales(actor, ALWAYS, currency).summary.total_outstanding
    assert outstanding > 0
    assert busy[currency].outstanding.minor == outstanding


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_e9_revenue_by_month(actor: Actor, busy: dict[str, CurrencyFigures], currency: str) -> None:
    shown = [(month, amount.minor) for month, amount in busy[currency].revenue_by_month]
    rows = sales(actor, Span(shown[0][0], TODAY), currency).rows
    reported = [(row.period.start, row.figures.net_sales) for row in rows if row.period]
    assert len([amount for _, amount in reported if amount]) == 4
    assert shown == reported


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_e9_received_in_thirty_days(
    actor: Actor, busy: dict[str, CurrencyFigures], currency: str
) -> None:
    days = scope(actor, Span(days_ago(29), TODAY), currency=currency, is_alone=True)
    summary = payment_report(days, "day").sections[0].summary
    # Four times 5.00 and 20.00 three days ago, less four refunds of 1.50 on older payments too.
    assert summary.net == 3400
    assert busy[currency].paid_last_30_days.minor == summary.net
    assert sales_report(days, "day").sections[0].summary.total_received == summary.net


def test_what_falls_due_adds_up_to_what_is_outstanding(
    actor: Actor, busy: dict[str, CurrencyFigures]
) -> None:
    ahead = issued_for(actor, due=TODAY + datetime.timedelta(days=10))
    far = issued_for(actor, due=TODAY + datetime.timedelta(days=200))
    today = issued_for(actor, due=TODAY)
    shown = figures(actor.organization_id, TODAY).currencies
    for entry in shown:
        assert entry.ages is not None
        assert entry.ages.amounts == ageing(actor.organization_id, TODAY)[entry.currency].amounts
        assert entry.overdue.minor + sum(entry.upcoming) == entry.outstanding.minor
    (dollars,) = [entry for entry in shown if entry.currency == "USD"]
    assert dollars.upcoming[0] >= today
    assert dollars.upcoming[1] >= ahead
    assert dollars.upcoming[-1] >= far


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_it_is_what_the_invoices_say_one_by_one(
    actor: Actor, busy: dict[str, CurrencyFigures], currency: str
) -> None:
    for days in (0, 6, 7, 8):
        issued_for(actor, due=TODAY + datetime.timedelta(days=days), currency=currency)
    (shown,) = [
        entry
        for entry in figures(actor.organization_id, TODAY).currencies
        if entry.currency == currency
    ]
    rows = Invoice.objects.of(actor.organization_id).exclude(status="draft")
    opened = [row for row in rows.filter(currency=currency) if row.amount_due]
    late = [row for row in opened if row.days_overdue(TODAY)]
    soon = [row for row in opened if 0 <= (row.due_date - TODAY).days <= 7]
    assert len(opened) > len(late) > 0
    assert shown.outstanding.minor == sum(row.amount_due for row in opened)
    assert shown.overdue.minor == sum(row.amount_due for row in late)
    assert (shown.open_count, shown.overdue_count) == (len(opened), len(late))
    assert shown.due_soon_count == len(soon) == 3
    assert shown.ages is not None
    by_customer = ageing_by_customer(actor.organization_id, TODAY, currency=currency)
    buckets = [sum(amounts) for amounts in zip(*(row.amounts for row in by_customer), strict=True)]
    assert shown.ages.amounts == buckets


def issued_for(actor: Actor, due: datetime.date, currency: str = "USD") -> int:
    fields = {} if currency == "USD" else {"exchange_rate": Decimal("1.1")}
    made = builders.issued_invoice(actor, "12.34", due_date=due, currency=currency, **fields)
    return made.amount_due
