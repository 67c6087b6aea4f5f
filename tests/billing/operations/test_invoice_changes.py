"""Drafts and issued invoices: what may change, what is refused, what becomes of numbers."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Invoice
from billing.numbering import number_report
from billing.operations.customers import update_customer
from billing.operations.guards import (
    InvoiceFinalized,
    InvoiceHasPayments,
    InvoiceNotDraft,
    PaymentPending,
    VersionConflict,
)
from billing.operations.invoices import (
    delete_invoice,
    duplicate_invoice,
    update_invoice,
)
from billing.operations.issuing import issue_invoice
from billing.operations.payments import record_payment
from billing.queries.invoices import get_invoice
from billing.queries.lookup import UnknownReference
from core import exactjson
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from tests import builders
from tests.builders import line
from tests.instants import AT, TODAY

LATER = AT + datetime.timedelta(hours=1)


def _events(invoice: Invoice) -> list[str]:
    rows = Event.objects.filter(subject_type="invoice", subject_id=invoice.pk)
    return list(rows.order_by("sequence").values_list("type", flat=True))


class TestUpdate:
    def test_draft_lines_are_replaced_and_added_up_again(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor, "100.00")
        draft = update_invoice(
            actor=actor, at=LATER, invoice_id=draft.pk, lines=[line("30.00"), line("12.00")]
        )
        stored = get_invoice(actor.organization_id, draft.pk)
        assert (stored.total, stored.lines.count(), stored.version) == (4200, 2, 2)
        assert stored.updated_at == LATER
        assert stored.number == "INV-2025-001"

    def test_draft_discount_alone_keeps_the_lines(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor, "100.00")
        ids = [row.uuid for row in draft.lines.all()]
        changed = update_invoice(
            actor=actor,
            at=LATER,
            invoice_id=draft.pk,
            discount_type="percent",
            discount_value=Decimal(10),
        )
        assert (changed.total, changed.discount_total) == (9000, 1000)
        assert [row.uuid for row in get_invoice(actor.organization_id, draft.pk).lines.all()] == ids
        back = update_invoice(actor=actor, at=LATER, invoice_id=draft.pk, discount_type="")
        assert back.total == 10000

    def test_event_holds_only_the_old_values_that_changed(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor)
        update_invoice(actor=actor, at=LATER, invoice_id=draft.pk, notes="Updated")
        event = Event.objects.get(type="invoice.updated")
        assert exactjson.loads(event.previous) == {"notes": ""}
        assert event.sequence == 2

    def test_nothing_different_is_no_new_version(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor, notes="Same")
        same = update_invoice(actor=actor, at=LATER, invoice_id=draft.pk, notes="Same")
        assert same.version == 1
        assert _events(draft) == ["invoice.created"]

    def test_customer_can_be_exchanged_on_a_draft(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor)
        other = builders.customer(actor, "Initech")
        changed = update_invoice(actor=actor, at=LATER, invoice_id=draft.pk, customer_id=other.uuid)
        assert changed.customer.name == "Initech"
        with pytest.raises(UnknownReference):
            update_invoice(actor=actor, at=LATER, invoice_id=draft.pk, customer_id=10**6)

    def test_other_currency_needs_new_amounts(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor, "100.00")
        with pytest.raises(InvalidValue) as refused:
            update_invoice(actor=actor, at=LATER, invoice_id=draft.pk, currency="EUR")
        assert refused.value.param == "currency"
        changed = update_invoice(
            actor=actor, at=LATER, invoice_id=draft.pk, currency="EUR", lines=[line("90.00")]
        )
        assert (changed.currency, changed.total) == ("EUR", 9000)

    def test_moving_the_date_keeps_a_rate_that_is_not_in_the_table(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor, currency="EUR", exchange_rate=Decimal("1.07"))
        moved = update_invoice(
            actor=actor, at=LATER, invoice_id=draft.pk, issue_date=datetime.date(2025, 1, 10)
        )
        assert moved.exchange_rate == Decimal("1.07")

    def test_earlier_issue_date_keeps_the_due_date(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor)
        moved = update_invoice(
            actor=actor, at=LATER, invoice_id=draft.pk, issue_date=datetime.date(2025, 1, 1)
        )
        assert moved.due_date == datetime.date(2025, 2, 14)
        moved = update_invoice(
            actor=actor, at=LATER, invoice_id=draft.pk, issue_date=datetime.date(2025, 3, 1)
        )
        assert moved.due_date == datetime.date(2025, 3, 31)

    def test_b7_issued_takes_due_date_notes_and_metadata(self, actor: Actor) -> None:
        invoice = builders.issued_invoice(actor)
        changed = update_invoice(
            actor=actor,
            at=LATER,
            invoice_id=invoice.pk,
            due_date=datetime.date(2025, 2, 28),
            notes="Updated payment terms - due Feb 28",
            metadata={"order": "7", "weight": Decimal("1.50")},
        )
        assert changed.version == 2
        stored = get_invoice(actor.organization_id, invoice.pk)
        assert stored.due_date == datetime.date(2025, 2, 28)
        assert stored.metadata == {"order": "7", "weight": "1.50"}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("lines", [line("1.00")]),
            ("currency", "EUR"),
            ("discount_value", Decimal(5)),
            ("terms", "Net 60"),
            ("issue_date", datetime.date(2025, 1, 16)),
            ("total", Decimal("100.00")),
            ("customer_id", 10**6),
        ],
    )
    def test_b7_issued_refuses_everything_else_by_name(
        self, actor: Actor, field: str, value: Any
    ) -> None:
        invoice = builders.issued_invoice(actor)
        with pytest.raises(InvoiceFinalized) as refused:
            update_invoice(
                actor=actor, at=LATER, invoice_id=invoice.pk, notes="x", **{field: value}
            )
        assert (refused.value.code, refused.value.param) == ("invoice_finalized", field)
        stored = get_invoice(actor.organization_id, invoice.pk)
        assert (stored.version, stored.notes) == (1, "")

    def test_b7_values_given_back_unchanged_are_no_change(self, actor: Actor) -> None:
        invoice = builders.issued_invoice(actor)
        changed = update_invoice(
            actor=actor,
            at=LATER,
            invoice_id=invoice.pk,
            currency="USD",
            terms="",
            customer_id=invoice.customer.uuid,
            notes="Hello",
        )
        assert (changed.version, changed.notes) == (2, "Hello")

    def test_b7_wrong_version_is_a_conflict(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor)
        update_invoice(actor=actor, at=LATER, invoice_id=draft.pk, notes="a", expected_version=1)
        with pytest.raises(VersionConflict) as refused:
            update_invoice(
                actor=actor, at=LATER, invoice_id=draft.pk, notes="b", expected_version=1
            )
        assert refused.value.code == "version_conflict"
        draft.refresh_from_db()
        assert draft.notes == "a"

    def test_c12_pending_payment_blocks_editing_and_deleting(self, actor: Actor) -> None:
        invoice = builders.issued_invoice(actor)
        draft = builders.draft_invoice(actor)
        payment = record_payment(
            actor=actor,
            at=AT,
            amount=Decimal("100.00"),
            currency="USD",
            method="direct_debit",
            payment_date=TODAY,
            invoice_id=invoice.pk,
            status="pending",
        )
        type(payment).objects.filter(pk=payment.pk).update(invoice=draft)
        with pytest.raises(PaymentPending):
            update_invoice(actor=actor, at=LATER, invoice_id=draft.pk, lines=[line("1.00")])
        with pytest.raises(InvoiceHasPayments):
            delete_invoice(actor=actor, at=LATER, invoice_id=draft.pk)
        assert _events(draft) == ["invoice.created"]

    def test_viewer_and_stranger(
        self, actor: Actor, bob_actor: Actor, mallory_actor: Actor
    ) -> None:
        draft = builders.draft_invoice(actor)
        with pytest.raises(Forbidden):
            update_invoice(actor=bob_actor, at=AT, invoice_id=draft.pk, notes="x")
        with pytest.raises(NotFound):
            update_invoice(actor=mallory_actor, at=AT, invoice_id=draft.pk, notes="x")
        with pytest.raises(NotFound):
            delete_invoice(actor=mallory_actor, at=AT, invoice_id=draft.uuid)

    def test_exempting_the_customer_later_leaves_the_draft(self, actor: Actor) -> None:
        vat = builders.tax_profile(actor, "10")
        draft = builders.draft_invoice(actor, lines=[line("10.00", tax_profile_id=vat.pk)])
        update_customer(actor=actor, at=LATER, customer_id=draft.customer_id, is_tax_exempt=True)
        assert issue_invoice(actor=actor, at=LATER, invoice_id=draft.pk).total == 1100


class TestNumbersOfDrafts:
    def test_b2_deleting_the_highest_draft_frees_its_number(self, actor: Actor) -> None:
        builders.draft_invoice(actor)
        highest = builders.draft_invoice(actor)
        delete_invoice(actor=actor, at=LATER, invoice_id=highest.pk)
        assert builders.draft_invoice(actor).number == "INV-2025-002"
        report = number_report(actor.organization_id, "invoice", "2025")
        assert [(row.n, row.fate) for row in report.entries] == [(1, "reserved"), (2, "reserved")]
        assert report.missing == []

    def test_b2_deleting_another_draft_leaves_a_cancelled_number(self, actor: Actor) -> None:
        first = builders.draft_invoice(actor)
        builders.draft_invoice(actor)
        delete_invoice(actor=actor, at=LATER, invoice_id=first.pk)
        assert builders.draft_invoice(actor).number == "INV-2025-003"
        report = number_report(actor.organization_id, "invoice", "2025")
        assert [(row.n, row.fate) for row in report.entries] == [
            (1, "cancelled"),
            (2, "reserved"),
            (3, "reserved"),
        ]
        assert report.entries[0].reason == "Its draft was deleted."

    def test_b8_issued_is_not_deleted(self, actor: Actor) -> None:
        invoice = builders.issued_invoice(actor)
        with pytest.raises(InvoiceNotDraft) as refused:
            delete_invoice(actor=actor, at=LATER, invoice_id=invoice.pk)
        assert "Void it instead." in str(refused.value)
        assert Invoice.objects.of(actor.organization_id).count() == 1
        assert "invoice.deleted" not in _events(invoice)

    def test_deleting_tells_what_was(self, actor: Actor) -> None:
        draft = builders.draft_invoice(actor)
        delete_invoice(actor=actor, at=LATER, invoice_id=draft.pk)
        event = Event.objects.get(type="invoice.deleted")
        assert exactjson.loads(event.data)["number"] == "INV-2025-001"
        assert not Invoice.objects.exists()

    def test_moving_to_another_year_takes_a_number_of_that_year(self, actor: Actor) -> None:
        first = builders.draft_invoice(actor)
        builders.draft_invoice(actor)
        moved = update_invoice(
            actor=actor, at=LATER, invoice_id=first.pk, issue_date=datetime.date(2026, 2, 1)
        )
        assert moved.number == "INV-2026-001"
        stored = get_invoice(actor.organization_id, first.pk)
        assert stored.number == "INV-2026-001"
        report = number_report(actor.organization_id, "invoice", "2025")
        assert [row.fate for row in report.entries] == ["cancelled", "reserved"]
        event = Event.objects.get(type="invoice.updated")
        assert exactjson.loads(event.previous)["number"] == "INV-2025-001"


def test_duplicate_is_a_new_draft_of_today(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "10")
    old = builders.issued_invoice(
        actor, lines=[line("100.00", tax_profile_id=vat.pk)], purchase_order="PO-7", notes="Hi"
    )
    later = AT + datetime.timedelta(days=40)
    copy = duplicate_invoice(actor=actor, at=later, invoice_id=old.pk)
    assert (copy.status, copy.number, copy.total) == ("draft", "INV-2025-002", 11000)
    assert copy.issue_date == datetime.date(2025, 2, 24)
    assert (copy.purchase_order, copy.notes, copy.payment_reference) == ("PO-7", "Hi", "")
    assert copy.public_token != old.public_token
    assert copy.seller == {}
