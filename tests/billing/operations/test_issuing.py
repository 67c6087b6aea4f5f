"""Finalising, voiding, giving up: numbers, frozen parties, refusals."""

import datetime
from decimal import Decimal

import pytest

from accounts.actors import Actor
from accounts.models import BankAccount, Organization
from accounts.operations.organizations import update_organization
from billing.models import Customer, Invoice, InvoiceTax, NumberRegister, Posting, Settlement
from billing.operations.contacts import add_address
from billing.operations.customers import update_customer
from billing.operations.exchange_rates import set_exchange_rate
from billing.operations.guards import (
    InvoiceHasPayments,
    InvoiceNotDraft,
    PaymentPending,
)
from billing.operations.issuing import (
    BuyerVatIdMissing,
    DateBeforePredecessor,
    InvoiceNotIssued,
    SellerVatIdMissing,
    creditor_reference,
    issue_invoice,
    mark_uncollectible,
    void_invoice,
)
from billing.operations.payments import record_payment
from billing.queries.exchange_rates import one_to_one_notes, rate_warning
from billing.queries.invoices import get_invoice
from billing.snapshots import invoice_snapshot
from core import exactjson
from core.errors import Forbidden, NotFound
from core.models import Event
from tests import builders
from tests.instants import AT, TODAY

LATER = AT + datetime.timedelta(days=1)


def _types(invoice: Invoice) -> list[str]:
    rows = Event.objects.filter(subject_type="invoice", subject_id=invoice.pk)
    return list(rows.order_by("sequence").values_list("type", flat=True))


def test_issuing_fixes_number_parties_and_books(actor: Actor) -> None:
    draft = builders.draft_invoice(actor, "100.00")
    invoice = issue_invoice(actor=actor, at=LATER, invoice_id=draft.pk)
    invoice.refresh_from_db()
    assert invoice.status == "issued"
    assert invoice.number == "INV-2025-001"
    assert invoice.issued_at == LATER
    assert invoice.paid_at is None
    assert invoice.version == 1
    assert invoice.seller["name"] == "Acme GmbH"
    assert invoice.seller["vat_id"] == "DE123456789"
    assert invoice.buyer["name"] == "Globex Corporation"
    assert invoice.buyer["email"] == "ap@globex.test"
    postings = Posting.objects.of(actor.organization_id).filter(invoice=invoice)
    assert sorted(postings.values_list("amount", flat=True)) == [-10000, 10000]
    register = NumberRegister.objects.of(actor.organization_id).get(document_id=invoice.pk)
    assert (register.number, register.fate) == ("INV-2025-001", "issued")
    assert _types(invoice) == ["invoice.created", "invoice.issued"]


def test_issuing_tells_only_what_changed(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor)
    event = Event.objects.get(type="invoice.issued", subject_id=invoice.pk)
    assert '"status":"draft"' in event.previous
    assert '"total"' not in event.previous
    assert '"number"' not in event.previous
    assert '"status":"issued"' in event.data


def test_payment_reference_is_an_iso_11649_reference_of_the_number(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor)
    assert invoice.payment_reference == "RF44INV2025001"
    assert creditor_reference("539007547034") == "RF18539007547034"  # the standard's example


def test_payment_reference_that_was_given_stays(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor, payment_reference="RF18539007547034")
    assert invoice.payment_reference == "RF18539007547034"


def test_seller_carries_the_default_account_of_the_currency(
    actor: Actor, acme: Organization
) -> None:
    for currency, iban in (("EUR", "DE02120300000000202051"), ("USD", "DE02500105170137075030")):
        BankAccount.objects.create(
            organization=acme,
            name="Acme GmbH",
            iban=iban,
            currency=currency,
            is_default=True,
            created_at=AT,
            updated_at=AT,
        )
    invoice = builders.issued_invoice(actor)
    assert invoice.seller["bank_account"]["iban"] == "DE02500105170137075030"


