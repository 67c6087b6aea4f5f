"""Staff see what issuing let pass: a currency without a rate, a date out of order."""

import datetime
from decimal import Decimal

from django.test import Client

from accounts.actors import Actor
from tests.builders import draft_invoice, issued_invoice

NOTICE = b"No exchange rate was known: the books count 1 EUR as 1 USD."


def test_an_invoice_without_a_rate_says_so(staff: Client, actor: Actor) -> None:
    for made in (draft_invoice, issued_invoice):
        invoice = made(actor, "100.00", currency="EUR")
        assert NOTICE in staff.get(f"/invoices/{invoice.uuid}").content


def test_b6_a_date_before_its_predecessor_shows_in_the_history(staff: Client, actor: Actor) -> None:
    issued_invoice(actor, issue_date=datetime.date(2025, 1, 15))
    earlier = issued_invoice(actor, issue_date=datetime.date(2025, 1, 10))
    page = staff.get(f"/invoices/{earlier.uuid}").content
    assert b"An invoice with a lower number is dated 2025-01-15, after this one." in page


def test_an_invoice_with_a_rate_says_nothing(staff: Client, actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00", currency="EUR", exchange_rate=Decimal("1.09"))
    assert b"exchange rate" not in staff.get(f"/invoices/{invoice.uuid}").content
