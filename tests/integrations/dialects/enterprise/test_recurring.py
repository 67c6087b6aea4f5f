"""/v1/recurring-invoices, reminders and the test clock."""

from typing import Any

import pytest

from accounts.models import Organization
from billing.models import RecurringInvoice
from integrations.work import drain
from tests.integrations.dialects.enterprise.conftest import Body
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db
LINES = [{"description": "Hosting {month}", "quantity": 2, "unit_price": 20}]


@pytest.fixture
def test(sandbox: Organization) -> V1:
    """The sandbox, its time stopped on 31 January 2025."""
    v1 = V1(key_for(sandbox))
    assert v1.post("/test-clock", {"frozen_time": "2025-01-31T12:00:00Z"}).status == 200
    return v1


@pytest.fixture
def buyer(test: V1) -> str:
    return str(test.made("/customers", {"name": "Globex", "email": "ap@globex.test"})["id"])


def made(v1: V1, buyer: str, **fields: Any) -> dict[str, Any]:
    body = {"customer_id": buyer, "frequency": "monthly", "line_items": LINES, **fields}
    return v1.made("/recurring-invoices", body)


def advance(v1: V1, to: str) -> dict[str, Any]:
    answer = v1.post("/test-clock/advance", {"frozen_time": to})
    assert answer.status == 200, answer.content
    return dict(answer.json)


class TestRecurring:
    def test_create_and_read(self, test: V1, buyer: str) -> None:
        new = made(
            test,
            buyer,
            name="Care plan",
            month_rule="nth_weekday",
            week_of_month=-1,
            weekday="friday",
            run_time="07:30",
            holidays=["2025-12-26"],
            action="issue",
            payment_terms=10,
        )
        assert new["id"].startswith("rec_")
        assert (new["next_date"], new["next_run_at"]) == ("2025-01-31", "2025-01-31T06:30:00Z")
        assert (new["weekday"], new["week_of_month"], new["run_time"]) == ("friday", -1, "07:30")
        assert new["livemode"] is False
        assert test.get(f"/recurring-invoices/{new['id']}").json == new
        assert test.get("/recurring-invoices?status=active").json["data"] == [new]
        assert test.get("/recurring-invoices?status=paused").json["data"] == []

    @pytest.mark.parametrize(
        ("fields", "param", "status"),
        [
            ({"frequency": "hourly"}, "frequency", 422),
            ({"frequency": None}, "frequency", 422),
            ({"line_items": []}, "line_items", 422),
            ({"run_time": "25:00"}, "run_time", 422),
            ({"day_of_month": 32}, "day_of_month", 422),
            ({"weekday": "someday"}, "weekday", 422),
            ({"next_date": "2025-01-01"}, "next_date", 422),
            ({"end_date": "2024-12-31"}, "end_date", 422),
            ({"customer_id": "cus_unknown"}, "customer_id", 422),
            ({"occurrences": 0}, "occurrences", 422),
            (
                {"line_items": [{"description": "x", "quantity": 1}]},
                "line_items[0].unit_price",
                422,
            ),
        ],
    )
    def test_a_broken_field_is_named(
        self, test: V1, buyer: str, fields: dict[str, Any], param: str, status: int
    ) -> None:
        body = {"customer_id": buyer, "frequency": "monthly", "line_items": LINES, **fields}
        answer = test.post("/recurring-invoices", body)
        assert (answer.status, answer.error["param"]) == (status, param)
        assert not RecurringInvoice.objects.exists()

    def test_update_pause_resume_and_end(self, test: V1, buyer: str) -> None:
        path = f"/recurring-invoices/{made(test, buyer)['id']}"
        changed = test.put(path, {"notes": "For {month}", "end_date": "2025-06-30"})
        assert (changed.json["notes"], changed.json["version"]) == ("For {month}", 2)
        assert test.put(path, {"end_date": None}).json["end_date"] is None
        assert test.post(f"{path}/pause", {}).json["status"] == "paused"
        advance(test, "2025-03-15T12:00:00Z")
        assert test.get(f"{path}/invoices").json["data"] == []
        resumed = test.post(f"{path}/resume", {"missed": "skip"}).json
        assert (resumed["status"], resumed["next_date"]) == ("active", "2025-03-31")
        assert test.delete(path).status == 204
        assert test.get(path).json["status"] == "ended"
        again = test.post(f"{path}/resume", {})
        assert (again.status, again.error["code"]) == (409, "invalid_transition")

    def test_preview(self, test: V1, buyer: str) -> None:
        path = f"/recurring-invoices/{made(test, buyer)['id']}"
        shown = test.get(f"{path}/preview?count=3").json
        assert [each["date"] for each in shown["dates"]] == [
            "2025-01-31",
            "2025-02-28",
            "2025-03-31",
        ]
        assert shown["dates"][0]["period_end"] == "2025-02-27"
        assert (shown["currency"], shown["total"], shown["problem"]) == ("USD", 40, None)
        assert test.get(f"{path}/preview?count=0").status == 400

    def test_run_now_and_what_came_of_it(self, test: V1, buyer: str) -> None:
        path = f"/recurring-invoices/{made(test, buyer, start_date='2025-03-01')['id']}"
        run = test.post(f"{path}/run-now", {})
        assert (run.status, run.json["date"], run.json["issue_date"]) == (
            201,
            "2025-03-01",
            "2025-01-31",
        )
        assert [each["id"] for each in test.get(f"{path}/runs").json["data"]] == [run.json["id"]]
        [invoice] = test.get(f"{path}/invoices").json["data"]
        assert invoice["id"] == run.json["invoice_id"]
        whole = test.get(f"/invoices/{invoice['id']}").json
        assert whole["line_items"][0]["description"] == "Hosting March"
        assert whole["total"] == 40
        once_more = test.post(f"{path}/run-now", {"date": "2025-03-01"})
        assert (once_more.status, once_more.error["code"]) == (409, "run_already_made")

    def test_sending_needs_the_right_to_send(self, acme: Organization) -> None:
        customer = V1(key_for(acme)).made("/customers", {"name": "Globex", "email": "a@b.test"})
        v1 = V1(key_for(acme, "invoices:write"))
        body = {"customer_id": customer["id"], "frequency": "daily", "line_items": LINES}
        answer = v1.post("/recurring-invoices", {**body, "action": "send"})
        assert (answer.status, answer.error["code"]) == (403, "insufficient_permissions")

    def test_another_tenant_finds_nothing(self, test: V1, buyer: str, rival: Organization) -> None:
        path = f"/recurring-invoices/{made(test, buyer)['id']}"
        theirs = V1(key_for(rival))
        calls = [
            theirs.get(path),
            theirs.put(path, {"notes": "Mine"}),
            theirs.delete(path),
            *(theirs.post(f"{path}/{verb}", {}) for verb in ("pause", "resume", "run-now")),
            *(theirs.get(f"{path}/{noun}") for noun in ("preview", "runs", "invoices")),
        ]
        assert {answer.status for answer in calls} == {404}

    def test_an_event_tells_of_its_run(self, test: V1, buyer: str) -> None:
        made(test, buyer, action="issue")
        advance(test, "2025-02-01T00:00:00Z")
        drain()
        told = test.get("/events?type=recurring_invoice.run").json["data"]
        assert [each["data"]["object"]["run"]["date"] for each in told] == ["2025-01-31"]
        assert told[0]["livemode"] is False


