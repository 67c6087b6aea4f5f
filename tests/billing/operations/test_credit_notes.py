"""Taking back what was invoiced: by the invoice's own rules, to the last cent (B12 to B15)."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import CreditNote, Invoice, Payment, Refund
from billing.operations import locks
from billing.operations.allocations import allocate
from billing.operations.credit_notes import (
    CreditNoteRefunded,
    CreditSplitMismatch,
    create_credit_note,
    void_credit_note,
)
from billing.operations.crediting import CreditExceedsInvoice, NothingToCredit
from billing.operations.issuing import InvoiceNotIssued
from billing.operations.refunds import refund_payment
from billing.queries.credit import credit_totals
from billing.queries.lookup import UnknownReference
from billing.totals import CreditExceedsLine, NegativeCredit
from core.errors import DomainError
from core.lifecycle import TransitionRefused
from tests.billing.money import due, event_types, pay, postings
from tests.builders import customer, draft_invoice, issued_invoice, line, product, tax_profile
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def credit(actor: Actor, invoice: Invoice, **fields: Any) -> CreditNote:
    return create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, **fields)


def units(invoice: Invoice, quantity: str) -> list[dict[str, Any]]:
    """That many units of the invoice's only line."""
    return [{"invoice_line_id": invoice.lines.get().uuid, "quantity": Decimal(quantity)}]


def test_a_full_credit_mirrors_the_invoice(actor: Actor) -> None:
    vat = tax_profile(actor, "19")
    goods = product(actor, "100.00", tax_profile_id=vat.pk)
    invoice = issued_invoice(
        actor,
        lines=[
            line("100.00", product_id=goods.pk, tax_profile_id=vat.pk),
            line("50.00", tax_profile_id=tax_profile(actor, "7").pk),
        ],
        discount_type="fixed",
        discount_value=Decimal("10.00"),
    )
    note = credit(actor, invoice, reason="Cancelled")
    invoice.refresh_from_db()
    assert (note.number, note.total, note.tax_total) == ("CN-2025-001", 16100, 2100)
    assert (note.subtotal, note.discount_total) == (15000, 1000)
    assert (invoice.amount_credited, invoice.amount_due) == (16100, 0)
    assert (note.seller, note.buyer) == (invoice.seller, invoice.buyer)
    assert [row.tax_amount for row in note.taxes.all()] == [1773, 327]
    assert postings("credit_note.created") == {
        "revenue": 14000,
        "tax_payable": 2100,
        "receivables": -16100,
    }
    assert event_types()[-2:] == ["credit_note.created", "invoice.updated"]


def test_b12_the_invoices_frozen_policy_counts_not_todays(actor: Actor, acme: Organization) -> None:
    acme.rounding = Organization.Rounding.LINE
    acme.save()
    vat = tax_profile(actor, "15")
    invoice = issued_invoice(
        actor,
        lines=[
            line(
                "30.75",
                "10",
                tax_profile_id=vat.pk,
                discount_type="percent",
                discount_value=Decimal(5),
            ),
            line(
                "70.00",
                tax_profile_id=vat.pk,
                discount_type="percent",
                discount_value=Decimal(5),
            ),
        ],
    )
    assert invoice.total == 41243
    acme.rounding = Organization.Rounding.GROUP
    acme.save()
    note = credit(actor, invoice)
    assert (note.rounding, note.tax_total, note.total) == ("line", 5380, 41243)


def test_b13_three_credits_of_one_unit_close_to_the_cent(actor: Actor) -> None:
    vat = tax_profile(actor, "19")
    invoice = issued_invoice(
        actor, lines=[line("10.00", "3", tax_profile_id=vat.pk, price_base_quantity=Decimal(3))]
    )
    assert (invoice.subtotal, invoice.total) == (1000, 1190)
    notes = [credit(actor, invoice, lines=units(invoice, "1")) for _ in range(3)]
    assert [(note.subtotal, note.tax_total) for note in notes] == [
        (333, 63),
        (334, 64),
        (333, 63),
    ]
    assert sum(note.total for note in notes) == 1190
    assert due(invoice) == 0
    with pytest.raises(CreditExceedsLine):
        credit(actor, invoice, lines=units(invoice, "1"))
    with pytest.raises(NothingToCredit):
        credit(actor, invoice)


def test_b13_what_is_left_after_a_voided_part_closes_to_the_cent(actor: Actor) -> None:
    vat = tax_profile(actor, "19")
    invoice = issued_invoice(
        actor, lines=[line("10.00", "3", tax_profile_id=vat.pk, price_base_quantity=Decimal(3))]
    )
    first, second = (credit(actor, invoice, lines=units(invoice, "1")) for _ in range(2))
    assert (first.total, second.total) == (396, 398)
    void_credit_note(actor=actor, at=AT, credit_note_id=first.pk)
    assert credit(actor, invoice).total == 1190 - 398
    assert due(invoice) == 0


