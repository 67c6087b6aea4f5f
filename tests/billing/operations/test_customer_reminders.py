"""Reminders of one customer: its own steps, language and address, or none (D7, D9, D10, C11)."""

import datetime
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Customer, Invoice, Reminder, ReminderPolicy
from billing.operations.disputes import open_dispute, win_dispute
from billing.operations.reminder_policies import remove_reminder_policy, set_reminder_policy
from billing.operations.reminders import plan_reminders, remind
from billing.queries.reminder_preview import preview_reminders
from billing.queries.reminders import get_policy
from core.errors import InvalidValue, NotFound
from integrations.mail.letters import write_letter
from integrations.models import Message
from tests.billing.operations.late_fees import each_day, fees, policy
from tests.builders import customer, issued_invoice
from tests.instants import AT

DUE = datetime.date(2025, 1, 20)
ORDINARY = [{"days": 3}, {"days": 7}, {"days": 14}]


def noon(day: int) -> datetime.datetime:
    return datetime.datetime(2025, 1, day, 11, tzinfo=datetime.UTC)


def everybody(actor: Actor, **fields: Any) -> None:
    set_reminder_policy(actor=actor, at=AT, is_enabled=True, steps=ORDINARY, **fields)


def own(actor: Actor, buyer: Customer, **fields: Any) -> None:
    set_reminder_policy(actor=actor, at=AT, customer_id=buyer.pk, **fields)


def bill(actor: Actor, buyer: Customer) -> Invoice:
    return issued_invoice(actor, customer_id=buyer.pk, due_date=DUE)


def reminded(invoice: Invoice) -> list[int | None]:
    return list(Reminder.objects.filter(invoice=invoice).values_list("days", flat=True))


@pytest.fixture
def buyer(actor: Actor) -> Customer:
    return customer(actor)


def test_own_steps_replace_everybodys(actor: Actor, buyer: Customer) -> None:
    everybody(actor)
    own(actor, buyer, steps=[{"days": 5}])
    mine, theirs = bill(actor, buyer), bill(actor, customer(actor, "Initech"))
    for day in range(16, 29):
        plan_reminders(at=noon(day))
    assert (reminded(mine), reminded(theirs)) == ([5], [3, 7])


def test_off_for_one_is_on_for_the_others(actor: Actor, buyer: Customer) -> None:
    everybody(actor)
    own(actor, buyer, is_enabled=False)
    mine, theirs = bill(actor, buyer), bill(actor, customer(actor, "Initech"))
    plan_reminders(at=noon(23))
    assert (reminded(mine), reminded(theirs)) == ([], [3])
    (coming,) = preview_reminders(buyer, noon(23))
    assert coming.reason == "own_policy_off"


def test_on_for_one_is_off_for_the_others(actor: Actor, buyer: Customer) -> None:
    own(actor, buyer, is_enabled=True, steps=ORDINARY)
    mine, theirs = bill(actor, buyer), bill(actor, customer(actor, "Initech"))
    plan_reminders(at=noon(23))
    assert (reminded(mine), reminded(theirs)) == ([3], [])


def test_an_own_one_begins_as_a_copy_and_can_be_taken_away(actor: Actor, buyer: Customer) -> None:
    everybody(actor, attach_pdf=False)
    own(actor, buyer, language="de")
    known = get_policy(actor.organization_id, buyer)
    assert [step.days for step in known.steps] == [3, 7, 14]
    assert (known.settings.attach_pdf, known.settings.language) == (False, "de")
    assert ReminderPolicy.objects.filter(customer=None).get().language == ""
    remove_reminder_policy(actor=actor, at=AT, customer_id=buyer.pk)
    assert get_policy(actor.organization_id, buyer).settings.customer_id is None
    with pytest.raises(NotFound):
        remove_reminder_policy(actor=actor, at=AT, customer_id=buyer.pk)


