"""Pages about recurring invoices and reminders."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from billing.models import Invoice, RecurringInvoice, Reminder
from billing.operations.recurring_runs import run_due
from billing.queries.reminders import get_policy
from tests.billing.operations.test_recurring import recurring
from tests.instants import AT, TODAY


@pytest.fixture
def monthly(actor: Actor) -> RecurringInvoice:
    return recurring(actor, name="Care plan", payment_terms_days=14)


def _schedule(**changes: str) -> dict[str, str]:
    return {
        "name": "Hosting",
        "frequency": "monthly",
        "start_date": "2025-01-31",
        "month_rule": "day",
        "run_time": "06:00",
        "issue_roll": "none",
        "due_roll": "none",
        "action": "issue",
        "billing": "in_advance",
        "notes": "For {month}",
        **changes,
    }


def _step(staff: Client, row: RecurringInvoice, action: str) -> str:
    address = reverse("billing:recurring-step", args=[row.uuid, action])
    assert staff.post(address).status_code == 302
    row.refresh_from_db()
    return str(row.status)


def test_the_list_and_the_page_look_ahead(staff: Client, monthly: RecurringInvoice) -> None:
    run_due(at=AT)
    page = staff.get(reverse("billing:recurring")).content.decode()
    assert "Care plan" in page
    assert "Globex Corporation" in page
    page = staff.get(reverse("billing:recurring-detail", args=[monthly.uuid])).content.decode()
    assert "$100.00" in page
    assert "2025-02-15" in page
    assert "2025-03-01" in page  # due fourteen days after 15 February
    assert Invoice.objects.get().number in page


def test_an_invoice_is_repeated_with_its_lines(staff: Client, invoice: Invoice) -> None:
    address = reverse("billing:invoice-repeat", args=[invoice.uuid])
    assert staff.get(address).status_code == 200
    assert staff.post(address, _schedule()).status_code == 302
    row = RecurringInvoice.objects.get()
    assert (row.customer_id, row.next_date) == (invoice.customer_id, datetime.date(2025, 1, 31))
    line = row.lines.get()
    assert (line.name, line.unit_price) == ("Work", 100)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"end_date": "2025-01-01"}, "The schedule ends before its first date."),
        ({"month_rule": "nth_weekday"}, "Say which weekday of the month"),
        ({"frequency": "custom"}, "This must be one of day, week, month, year."),
        ({"start_date": "soon"}, "Enter a valid date."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    staff: Client, invoice: Invoice, changes: dict[str, str], sentence: str
) -> None:
    address = reverse("billing:invoice-repeat", args=[invoice.uuid])
    answer = staff.post(address, _schedule(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not RecurringInvoice.objects.exists()


def test_only_what_changed_is_changed(staff: Client, monthly: RecurringInvoice) -> None:
    run_due(at=AT)
    address = reverse("billing:recurring-edit", args=[monthly.uuid])
    changes = {"start_date": "2025-01-15", "payment_terms_days": "14", "notes": "New words"}
    assert staff.post(address, _schedule(**changes)).status_code == 302
    monthly.refresh_from_db()
    assert (monthly.notes, monthly.name) == ("New words", "Hosting")
    assert monthly.next_date == datetime.date(2025, 2, 15)
    changes["frequency"] = "weekly"
    assert staff.post(address, _schedule(**changes)).status_code == 302
    monthly.refresh_from_db()
    assert monthly.next_date == datetime.date(2025, 1, 22)


def test_pause_resume_run_and_end(staff: Client, monthly: RecurringInvoice) -> None:
    assert _step(staff, monthly, "pause") == "paused"
    assert _step(staff, monthly, "resume") == "active"
    assert _step(staff, monthly, "run-now") == "active"
    assert Invoice.objects.get().issue_date == TODAY
    assert _step(staff, monthly, "end") == "ended"


def test_a_viewer_sees_no_buttons_and_changes_nothing(
    viewer: Client, monthly: RecurringInvoice
) -> None:
    page = viewer.get(reverse("billing:recurring-detail", args=[monthly.uuid])).content.decode()
    assert "End it for ever" not in page
    address = reverse("billing:recurring-step", args=[monthly.uuid, "end"])
    assert viewer.post(address).status_code == 403


def test_a_stranger_finds_nothing(stranger: Client, monthly: RecurringInvoice) -> None:
    address = reverse("billing:recurring-step", args=[monthly.uuid, "end"])
    assert stranger.post(address).status_code == 404
    monthly.refresh_from_db()
    assert monthly.status == "active"


class TestReminders:
    def test_the_policy_is_kept_step_by_step(self, staff: Client, actor: Actor) -> None:
        address = reverse("billing:reminders")
        assert staff.get(address).status_code == 200
        body = {
            "is_enabled": "on",
            "send_time": "08:30",
            "minimum_due": "2.50",
            "step-0-days": "-3",
            "step-0-is_active": "on",
            "step-1-days": "",
            "step-7-days": "10",
            "step-7-is_active": "on",
            "step-7-subject": "{number}",
        }
        assert staff.post(address, body).status_code == 302
        policy = get_policy(actor.organization_id)
        assert (policy.settings.is_enabled, policy.settings.minimum_due) == (True, 250)
        assert [(each.days, each.subject) for each in policy.steps] == [(-3, ""), (10, "{number}")]

    def test_two_steps_on_one_day_are_refused(self, staff: Client, actor: Actor) -> None:
        body = {"send_time": "09:00", "step-0-days": "3", "step-1-days": "3"}
        answer = staff.post(reverse("billing:reminders"), body)
        assert answer.status_code == 422
        assert "There is another step on that day." in answer.content.decode()
        assert get_policy(actor.organization_id).settings.pk is None

    def test_one_by_hand(self, staff: Client, invoice: Invoice) -> None:
        page = staff.get(reverse("billing:invoice-detail", args=[invoice.uuid]))
        assert "Send a reminder" in page.content.decode()
        staff.post(reverse("billing:invoice-remind", args=[invoice.uuid]))
        assert Reminder.objects.get().sent_to == ["ap@globex.test"]
