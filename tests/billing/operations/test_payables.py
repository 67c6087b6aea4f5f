"""Which invoices take money, and how one amount is spread over them (C4, M10)."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Payment
from billing.operations.customers import create_customer
from billing.operations.issuing import void_invoice
from billing.operations.payables import InvoiceVoid, OtherCurrency
from billing.operations.payments import mark_paid
from billing.queries.credit import credit_totals
from core.currencies import UnknownCurrency
from core.errors import DomainError, InvalidValue
from tests.billing.money import due, pay
from tests.builders import customer, issued_invoice, line, tax_profile
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def test_c4_one_payment_settles_the_oldest_due_invoice_first(actor: Actor) -> None:
    payer = customer(actor)
    later = issued_invoice(actor, "70.00", customer_id=payer.pk, due_date=TODAY)
    first = issued_invoice(
        actor,
        "30.00",
        customer_id=payer.pk,
        issue_date=datetime.date(2025, 1, 10),
        due_date=datetime.date(2025, 1, 12),
    )
    pay(actor, later, "50.00", invoice_id=None, customer_id=payer.pk)
    assert (due(first), due(later)) == (0, 5000)
    pay(actor, later, "60.00", invoice_id=None, customer_id=payer.pk)
    assert (due(first), due(later)) == (0, 0)
    assert credit_totals(actor.organization_id, payer.pk) == {"USD": 1000}


def test_c4_explicit_allocations_are_followed(actor: Actor) -> None:
    payer = customer(actor)
    one = issued_invoice(actor, "30.00", customer_id=payer.pk)
    two = issued_invoice(actor, "70.00", customer_id=payer.pk)
    pay(
        actor,
        one,
        "60.00",
        invoice_id=None,
        allocations=[(two.uuid, Decimal("50.00")), (one.pk, Decimal("10.00"))],
    )
    assert (due(one), due(two)) == (2000, 2000)
    pay(actor, one, "40.00", invoice_id=None, allocations=[(one.pk, None), (two.pk, None)])
    assert (due(one), due(two)) == (0, 0)


@pytest.mark.parametrize(
    ("amounts", "code"),
    [
        (("31.00", "29.00"), "amount_exceeds_due"),
        (("30.00", "31.00"), "invalid_value"),
        (("30.00", "29.00"), "invalid_value"),
    ],
)
def test_allocations_that_do_not_add_up_are_refused(
    actor: Actor, amounts: tuple[str, str], code: str
) -> None:
    payer = customer(actor)
    one = issued_invoice(actor, "30.00", customer_id=payer.pk)
    two = issued_invoice(actor, "70.00", customer_id=payer.pk)
    wishes = [(one.pk, Decimal(amounts[0])), (two.pk, Decimal(amounts[1]))]
    with pytest.raises(DomainError) as refusal:
        pay(actor, one, "60.00", invoice_id=None, allocations=wishes)
    assert refusal.value.code == code
    assert refusal.value.param in ("allocations", "allocations.0.amount")
    assert (due(one), due(two), Payment.objects.count()) == (3000, 7000, 0)


@pytest.mark.parametrize(
    ("amount", "currency", "error"),
    [
        ("0", "USD", InvalidValue),
        ("-1.00", "USD", InvalidValue),
        ("NaN", "USD", InvalidValue),
        ("Infinity", "USD", InvalidValue),
        ("1.005", "USD", InvalidValue),
        ("1e400", "USD", InvalidValue),
        ("10.00", "EUR", OtherCurrency),
        ("10.00", "XXX", UnknownCurrency),
    ],
)
def test_m10_an_amount_that_is_not_exact_money_of_the_invoice_is_refused(
    actor: Actor, amount: str, currency: str, error: type[DomainError]
) -> None:
    invoice = issued_invoice(actor, "100.00")
    with pytest.raises(error):
        pay(actor, invoice, amount, currency=currency)
    assert (due(invoice), Payment.objects.count()) == (10000, 0)


def test_a18_yen_have_no_decimals(actor: Actor) -> None:
    invoice = issued_invoice(
        actor,
        currency="JPY",
        exchange_rate=Decimal("0.0065"),
        lines=[line("333", "3", tax_profile_id=tax_profile(actor, "10").pk)],
    )
    assert invoice.total == 1099
    with pytest.raises(InvalidValue):
        pay(actor, invoice, "1099.50")
    pay(actor, invoice, "1099")
    assert due(invoice) == 0


def test_a25_the_largest_amounts_are_kept_exactly(actor: Actor) -> None:
    invoice = issued_invoice(actor, "99999999999999.99")
    payment = pay(actor, invoice, "99999999999999.99")
    payment.refresh_from_db()
    assert payment.amount == 9999999999999999
    assert due(invoice) == 0


def test_a_void_invoice_takes_no_money(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="")
    with pytest.raises(InvoiceVoid):
        pay(actor, invoice, "1.00")
    with pytest.raises(InvoiceVoid):
        mark_paid(actor=actor, at=AT, invoice_id=invoice.pk, payment_date=TODAY)


def test_another_customers_invoice_is_refused(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    stranger = create_customer(actor=actor, at=AT, name="Initech")
    with pytest.raises(InvalidValue, match="another customer"):
        pay(actor, invoice, "10.00", customer_id=stranger.pk)
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"invoice_id": None},
        {"invoice_id": None, "allocations": []},
        {"allocations": [(1, None)]},
        {"status": "failed"},
        {"method": "barter"},
        {"exchange_rate": Decimal(0), "currency": "EUR", "invoice_id": None},
    ],
)
def test_a_payment_that_does_not_say_what_it_is_for_is_refused(
    actor: Actor, fields: dict[str, Any]
) -> None:
    invoice = issued_invoice(actor, "100.00")
    with pytest.raises(InvalidValue):
        pay(actor, invoice, "10.00", **fields)
    assert Payment.objects.count() == 0
