"""The invoices that recurring invoices make: each date once, whatever happens between."""

import datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Customer, CustomerBalance, Invoice, RecurringInvoice, RecurringRun
from billing.operations import recurring_runs
from billing.operations.customers import update_customer
from billing.operations.recurring import update_recurring
from billing.operations.recurring_runs import run_due, run_now
from core.models import Event
from integrations.models import Message
from integrations.work import drain
from tests.billing.operations.test_recurring import _day, _noon, events, invoices, recurring
from tests.builders import customer, line
from tests.instants import AT, TODAY


def test_d1_monthly_from_31_january(actor: Actor) -> None:
    made = recurring(actor, start_date=_day("2025-01-31"))
    run_due(at=_noon("2025-04-30"))
    assert [day for day, *_ in invoices(made)] == [
        "2025-01-31",
        "2025-02-28",
        "2025-03-31",
        "2025-04-30",
    ]


def test_d6_the_run_begins_at_six_local_time(actor: Actor) -> None:
    Organization.objects.filter(pk=actor.organization_id).update(timezone="America/New_York")
    recurring(actor, start_date=_day("2026-08-05"), frequency="quarterly")
    before = datetime.datetime(2026, 8, 5, 9, 59, tzinfo=datetime.UTC)
    assert run_due(at=before) == 0
    assert run_due(at=before + datetime.timedelta(minutes=1)) == 1
    autumn = datetime.datetime(2026, 11, 5, 10, 59, tzinfo=datetime.UTC)
    assert run_due(at=autumn) == 0
    assert run_due(at=autumn + datetime.timedelta(minutes=1)) == 1


def test_d7_each_missed_date_is_made_once_with_its_own_date(actor: Actor) -> None:
    made = recurring(actor, frequency="daily")
    late = AT + datetime.timedelta(days=3)
    assert run_due(at=late) == 4
    assert run_due(at=late) == 0
    assert invoices(made) == [
        ("2025-01-15", "issued", 10000),
        ("2025-01-16", "issued", 10000),
        ("2025-01-17", "issued", 10000),
        ("2025-01-18", "issued", 10000),
    ]


def test_d7_the_database_refuses_a_second_row_for_a_date(actor: Actor) -> None:
    made = recurring(actor)
    run_due(at=AT)
    run = RecurringRun.objects.get()
    run.pk, run.uuid, run._state.adding = None, made.uuid, True
    with pytest.raises(Exception, match="recurring_run_once|UNIQUE"), transaction.atomic():
        run.save()


def test_a_limit_leaves_the_rest_for_the_next_round(actor: Actor) -> None:
    recurring(actor, frequency="daily")
    late = AT + datetime.timedelta(days=9)
    assert [run_due(at=late, limit=4) for _ in range(4)] == [4, 4, 2, 0]


def test_d13_line_and_text_name_the_billed_period(actor: Actor) -> None:
    recurring(actor, lines=[line("20.00", name="Hosting {period}")], notes="For {month} {year}")
    run_due(at=AT)
    invoice = Invoice.objects.of(actor.organization_id).get()
    row = invoice.lines.get()
    assert row.name == "Hosting Jan 15, 2025 – Feb 14, 2025"
    assert (row.period_start, row.period_end) == (TODAY, _day("2025-02-14"))
    assert (invoice.period_start, invoice.period_end) == (TODAY, _day("2025-02-14"))
    assert invoice.notes == "For January 2025"


def test_d13_in_arrears_bills_the_period_that_closes(actor: Actor) -> None:
    recurring(actor, billing="in_arrears")
    run_due(at=AT)
    row = Invoice.objects.of(actor.organization_id).get().lines.get()
    assert (row.period_start, row.period_end) == (_day("2024-12-15"), _day("2025-01-14"))


def test_x3_what_is_on_no_list_stays_literal(actor: Actor) -> None:
    recurring(actor, lines=[line("1.00", name="{{7*7}} {0.__class__} %(x)s")], notes="{% now %}")
    run_due(at=AT)
    invoice = Invoice.objects.of(actor.organization_id).get()
    assert invoice.lines.get().name == "{{7*7}} {0.__class__} %(x)s"
    assert invoice.notes == "{% now %}"


@pytest.mark.parametrize(("action", "status"), [("draft", "draft"), ("issue", "issued")])
def test_it_is_taken_as_far_as_asked(actor: Actor, action: str, status: str) -> None:
    made = recurring(actor, action=action)
    run_due(at=AT)
    assert invoices(made) == [("2025-01-15", status, 10000)]
    assert Invoice.objects.of(actor.organization_id).get().source == "recurring"


def test_sending_queues_the_mail(actor: Actor) -> None:
    recurring(actor, action="send")
    run_due(at=AT)
    invoice = Invoice.objects.of(actor.organization_id).get()
    assert invoice.status == "issued"
    assert Message.objects.get(kind="invoice").subject_id == invoice.pk


def test_it_ends_after_its_occurrences(actor: Actor) -> None:
    made = recurring(actor, frequency="weekly", occurrences=2)
    run_due(at=_noon("2025-06-01"))
    made.refresh_from_db()
    assert (made.status, made.runs_made, made.next_date) == ("ended", 2, None)
    assert events(made) == [
        "recurring_invoice.created",
        "recurring_invoice.run",
        "recurring_invoice.run",
        "recurring_invoice.ended",
    ]


def test_it_ends_with_its_last_date(actor: Actor) -> None:
    made = recurring(actor, end_date=_day("2025-03-15"))
    run_due(at=_noon("2026-01-01"))
    assert [day for day, *_ in invoices(made)] == ["2025-01-15", "2025-02-15", "2025-03-15"]
    assert events(made)[-1] == "recurring_invoice.ended"