class TestReminders:
    def test_the_policy(self, acme: Organization) -> None:
        v1 = V1(key_for(acme))
        before = v1.get("/account/reminders").json
        assert (before["enabled"], before["send_time"], before["currency"]) == (
            False,
            "09:00",
            "USD",
        )
        assert [step["days"] for step in before["steps"]] == [-7, -1, 0, 3, 7, 14, 30]
        steps = [{"days": 10, "subject": "{number}"}, {"days": -3, "enabled": False}]
        after = v1.put(
            "/account/reminders",
            {"enabled": True, "send_time": "08:15", "minimum_due": 2.5, "steps": steps},
        ).json
        assert after == v1.get("/account/reminders").json
        assert (after["enabled"], after["send_time"], after["minimum_due"]) == (
            True,
            "08:15",
            2.5,
        )
        assert [(step["days"], step["enabled"]) for step in after["steps"]] == [
            (-3, False),
            (10, True),
        ]
        answer = v1.put("/account/reminders", {"steps": [{"days": 1}, {"days": 1}]})
        assert (answer.status, answer.error["param"]) == (422, "steps[1].days")

    def test_by_hand(self, test: V1, buyer: str) -> None:
        invoice = test.made(
            "/invoices", {"customer_id": buyer, "line_items": LINES, "auto_send": True}
        )
        path = f"/invoices/{invoice['id']}"
        sent = test.post(f"{path}/remind", {"to": ["cfo@globex.test"]})
        assert (sent.status, sent.json["status"], sent.json["days"]) == (201, "queued", None)
        drain()
        [row] = test.get(f"{path}/reminders").json["data"]
        assert (row["status"], row["sent_to"]) == ("sent", ["cfo@globex.test"])
        told = test.get("/events?type=invoice.reminder_sent").json["data"]
        assert told[0]["data"]["object"]["reminder"]["id"] == sent.id
        test.post(f"{path}/mark-paid", {})
        again = test.post(f"{path}/remind", {})
        assert (again.status, again.error["code"]) == (409, "invoice_not_remindable")