def test_a_wish_without_its_line_is_refused(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    with pytest.raises(UnknownReference):
        credit(actor, invoice, lines=[{"quantity": Decimal(1)}])
    assert CreditNote.objects.count() == 0


def test_the_rest_can_be_credited_after_a_part(actor: Actor) -> None:
    invoice = issued_invoice(actor, lines=[line("10.00", "10")])
    credit(actor, invoice, lines=units(invoice, "3"))
    assert credit(actor, invoice).total == 7000
    assert due(invoice) == 0


def part_paid(actor: Actor) -> tuple[Invoice, Payment]:
    """Total 100, paid 60, due 40, in lines of ten units."""
    invoice = issued_invoice(actor, lines=[line("10.00", "10")])
    return invoice, pay(actor, invoice, "60.00")


def test_b14_what_was_paid_and_is_credited_must_go_somewhere(actor: Actor) -> None:
    invoice, payment = part_paid(actor)
    with pytest.raises(CreditSplitMismatch) as refusal:
        credit(actor, invoice, lines=units(invoice, "5"))
    assert "frees 10.00 USD" in str(refusal.value)
    for amounts in (("9.99", None, None), ("5.00", "5.00", "0.01")):
        with pytest.raises(CreditSplitMismatch):
            credit(actor, invoice, lines=units(invoice, "5"), **_split(*amounts))
    payment.refresh_from_db()
    assert (due(invoice), CreditNote.objects.count(), payment.amount_unapplied) == (4000, 0, 0)


def test_b14_the_split_into_refund_credit_and_out_of_band(actor: Actor) -> None:
    invoice, payment = part_paid(actor)
    note = credit(actor, invoice, lines=units(invoice, "5"), **_split("4.00", "5.00", "1.00"))
    invoice.refresh_from_db()
    payment.refresh_from_db()
    assert (invoice.amount_due, invoice.amount_paid, invoice.amount_credited) == (0, 5000, 5000)
    assert (note.amount_refunded, note.amount_out_of_band) == (400, 100)
    assert (payment.amount_allocated, payment.amount_refunded) == (5000, 500)
    assert payment.amount_unapplied == 500
    refunds = Refund.objects.order_by("pk").values_list("amount", "is_out_of_band")
    assert list(refunds) == [(400, False), (100, True)]
    assert postings("refund.created") == {"credits_outside": -100, "customer_credit": 100}
    assert credit_totals(actor.organization_id, invoice.customer_id) == {"USD": 500}


def test_b14_a_credit_within_the_open_amount_frees_nothing(actor: Actor) -> None:
    invoice, payment = part_paid(actor)
    credit(actor, invoice, lines=units(invoice, "4"))
    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (invoice.amount_due, payment.amount_allocated) == (0, 6000)
    assert event_types()[-1] == "invoice.paid"
    with pytest.raises(CreditSplitMismatch):
        credit(actor, invoice, lines=units(invoice, "1"))


def test_b15_all_credits_together_never_exceed_the_invoice(actor: Actor) -> None:
    invoice = issued_invoice(actor, lines=[line("10.00", "10")])
    credit(actor, invoice, lines=units(invoice, "6"))
    with pytest.raises(CreditExceedsLine):
        credit(actor, invoice, lines=units(invoice, "5"))
    assert due(invoice) == 4000


def test_b15_lines_that_come_to_more_than_the_invoice_are_refused(actor: Actor) -> None:
    invoice = issued_invoice(actor, lines=[line("100.00"), line("20.00", "-1")])
    dearest, reduction = invoice.lines.all()
    with pytest.raises(CreditExceedsInvoice, match="100.00 USD, but 80.00"):
        credit(actor, invoice, lines=[{"invoice_line_id": dearest.uuid}])
    with pytest.raises(NegativeCredit):
        credit(actor, invoice, lines=[{"invoice_line_id": reduction.uuid}])
    assert (CreditNote.objects.count(), due(invoice)) == (0, 8000)
    assert credit(actor, invoice).total == 8000


def test_b15_credit_from_elsewhere_makes_room_for_the_invoices_own(actor: Actor) -> None:
    payer = customer(actor)
    goodwill = create_credit_note(actor=actor, at=AT, customer_id=payer.pk, lines=[line("30.00")])
    invoice = issued_invoice(actor, "50.00", customer_id=payer.pk)
    allocate(actor=actor, at=AT, on=TODAY, credit_note_id=goodwill.pk, invoice_id=invoice.pk)
    credit(actor, invoice)
    invoice.refresh_from_db()
    goodwill.refresh_from_db()
    assert (invoice.amount_credited, invoice.amount_due) == (5000, 0)
    assert goodwill.amount_unapplied == 3000


def test_the_latest_payment_is_freed_first(actor: Actor) -> None:
    invoice = issued_invoice(actor, lines=[line("10.00", "10")])
    first = pay(actor, invoice, "50.00")
    second = pay(actor, invoice, "50.00")
    credit(actor, invoice, lines=units(invoice, "6"), **_split("60.00", None, None))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.amount_refunded, second.amount_refunded) == (1000, 5000)
    assert due(invoice) == 0


