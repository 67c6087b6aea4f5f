"""The proof of the books: silent when all adds up, and naming the row when one figure does not."""

import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import (
    Allocation,
    CreditNote,
    CustomerBalance,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    NumberRegister,
    Payment,
    Posting,
)
from billing.operations.credit_notes import create_credit_note
from billing.operations.invoices import delete_invoice
from billing.operations.issuing import void_invoice
from billing.operations.refunds import refund_payment
from billing.operations.unlocking import unlocked_ledger
from tests.billing.money import pay
from tests.builders import (
    customer,
    draft_invoice,
    draft_quote,
    issued_invoice,
    line,
    tax_profile,
)
from tests.instants import AT


@pytest.fixture
def books(actor: Actor) -> Invoice:
    """A little of everything; the invoice returned is INV-2025-001, 110.00 with 60.00 paid."""
    vat = tax_profile(actor, "10")
    payer = customer(actor)
    lines = [line("10.00", "10", tax_profile_id=vat.pk)]
    invoice = issued_invoice(actor, lines=lines, customer_id=payer.pk)
    payment = pay(actor, invoice, "80.00")
    refund_payment(actor=actor, at=AT, payment_id=payment.pk, amount=Decimal("20.00"))
    void = issued_invoice(actor, "5.00", customer_id=payer.pk)
    void_invoice(actor=actor, at=AT, invoice_id=void.pk, reason="")
    euros = issued_invoice(
        actor, lines=lines, customer_id=payer.pk, currency="EUR", exchange_rate=Decimal("1.09")
    )
    create_credit_note(
        actor=actor,
        at=AT,
        invoice_id=euros.pk,
        lines=[{"invoice_line_id": euros.lines.get().pk, "quantity": Decimal(3)}],
    )
    pay(actor, euros, "80.00", allow_overpayment=True, exchange_rate=Decimal("1.10"))
    deleted = draft_invoice(actor, "1.00", customer_id=payer.pk)
    draft_invoice(actor, "2.00", customer_id=payer.pk)
    delete_invoice(actor=actor, at=AT, invoice_id=deleted.pk)
    draft_quote(actor, "3.00", customer_id=payer.pk)
    invoice.refresh_from_db()
    return invoice


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_ledger", *arguments, stdout=out)
    return out.getvalue()


def problems() -> list[str]:
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("verify_ledger", stdout=out)
    assert refusal.value.returncode == 1
    lines = out.getvalue().splitlines()
    assert f"{len(lines)} problem" in str(refusal.value)
    return lines


def test_sound_books_are_counted(books: Invoice) -> None:
    entries = Posting.objects.values("entry_id").distinct().count()
    postings = Posting.objects.count()
    assert verify() == (
        f"{entries} entries, {postings} postings, {Invoice.objects.count()} invoices:"
        " every figure adds up.\n"
    )


def test_a_currency_counted_one_to_one_is_a_note_and_no_problem(actor: Actor) -> None:
    issued_invoice(actor, "5.00", currency="EUR")
    note, verdict = verify().splitlines()
    assert note == (
        "acme: note: 1 invoice (INV-2025-001): 1 EUR counts as 1 USD in the books,"
        " because no exchange rate was known."
    )
    assert verdict.endswith("every figure adds up.")


def test_empty_books_add_up(acme: Organization) -> None:
    assert verify("--organization", "acme").startswith("0 entries, 0 postings, 0 invoices")


def test_an_unknown_organization_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="no organization 'nobody'"):
        verify("--organization", "nobody")


def test_a_paid_amount_set_by_hand_is_named(books: Invoice) -> None:
    Invoice.objects.filter(pk=books.pk).update(amount_paid=11000)
    assert problems() == [
        f"acme: billing_invoice {books.pk} (INV-2025-001): amount_paid is 110.00 USD,"
        " but its payment allocations sum to 60.00 USD.",
        f"acme: billing_invoice {books.pk} (INV-2025-001): amount due is 0.00 USD,"
        " but its receivable postings sum to 50.00 USD.",
    ]


def test_a_changed_posting_is_found_in_its_entry(books: Invoice) -> None:
    posting = Posting.objects.filter(invoice=books, account__system_role="revenue").get()
    with unlocked_ledger():
        Posting.objects.filter(pk=posting.pk).update(amount=-9999)
    entry = posting.entry
    found = problems()
    assert found[0] == (
        f"acme: billing_journalentry {entry.pk} (invoice.issued INV-2025-001): the sum of its"
        " postings' amount is 0.01 USD, but an entry must sum to 0.00 USD."
    )
    assert "its entry's revenue is 99.99 USD, but the document says 100.00 USD" in found[1]


def test_a_posting_moved_to_another_account_is_found(books: Invoice) -> None:
    tax = Posting.objects.filter(invoice=books, account__system_role="tax_payable").get()
    revenue = Posting.objects.filter(invoice=books, account__system_role="revenue").get()
    with unlocked_ledger():
        Posting.objects.filter(pk=tax.pk).update(account=revenue.account)
    assert [text.partition(": its entry's ")[2] for text in problems()] == [
        "revenue is 110.00 USD, but the document says 100.00 USD.",
        "tax payable is 0.00 USD, but the document says 10.00 USD.",
    ]


