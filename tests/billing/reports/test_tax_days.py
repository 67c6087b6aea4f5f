"""The day on which a tax subtotal counts follows its document into force and out of it."""

from decimal import Decimal

import pytest

from accounts.actors import Actor
from billing.models import CreditNote, Invoice
from billing.operations.credit_notes import create_credit_note, void_credit_note
from billing.operations.issuing import mark_uncollectible, void_invoice
from tests.builders import draft_invoice, issued_invoice, line, tax_profile
from tests.instants import AT, TODAY


@pytest.fixture
def invoice(actor: Actor) -> Invoice:
    return issued_invoice(actor, lines=[_taxed(actor)], currency="EUR")


def test_e7_a_draft_counts_on_no_day(actor: Actor) -> None:
    draft = draft_invoice(actor, lines=[_taxed(actor)])
    assert draft.taxes.get().issued_on is None


def test_e7_an_issued_invoice_counts_on_its_issue_date(invoice: Invoice) -> None:
    tax = invoice.taxes.get()
    assert (tax.issued_on, tax.currency, tax.accounting_currency) == (TODAY, "EUR", "USD")


def test_e7_a_void_invoice_counts_on_no_day(actor: Actor, invoice: Invoice) -> None:
    void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="")
    assert invoice.taxes.get().issued_on is None


def test_e7_an_uncollectible_invoice_still_counts(actor: Actor, invoice: Invoice) -> None:
    mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
    assert invoice.taxes.get().issued_on == TODAY


def test_e7_a_credit_note_counts_on_its_own_issue_date(actor: Actor, invoice: Invoice) -> None:
    tax = _credited(actor, invoice).taxes.get()
    assert (tax.issued_on, tax.currency, tax.accounting_currency) == (TODAY, "EUR", "USD")


def test_e7_a_void_credit_note_counts_on_no_day(actor: Actor, invoice: Invoice) -> None:
    note = _credited(actor, invoice)
    void_credit_note(actor=actor, at=AT, credit_note_id=note.pk)
    assert note.taxes.get().issued_on is None
    assert invoice.taxes.get().issued_on == TODAY


def test_a22_a_subtotal_of_two_profiles_says_so(actor: Actor) -> None:
    invoice = issued_invoice(actor, lines=[_taxed(actor, "City"), _taxed(actor, "State")])
    assert [tax.is_shared for tax in invoice.taxes.all()] == [True]


def test_a22_a_subtotal_of_one_profile_says_so(invoice: Invoice) -> None:
    assert [tax.is_shared for tax in invoice.taxes.all()] == [False]


def _taxed(actor: Actor, name: str = "VAT") -> dict[str, object]:
    profile = tax_profile(actor, "10", name=name)
    return line("10.00", "10", tax_profile_id=profile.pk)


def _credited(actor: Actor, invoice: Invoice) -> CreditNote:
    lines = [{"invoice_line_id": invoice.lines.get().pk, "quantity": Decimal(3)}]
    return create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk, lines=lines)
