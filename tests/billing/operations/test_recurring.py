"""Recurring invoices: agreed on, changed, paused and resumed."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import RecurringInvoice, RecurringRun
from billing.operations.customers import update_customer
from billing.operations.products import delete_product, update_product
from billing.operations.recurring import (
    RecurringEnded,
    create_recurring,
    end_recurring,
    pause_recurring,
    resume_recurring,
    update_recurring,
)
from billing.operations.recurring_patterns import CustomerArchived
from billing.operations.recurring_runs import RunAlreadyMade, run_due, run_now
from billing.queries.lookup import UnknownReference
from billing.queries.recurring import coming, get_recurring
from core.errors import Forbidden, InvalidValue, NotFound
from core.lifecycle import TransitionRefused
from core.models import Event
from tests.builders import customer, line, product, tax_profile
from tests.instants import AT, TODAY


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _noon(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{text}T12:00:00+00:00")


def recurring(actor: Actor, **fields: Any) -> RecurringInvoice:
    """Monthly over 100.00 from today, issued, unless told otherwise."""
    given: dict[str, Any] = {
        "frequency": "monthly",
        "lines": [line("100.00")],
        "action": "issue",
        **fields,
    }
    if "customer_id" not in given:
        given["customer_id"] = customer(actor).pk
    return create_recurring(actor=actor, at=given.pop("at", AT), **given)


def events(about: RecurringInvoice) -> list[str]:
    rows = Event.objects.filter(subject_type="recurringinvoice", subject_id=about.pk)
    return list(rows.order_by("sequence").values_list("type", flat=True))


def invoices(about: RecurringInvoice) -> list[tuple[str, str, Decimal]]:
    """Issue date, status and total in minor units of what it made, in order."""
    runs = RecurringRun.objects.filter(recurring=about).order_by("intended_date")
    return [
        (run.invoice.issue_date.isoformat(), run.invoice.status, run.invoice.total)
        for run in runs.select_related("invoice")
        if run.invoice
    ]


class TestCreate:
    def test_it_starts_today_and_runs_at_six_in_the_morning_of_the_organization(
        self, actor: Actor
    ) -> None:
        made = recurring(actor)
        assert (made.status, made.next_date) == ("active", TODAY)
        # 06:00 in Berlin in January.
        assert made.next_run_at == datetime.datetime(2025, 1, 15, 5, tzinfo=datetime.UTC)
        assert events(made) == ["recurring_invoice.created"]

    def test_a_start_in_the_past_is_the_anchor_only(self, actor: Actor) -> None:
        made = recurring(actor, start_date=_day("2024-10-31"))
        assert made.next_date == _day("2025-01-31")

    def test_backfill_makes_the_dates_since(self, actor: Actor) -> None:
        made = recurring(actor, start_date=_day("2024-10-31"), backfill=True)
        assert run_due(at=AT) == 3
        assert [day for day, *_ in invoices(made)] == ["2024-10-31", "2024-11-30", "2024-12-31"]

    def test_a_backfill_has_a_limit(self, actor: Actor) -> None:
        with pytest.raises(InvalidValue) as refusal:
            recurring(actor, frequency="daily", start_date=_day("2020-01-01"), backfill=True)
        assert refusal.value.param == "start_date"

    @pytest.mark.parametrize(
        ("fields", "param"),
        [
            ({"frequency": "hourly"}, "frequency"),
            ({"frequency": "monthly", "interval_count": 2}, "interval_count"),
            ({"frequency": "custom", "interval_unit": "decade"}, "interval_unit"),
            (
                {"frequency": "custom", "interval_unit": "day", "interval_count": 0},
                "interval_count",
            ),
            ({"end_date": _day("2025-01-14")}, "end_date"),
            ({"start_date": _day("2024-01-01"), "end_date": _day("2024-12-31")}, "end_date"),
            ({"occurrences": 0}, "occurrences"),
            ({"day_of_month": 32}, "day_of_month"),
            ({"frequency": "weekly", "day_of_month": 3}, "day_of_month"),
            ({"frequency": "weekly", "month_rule": "last_day"}, "month_rule"),
            ({"month_rule": "nth_weekday", "week_of_month": 0, "weekday": 1}, "week_of_month"),
            ({"month_rule": "nth_weekday", "week_of_month": 5, "weekday": 1}, "week_of_month"),
            ({"month_rule": "nth_weekday", "week_of_month": 2}, "weekday"),
            ({"action": "shred"}, "action"),
            ({"template": "tmpl_none"}, "template"),
            ({"payment_terms_days": 4000}, "payment_terms_days"),
            ({"lines": []}, "line_items"),
            ({"holidays": ["2025-12-25"]}, "holidays.0"),
        ],
    )
    def test_a_broken_rule_is_named(self, actor: Actor, fields: dict[str, Any], param: str) -> None:
        buyer = customer(actor)
        with pytest.raises(InvalidValue) as refusal:
            recurring(actor, customer_id=buyer.pk, **fields)
        assert refusal.value.param == param
        assert not RecurringInvoice.objects.exists()

    def test_an_archived_customer_is_refused(self, actor: Actor) -> None:
        buyer = customer(actor)
        update_customer(actor=actor, at=AT, customer_id=buyer.pk, status="archived")
        with pytest.raises(CustomerArchived):
            recurring(actor, customer_id=buyer.pk)

    def test_another_tenants_customer_is_unknown(self, actor: Actor, mallory_actor: Actor) -> None:
        with pytest.raises(UnknownReference):
            recurring(actor, customer_id=customer(mallory_actor).pk)

    def test_a_reader_may_not(self, actor: Actor, bob_actor: Actor) -> None:
        buyer = customer(actor)
        with pytest.raises(Forbidden):
            recurring(bob_actor, customer_id=buyer.pk)


class TestPrices:
    def test_live_prices_follow_the_catalogue(self, actor: Actor) -> None:
        hosting = product(actor, "20.00")
        made = recurring(actor, lines=[{"product_id": hosting.pk, "quantity": Decimal(1)}])
        run_due(at=AT)
        update_product(
            actor=actor, at=AT, product_id=hosting.pk, unit_price=Decimal("25.00"), name="Hosting+"
        )
        run_due(at=_noon("2025-02-15"))
        assert [total for *_, total in invoices(made)] == [2000, 2500]

    def test_frozen_prices_stay(self, actor: Actor) -> None:
        hosting = product(actor, "20.00")
        lines = [{"product_id": hosting.pk, "quantity": Decimal(1)}]
        made = recurring(actor, lines=lines, prices="frozen")
        update_product(
            actor=actor, at=AT, product_id=hosting.pk, unit_price=Decimal("25.00"), name="Hosting+"
        )
        run_due(at=_noon("2025-02-15"))
        assert [total for *_, total in invoices(made)] == [2000, 2000]
        first = made.runs.get(intended_date=TODAY).invoice
        assert first is not None
        assert first.lines.get().name == "Annual Web Hosting"

    def test_the_tax_is_that_of_the_day(self, actor: Actor) -> None:
        vat = tax_profile(actor, "10")
        made = recurring(actor, lines=[line("100.00", tax_profile_id=vat.pk)])
        run_due(at=AT)
        assert invoices(made) == [("2025-01-15", "issued", 11000)]

    def test_a_product_in_a_pattern_is_archived_not_removed(self, actor: Actor) -> None:
        hosting = product(actor)
        recurring(actor, lines=[{"product_id": hosting.pk, "quantity": Decimal(1)}])
        delete_product(actor=actor, at=AT, product_id=hosting.pk)
        hosting.refresh_from_db()
        assert not hosting.is_active


class TestUpdate:
    def test_lines_are_replaced_and_the_version_rises(self, actor: Actor) -> None:
        made = recurring(actor)
        changed = update_recurring(
            actor=actor, at=AT, recurring_id=made.pk, lines=[line("7.00"), line("8.00")]
        )
        assert changed.version == 2
        run_due(at=AT)
        assert invoices(made) == [("2025-01-15", "issued", 1500)]

    def test_nothing_different_is_no_change(self, actor: Actor) -> None:
        made = recurring(actor)
        same = update_recurring(actor=actor, at=AT, recurring_id=made.pk, action="issue")
        assert same.version == 1
        assert events(made) == ["recurring_invoice.created"]

    def test_a_changed_schedule_goes_on_after_the_last_date(self, actor: Actor) -> None:
        made = recurring(actor)
        run_due(at=AT)
        weekly = update_recurring(actor=actor, at=AT, recurring_id=made.pk, frequency="weekly")
        assert weekly.next_date == _day("2025-01-22")

    def test_what_has_ended_stays_so(self, actor: Actor) -> None:
        made = recurring(actor)
        end_recurring(actor=actor, at=AT, recurring_id=made.pk)
        with pytest.raises(RecurringEnded):
            update_recurring(actor=actor, at=AT, recurring_id=made.pk, notes="More")

    def test_another_tenant_finds_nothing(self, actor: Actor, mallory_actor: Actor) -> None:
        made = recurring(actor)
        with pytest.raises(NotFound):
            update_recurring(actor=mallory_actor, at=AT, recurring_id=made.pk, notes="Mine")


class TestPause:
    def test_nothing_is_made_while_paused(self, actor: Actor) -> None:
        made = recurring(actor)
        pause_recurring(actor=actor, at=AT, recurring_id=made.pk)
        assert run_due(at=_noon("2025-06-01")) == 0

    def test_resuming_leaves_out_what_was_missed(self, actor: Actor) -> None:
        made = recurring(actor)
        pause_recurring(actor=actor, at=AT, recurring_id=made.pk)
        later = _noon("2025-03-20")
        resumed = resume_recurring(actor=actor, at=later, recurring_id=made.pk)
        assert resumed.next_date == _day("2025-04-15")
        assert run_due(at=later) == 0

    def test_resuming_may_make_what_was_missed(self, actor: Actor) -> None:
        made = recurring(actor)
        pause_recurring(actor=actor, at=AT, recurring_id=made.pk)
        later = _noon("2025-03-20")
        resume_recurring(actor=actor, at=later, recurring_id=made.pk, make_missed=True)
        assert run_due(at=later) == 3
        assert [day for day, *_ in invoices(made)] == ["2025-01-15", "2025-02-15", "2025-03-15"]

    def test_a_pause_beyond_the_end_ends_it(self, actor: Actor) -> None:
        made = recurring(actor, end_date=_day("2025-03-01"))
        pause_recurring(actor=actor, at=AT, recurring_id=made.pk)
        resumed = resume_recurring(actor=actor, at=_noon("2025-04-01"), recurring_id=made.pk)
        assert resumed.status == "ended"
        assert events(made)[-2:] == ["recurring_invoice.resumed", "recurring_invoice.ended"]

    def test_only_what_runs_can_be_paused(self, actor: Actor) -> None:
        made = recurring(actor)
        end_recurring(actor=actor, at=AT, recurring_id=made.pk)
        with pytest.raises(TransitionRefused):
            pause_recurring(actor=actor, at=AT, recurring_id=made.pk)


class TestRunNow:
    def test_the_next_date_ahead_of_its_time_is_dated_today(self, actor: Actor) -> None:
        made = recurring(actor, start_date=_day("2025-02-01"))
        run = run_now(actor=actor, at=AT, recurring_id=made.pk)
        assert (run.intended_date, run.issue_date) == (_day("2025-02-01"), TODAY)
        assert get_recurring(actor.organization_id, made.pk).next_date == _day("2025-03-01")

    def test_a_date_left_out_is_made_with_its_own_date(self, actor: Actor) -> None:
        made = recurring(actor, start_date=_day("2024-12-15"))
        run = run_now(actor=actor, at=AT, recurring_id=made.pk, date=_day("2024-12-15"))
        assert run.issue_date == _day("2024-12-15")
        assert get_recurring(actor.organization_id, made.pk).next_date == TODAY

    def test_a_date_is_made_once(self, actor: Actor) -> None:
        made = recurring(actor)
        run_due(at=AT)
        with pytest.raises(RunAlreadyMade):
            run_now(actor=actor, at=AT, recurring_id=made.pk, date=TODAY)
        assert len(invoices(made)) == 1

    @pytest.mark.parametrize("date", ["2025-01-16", "2025-03-15"])
    def test_other_dates_are_refused(self, actor: Actor, date: str) -> None:
        made = recurring(actor)
        with pytest.raises(InvalidValue):
            run_now(actor=actor, at=AT, recurring_id=made.pk, date=_day(date))


def test_the_preview_shows_dates_rolled_to_business_days(actor: Actor) -> None:
    made = recurring(
        actor,
        start_date=_day("2025-02-15"),
        issue_roll="forward",
        due_roll="back",
        payment_terms_days=26,
        holidays=[_day("2025-02-17")],
    )
    first = coming(made, 3)[0]
    # D5: Saturday 15 February; Monday is a holiday. 18 February + 26 is Sunday 16 March.
    assert (first.date, first.issue_date) == (_day("2025-02-15"), _day("2025-02-18"))
    assert first.due_date == _day("2025-03-14")


def test_the_preview_ends_with_the_number_of_occurrences(actor: Actor) -> None:
    made = recurring(actor, occurrences=2)
    assert [one.date for one in coming(made, 12)] == [TODAY, _day("2025-02-15")]
