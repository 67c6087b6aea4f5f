"""The test clock: set once, moved forward only, and everything on the way at its own moment."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Invoice
from billing.operations.late_fee_policies import set_late_fee_policy
from billing.operations.quote_answers import open_quote
from billing.operations.recurring_runs import run_due
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.scheduled_sends import schedule_send
from core.errors import DomainError, Forbidden, InvalidValue
from core.models import Event
from integrations.models import ClockAdvance
from integrations.sandbox import clock as test_clock
from integrations.sandbox.clock import (
    ClockAdvancing,
    ClockAlreadySet,
    ClockMovesForward,
    ClockNotSet,
    DocumentsInFuture,
    advance_clock,
    clock_state,
    journeys,
    lock_of,
    release_clock,
    set_clock,
    travel,
)
from integrations.sandbox.wiping import TestModeOnly
from integrations.work import drain
from tests.billing.operations.test_recurring import recurring
from tests.builders import customer, draft_quote, issued_invoice
from tests.instants import AT, TODAY
from tests.sessions import session_holding

YEAR = datetime.timedelta(days=365)
NOW = AT + 10 * YEAR


def advance(actor: Actor, to: datetime.datetime, budget_seconds: int = 60) -> Any:
    return advance_clock(actor=actor, now=timezone.now(), to=to, budget_seconds=budget_seconds)


def happened(actor: Actor, *types: str) -> list[tuple[str, str]]:
    rows = Event.objects.filter(organization_id=actor.organization_id, type__in=types)
    return [
        (event.type, event.occurred_at.isoformat()) for event in rows.order_by("occurred_at", "pk")
    ]


def a_living_leader(actor: Actor) -> AbstractContextManager[object]:
    """Another session that leads the clock, where the database can tell."""
    if connection.vendor != "postgresql":
        return nullcontext()
    return session_holding(lock_of(actor.organization_id))


@pytest.fixture
def clock(sandbox_actor: Actor) -> Actor:
    """The sandbox's system actor, its time stopped at AT."""
    set_clock(actor=sandbox_actor, to=AT)
    return sandbox_actor


class TestSetting:
    def test_at_first_the_time_is_the_real_one(self, sandbox_actor: Actor) -> None:
        assert clock_state(actor=sandbox_actor).status == "real_time"

    def test_and_always_is_in_a_live_organization(self, actor: Actor) -> None:
        assert clock_state(actor=actor).status == "real_time"

    def test_it_is_set_once(self, clock: Actor) -> None:
        state = clock_state(actor=clock)
        assert (state.status, state.frozen_time) == ("ready", AT)
        with pytest.raises(ClockAlreadySet):
            set_clock(actor=clock, to=AT + YEAR)

    def test_a_live_organization_has_none(self, actor: Actor) -> None:
        calls: list[Callable[[], object]] = [
            lambda: set_clock(actor=actor, to=AT),
            lambda: advance(actor, AT),
            lambda: release_clock(actor=actor, now=AT),
        ]
        for call in calls:
            with pytest.raises(TestModeOnly):
                call()
        assert Organization.objects.get(pk=actor.organization_id).test_clock is None

    def test_nothing_may_lie_after_it(self, sandbox_actor: Actor) -> None:
        customer(sandbox_actor)
        with pytest.raises(DocumentsInFuture):
            set_clock(actor=sandbox_actor, to=AT - datetime.timedelta(seconds=1))
        assert set_clock(actor=sandbox_actor, to=AT).frozen_time == AT

    def test_nor_before_the_year_2000(self, sandbox_actor: Actor) -> None:
        with pytest.raises(InvalidValue):
            set_clock(actor=sandbox_actor, to=AT - 26 * YEAR)

    def test_it_takes_the_right_to_change_settings(self, sandbox: Organization) -> None:
        reader = Actor(sandbox.pk, "api_key", "Reader", frozenset({"invoices:read"}), False)
        with pytest.raises(Forbidden):
            set_clock(actor=reader, to=AT)


class TestReleasing:
    def test_back_to_the_real_time(self, clock: Actor) -> None:
        customer(clock)
        assert release_clock(actor=clock, now=AT + YEAR).status == "real_time"

    def test_not_while_documents_lie_in_the_future(self, clock: Actor) -> None:
        customer(clock)
        with pytest.raises(DocumentsInFuture):
            release_clock(actor=clock, now=AT - YEAR)
        assert clock_state(actor=clock).status == "ready"