def test_another_language_and_another_recipient(actor: Actor, buyer: Customer) -> None:
    own(actor, buyer, is_enabled=True, language="de", recipient="mahnung@globex.test")
    invoice = bill(actor, buyer)
    sent = remind(actor=actor, at=noon(23), invoice_id=invoice.pk)
    assert sent.sent_to == ["mahnung@globex.test"]
    letter = write_letter(Message.objects.get(kind="reminder"))
    assert letter is not None
    assert letter.language == "de"


@pytest.mark.parametrize(
    ("fields", "param"), [({"language": "tlh"}, "language"), ({"recipient": "a, b"}, "recipient")]
)
def test_what_makes_no_sense_is_refused(
    actor: Actor, buyer: Customer, fields: dict[str, str], param: str
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        own(actor, buyer, **fields)
    assert refusal.value.param == param
    assert not ReminderPolicy.objects.exists()


def test_another_organization_sees_no_customer(mallory_actor: Actor, buyer: Customer) -> None:
    with pytest.raises(NotFound):
        own(mallory_actor, buyer, is_enabled=False)


def test_d7_after_an_outage_one_reminder_at_most(actor: Actor, buyer: Customer) -> None:
    own(actor, buyer, is_enabled=True, steps=ORDINARY)
    invoice = bill(actor, buyer)
    late = datetime.datetime(2025, 2, 10, 11, tzinfo=datetime.UTC)
    for _ in range(3):
        plan_reminders(at=late)
    assert reminded(invoice) == [14]


def test_d10_the_first_sending_moves_the_steps(actor: Actor, buyer: Customer) -> None:
    own(actor, buyer, is_enabled=True, steps=ORDINARY)
    invoice = bill(actor, buyer)
    # First sent eight days late: the steps count from then on, and none comes that day.
    Invoice.objects.filter(pk=invoice.pk).update(sent_at=noon(28))
    plan_reminders(at=noon(28))
    plan_reminders(at=noon(30))
    assert reminded(invoice) == []
    plan_reminders(at=noon(31))
    assert reminded(invoice) == [3]


class TestDispute:
    def disputed(self, actor: Actor, invoice: Invoice, at: datetime.datetime) -> int:
        return open_dispute(
            actor=actor, at=at, invoice_id=invoice.pk, kind="objection", reason="Broken"
        ).pk

    def test_c11_dunning_pauses_and_goes_on_with_the_latest_step(
        self, actor: Actor, buyer: Customer
    ) -> None:
        everybody(actor)
        invoice = bill(actor, buyer)
        pk = self.disputed(actor, invoice, noon(22))
        for day in (23, 27):
            plan_reminders(at=noon(day))
        assert reminded(invoice) == []
        assert preview_reminders(buyer, noon(27))[0].reason == "disputed"
        win_dispute(actor=actor, at=noon(28), dispute_id=pk)
        plan_reminders(at=noon(29))
        assert reminded(invoice) == [7]

    def test_c11_a_late_fee_waits_for_the_end(self, actor: Actor, buyer: Customer) -> None:
        policy(actor)
        invoice = bill(actor, buyer)
        pk = self.disputed(actor, invoice, noon(20))
        each_day("2025-01-24")
        assert fees(invoice) == []
        win_dispute(actor=actor, at=noon(24), dispute_id=pk)
        each_day("2025-01-27")
        assert fees(invoice) == [("fee", "2025-01-25", "10.00")]

    def test_c11_the_days_of_a_dispute_bear_no_interest(
        self, actor: Actor, buyer: Customer
    ) -> None:
        """100 % a year of 365.00 is 1.00 a day: of ten days four were disputed."""
        policy(actor, fee_type="", fee_value=0, interest_rate=100, interest_every_days=10)
        invoice = issued_invoice(actor, "365.00", customer_id=buyer.pk, due_date=DUE)
        pk = self.disputed(actor, invoice, noon(22))
        win_dispute(actor=actor, at=noon(25), dispute_id=pk)
        each_day("2025-01-31")
        assert fees(invoice) == [("interest", "2025-01-30", "6.00")]
