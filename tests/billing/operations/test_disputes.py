"""Contested invoices: what is due, what pauses, and how a dispute ends (C11)."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Allocation, Dispute, Invoice, InvoiceStatus, Payment, Refund
from billing.operations.allocations import allocate
from billing.operations.disputes import (
    AmountExceedsDisputable,
    DisputeAlreadyOpen,
    DisputeKnown,
    InvoiceNotDisputable,
    PaymentNotDisputable,
    lose_dispute,
    open_dispute,
    win_dispute,
)
from billing.operations.issuing import void_invoice
from billing.queries.customers import get_customer
from billing.queries.disputes import outside
from billing.queries.invoices import status_word
from core import exactjson
from core.errors import Forbidden, InvalidValue, NotFound
from core.lifecycle import TransitionRefused
from core.models import Event
from tests.billing.money import due, event_types, pay, postings
from tests.builders import customer, draft_invoice, issued_invoice, line
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")
LATER = AT + datetime.timedelta(days=10)


def charged_back(actor: Actor, total: str = "100.00", **fields: Any) -> Dispute:
    invoice = issued_invoice(actor, total)
    pay(actor, invoice, total)
    return dispute(actor, invoice, **fields)


def dispute(actor: Actor, invoice: Invoice, **fields: Any) -> Dispute:
    given = {"kind": "chargeback", "reason": "Not as described", **fields}
    return open_dispute(**{"actor": actor, "at": AT, "invoice_id": invoice.pk, **given})


def objection(actor: Actor, **fields: Any) -> Dispute:
    invoice = issued_invoice(actor, lines=[line("60.00"), line("40.00")])
    return dispute(actor, invoice, **{"kind": "objection", **fields})


def now(invoice: Invoice) -> Invoice:
    return Invoice.objects.get(pk=invoice.pk)


class TestChargeback:
    def test_of_a_paid_invoice_makes_it_due_again(self, actor: Actor) -> None:
        """C11: chargeback 100 on a paid invoice: due 100, disputed."""
        opened = charged_back(actor)
        invoice = now(opened.invoice)
        assert (invoice.amount_due, invoice.disputed_at, invoice.paid_at) == (10000, AT, None)
        assert postings("refund.created") == {"receivables": 10000, "bank": -10000}
        assert (opened.amount, opened.opened_on) == (10000, TODAY)
        assert event_types()[-4:] == [
            "refund.created",
            "payment.refunded",
            "invoice.updated",
            "invoice.disputed",
        ]

    def test_won_is_paid_again(self, actor: Actor) -> None:
        """C11: won: paid."""
        opened = charged_back(actor)
        won = win_dispute(actor=actor, at=LATER, dispute_id=opened.pk, note="They had signed")
        invoice = now(opened.invoice)
        assert (status_word(invoice, TODAY), invoice.disputed_at) == ("paid", None)
        assert (won.status, won.closed_on) == ("won", LATER.date())
        assert won.returned is not None
        assert (won.returned.amount, won.returned.payment_date) == (10000, LATER.date())
        assert postings("payment.succeeded") == {"bank": 10000, "receivables": -10000}
        assert event_types()[-1] == "invoice.dispute_closed"

    def test_lost_and_written_off_is_bad_debt(self, actor: Actor) -> None:
        """C11: lost: write-off."""
        opened = charged_back(actor)
        lose_dispute(actor=actor, at=LATER, dispute_id=opened.pk, outcome="written_off")
        invoice = now(opened.invoice)
        assert (invoice.amount_due, invoice.status) == (0, InvoiceStatus.UNCOLLECTIBLE)
        assert postings("invoice.written_off") == {"bad_debt": 10000, "receivables": -10000}

    def test_lost_and_owed_stays_due_with_a_fee_line(self, actor: Actor) -> None:
        """C11: lost: fee line, on an invoice of its own because the first is final (B7)."""
        opened = charged_back(actor)
        lost = lose_dispute(actor=actor, at=LATER, dispute_id=opened.pk, fee=Decimal("15.00"))
        fee = lost.fee_invoice
        assert fee is not None
        assert (fee.total, fee.status, fee.tax_total) == (1500, InvoiceStatus.ISSUED, 0)
        assert fee.preceding[0]["number"] == opened.invoice.number
        name = f"Chargeback fee for invoice {opened.invoice.number}"
        assert fee.lines.get().name == name
        assert (due(opened.invoice), now(opened.invoice).disputed_at) == (10000, None)

    def test_of_a_part_leaves_the_rest_paid(self, actor: Actor) -> None:
        opened = charged_back(actor, amount=Decimal("30.00"))
        assert due(opened.invoice) == 3000
        assert Refund.objects.get().amount == 3000
        win_dispute(actor=actor, at=LATER, dispute_id=opened.pk)
        assert due(opened.invoice) == 0

    def test_of_an_overpayment_takes_the_credit_with_it(self, actor: Actor) -> None:
        invoice = issued_invoice(actor, "89.00")
        payment = pay(actor, invoice, "95.00", allow_overpayment=True)
        dispute(actor, invoice, amount=Decimal("95.00"))
        payment.refresh_from_db()
        assert (due(invoice), payment.amount_unapplied) == (8900, 0)

    def test_won_after_it_was_paid_otherwise_becomes_credit(self, actor: Actor) -> None:
        opened = charged_back(actor)
        pay(actor, opened.invoice, "80.00", transaction_id="second")
        won = win_dispute(actor=actor, at=LATER, dispute_id=opened.pk)
        assert won.returned is not None
        assert (due(opened.invoice), won.returned.amount_unapplied) == (0, 8000)

    def test_won_after_the_invoice_was_voided_becomes_credit(self, actor: Actor) -> None:
        opened = charged_back(actor)
        void_invoice(actor=actor, at=AT, invoice_id=opened.invoice.pk, reason="Wrong")
        won = win_dispute(actor=actor, at=LATER, dispute_id=opened.pk)
        assert won.returned is not None
        assert won.returned.amount_unapplied == 10000

    def test_names_the_payment_where_there_are_several(self, actor: Actor) -> None:
        invoice = issued_invoice(actor, "100.00")
        first = pay(actor, invoice, "40.00")
        pay(actor, invoice, "60.00")
        dispute(actor, invoice, payment_id=first.uuid)
        assert due(invoice) == 4000
        assert dispute(actor, invoice).amount == 6000
        assert due(invoice) == 10000

    def test_of_one_payment_for_two_invoices_reopens_only_the_one(self, actor: Actor) -> None:
        buyer = customer(actor)
        first, second = (issued_invoice(actor, "50.00", customer_id=buyer.pk) for _ in range(2))
        pay(actor, first, "100.00", invoice_id=None, customer_id=buyer.pk)
        dispute(actor, second)
        assert (due(first), due(second)) == (0, 5000)

    def test_in_a_foreign_currency_gains_and_loses_nothing(self, actor: Actor) -> None:
        """C10: the money leaves and comes back at the rate at which it came."""
        invoice = issued_invoice(actor, "110.00", currency="EUR", exchange_rate=Decimal("1.1"))
        pay(actor, invoice, "110.00", exchange_rate=Decimal("1.3"))
        opened = dispute(actor, invoice)
        win_dispute(actor=actor, at=LATER, dispute_id=opened.pk)
        payments = Payment.objects.order_by("pk")
        assert [row.exchange_rate for row in payments] == [Decimal("1.3")] * 2
        assert due(invoice) == 0

    def test_that_the_bank_reports_twice_is_taken_once(self, actor: Actor) -> None:
        """M5: the same case, replayed after it was closed."""
        opened = charged_back(actor, reference="dp_1")
        win_dispute(actor=actor, at=LATER, dispute_id=opened.pk)
        with pytest.raises(DisputeKnown):
            dispute(actor, opened.invoice, reference="dp_1")
        assert Refund.objects.count() == 1

    def test_of_more_than_was_paid_is_refused(self, actor: Actor) -> None:
        with pytest.raises(AmountExceedsDisputable) as refusal:
            charged_back(actor, amount=Decimal("100.01"))
        assert refusal.value.param == "amount"
        assert not Dispute.objects.exists() and not Refund.objects.exists()

    def test_of_what_was_never_paid_is_refused(self, actor: Actor) -> None:
        invoice, paid = issued_invoice(actor), issued_invoice(actor)
        payment = pay(actor, paid, "100.00")
        with pytest.raises(InvoiceNotDisputable):
            dispute(actor, invoice)
        with pytest.raises(PaymentNotDisputable):
            dispute(actor, invoice, payment_id=payment.pk)
        assert due(paid) == 0

    def test_needs_the_right_to_move_money(self, actor: Actor) -> None:
        opened = charged_back(actor)
        clerk = replace(actor, kind="api_key", scopes=frozenset({"invoices:write"}))
        with pytest.raises(Forbidden):
            win_dispute(actor=clerk, at=AT, dispute_id=opened.pk)
        with pytest.raises(Forbidden):
            dispute(clerk, opened.invoice)


class TestObjection:
    def test_to_a_line_moves_no_money(self, actor: Actor) -> None:
        invoice = issued_invoice(actor, lines=[line("60.00"), line("40.00")])
        second = invoice.lines.get(position=2)
        guest = replace(actor, kind="customer", scopes=frozenset(), label="public link")
        opened = open_dispute(
            actor=guest,
            at=AT,
            invoice_id=invoice.uuid,
            kind="objection",
            line_id=second.uuid,
            reason="Never delivered",
        )
        assert (opened.amount, opened.opened_by) == (4000, "public link")
        assert (due(invoice), now(invoice).disputed_at) == (10000, AT)
        assert not Allocation.objects.exists()
        event = Event.objects.get(type="invoice.disputed")
        told = exactjson.loads(event.data)
        assert told["dispute"]["reason"] == "Never delivered"
        assert told["dispute"]["line"] == str(second.uuid)
        assert exactjson.loads(event.previous) == {"disputed_at": None, "dispute": None}

    def test_a_customer_may_not_say_that_the_bank_took_it(self, actor: Actor) -> None:
        invoice = issued_invoice(actor)
        pay(actor, invoice, "100.00")
        guest = replace(actor, kind="customer", scopes=frozenset())
        with pytest.raises(Forbidden):
            dispute(guest, invoice)
        assert due(invoice) == 0

    def test_that_was_right_is_credited(self, actor: Actor) -> None:
        opened = objection(actor)
        lost = lose_dispute(actor=actor, at=LATER, dispute_id=opened.pk, outcome="credited")
        assert lost.credit_note is not None
        assert (due(opened.invoice), lost.credit_note.total) == (0, 10000)

    def test_to_a_line_that_was_paid_becomes_customer_credit(self, actor: Actor) -> None:
        invoice = issued_invoice(actor, lines=[line("60.00"), line("40.00")])
        payment = pay(actor, invoice, "100.00")
        opened = dispute(actor, invoice, kind="objection", line_id=invoice.lines.get(position=2).pk)
        lose_dispute(actor=actor, at=LATER, dispute_id=opened.pk, outcome="credited")
        payment.refresh_from_db()
        invoice = now(invoice)
        assert (invoice.amount_credited, invoice.amount_paid) == (4000, 6000)
        assert payment.amount_unapplied == 4000

    def test_to_a_line_written_off_leaves_the_rest_due(self, actor: Actor) -> None:
        invoice = issued_invoice(actor, lines=[line("60.00"), line("40.00")])
        opened = dispute(actor, invoice, kind="objection", line_id=invoice.lines.get(position=2).pk)
        lose_dispute(actor=actor, at=LATER, dispute_id=opened.pk, outcome="written_off")
        assert (due(invoice), now(invoice).status) == (6000, InvoiceStatus.ISSUED)

    def test_that_was_wrong_changes_nothing(self, actor: Actor) -> None:
        opened = objection(actor)
        win_dispute(actor=actor, at=LATER, dispute_id=opened.pk)
        assert (due(opened.invoice), now(opened.invoice).disputed_at) == (10000, None)
        assert not Payment.objects.exists()

    def test_the_invoice_stays_disputed_while_another_is_open(self, actor: Actor) -> None:
        opened = objection(actor)
        second = opened.invoice.lines.get(position=2)
        dispute(actor, opened.invoice, at=LATER, kind="objection", line_id=second.pk)
        win_dispute(actor=actor, at=LATER, dispute_id=opened.pk)
        assert now(opened.invoice).disputed_at == LATER

    def test_the_same_thing_is_disputed_once_at_a_time(self, actor: Actor) -> None:
        opened = objection(actor)
        with pytest.raises(DisputeAlreadyOpen):
            dispute(actor, opened.invoice, kind="objection")
        win_dispute(actor=actor, at=LATER, dispute_id=opened.pk)
        assert dispute(actor, opened.invoice, kind="objection").pk != opened.pk

    def test_a_closed_one_is_closed(self, actor: Actor) -> None:
        opened = objection(actor)
        win_dispute(actor=actor, at=LATER, dispute_id=opened.pk)
        with pytest.raises(TransitionRefused):
            lose_dispute(actor=actor, at=LATER, dispute_id=opened.pk, outcome="written_off")
        assert due(opened.invoice) == 10000

    @pytest.mark.parametrize("status", ["draft", "void"])
    def test_needs_an_invoice_in_force(self, actor: Actor, status: str) -> None:
        invoice = draft_invoice(actor) if status == "draft" else issued_invoice(actor)
        if status == "void":
            void_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reason="Wrong")
        with pytest.raises(InvoiceNotDisputable):
            dispute(actor, invoice, kind="objection")

    @pytest.mark.parametrize(
        ("fields", "param"),
        [
            ({"kind": "quarrel"}, "kind"),
            ({"reason": " "}, "reason"),
            ({"line_id": "00000000-0000-7000-8000-000000000000"}, "line_id"),
            ({"amount": Decimal(1)}, "amount"),
            ({"kind": "chargeback", "line_id": 1}, "line_id"),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, actor: Actor, fields: dict[str, Any], param: str
    ) -> None:
        with pytest.raises(Exception) as refusal:
            objection(actor, **fields)
        assert getattr(refusal.value, "param", None) == param
        assert not Dispute.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "param"),
        [
            ({"outcome": "forgotten"}, "outcome"),
            ({"fee": Decimal(5)}, "fee"),
            ({"on": TODAY - datetime.timedelta(days=1)}, "date"),
        ],
    )
    def test_an_ending_names_the_field_that_is_wrong(
        self, actor: Actor, fields: dict[str, Any], param: str
    ) -> None:
        opened = objection(actor)
        with pytest.raises(InvalidValue) as refusal:
            lose_dispute(actor=actor, at=LATER, dispute_id=opened.pk, **fields)
        assert refusal.value.param == param
        assert Dispute.objects.get().status == "open"


def test_another_organization_sees_no_dispute(actor: Actor, mallory_actor: Actor) -> None:
    opened = objection(actor)
    for operation in (win_dispute, lose_dispute):
        with pytest.raises(NotFound):
            operation(actor=mallory_actor, at=AT, dispute_id=opened.uuid)
    with pytest.raises(NotFound):
        dispute(mallory_actor, opened.invoice, kind="objection")


def test_money_may_come_while_it_is_open(actor: Actor) -> None:
    """Customer credit and payments settle a disputed invoice like any other."""
    opened = charged_back(actor)
    buyer = get_customer(actor.organization_id, opened.invoice.customer_id)
    payment = pay(
        actor, opened.invoice, "100.00", invoice_id=None, customer_id=buyer.pk, allocations=[]
    )
    allocate(actor=actor, at=AT, on=TODAY, payment_id=payment.pk, invoice_id=opened.invoice.pk)
    assert (due(opened.invoice), now(opened.invoice).disputed_at) == (0, AT)


def test_the_days_outside_of_disputes() -> None:
    day = datetime.date.fromisoformat
    start, end = day("2025-01-01"), day("2025-01-31")
    spans = [(day("2025-01-10"), day("2025-01-12")), (day("2025-01-30"), day("2025-02-03"))]
    assert outside(start, end, spans) == [
        (start, day("2025-01-09")),
        (day("2025-01-12"), day("2025-01-29")),
    ]
    assert outside(start, end, []) == [(start, end)]