def test_a_deleted_posting_is_found(books: Invoice) -> None:
    posting = Posting.objects.filter(entry__kind="refund.created").first()
    assert posting is not None
    with unlocked_ledger():
        Posting.objects.filter(pk=posting.pk).delete()
    assert any("refund.created PAY-2025-001" in text for text in problems())


def test_a_deleted_allocation_is_found_on_both_sides(books: Invoice) -> None:
    Allocation.objects.filter(invoice=books, amount=8000).delete()
    found = problems()
    assert "amount_paid is 60.00 USD, but its payment allocations sum to -20.00 USD" in found[0]
    assert "billing_payment" in found[1]
    assert "amount_allocated is 60.00 USD, but its allocations sum to -20.00 USD" in found[1]


def test_a_deleted_register_row_is_found(books: Invoice) -> None:
    NumberRegister.objects.filter(number="INV-2025-001").delete()
    found = problems()
    assert "the register lacks 1." in found[0]
    assert found[1] == (
        f"acme: billing_invoice {books.pk} (INV-2025-001): its number has no row in the"
        " number register."
    )


def test_a_renumbered_invoice_is_found(books: Invoice) -> None:
    Invoice.objects.filter(pk=books.pk).update(number="INV-2025-999")
    [found] = problems()
    assert "its number is INV-2025-999, but the register says INV-2025-001" in found


def test_a_changed_fate_is_found(books: Invoice) -> None:
    NumberRegister.objects.filter(number="INV-2025-001").update(fate="void")
    [found] = problems()
    assert "its fate is void, but the invoice is issued: expected issued" in found


def test_a_changed_line_is_found(books: Invoice) -> None:
    row = books.lines.get()
    InvoiceLine.objects.filter(pk=row.pk).update(quantity=Decimal(9))
    found = problems()
    assert found[0] == (
        f"acme: billing_invoice {books.pk} (INV-2025-001): subtotal is 100.00 USD,"
        " but its lines work out to 90.00 USD."
    )
    assert any(
        f"billing_invoiceline {row.pk} (line 1 of INV-2025-001): net_amount is 100.00 USD,"
        " but its quantity and price give 90.00 USD" in text
        for text in found
    )


def test_a_changed_tax_subtotal_is_found(books: Invoice) -> None:
    row = books.taxes.get()
    InvoiceTax.objects.filter(pk=row.pk).update(tax_amount=999)
    found = problems()
    assert "tax_total is 10.00 USD, but its tax subtotals sum to 9.99 USD" in found[0]
    assert f"billing_invoicetax {row.pk}" in found[1]


def test_a_tax_subtotal_that_counts_on_another_day_is_found(books: Invoice) -> None:
    row = books.taxes.get()
    InvoiceTax.objects.filter(pk=row.pk).update(issued_on=datetime.date(2024, 12, 31))
    [found] = problems()
    assert f"billing_invoicetax {row.pk}" in found
    assert "issued_on is 2024-12-31, but its document says 2025-01-15." in found


def test_a_credit_note_moved_away_from_its_tax_is_found(books: Invoice) -> None:
    CreditNote.objects.update(issue_date="2025-01-14")
    assert any(
        "issued_on is 2025-01-15, but its document says 2025-01-14." in t for t in problems()
    )


def test_a_changed_customer_balance_is_found(books: Invoice) -> None:
    CustomerBalance.objects.filter(currency="USD").update(receivable=1)
    [found] = problems()
    assert "receivable is 0.01 USD, but the postings sum to 50.00 USD" in found


def test_a_payment_that_claims_less_refunded_is_found(books: Invoice) -> None:
    Payment.objects.filter(amount=8000, currency="USD").update(amount_refunded=0)
    found = problems()
    assert "amount_refunded is 0.00 USD, but its refunds sum to 20.00 USD" in found[0]
    assert "customer credit in the books is 0.00 USD, but payments and credit notes" in found[1]


def test_a_changed_credit_note_is_found(books: Invoice) -> None:
    CreditNote.objects.update(tax_total=301, total=3301)
    found = problems()
    assert any("tax_total is 3.01 EUR, but its tax subtotals sum to 3.00 EUR" in t for t in found)
    assert any("total is 33.01 EUR, but its lines work out to 33.00 EUR" in t for t in found)


def test_a_counter_set_back_is_found(books: Invoice) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_numbercounter SET last = last - 1")
    assert any("the register holds number" in text for text in problems())


def test_a_trigger_that_is_off_is_found(books: Invoice) -> None:
    with connection.cursor() as cursor:
        on = " ON billing_journalentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER ledger_entry_balanced{on}")
    assert problems() == [
        "Trigger ledger_entry_balanced is missing or off: the ledger is unguarded."
    ]