def test_delivery_is_the_first_shipping_address_unless_the_draft_says(actor: Actor) -> None:
    customer = builders.customer(actor)
    add_address(
        actor=actor, at=AT, customer_id=customer.pk, line1="Dock 4", city="Hamburg", country="de"
    )
    invoice = builders.issued_invoice(actor, customer_id=customer.pk)
    assert invoice.delivery["line1"] == "Dock 4"
    assert invoice.delivery["country"] == "DE"
    own = builders.issued_invoice(
        actor, customer_id=customer.pk, delivery={"line1": "Gate 1", "date": TODAY}
    )
    assert own.delivery == {"line1": "Gate 1", "date": "2025-01-15"}


def test_b11_renaming_the_customer_leaves_the_issued_invoice(actor: Actor) -> None:
    customer = builders.customer(actor, vat_id="FR123")
    invoice = builders.issued_invoice(actor, customer_id=customer.pk)
    before = invoice.buyer
    update_customer(actor=actor, at=LATER, customer_id=customer.pk, name="New name", vat_id="")
    assert get_invoice(actor.organization_id, invoice.pk).buyer == before


def test_invoice_over_zero_is_paid_on_issue(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor, "0.00")
    assert invoice.settlement == Settlement.PAID
    assert invoice.paid_at == AT
    assert _types(invoice) == ["invoice.created", "invoice.issued", "invoice.paid"]
    paid = Event.objects.get(type="invoice.paid")
    assert exactjson.loads(paid.previous)["status"] == "draft"


def test_a_rate_learned_since_the_draft_is_taken(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "10")
    draft = builders.draft_invoice(
        actor, lines=[builders.line("100.00", tax_profile_id=vat.pk)], currency="EUR"
    )
    assert draft.is_counted_one_to_one
    set_exchange_rate(actor=actor, at=AT, currency="EUR", rate=Decimal("1.2"), valid_from=TODAY)
    invoice = issue_invoice(actor=actor, at=AT, invoice_id=draft.pk)
    assert (invoice.exchange_rate, invoice.is_counted_one_to_one) == (Decimal("1.2"), False)
    assert [tax.accounting_amount for tax in InvoiceTax.objects.all()] == [1200]
    receivable = Posting.objects.get(account__system_role="receivables")
    assert (receivable.amount, receivable.base_amount) == (11000, 13200)
    assert "warnings" not in exactjson.loads(Event.objects.get(type="invoice.issued").data)


def test_without_a_rate_the_books_count_one_to_one_and_say_so(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor, "100.00", currency="EUR")
    assert (invoice.exchange_rate, invoice.is_counted_one_to_one) == (1, True)
    said = "1 EUR counts as 1 USD in the books, because no exchange rate was known."
    assert rate_warning(invoice) == said
    event = Event.objects.get(type="invoice.issued")
    assert exactjson.loads(event.data)["warnings"] == [said]
    assert list(one_to_one_notes(actor.organization_id)) == [f"1 invoice (INV-2025-001): {said}"]
    assert rate_warning(builders.issued_invoice(actor, "100.00")) == ""


def test_issuing_twice_is_refused_and_changes_nothing(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor)
    with pytest.raises(InvoiceNotDraft) as refused:
        issue_invoice(actor=actor, at=LATER, invoice_id=invoice.pk)
    assert refused.value.code == "invoice_not_draft"
    assert _types(invoice) == ["invoice.created", "invoice.issued"]
    assert Posting.objects.of(actor.organization_id).count() == 2


def test_viewer_and_stranger_cannot_issue(
    actor: Actor, bob_actor: Actor, mallory_actor: Actor
) -> None:
    draft = builders.draft_invoice(actor)
    with pytest.raises(Forbidden):
        issue_invoice(actor=bob_actor, at=AT, invoice_id=draft.pk)
    with pytest.raises(NotFound):
        issue_invoice(actor=mallory_actor, at=AT, invoice_id=draft.uuid)
    assert _types(draft) == ["invoice.created"]


