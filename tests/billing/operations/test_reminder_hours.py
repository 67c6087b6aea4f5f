"""Reminders on business days, outside of quiet hours, and what a customer has to expect."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.operations.organizations import update_organization
from billing.models import Customer, Invoice, Reminder
from billing.operations.customers import update_customer
from billing.operations.invoices import update_invoice
from billing.operations.issuing import mark_uncollectible
from billing.operations.payments import record_payment
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.reminders import plan_reminders
from billing.queries.reminder_preview import preview_reminders
from core.errors import InvalidValue
from tests.builders import customer, issued_invoice
from tests.instants import AT, TODAY

QUIET = (datetime.time(20), datetime.time(8))


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def policy(actor: Actor, *days: int, **fields: Any) -> None:
    steps = [{"days": each} for each in days or (-7, 0, 3, 14)]
    set_reminder_policy(actor=actor, at=AT, is_enabled=True, steps=steps, **fields)


def each_morning(until: str) -> None:
    day = AT.replace(hour=8, minute=30)
    while day.date() < _day(until):
        day += datetime.timedelta(days=1)
        plan_reminders(at=day)


def planned(invoice: Invoice) -> list[tuple[int | None, str]]:
    rows = Reminder.objects.filter(invoice=invoice).order_by("pk")
    return [(each.days, each.planned_date.isoformat()) for each in rows]


class TestBusinessDays:
    def test_d5_announcements_move_back_and_the_rest_forward(self, actor: Actor) -> None:
        policy(actor, business_days_only=True)
        # Due on a Saturday: announced on the Friday, reminded of on the Tuesday.
        invoice = issued_invoice(actor, due_date=_day("2025-02-15"))
        each_morning("2025-03-05")
        assert planned(invoice) == [
            (-7, "2025-02-07"),
            (0, "2025-02-14"),
            (3, "2025-02-18"),
            (14, "2025-03-03"),
        ]

    def test_d5_not_on_a_holiday_of_the_country(self, actor: Actor) -> None:
        update_organization(actor=actor, at=AT, country="US")
        policy(actor, 3, business_days_only=True)
        # Three days later is Presidents' Day.
        invoice = issued_invoice(actor, due_date=_day("2025-02-14"))
        each_morning("2025-02-20")
        assert planned(invoice) == [(3, "2025-02-18")]

    def test_any_day_unless_it_is_asked_for(self, actor: Actor) -> None:
        policy(actor, 1)
        invoice = issued_invoice(actor, due_date=_day("2025-02-14"))
        each_morning("2025-02-16")
        assert planned(invoice) == [(1, "2025-02-15")]


class TestQuietHours:
    def test_d7_what_was_missed_waits_for_the_morning(self, actor: Actor) -> None:
        policy(actor, 3, quiet_hours=QUIET)
        issued_invoice(actor, due_date=_day("2025-02-14"))
        # Back after an outage, at 23:30 and then at 07:59 in Berlin.
        assert plan_reminders(at=datetime.datetime(2025, 2, 20, 22, 30, tzinfo=datetime.UTC)) == 0
        assert plan_reminders(at=datetime.datetime(2025, 2, 21, 6, 59, tzinfo=datetime.UTC)) == 0
        assert plan_reminders(at=datetime.datetime(2025, 2, 21, 7, 0, tzinfo=datetime.UTC)) == 1

    def test_within_one_day(self, actor: Actor) -> None:
        policy(actor, 3, quiet_hours=(datetime.time(12), datetime.time(14)))
        issued_invoice(actor, due_date=_day("2025-02-14"))
        noon = datetime.datetime(2025, 2, 17, 11, 30, tzinfo=datetime.UTC)
        assert plan_reminders(at=noon) == 0
        assert plan_reminders(at=noon + datetime.timedelta(hours=2)) == 1

    def test_the_hour_of_sending_lies_outside(self, actor: Actor) -> None:
        with pytest.raises(InvalidValue) as refusal:
            policy(actor, quiet_hours=QUIET, send_time=datetime.time(7))
        assert refusal.value.param == "send_time"


class TestPreview:
    def only(self, actor: Actor, buyer: Customer) -> tuple[int | None, str, str]:
        [coming] = preview_reminders(buyer, AT)
        return coming.days, str(coming.planned_date or ""), coming.reason

    def test_says_what_comes_next(self, actor: Actor) -> None:
        policy(actor)
        buyer = customer(actor)
        issued_invoice(actor, customer_id=buyer.pk, due_date=_day("2025-02-14"))
        assert self.only(actor, buyer) == (-7, "2025-02-07", "")

    def test_without_a_policy(self, actor: Actor) -> None:
        buyer = customer(actor)
        issued_invoice(actor, customer_id=buyer.pk)
        assert self.only(actor, buyer) == (None, "", "policy_off")

    @pytest.mark.parametrize(
        "reason",
        [
            "given_up",
            "customer_opted_out",
            "invoice_opted_out",
            "below_minimum",
            "payment_pending",
            "no_address",
            "no_more_steps",
        ],
    )
    def test_says_why_not(self, actor: Actor, reason: str) -> None:
        policy(actor, -7, minimum_due=Decimal(50))
        buyer = customer(actor, email="" if reason == "no_address" else "ap@globex.test")
        total = "10.00" if reason == "below_minimum" else "100.00"
        due = "2025-01-16" if reason == "no_more_steps" else "2025-02-14"
        invoice = issued_invoice(actor, total, customer_id=buyer.pk, due_date=_day(due))
        if reason == "given_up":
            mark_uncollectible(actor=actor, at=AT, invoice_id=invoice.pk)
        if reason == "customer_opted_out":
            buyer = update_customer(
                actor=actor, at=AT, customer_id=buyer.pk, reminders_enabled=False
            )
        if reason == "invoice_opted_out":
            update_invoice(actor=actor, at=AT, invoice_id=invoice.pk, reminders_enabled=False)
        if reason == "payment_pending":
            record_payment(
                actor=actor,
                at=AT,
                invoice_id=invoice.pk,
                amount=Decimal(100),
                currency="USD",
                payment_date=TODAY,
                method="bank_transfer",
                status="pending",
            )
        assert self.only(actor, buyer) == (None, "", reason)

    def test_what_is_previewed_is_what_happens(self, actor: Actor) -> None:
        policy(actor, business_days_only=True)
        buyer = customer(actor)
        invoice = issued_invoice(actor, customer_id=buyer.pk, due_date=_day("2025-02-15"))
        [coming] = preview_reminders(buyer, AT)
        each_morning(str(coming.planned_date))
        assert planned(invoice) == [(coming.days, str(coming.planned_date))]
