"""A document's lines are read in one statement, however many products they name."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.credit_notes import create_credit_note
from billing.operations.invoices import duplicate_invoice
from billing.operations.payments import record_payment
from tests.builders import issued_invoice, line, product
from tests.instants import AT, TODAY


def _pay(actor: Actor, invoice: Invoice) -> None:
    record_payment(
        actor=actor,
        at=AT,
        amount=Decimal(1),
        currency="USD",
        method="cash",
        payment_date=TODAY,
        invoice_id=invoice.pk,
    )


def _duplicate(actor: Actor, invoice: Invoice) -> None:
    duplicate_invoice(actor=actor, at=AT, invoice_id=invoice.pk)


def _credit(actor: Actor, invoice: Invoice) -> None:
    create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk)


@pytest.mark.parametrize("do", [_pay, _duplicate, _credit])
def test_more_products_take_no_more_statements(
    actor: Actor, do: Callable[[Actor, Invoice], None]
) -> None:
    goods = [product(actor, "10.00", name=f"Goods {n}") for n in range(5)]

    def statements(count: int) -> int:
        lines = [line("10.00", product_id=each.pk) for each in goods[:count]]
        invoice = issued_invoice(actor, lines=lines)
        with CaptureQueriesContext(connection) as captured:
            do(actor, invoice)
        return len(captured)

    # The first ones of a kind also make its number series.
    statements(1)
    assert statements(5) == statements(1)