class TestClock:
    def test_from_set_to_reset(self, test: V1, buyer: str) -> None:
        assert test.get("/test-clock").json == {
            "object": "test_clock",
            "livemode": False,
            "status": "ready",
            "frozen_time": "2025-01-31T12:00:00Z",
            "target_time": None,
        }
        assert advance(test, "2025-02-01T00:00:00Z")["frozen_time"] == "2025-02-01T00:00:00Z"
        made_at = test.made("/customers", {"name": "Later"})["created_at"]
        assert made_at == "2025-02-01T00:00:00Z"
        back = test.post("/test-clock/advance", {"frozen_time": "2025-01-31T12:00:00Z"})
        assert (back.status, back.error["code"]) == (409, "test_clock_moves_forward")
        twice = test.post("/test-clock", {"frozen_time": "2025-03-01T00:00:00Z"})
        assert (twice.status, twice.error["code"]) == (409, "test_clock_already_set")
        assert test.post("/test-clock/reset", {}).json["status"] == "real_time"
        assert test.get("/customers").json["total_count"] == 0

    def test_release(self, test: V1, buyer: str) -> None:
        assert test.delete("/test-clock").status == 204
        assert test.get("/test-clock").json["status"] == "real_time"

    def test_a_live_key_is_refused(self, acme: Organization) -> None:
        v1 = V1(key_for(acme))
        body = {"frozen_time": "2025-03-01T00:00:00Z"}
        for answer in (
            v1.post("/test-clock", body),
            v1.post("/test-clock/advance", body),
            v1.post("/test-clock/reset", {}),
            v1.delete("/test-clock"),
        ):
            assert (answer.status, answer.error["code"]) == (409, "test_mode_only")


def test_reminders_can_be_switched_off_for_a_customer_and_an_invoice(test: V1, buyer: str) -> None:
    invoice = test.made("/invoices", {"customer_id": buyer, "line_items": LINES})
    assert invoice["reminders_enabled"] is True
    test.post(f"/invoices/{invoice['id']}/issue", {})
    off = {"reminders_enabled": False}
    assert test.put(f"/invoices/{invoice['id']}", off).json["reminders_enabled"] is False
    assert test.put(f"/customers/{buyer}", off).json["reminders_enabled"] is False


def test_a_quote_that_expires_tells_of_it(test: V1, buyer: str) -> None:
    quote = test.made("/quotes", {"customer_id": buyer, "line_items": LINES})
    assert test.post(f"/quotes/{quote['id']}/open", {}).status == 200
    advance(test, "2025-03-15T00:00:00Z")
    drain()
    [told] = test.get("/events?type=quote.expired").json["data"]
    assert told["data"]["object"]["status"] == "expired"


def test_quiet_hours_and_business_days_are_kept(v1: V1) -> None:
    body = {"business_days_only": True, "quiet_from": "20:00", "quiet_until": "08:00"}
    kept = v1.put("/account/reminders", body).json
    assert {name: kept[name] for name in body} == body
    changed = v1.put("/account/reminders", {"quiet_until": "07:00"}).json
    assert (changed["quiet_from"], changed["quiet_until"]) == ("20:00", "07:00")
    half = v1.put("/account/reminders", {"quiet_from": None})
    assert (half.status, half.error["param"]) == (422, "quiet_until")
    none = v1.put("/account/reminders", {"quiet_from": None, "quiet_until": None}).json
    assert (none["quiet_from"], none["quiet_until"]) == (None, None)


def test_a_customers_reminders_are_previewed_with_reasons(v1: V1, customer: Body) -> None:
    lines = [{"description": "Work", "quantity": 1, "unit_price": 100}]
    bill = {"customer_id": customer["id"], "line_items": lines, "due_date": "2025-02-14"}
    invoice = v1.made("/invoices", bill)["id"]
    v1.post(f"/invoices/{invoice}/issue")
    path = f"/customers/{customer['id']}/reminders"
    [off] = v1.get(path).json["invoices"]
    assert (off["invoice_id"], off["reason"]) == (invoice, "policy_off")
    v1.put("/account/reminders", {"enabled": True})
    [coming] = v1.get(path).json["invoices"]
    assert (coming["days"], coming["planned_date"], coming["reason"]) == (-7, "2025-02-07", None)