class TestNumberOnIssue:
    """number_assignment = on_issue: a draft has none."""

    @pytest.fixture(autouse=True)
    def _on_issue(self, acme: Organization) -> None:
        acme.number_assignment = Organization.NumberAssignment.ON_ISSUE
        acme.save()

    def test_draft_has_no_number_until_it_is_issued(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor)
        assert draft.number is None
        assert not NumberRegister.objects.of(actor.organization_id).exists()
        invoice = issue_invoice(actor=actor, at=AT, invoice_id=draft.pk)
        assert invoice.number == "INV-2025-001"
        register = NumberRegister.objects.of(actor.organization_id).get()
        assert (register.fate, register.document_id) == ("issued", invoice.pk)

    def test_b1_refused_finalisation_leaves_no_gap(self, actor: Actor) -> None:
        vat = builders.tax_profile(actor, "0", name="Reverse charge", category="AE")
        lines = [builders.line("10.00", tax_profile_id=vat.pk)]
        draft = builders.draft_invoice(actor, lines=lines)
        with pytest.raises(BuyerVatIdMissing):
            issue_invoice(actor=actor, at=AT, invoice_id=draft.pk)
        assert builders.issued_invoice(actor).number == "INV-2025-001"

    def test_b3_year_is_the_organizations_year(self, actor: Actor) -> None:
        late = datetime.datetime(2025, 12, 31, 23, 30, tzinfo=datetime.UTC)
        invoice = builders.issued_invoice(actor, at=late)
        assert invoice.issue_date == datetime.date(2026, 1, 1)
        assert invoice.number == "INV-2026-001"


class TestReverseCharge:
    """F1, F3."""

    def _draft(self, actor: Actor, customer: Customer) -> Invoice:
        vat = builders.tax_profile(actor, "0", name="RC", category="AE")
        lines = [builders.line("1000.00", tax_profile_id=vat.pk)]
        return builders.draft_invoice(actor, lines=lines, customer_id=customer.pk)

    def test_f1_with_vat_id_it_charges_nothing_and_says_so(self, actor: Actor) -> None:
        customer = builders.customer(actor, country="FR", vat_id="FR40303265045")
        draft = self._draft(actor, customer)
        invoice = issue_invoice(actor=actor, at=AT, invoice_id=draft.pk)
        tax = invoice.taxes.get()
        assert (tax.category, tax.tax_amount, tax.base_amount) == ("AE", 0, 100000)
        assert tax.exemption_reason == "Reverse charge"
        assert invoice.total == 100000

    def test_f1_without_vat_id_it_is_refused(self, actor: Actor) -> None:
        draft = self._draft(actor, builders.customer(actor, country="FR"))
        with pytest.raises(BuyerVatIdMissing) as refused:
            issue_invoice(actor=actor, at=AT, invoice_id=draft.pk)
        assert str(refused.value) == "'Reverse charge' needs the VAT id of Globex Corporation."
        draft.refresh_from_db()
        assert draft.status == "draft"
        assert _types(draft) == ["invoice.created"]

    def test_f1_without_own_vat_id_it_is_refused(self, actor: Actor) -> None:
        update_organization(actor=actor, at=AT, vat_id="")
        draft = self._draft(actor, builders.customer(actor, vat_id="FR40303265045"))
        with pytest.raises(SellerVatIdMissing):
            issue_invoice(actor=actor, at=AT, invoice_id=draft.pk)


class TestDateOrder:
    """B6: 2025-01-10 after a number with 2025-01-15 exists."""

    def test_b6_warns_by_default(self, actor: Actor) -> None:
        builders.issued_invoice(actor)
        early = builders.issued_invoice(actor, issue_date=datetime.date(2025, 1, 10))
        assert early.number == "INV-2025-002"
        event = Event.objects.get(type="invoice.issued", subject_id=early.pk)
        assert "dated 2025-01-15, after this one" in event.data

    def test_b6_refuses_by_policy(self, actor: Actor) -> None:
        update_organization(actor=actor, at=AT, date_order="refuse")
        builders.issued_invoice(actor)
        draft = builders.draft_invoice(actor, issue_date=datetime.date(2025, 1, 10))
        with pytest.raises(DateBeforePredecessor):
            issue_invoice(actor=actor, at=AT, invoice_id=draft.pk)

    def test_b6_a_lower_number_may_have_the_earlier_date(self, actor: Actor) -> None:
        update_organization(actor=actor, at=AT, date_order="refuse")
        first = builders.draft_invoice(actor, issue_date=datetime.date(2025, 1, 10))
        builders.issued_invoice(actor)
        assert issue_invoice(actor=actor, at=AT, invoice_id=first.pk).number == "INV-2025-001"


