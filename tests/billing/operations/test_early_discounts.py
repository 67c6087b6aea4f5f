"""C8: something off for paying early, with the tax that goes with it."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import CreditNote, CustomerBalance, Invoice, Payment, Posting
from billing.operations.credit_notes import create_credit_note
from billing.operations.ledger import Role
from billing.operations.payments import delete_payment, mark_paid, record_payment, settle_pending
from billing.queries.ledger_checks import find_problems
from core.models import Event
from tests.builders import customer, issued_invoice, line, tax_profile
from tests.instants import AT


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def invoice(actor: Actor) -> Invoice:
    """1,000.00 + 190.00 of 15 January 2025, 2/10 net 30."""
    buyer = customer(actor, payment_terms="2/10 net 30")
    lines = [line("1000.00", tax_profile_id=tax_profile(actor, "19").pk)]
    return issued_invoice(actor, customer_id=buyer.pk, lines=lines)


def pay(actor: Actor, invoice: Invoice, amount: str, on: str, **fields: Any) -> Payment:
    return record_payment(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        amount=Decimal(amount),
        currency="USD",
        payment_date=_day(on),
        method="bank_transfer",
        **fields,
    )


def now(invoice: Invoice) -> tuple[str, int]:
    invoice.refresh_from_db()
    return str(invoice.settlement), invoice.amount_due


def test_c8_the_terms_stand_on_the_invoice(invoice: Invoice) -> None:
    assert (invoice.payment_terms, invoice.due_date) == ("2/10 net 30", _day("2025-02-14"))
    assert invoice.early_discount_until == _day("2025-01-25")
    assert (invoice.total, invoice.early_discount_amount) == (1_190_00, 23_80)


def test_c8_1166_20_on_the_last_day_settles_and_corrects_tax_to_186_20(
    actor: Actor, invoice: Invoice
) -> None:
    pay(actor, invoice, "1166.20", "2025-01-25")
    assert now(invoice) == ("paid", 0)
    note = CreditNote.objects.get()
    assert (note.total, note.tax_total, note.reason) == (
        23_80,
        3_80,
        "Discount for early payment",
    )
    assert invoice.tax_total - note.tax_total == 186_20


def test_c8_a_day_later_it_leaves_23_80(actor: Actor, invoice: Invoice) -> None:
    pay(actor, invoice, "1166.20", "2025-01-26")
    assert now(invoice) == ("partial", 23_80)
    assert not CreditNote.objects.exists()


def test_c8_all_of_it_is_due_until_then(invoice: Invoice) -> None:
    assert invoice.amount_due == 1_190_00
    assert CustomerBalance.objects.get().receivable == 1_190_00


def test_c8_the_books_take_sales_and_tax_back(actor: Actor, invoice: Invoice) -> None:
    pay(actor, invoice, "1166.20", "2025-01-25")
    rows = Posting.objects.filter(entry__kind="credit_note.created")
    amounts = dict(rows.values_list("account__system_role", "amount"))
    assert amounts == {Role.REVENUE: 20_00, Role.TAX_PAYABLE: 3_80, Role.RECEIVABLES: -23_80}
    assert list(find_problems(actor.organization_id)) == []


def test_paid_in_two_parts_by_the_last_day(actor: Actor, invoice: Invoice) -> None:
    pay(actor, invoice, "500.00", "2025-01-20")
    pay(actor, invoice, "666.20", "2025-01-25")
    assert now(invoice) == ("paid", 0)


def test_less_than_that_earns_nothing(actor: Actor, invoice: Invoice) -> None:
    pay(actor, invoice, "1166.19", "2025-01-20")
    assert now(invoice) == ("partial", 23_81)
    assert not CreditNote.objects.exists()


def test_a_little_more_stays_credit(actor: Actor, invoice: Invoice) -> None:
    payment = pay(actor, invoice, "1170.00", "2025-01-20")
    assert now(invoice) == ("paid", 0)
    assert payment.amount_unapplied == 3_80


def test_paying_everything_waives_it(actor: Actor, invoice: Invoice) -> None:
    mark_paid(actor=actor, at=AT, invoice_id=invoice.pk, payment_date=_day("2025-01-20"))
    assert now(invoice) == ("paid", 0)
    assert not CreditNote.objects.exists()


def test_c12_money_under_way_earns_it_by_its_own_day(actor: Actor, invoice: Invoice) -> None:
    payment = pay(actor, invoice, "1166.20", "2025-01-25", status="pending")
    assert now(invoice) == ("unpaid", 1_190_00)
    settle_pending(actor=actor, at=AT, payment_id=payment.pk, succeeded=True)
    assert now(invoice) == ("paid", 0)


def test_what_was_credited_before_earns_nothing(actor: Actor) -> None:
    buyer = customer(actor, payment_terms="2/10 net 30")
    lines = [line("100.00", quantity="10", tax_profile_id=tax_profile(actor, "19").pk)]
    invoice = issued_invoice(actor, customer_id=buyer.pk, lines=lines)
    wishes = [{"invoice_line_id": invoice.lines.get().pk, "quantity": Decimal(5)}]
    create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, lines=wishes)
    # 2 % of the 595.00 that are left.
    pay(actor, invoice, "583.10", "2025-01-25")
    assert now(invoice) == ("paid", 0)
    assert CreditNote.objects.latest("pk").total == 11_90


def test_the_rest_can_be_credited_to_the_cent(actor: Actor, invoice: Invoice) -> None:
    pay(actor, invoice, "1166.20", "2025-01-25")
    note = create_credit_note(
        actor=actor, at=AT, invoice_id=invoice.pk, credit_amount=Decimal("1166.20")
    )
    assert (note.total, note.tax_total) == (1_166_20, 186_20)
    assert list(find_problems(actor.organization_id)) == []


def test_a_payment_that_never_came_takes_its_discount_with_it(
    actor: Actor, invoice: Invoice
) -> None:
    payment = pay(actor, invoice, "1166.20", "2025-01-25")
    delete_payment(actor=actor, at=AT, payment_id=payment.pk)
    assert now(invoice) == ("unpaid", 1_190_00)
    assert CreditNote.objects.get().status == "void"
    assert list(find_problems(actor.organization_id)) == []


def test_tells_of_the_note_before_the_payment_is_in(actor: Actor, invoice: Invoice) -> None:
    pay(actor, invoice, "1166.20", "2025-01-25")
    types = list(Event.objects.order_by("pk").values_list("type", flat=True))[-5:]
    assert types == [
        "credit_note.created",
        "invoice.updated",
        "payment.created",
        "payment.succeeded",
        "invoice.paid",
    ]


def test_in_several_rates_each_shrinks_by_its_part(actor: Actor) -> None:
    buyer = customer(actor, payment_terms="3/14 net 30")
    lines = [
        line("50.00", tax_profile_id=tax_profile(actor, "7").pk),
        line("100.00", tax_profile_id=tax_profile(actor, "19").pk),
    ]
    invoice = issued_invoice(actor, customer_id=buyer.pk, lines=lines)
    assert (invoice.total, invoice.early_discount_amount) == (172_50, 5_18)
    pay(actor, invoice, "167.32", "2025-01-29")
    note = CreditNote.objects.get()
    assert sorted(note.taxes.values_list("base_amount", "tax_amount")) == [(150, 11), (300, 57)]
    assert now(invoice) == ("paid", 0)