def test_a_credit_note_without_an_invoice_is_customer_credit(actor: Actor) -> None:
    payer = customer(actor)
    vat = tax_profile(actor, "10")
    note = create_credit_note(
        actor=actor,
        at=AT,
        customer_id=payer.uuid,
        lines=[line("20.00", tax_profile_id=vat.pk)],
        reason="Goodwill",
    )
    assert (note.total, note.amount_unapplied, note.reason) == (2200, 2200, "Goodwill")
    assert postings("credit_note.created") == {
        "revenue": 2000,
        "tax_payable": 200,
        "customer_credit": -2200,
    }


def test_a_draft_or_void_invoice_is_not_credited(actor: Actor) -> None:
    draft = draft_invoice(actor, "100.00")
    with pytest.raises(InvoiceNotIssued):
        credit(actor, draft)
    assert CreditNote.objects.count() == 0


@pytest.mark.parametrize("quantity", ["11", "-1", "0.0000001"])
def test_quantities_that_the_line_does_not_have_are_refused(actor: Actor, quantity: str) -> None:
    invoice = issued_invoice(actor, lines=[line("10.00", "10")])
    with pytest.raises(DomainError):
        credit(actor, invoice, lines=units(invoice, quantity))
    with pytest.raises(UnknownReference):
        credit(actor, invoice, lines=[{"invoice_line_id": 999, "quantity": Decimal(1)}])
    assert due(invoice) == 10000


def test_a_voided_credit_note_is_due_again(actor: Actor) -> None:
    invoice = issued_invoice(actor, lines=[line("10.00", "10")])
    note = credit(actor, invoice, lines=units(invoice, "5"))
    void_credit_note(actor=actor, at=AT, credit_note_id=note.pk)
    note.refresh_from_db()
    assert (note.status, note.amount_allocated, due(invoice)) == ("void", 0, 10000)
    assert postings("credit_note.voided") == {"revenue": -5000, "receivables": 5000}
    assert "credit_note.voided" in event_types()
    with pytest.raises(TransitionRefused):
        void_credit_note(actor=actor, at=AT, credit_note_id=note.pk)
    assert credit(actor, invoice).total == 10000


def test_voiding_locks_an_invoice_that_was_settled_meanwhile(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer = customer(actor)
    note = create_credit_note(actor=actor, at=AT, customer_id=payer.pk, lines=[line("30.00")])
    invoice = issued_invoice(actor, "100.00", customer_id=payer.pk)
    allocate(actor=actor, at=AT, on=TODAY, invoice_id=invoice.pk, credit_note_id=note.pk)
    reads = iter([[]])  # the first look comes before the other request's commit
    look = locks.allocated_amounts
    monkeypatch.setattr(locks, "allocated_amounts", lambda source: next(reads, look(source)))
    void_credit_note(actor=actor, at=AT, credit_note_id=note.pk)
    assert due(invoice) == 10000


def test_a_credit_note_that_was_paid_out_stays(actor: Actor) -> None:
    invoice, _payment = part_paid(actor)
    note = credit(actor, invoice, lines=units(invoice, "5"), **_split("10.00", None, None))
    with pytest.raises(CreditNoteRefunded):
        void_credit_note(actor=actor, at=AT, credit_note_id=note.pk)


def test_voiding_leaves_freed_payments_as_credit(actor: Actor) -> None:
    invoice, payment = part_paid(actor)
    note = credit(actor, invoice, lines=units(invoice, "5"), **_split(None, "10.00", None))
    void_credit_note(actor=actor, at=AT, credit_note_id=note.pk)
    payment.refresh_from_db()
    assert (due(invoice), payment.amount_unapplied) == (5000, 1000)
    refund_payment(actor=actor, at=AT, payment_id=payment.pk, amount=Decimal("10.00"))
    assert due(invoice) == 5000


def test_a_foreign_currency_credit_releases_the_receivable_at_its_own_rate(
    actor: Actor,
) -> None:
    invoice = issued_invoice(
        actor,
        currency="EUR",
        exchange_rate=Decimal("1.0837"),
        lines=[line("9.99", "7", tax_profile_id=tax_profile(actor, "19").pk)],
    )
    for _ in range(7):
        credit(actor, invoice, lines=units(invoice, "1"))
    assert due(invoice) == 0


def _split(
    refund: str | None, customer_credit: str | None, outside: str | None
) -> dict[str, Decimal | None]:
    names = ("refund_amount", "credit_amount", "out_of_band_amount")
    amounts = (refund, customer_credit, outside)
    return {
        name: None if amount is None else Decimal(amount)
        for name, amount in zip(names, amounts, strict=True)
    }