class TestVoid:
    """B9."""

    def test_b9_void_keeps_the_number_and_owes_nothing(self, actor: Actor) -> None:
        invoice = builders.issued_invoice(actor)
        invoice = void_invoice(actor=actor, at=LATER, invoice_id=invoice.pk, reason="Duplicate")
        assert (invoice.status, invoice.number) == ("void", "INV-2025-001")
        assert (invoice.amount_due, invoice.voided_at) == (0, LATER)
        assert invoice.void_reason == "Duplicate"
        register = NumberRegister.objects.of(actor.organization_id).get(document_id=invoice.pk)
        assert (register.fate, register.reason) == ("void", "Duplicate")
        assert sum(Posting.objects.values_list("amount", flat=True)) == 0
        assert Posting.objects.of(actor.organization_id).count() == 4
        assert _types(invoice)[-1] == "invoice.voided"
        assert builders.issued_invoice(actor).number == "INV-2025-002"

    def test_b9_void_is_final(self, actor: Actor) -> None:
        invoice = builders.issued_invoice(actor)
        void_invoice(actor=actor, at=LATER, invoice_id=invoice.pk, reason="Duplicate")
        with pytest.raises(InvoiceNotIssued):
            void_invoice(actor=actor, at=LATER, invoice_id=invoice.pk, reason="Again")
        with pytest.raises(InvoiceNotDraft):
            issue_invoice(actor=actor, at=LATER, invoice_id=invoice.pk)

    @pytest.mark.parametrize("status", ["succeeded", "pending"])
    def test_b9_refused_with_a_payment(self, actor: Actor, status: str) -> None:
        invoice = builders.issued_invoice(actor)
        record_payment(
            actor=actor,
            at=AT,
            amount=Decimal("10.00"),
            currency="USD",
            method="bank_transfer",
            payment_date=TODAY,
            invoice_id=invoice.pk,
            status=status,
        )
        with pytest.raises((InvoiceHasPayments, PaymentPending)):
            void_invoice(actor=actor, at=LATER, invoice_id=invoice.pk, reason="No")
        invoice.refresh_from_db()
        assert invoice.status == "issued"
        assert "invoice.voided" not in _types(invoice)

    def test_draft_is_deleted_not_voided(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor)
        with pytest.raises(InvoiceNotIssued):
            void_invoice(actor=actor, at=AT, invoice_id=draft.pk)


def test_b10_uncollectible_still_owes_and_can_be_paid(actor: Actor) -> None:
    invoice = builders.issued_invoice(actor)
    invoice = mark_uncollectible(actor=actor, at=LATER, invoice_id=invoice.pk)
    assert (invoice.status, invoice.amount_due) == ("uncollectible", 10000)
    record_payment(
        actor=actor,
        at=LATER,
        amount=Decimal("100.00"),
        currency="USD",
        method="cash",
        payment_date=TODAY,
        invoice_id=invoice.pk,
    )
    invoice = get_invoice(actor.organization_id, invoice.pk)
    assert invoice.settlement == Settlement.PAID


def test_snapshot_is_complete_without_the_row(actor: Actor) -> None:
    invoice = get_invoice(actor.organization_id, builders.issued_invoice(actor).pk)
    snapshot = invoice_snapshot(invoice)
    assert snapshot["total"] == Decimal("100.00")
    assert snapshot["customer"]["name"] == "Globex Corporation"
    assert snapshot["lines"][0]["net_amount"] == Decimal("100.00")
    assert snapshot["settlement"] == "unpaid"
