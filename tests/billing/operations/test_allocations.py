"""What is left over, used on another invoice, and taken off again (C2, C3, C13, C18)."""

import datetime
from decimal import Decimal

import pytest

from accounts.actors import Actor
from billing.models import Allocation, CreditNote, CustomerBalance, Payment
from billing.operations.allocations import (
    AmountExceedsAllocation,
    AmountExceedsCredit,
    CreditBoundToInvoice,
    allocate,
    deallocate,
)
from billing.operations.credit_notes import create_credit_note
from billing.operations.instalments import set_instalments
from billing.operations.invoices import update_invoice
from billing.operations.issuing import issue_invoice
from billing.operations.payables import AlreadySettled, AmountExceedsDue
from billing.queries.credit import credit_totals, customer_credit
from billing.queries.settlement import has_money, list_allocations, open_parts, pending_minor
from core.errors import InvalidValue
from tests.billing.money import due, event_types, pay, postings
from tests.builders import customer, draft_invoice, issued_invoice, line
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")


def overpaid(actor: Actor, customer_id: int, total: str, paid: str) -> Payment:
    invoice = issued_invoice(actor, total, customer_id=customer_id)
    return pay(actor, invoice, paid, allow_overpayment=True)


def credit_note(actor: Actor, customer_id: int, total: str) -> CreditNote:
    return create_credit_note(
        actor=actor, at=AT, customer_id=customer_id, lines=[line(total)], reason="Goodwill"
    )


def test_c2_what_is_left_over_lowers_the_next_invoice(actor: Actor) -> None:
    payer = customer(actor)
    payment = overpaid(actor, payer.pk, "10.00", "15.95")
    invoice = issued_invoice(actor, "57.10", customer_id=payer.pk)
    allocate(actor=actor, at=AT, on=TODAY, payment_id=payment.pk, invoice_id=invoice.pk)
    assert due(invoice) == 5115
    assert credit_totals(actor.organization_id, payer.pk) == {}
    assert postings("allocation.created") == {"customer_credit": 595, "receivables": -595}
    assert event_types()[-1] == "invoice.partially_paid"


def test_c3_a_credit_note_of_30_on_an_invoice_of_50_leaves_20(actor: Actor) -> None:
    payer = customer(actor)
    note = credit_note(actor, payer.pk, "30.00")
    assert credit_totals(actor.organization_id, payer.pk) == {"USD": 3000}
    invoice = issued_invoice(actor, "50.00", customer_id=payer.pk)
    allocate(
        actor=actor,
        at=AT,
        on=TODAY,
        credit_note_id=note.uuid,
        invoice_id=invoice.uuid,
        amount=Decimal("30.00"),
    )
    note.refresh_from_db()
    assert (due(invoice), note.amount_unapplied) == (2000, 0)
    balance = CustomerBalance.objects.get(customer=payer)
    assert (balance.receivable, balance.credit) == (2000, 0)


def test_credit_that_closes_an_invoice_pays_it(actor: Actor) -> None:
    payer = customer(actor)
    note = credit_note(actor, payer.pk, "50.00")
    invoice = issued_invoice(actor, "50.00", customer_id=payer.pk)
    allocate(actor=actor, at=AT, on=TODAY, credit_note_id=note.pk, invoice_id=invoice.pk)
    invoice.refresh_from_db()
    assert (invoice.settlement, invoice.paid_at) == ("paid", AT)
    assert event_types()[-1] == "invoice.paid"


def test_only_what_is_left_can_be_allocated(actor: Actor) -> None:
    payer = customer(actor)
    payment = overpaid(actor, payer.pk, "10.00", "15.00")
    invoice = issued_invoice(actor, "57.10", customer_id=payer.pk)
    common = {"actor": actor, "at": AT, "on": TODAY, "payment_id": payment.pk}
    with pytest.raises(AmountExceedsCredit) as refusal:
        allocate(**common, invoice_id=invoice.pk, amount=Decimal("5.01"))
    assert "5.00 USD left" in str(refusal.value)
    small = issued_invoice(actor, "3.00", customer_id=payer.pk)
    with pytest.raises(AmountExceedsDue):
        allocate(**common, invoice_id=small.pk, amount=Decimal("4.00"))
    allocate(**common, invoice_id=small.pk)
    with pytest.raises(AlreadySettled):
        allocate(**common, invoice_id=small.pk)
    assert (due(invoice), due(small)) == (5710, 0)


def test_credit_of_one_customer_never_settles_anothers_invoice(actor: Actor) -> None:
    payment = overpaid(actor, customer(actor).pk, "10.00", "15.00")
    invoice = issued_invoice(actor, "57.10")
    with pytest.raises(InvalidValue, match="another customer"):
        allocate(actor=actor, at=AT, on=TODAY, payment_id=payment.pk, invoice_id=invoice.pk)
    assert due(invoice) == 5710


def test_taking_a_payment_off_makes_it_credit_and_reopens_the_invoice(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "100.00")
    deallocate(
        actor=actor,
        at=AT,
        on=TODAY,
        payment_id=payment.pk,
        invoice_id=invoice.pk,
        amount=Decimal("25.00"),
        reason="Meant for another order",
    )
    invoice.refresh_from_db()
    assert (invoice.amount_due, invoice.settlement, invoice.paid_at) == (2500, "partial", None)
    assert credit_totals(actor.organization_id, invoice.customer_id) == {"USD": 2500}
    assert event_types()[-1] == "invoice.updated"
    rows = list_allocations(actor.organization_id, invoice.pk)
    assert [row.amount for row in rows] == [10000, -2500]


