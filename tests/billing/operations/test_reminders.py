"""Reminders: by date, one at a time, never too soon, dropped when their cause is gone."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Customer, Invoice, Reminder, ReminderPolicy
from billing.operations.customers import update_customer
from billing.operations.invoices import update_invoice
from billing.operations.issuing import mark_uncollectible, void_invoice
from billing.operations.payments import record_payment
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.reminders import InvoiceNotRemindable, plan_reminders, remind
from billing.queries.reminders import get_policy
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from integrations.models import Message
from integrations.work import drain
from tests.builders import customer, draft_invoice, issued_invoice
from tests.instants import AT, TODAY


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def morning(text: str) -> datetime.datetime:
    """Half past nine in Berlin in winter, when the hour of reminders has struck."""
    return datetime.datetime.fromisoformat(f"{text}T08:30:00+00:00")


@pytest.fixture
def policy(actor: Actor) -> ReminderPolicy:
    """The usual steps, switched on."""
    return set_reminder_policy(actor=actor, at=AT, is_enabled=True).settings


def due(actor: Actor, day: str, **fields: Any) -> Invoice:
    return issued_invoice(actor, due_date=_day(day), **fields)


def reminders(invoice: Invoice) -> list[tuple[int | None, str, str]]:
    rows = Reminder.objects.filter(invoice=invoice).order_by("pk")
    return [(r.days, r.planned_date.isoformat(), r.status) for r in rows]


def paid(actor: Actor, invoice: Invoice, amount: str, **fields: Any) -> None:
    record_payment(
        **{
            "actor": actor,
            "at": AT,
            "invoice_id": invoice.pk,
            "amount": Decimal(amount),
            "currency": invoice.currency,
            "payment_date": TODAY,
            "method": "bank_transfer",
            **fields,
        }
    )


class TestSchedule:
    def test_each_step_comes_on_its_day(self, actor: Actor, policy: ReminderPolicy) -> None:
        invoice = due(actor, "2025-02-14")
        day = AT
        while day < morning("2025-04-01"):
            day += datetime.timedelta(days=1)
            plan_reminders(at=day)
        assert [(days, planned) for days, planned, _ in reminders(invoice)] == [
            (-7, "2025-02-07"),
            (0, "2025-02-14"),
            (3, "2025-02-17"),
            (7, "2025-02-21"),
            (14, "2025-02-28"),
            (30, "2025-03-16"),
        ]

    def test_not_before_the_hour_of_the_organization(
        self, actor: Actor, policy: ReminderPolicy
    ) -> None:
        due(actor, "2025-02-14")
        nine = datetime.datetime(2025, 2, 7, 8, tzinfo=datetime.UTC)
        assert plan_reminders(at=nine - datetime.timedelta(minutes=1)) == 0
        assert plan_reminders(at=nine) == 1
        assert plan_reminders(at=nine) == 0

    def test_d7_at_most_one_per_invoice_on_recovery(
        self, actor: Actor, policy: ReminderPolicy
    ) -> None:
        first, second = due(actor, "2025-02-14"), due(actor, "2025-02-20")
        plan_reminders(at=morning("2025-02-06"))
        assert plan_reminders(at=morning("2025-03-02")) == 2
        assert reminders(first) == [(14, "2025-02-28", "queued")]
        assert reminders(second) == [(7, "2025-02-27", "queued")]

    def test_what_is_announced_is_pointless_once_it_passed(
        self, actor: Actor, policy: ReminderPolicy
    ) -> None:
        due(actor, "2025-02-14")
        assert plan_reminders(at=morning("2025-02-16")) == 0

    def test_d10_never_on_the_day_of_first_sending(
        self, actor: Actor, policy: ReminderPolicy
    ) -> None:
        invoice = due(actor, "2025-01-01", issue_date=_day("2024-12-01"))
        assert plan_reminders(at=AT) == 0
        assert plan_reminders(at=morning("2025-01-16")) == 0
        # Three days after the first sending, not after the due date.
        plan_reminders(at=morning("2025-01-18"))
        assert reminders(invoice) == [(3, "2025-01-18", "queued")]

    def test_switched_on_it_does_not_catch_up_with_the_past(self, actor: Actor) -> None:
        invoice = due(actor, "2025-02-14")
        late = morning("2025-03-20")
        set_reminder_policy(actor=actor, at=late, is_enabled=True)
        assert plan_reminders(at=late) == 0
        assert reminders(invoice) == []

    def test_nothing_happens_until_it_is_switched_on(self, actor: Actor) -> None:
        due(actor, "2025-01-20")
        assert plan_reminders(at=morning("2025-01-23")) == 0

    def test_a_sandbox_goes_by_its_own_clock(self, sandbox_actor: Actor) -> None:
        set_reminder_policy(actor=sandbox_actor, at=AT, is_enabled=True)
        invoice = due(sandbox_actor, "2025-02-14")
        Organization.objects.filter(pk=sandbox_actor.organization_id).update(
            test_clock=morning("2025-02-17")
        )
        plan_reminders(at=AT)
        assert reminders(invoice) == [(3, "2025-02-17", "queued")]


class TestWhoIsLeftAlone:
    def test_the_settled_the_void_and_the_given_up(
        self, actor: Actor, policy: ReminderPolicy
    ) -> None:
        settled, void, lost = (due(actor, "2025-02-14") for _ in range(3))
        draft_invoice(actor, due_date=_day("2025-02-14"))
        paid(actor, settled, "100.00")
        void_invoice(actor=actor, at=AT, invoice_id=void.pk)
        mark_uncollectible(actor=actor, at=AT, invoice_id=lost.pk)
        assert plan_reminders(at=morning("2025-02-17")) == 0

    def test_a_customer_who_wants_none(self, actor: Actor, policy: ReminderPolicy) -> None:
        quiet = customer(actor, reminders_enabled=False)
        due(actor, "2025-02-14", customer_id=quiet.pk)
        assert plan_reminders(at=morning("2025-02-17")) == 0

    def test_an_invoice_that_is_left_out(self, actor: Actor, policy: ReminderPolicy) -> None:
        invoice = due(actor, "2025-02-14")
        update_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reminders_enabled=False)
        assert plan_reminders(at=morning("2025-02-17")) == 0

    def test_c12_money_on_its_way_is_waited_for(self, actor: Actor, policy: ReminderPolicy) -> None:
        invoice = due(actor, "2025-02-14")
        paid(actor, invoice, "100.00", status="pending")
        assert plan_reminders(at=morning("2025-02-17")) == 0

    @pytest.mark.parametrize(("amount_paid", "planned"), [("80.00", 1), ("80.01", 0)])
    def test_c18_the_threshold_counts_what_is_due(
        self, actor: Actor, amount_paid: str, planned: int
    ) -> None:
        set_reminder_policy(actor=actor, at=AT, is_enabled=True, minimum_due=Decimal("20.00"))
        invoice = due(actor, "2025-02-14")
        paid(actor, invoice, amount_paid)
        assert plan_reminders(at=morning("2025-02-17")) == planned

    def test_c18_in_the_currency_of_the_books(self, actor: Actor) -> None:
        set_reminder_policy(actor=actor, at=AT, is_enabled=True, minimum_due=Decimal("20.00"))
        yen = customer(actor, "Kyoto", currency="JPY")
        # 2,000 yen are 13.40 dollars, 3,000 are 20.10.
        for total in ("2000", "3000"):
            due(
                actor,
                "2025-02-14",
                customer_id=yen.pk,
                total=total,
                exchange_rate=Decimal("0.0067"),
            )
        assert plan_reminders(at=morning("2025-02-17")) == 1

    def test_who_has_no_address_is_recorded_once(
        self, actor: Actor, policy: ReminderPolicy
    ) -> None:
        silent = customer(actor, email="")
        invoice = due(actor, "2025-02-14", customer_id=silent.pk)
        assert plan_reminders(at=morning("2025-02-17")) == 0
        assert reminders(invoice) == [(3, "2025-02-17", "failed")]


class TestSending:
    def test_the_letter_says_what_is_due(self, actor: Actor, policy: ReminderPolicy) -> None:
        invoice = due(actor, "2025-02-14")
        paid(actor, invoice, "40.00")
        plan_reminders(at=morning("2025-02-17"))
        drain(morning("2025-02-17"))
        [letter] = mail.outbox
        assert letter.subject == f"Reminder: invoice {invoice.number} is overdue"
        text = letter.message().get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "has been due since Feb 14, 2025, and $60.00 is still open" in text
        assert reminders(invoice) == [(3, "2025-02-17", "sent")]
        assert Event.objects.filter(type="invoice.reminder_sent").count() == 1
        invoice.refresh_from_db()
        assert invoice.sent_at is None

    @pytest.mark.parametrize(
        ("day", "subject"),
        [("2025-02-07", "is due on Feb 14, 2025"), ("2025-02-14", "is due today")],
    )
    def test_before_the_due_date_it_is_friendly(
        self, actor: Actor, policy: ReminderPolicy, day: str, subject: str
    ) -> None:
        invoice = due(actor, "2025-02-14")
        plan_reminders(at=morning(day))
        drain(morning(day))
        assert mail.outbox[0].subject == f"Invoice {invoice.number} {subject}"

    def test_x3_own_words_have_fixed_placeholders(self, actor: Actor) -> None:
        steps = [
            {
                "days": 3,
                "subject": "{number}: {amount_due}",
                "body": "{customer}, {days_overdue} days, {{7*7}} {% now %} {number.real}",
            }
        ]
        set_reminder_policy(actor=actor, at=AT, is_enabled=True, steps=steps)
        buyer = customer(actor, "{total}")
        invoice = due(actor, "2025-02-14", customer_id=buyer.pk)
        plan_reminders(at=morning("2025-02-17"))
        drain(morning("2025-02-17"))
        assert mail.outbox[0].subject == f"{invoice.number}: $100.00"
        text = mail.outbox[0].message().get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "{total}, 3 days, {{7*7}} {% now %} {number.real}" in text

    def test_d9_paid_between_queueing_and_sending(
        self, actor: Actor, policy: ReminderPolicy
    ) -> None:
        invoice = due(actor, "2025-02-14")
        plan_reminders(at=morning("2025-02-17"))
        paid(actor, invoice, "100.00")
        drain(morning("2025-02-17"))
        assert mail.outbox == []
        assert reminders(invoice) == [(3, "2025-02-17", "dropped")]
        assert Message.objects.get(kind="reminder").status == "dropped"
        assert not Event.objects.filter(type="invoice.reminder_sent").exists()

    @pytest.mark.parametrize("change", ["void", "customer", "invoice", "due_date"])
    def test_d9_whatever_else_took_the_reason_away(
        self, actor: Actor, policy: ReminderPolicy, change: str
    ) -> None:
        invoice = due(actor, "2025-02-14")
        plan_reminders(at=morning("2025-02-17"))
        acts: dict[str, Callable[..., object]] = {
            "void": lambda **by: void_invoice(invoice_id=invoice.pk, **by),
            "customer": lambda **by: update_customer(
                customer_id=invoice.customer_id, reminders_enabled=False, **by
            ),
            "invoice": lambda **by: update_invoice(
                invoice_id=invoice.pk, reminders_enabled=False, **by
            ),
            "due_date": lambda **by: update_invoice(
                invoice_id=invoice.pk, due_date=_day("2025-03-14"), **by
            ),
        }
        acts[change](actor=actor, at=AT)
        drain(morning("2025-02-17"))
        assert mail.outbox == []
        assert reminders(invoice) == [(3, "2025-02-17", "dropped")]

    def test_mail_of_a_sandbox_is_marked(self, sandbox_actor: Actor) -> None:
        invoice = due(sandbox_actor, "2025-02-14")
        remind(actor=sandbox_actor, at=morning("2025-02-17"), invoice_id=invoice.pk)
        drain(morning("2025-02-17"))
        assert mail.outbox[0].subject.startswith("[TEST] Reminder: invoice")


class TestByHand:
    def test_one_now(self, actor: Actor) -> None:
        invoice = due(actor, "2025-02-14")
        sent = remind(
            actor=actor, at=AT, invoice_id=invoice.pk, to=["cfo@globex.test"], subject="Please"
        )
        drain(AT)
        assert mail.outbox[0].to == ["cfo@globex.test"]
        assert mail.outbox[0].subject == "Please"
        assert (sent.days, reminders(invoice)[0][2]) == (None, "sent")

    def test_of_what_is_settled_there_is_none(self, actor: Actor) -> None:
        invoice = due(actor, "2025-02-14")
        paid(actor, invoice, "100.00")
        with pytest.raises(InvoiceNotRemindable):
            remind(actor=actor, at=AT, invoice_id=invoice.pk)
        assert not Reminder.objects.exists()

    def test_who_may(self, actor: Actor, bob_actor: Actor, mallory_actor: Actor) -> None:
        invoice = due(actor, "2025-02-14")
        with pytest.raises(Forbidden):
            remind(actor=bob_actor, at=AT, invoice_id=invoice.pk)
        with pytest.raises(NotFound):
            remind(actor=mallory_actor, at=AT, invoice_id=invoice.pk)


class TestPolicy:
    def test_by_default_the_usual_steps_are_switched_off(self, actor: Actor) -> None:
        policy = get_policy(actor.organization_id)
        assert not policy.settings.is_enabled
        assert [(step.days, step.is_active) for step in policy.steps] == [
            (-7, True),
            (-1, False),
            (0, True),
            (3, True),
            (7, True),
            (14, True),
            (30, True),
        ]

    @pytest.mark.parametrize(
        ("fields", "param"),
        [
            ({"steps": [{"days": 400}]}, "steps.0.days"),
            ({"steps": [{"days": 3}, {"days": 3}]}, "steps.1.days"),
            ({"minimum_due": Decimal("-1")}, "minimum_due"),
            ({"minimum_due": Decimal("0.001")}, "minimum_due"),
        ],
    )
    def test_a_broken_rule_is_named(self, actor: Actor, fields: dict[str, Any], param: str) -> None:
        with pytest.raises(InvalidValue) as refusal:
            set_reminder_policy(actor=actor, at=AT, **fields)
        assert refusal.value.param == param
        assert not ReminderPolicy.objects.exists()

    def test_a_new_step_does_not_look_back(self, actor: Actor, policy: ReminderPolicy) -> None:
        due(actor, "2025-02-14")
        plan_reminders(at=morning("2025-02-17"))
        set_reminder_policy(actor=actor, at=morning("2025-02-20"), steps=[{"days": 3}, {"days": 5}])
        assert plan_reminders(at=morning("2025-02-20")) == 0

    def test_only_who_may_change_settings(self, bob_actor: Actor) -> None:
        with pytest.raises(Forbidden):
            set_reminder_policy(actor=bob_actor, at=AT, is_enabled=True)


def test_a_customer_is_reminded_until_told_otherwise(actor: Actor) -> None:
    assert Customer.objects.get(pk=customer(actor).pk).reminders_enabled