class TestFailure:
    @pytest.fixture
    def archived(self, actor: Actor) -> Customer:
        return customer(actor, "Initech")

    def test_it_is_recorded_and_blocks_no_other(self, actor: Actor, archived: Customer) -> None:
        broken = recurring(actor, customer_id=archived.pk)
        whole = recurring(actor)
        update_customer(actor=actor, at=AT, customer_id=archived.pk, status="archived")

        assert run_due(at=AT) == 2

        assert len(invoices(whole)) == 1
        assert invoices(broken) == []
        run = broken.runs.get()
        assert (run.status, run.error_code) == ("failed", "customer_archived")
        assert run.error == "Customer Initech is archived and is not billed any more."
        broken.refresh_from_db()
        assert broken.next_date == _day("2025-02-15")
        assert events(broken) == ["recurring_invoice.created", "recurring_invoice.failed"]

    def test_nothing_of_the_invoice_is_left(self, actor: Actor) -> None:
        silent = customer(actor, "Nomail", email="")
        recurring(actor, customer_id=silent.pk, action="send")
        run_due(at=AT)
        assert not Invoice.objects.of(actor.organization_id).exists()
        assert not Event.objects.filter(type__startswith="invoice.").exists()

    def test_a_failed_date_is_made_after_all(self, actor: Actor, archived: Customer) -> None:
        made = recurring(actor, customer_id=archived.pk)
        update_customer(actor=actor, at=AT, customer_id=archived.pk, status="archived")
        run_due(at=AT)
        update_customer(actor=actor, at=AT, customer_id=archived.pk, status="active")

        run = run_now(actor=actor, at=_noon("2025-01-20"), recurring_id=made.pk, date=TODAY)

        assert (run.status, run.attempts, run.issue_date) == ("made", 2, TODAY)
        assert RecurringRun.objects.count() == 1

    def test_what_nobody_foresaw_blocks_no_other(
        self, actor: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = recurring(actor, lines=[line("0.00", name="Bomb")])
        whole = recurring(actor)
        original = recurring_runs.create_invoice

        def explode(**values: object) -> Invoice:
            if "Bomb" in str(values["lines"]):
                raise ZeroDivisionError
            return original(**values)  # type: ignore[arg-type]

        monkeypatch.setattr(recurring_runs, "create_invoice", explode)
        run_due(at=AT)
        assert made.runs.get().error_code == "internal_error"
        assert len(invoices(whole)) == 1


def test_a_sandbox_goes_by_its_own_clock(sandbox_actor: Actor) -> None:
    made = recurring(sandbox_actor)
    Organization.objects.filter(pk=sandbox_actor.organization_id).update(
        test_clock=_noon("2025-03-20")
    )
    assert run_due(at=AT) == 3
    assert [day for day, *_ in invoices(made)] == ["2025-01-15", "2025-02-15", "2025-03-15"]
    assert set(Event.objects.filter(type="recurring_invoice.run").values_list("livemode")) == {
        (False,)
    }


def test_moving_to_another_time_zone_moves_the_run(actor: Actor) -> None:
    made = recurring(actor, start_date=_day("2025-02-01"))
    Organization.objects.filter(pk=actor.organization_id).update(timezone="America/New_York")
    six_in_berlin = datetime.datetime(2025, 2, 1, 5, tzinfo=datetime.UTC)
    assert run_due(at=six_in_berlin) == 0
    made.refresh_from_db()
    assert made.next_run_at == datetime.datetime(2025, 2, 1, 11, tzinfo=datetime.UTC)


def test_a_changed_pattern_serves_the_next_date(actor: Actor) -> None:
    made = recurring(actor)
    run_due(at=AT)
    update_recurring(actor=actor, at=AT, recurring_id=made.pk, lines=[line("120.00")])
    run_due(at=_noon("2025-02-15"))
    assert [total for *_, total in invoices(made)] == [10000, 12000]
    assert RecurringInvoice.objects.get().runs_made == 2


def test_staff_is_told_of_the_first_failure_in_a_row(actor: Actor) -> None:
    buyer = customer(actor, "Initech")
    recurring(actor, customer_id=buyer.pk, frequency="daily")
    update_customer(actor=actor, at=AT, customer_id=buyer.pk, status="archived")
    run_due(at=AT + datetime.timedelta(days=2))
    drain(AT + datetime.timedelta(days=2))
    [alert] = mail.outbox
    assert alert.to == ["alice@acme.test"]
    assert alert.subject == "Recurring invoice not made: Initech"
    text = alert.message().get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "The invoice of 2025-01-15 for Initech was not made." in text
    assert "Customer Initech is archived" in text


@pytest.mark.parametrize("amounts", [("0.01", "30000000.00"), ("30000000.00", "0.01", "5.00")])
def test_amounts_of_any_size_add_up_when_many_are_made_together(
    actor: Actor, amounts: tuple[str, ...]
) -> None:
    """A server that is told no types takes a small integer for two bytes (ADR 0012)."""
    owed = {}
    for amount in amounts:
        made = recurring(actor, lines=[line(amount)])
        owed[made.customer_id] = int(Decimal(amount) * 100)
    run_due(at=AT)
    run_due(at=AT + datetime.timedelta(days=31))
    balances = CustomerBalance.objects.values_list("customer_id", "receivable")
    assert dict(balances) == {pk: 2 * amount for pk, amount in owed.items()}
    assert Invoice.objects.count() == 2 * len(amounts)