def test_more_than_is_allocated_cannot_be_taken_off(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    payment = pay(actor, invoice, "40.00")
    with pytest.raises(AmountExceedsAllocation):
        deallocate(
            actor=actor,
            at=AT,
            on=TODAY,
            payment_id=payment.pk,
            invoice_id=invoice.pk,
            amount=Decimal("40.01"),
        )
    other = issued_invoice(actor, "5.00")
    with pytest.raises(AmountExceedsAllocation):
        deallocate(actor=actor, at=AT, on=TODAY, payment_id=payment.pk, invoice_id=other.pk)
    assert Allocation.objects.count() == 1


def test_an_invoices_own_credit_note_stays_on_it(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    note = create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk)
    with pytest.raises(CreditBoundToInvoice):
        deallocate(actor=actor, at=AT, on=TODAY, credit_note_id=note.pk, invoice_id=invoice.pk)
    assert due(invoice) == 0


def test_credit_is_listed_oldest_first_and_by_currency(actor: Actor) -> None:
    payer = customer(actor)
    payment = overpaid(actor, payer.pk, "10.00", "15.00")
    note = create_credit_note(
        actor=actor,
        at=AT,
        customer_id=payer.pk,
        lines=[line("7.00")],
        issue_date=datetime.date(2025, 1, 2),
    )
    sources = customer_credit(actor.organization_id, payer.pk)
    assert [(source.number, source.amount_unapplied) for source in sources] == [
        (note.number, 700),
        (payment.number, 500),
    ]
    assert customer_credit(actor.organization_id, payer.pk, "EUR") == []


def test_what_touches_an_invoice_is_known(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    assert not has_money(actor.organization_id, invoice.pk)
    pay(actor, invoice, "40.00", status="pending")
    assert pending_minor(actor.organization_id, invoice.pk) == 4000
    assert has_money(actor.organization_id, invoice.pk)


def test_c13_three_instalments_close_to_the_cent_and_the_earliest_is_paid_first(
    actor: Actor,
) -> None:
    invoice = issued_invoice(actor, "100.00")
    days = [datetime.date(2025, month, 15) for month in (2, 3, 4)]
    set_instalments(actor=actor, at=AT, invoice_id=invoice.pk, due_dates=days)
    invoice.refresh_from_db()
    assert list(invoice.instalments.values_list("amount", flat=True)) == [3333, 3333, 3334]
    assert invoice.due_date == days[-1]
    pay(actor, invoice, "40.00")
    parts = list(open_parts(actor.organization_id, customer_id=invoice.customer_id))
    assert [(part.due_date, part.amount) for part in parts] == [(days[1], 2666), (days[2], 3334)]


def test_c13_a_draft_that_changes_keeps_its_plan_and_its_sum(actor: Actor) -> None:
    draft = draft_invoice(actor, "100.00")
    days = [datetime.date(2025, month, 15) for month in (2, 3, 4)]
    set_instalments(actor=actor, at=AT, invoice_id=draft.pk, due_dates=days)
    update_invoice(actor=actor, at=AT, invoice_id=draft.pk, lines=[line("200.00")])
    issue_invoice(actor=actor, at=AT, invoice_id=draft.pk)
    parts = list(open_parts(actor.organization_id))
    assert [part.amount for part in parts] == [6666, 6666, 6668]


def test_c13_the_last_part_follows_the_due_date(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    days = [datetime.date(2025, month, 15) for month in (2, 3, 4)]
    set_instalments(actor=actor, at=AT, invoice_id=invoice.pk, due_dates=days)
    with pytest.raises(InvalidValue, match="2025-03-15"):
        update_invoice(actor=actor, at=AT, invoice_id=invoice.pk, due_date=days[1])
    later = datetime.date(2025, 5, 1)
    update_invoice(actor=actor, at=AT, invoice_id=invoice.pk, due_date=later)
    parts = list(open_parts(actor.organization_id))
    assert [part.due_date for part in parts] == [days[0], days[1], later]


def test_c18_open_parts_are_what_is_due_not_what_was_billed(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    pay(actor, invoice, "30.00")
    [part] = open_parts(actor.organization_id)
    assert (part.amount, part.due_date, part.currency) == (7000, invoice.due_date, "USD")


@pytest.mark.parametrize(
    ("days", "amounts"),
    [
        ([15, 15], None),
        ([20, 16], None),
        ([14], None),
        ([16, 17], ["50.00", "49.99"]),
        ([16, 17], ["100.00"]),
    ],
)
def test_an_instalment_plan_that_does_not_fit_is_refused(
    actor: Actor, days: list[int], amounts: list[str] | None
) -> None:
    invoice = issued_invoice(actor, "100.00")
    with pytest.raises(InvalidValue):
        set_instalments(
            actor=actor,
            at=AT,
            invoice_id=invoice.pk,
            due_dates=[datetime.date(2025, 1, day) for day in days],
            amounts=None if amounts is None else [Decimal(amount) for amount in amounts],
        )
    assert invoice.instalments.count() == 0