class TestAdvancing:
    @pytest.mark.parametrize(
        ("to", "refusal"),
        [
            (AT - datetime.timedelta(seconds=1), ClockMovesForward),
            (AT + datetime.timedelta(days=732), InvalidValue),
        ],
    )
    def test_forward_and_at_most_two_years(
        self, clock: Actor, to: datetime.datetime, refusal: type[DomainError]
    ) -> None:
        with pytest.raises(refusal):
            advance(clock, to)
        assert clock_state(actor=clock).frozen_time == AT

    def test_a_clock_that_was_never_set_does_not_advance(self, sandbox_actor: Actor) -> None:
        with pytest.raises(ClockNotSet):
            advance(sandbox_actor, AT)

    def test_the_same_time_again_changes_nothing(self, clock: Actor) -> None:
        assert advance(clock, AT + YEAR) == advance(clock, AT + YEAR)

    def test_b18_overdue_comes_at_midnight_where_the_organization_is(self, clock: Actor) -> None:
        issued_invoice(clock, due_date=datetime.date(2025, 1, 31))
        advance(clock, AT + datetime.timedelta(days=60))
        # Berlin's midnight.
        assert happened(clock, "invoice.overdue") == [
            ("invoice.overdue", "2025-01-31T23:00:00+00:00")
        ]

    def test_a_quote_expires_after_its_last_day(self, clock: Actor) -> None:
        quote = draft_quote(clock, valid_until=datetime.date(2025, 2, 10))
        open_quote(actor=clock, at=AT, quote_id=quote.pk)
        advance(clock, AT + datetime.timedelta(days=60))
        assert happened(clock, "quote.expired") == [("quote.expired", "2025-02-10T23:00:00+00:00")]

    def test_recurring_invoices_run_at_their_hours(self, clock: Actor) -> None:
        recurring(clock, start_date=datetime.date(2025, 1, 31))
        advance(clock, datetime.datetime(2025, 4, 30, 12, tzinfo=datetime.UTC))
        assert happened(clock, "recurring_invoice.run") == [
            ("recurring_invoice.run", "2025-01-31T05:00:00+00:00"),
            ("recurring_invoice.run", "2025-02-28T05:00:00+00:00"),
            ("recurring_invoice.run", "2025-03-31T04:00:00+00:00"),
            ("recurring_invoice.run", "2025-04-30T04:00:00+00:00"),
        ]
        invoices = Invoice.objects.of(clock.organization_id)
        assert all(one.created_at < AT + YEAR for one in invoices)

    def test_reminders_go_out_at_their_hours_and_are_marked(self, clock: Actor) -> None:
        set_reminder_policy(actor=clock, at=AT, is_enabled=True)
        issued_invoice(clock, due_date=datetime.date(2025, 2, 14))
        advance(clock, datetime.datetime(2025, 2, 18, tzinfo=datetime.UTC))
        assert happened(clock, "invoice.reminder_sent", "invoice.overdue") == [
            ("invoice.reminder_sent", "2025-02-07T08:00:00+00:00"),
            ("invoice.reminder_sent", "2025-02-14T08:00:00+00:00"),
            ("invoice.overdue", "2025-02-14T23:00:00+00:00"),
            ("invoice.reminder_sent", "2025-02-17T08:00:00+00:00"),
        ]
        assert len(mail.outbox) == 3
        assert all(letter.subject.startswith("[TEST] ") for letter in mail.outbox)

    def test_d8_late_fees_come_at_midnight_of_their_days(self, clock: Actor) -> None:
        set_late_fee_policy(
            actor=clock, at=AT, is_enabled=True, fee_type="percent", fee_value=10, every_days=10
        )
        issued_invoice(clock, "1000.00", due_date=datetime.date(2025, 1, 20))
        advance(clock, datetime.datetime(2025, 2, 5, tzinfo=datetime.UTC))
        assert happened(clock, "late_fee.charged") == [
            ("late_fee.charged", "2025-01-20T23:00:00+00:00"),
            ("late_fee.charged", "2025-01-30T23:00:00+00:00"),
        ]

    def test_a_planned_mail_goes_out_at_its_moment(self, clock: Actor) -> None:
        moment = datetime.datetime(2025, 3, 1, 12, 34, tzinfo=datetime.UTC)
        invoice = issued_invoice(clock)
        schedule_send(actor=clock, at=AT, invoice_id=invoice.pk, send_at=moment)
        advance(clock, AT + YEAR)
        assert happened(clock, "invoice.sent") == [("invoice.sent", "2025-03-01T12:34:00+00:00")]

    def test_what_is_sent_on_the_way_is_sent_then(self, clock: Actor) -> None:
        recurring(clock, start_date=datetime.date(2025, 3, 1), action="send")
        advance(clock, datetime.datetime(2025, 3, 2, tzinfo=datetime.UTC))
        invoice = Invoice.objects.of(clock.organization_id).get()
        assert invoice.sent_at == datetime.datetime(2025, 3, 1, 5, tzinfo=datetime.UTC)
        assert happened(clock, "invoice.sent") == [("invoice.sent", "2025-03-01T05:00:00+00:00")]

    def test_the_live_twin_does_not_move(self, clock: Actor, actor: Actor) -> None:
        recurring(actor, start_date=TODAY)
        advance(clock, AT + YEAR)
        assert not Invoice.objects.of(actor.organization_id).exists()


class TestUnderWay:
    def test_what_does_not_fit_into_the_budget_is_left_to_the_workers(self, clock: Actor) -> None:
        recurring(clock, frequency="weekly")
        state = advance(clock, AT + YEAR, budget_seconds=0)
        assert (state.status, state.target) == ("advancing", AT + YEAR)
        drain()
        assert clock_state(actor=clock).status == "ready"
        assert clock_state(actor=clock).frozen_time == AT + YEAR
        assert Invoice.objects.of(clock.organization_id).count() == 53

    def test_meanwhile_it_takes_no_other_target(self, clock: Actor) -> None:
        advance(clock, AT + YEAR, budget_seconds=0)
        with pytest.raises(ClockAdvancing):
            advance(clock, AT + 2 * YEAR)
        with pytest.raises(ClockAdvancing):
            release_clock(actor=clock, now=NOW)

    def test_two_workers_do_not_lead_it_at_once(self, clock: Actor) -> None:
        advance(clock, AT + YEAR, budget_seconds=0)
        until = timezone.now() + datetime.timedelta(minutes=1)
        ClockAdvance.objects.update(locked_until=until)
        with a_living_leader(clock):
            assert journeys() == []
            assert not travel(clock.organization_id, budget_seconds=60)
        assert clock_state(actor=clock).frozen_time == AT

    @pytest.mark.postgres
    def test_who_is_seen_to_be_dead_is_not_waited_for(self, clock: Actor) -> None:
        advance(clock, AT + YEAR, budget_seconds=0)
        ClockAdvance.objects.update(locked_until=timezone.now() + datetime.timedelta(minutes=1))
        assert journeys() == [clock.organization_id]
        assert travel(clock.organization_id, budget_seconds=60)
        assert clock_state(actor=clock).frozen_time == AT + YEAR

    def test_who_vanished_is_waited_for_until_the_lease_has_run_out(self, clock: Actor) -> None:
        advance(clock, AT + YEAR, budget_seconds=0)
        ClockAdvance.objects.update(locked_until=timezone.now() - datetime.timedelta(seconds=1))
        with a_living_leader(clock):
            assert journeys() == [clock.organization_id]
            assert travel(clock.organization_id, budget_seconds=60)

    def test_a_worker_that_died_left_no_gap(
        self, clock: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        recurring(clock, frequency="weekly")
        advance(clock, AT + datetime.timedelta(days=30), budget_seconds=0)
        real, calls = test_clock.do_chores, 0

        def die_once(organization: Organization, at: datetime.datetime) -> int:
            nonlocal calls
            calls += 1
            if calls == 3:
                raise SystemError("killed")
            return real(organization, at)

        monkeypatch.setattr(test_clock, "do_chores", die_once)
        with pytest.raises(SystemError):
            travel(clock.organization_id, budget_seconds=60)
        assert travel(clock.organization_id, budget_seconds=60)
        invoices = Invoice.objects.of(clock.organization_id).order_by("issue_date")
        assert [one.issue_date.day for one in invoices] == [15, 22, 29, 5, 12]


def test_events_of_a_sandbox_in_the_future_are_relayed_now(sandbox_actor: Actor) -> None:
    set_clock(actor=sandbox_actor, to=timezone.now() + 5 * YEAR)
    recurring(sandbox_actor, at=timezone.now() + 5 * YEAR - datetime.timedelta(days=1))
    run_due(at=timezone.now())
    drain()
    ours = Event.objects.filter(organization_id=sandbox_actor.organization_id)
    assert ours.count() > 3
    assert not ours.filter(relayed_at=None).exists()
