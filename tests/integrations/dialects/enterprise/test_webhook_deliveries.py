"""Webhooks over HTTP: secrets that overlap, the log of deliveries, and replays (W4, W7, W8)."""

import base64
import datetime
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from core.models import Event
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import payloads
from tests.instants import AT
from tests.integrations.receivers import Receiver
from tests.v1 import V1

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
Drain = Callable[..., int]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def hook(v1: V1, receiver: Receiver) -> Body:
    return v1.made("/webhooks", {"url": receiver.url, "events": ["customer.created"]})


@pytest.fixture
def told(v1: V1, hook: Body, drain: Drain) -> str:
    """The path of a delivery that succeeded."""
    v1.made("/customers", {"name": "Globex"})
    drain(AT)
    (row,) = v1.get(f"/webhooks/{hook['id']}/deliveries").json["data"]
    return f"/webhooks/{hook['id']}/deliveries/{row['id']}"


def standard(secret: str, request: Any) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def plain(secret: str, request: Any) -> str:
    return hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()


def test_both_secrets_sign_until_the_overlap_ends_W4(
    v1: V1, hook: Body, receiver: Receiver, drain: Drain, clock: time_machine.Traveller
) -> None:
    rotated = v1.post(f"/webhooks/{hook['id']}/rotate-secret", {"overlap_hours": 2})
    assert (rotated.status, rotated.json["id"]) == (200, hook["id"])
    old, new = hook["secret"], rotated.json["secret"]
    assert old != new
    assert rotated.json["secret_overlap_ends_at"] == "2025-01-15T12:30:00Z"
    assert "secret" not in v1.get(f"/webhooks/{hook['id']}").json
    v1.made("/customers", {"name": "Globex"})
    drain(AT)
    clock.shift(datetime.timedelta(hours=2))
    v1.made("/customers", {"name": "Initech"})
    drain(AT + datetime.timedelta(hours=2))
    during, after = receiver.received
    signatures = during.headers["webhook-signature"].split()
    assert signatures == [standard(new, during), standard(old, during)]
    assert during.headers["X-Webhook-Signature"] == plain(new, during)
    assert after.headers["webhook-signature"] == standard(new, after)


@pytest.mark.parametrize(
    ("body", "ends"),
    [({}, "2025-01-16T10:30:00Z"), ({"overlap_hours": 0}, None)],
)
def test_the_overlap_is_a_day_unless_said_otherwise(
    v1: V1, hook: Body, body: Body, ends: str | None
) -> None:
    answer = v1.post(f"/webhooks/{hook['id']}/rotate-secret", body)
    assert answer.json["secret_overlap_ends_at"] == ends


@pytest.mark.parametrize("hours", [25, -1, "x", 1.5])
def test_overlaps_that_are_refused(v1: V1, hook: Body, hours: Any) -> None:
    answer = v1.post(f"/webhooks/{hook['id']}/rotate-secret", {"overlap_hours": hours})
    assert (answer.status, answer.error["param"]) == (422, "overlap_hours")
    assert WebhookEndpoint.objects.get().secret == hook["secret"]


def test_a_delivery_tells_of_its_attempts(v1: V1, hook: Body, told: str) -> None:
    row = v1.get(f"/webhooks/{hook['id']}/deliveries").json["data"][0]
    assert (row["status"], row["event"], row["attempts_count"]) == (
        "succeeded",
        "customer.created",
        1,
    )
    assert (row["response_code"], row["error"], row["next_attempt_at"]) == (200, None, None)
    assert row["webhook_id"] == hook["id"]
    shown = v1.get(told).json
    assert shown["payload"]["id"] == shown["id"] == row["id"]
    (attempt,) = shown["attempts"]
    assert (attempt["number"], attempt["response_code"], attempt["response_body"]) == (
        1,
        200,
        "thanks",
    )


def test_a_failed_one_says_when_it_is_tried_again(
    v1: V1, hook: Body, receiver: Receiver, drain: Drain
) -> None:
    receiver.status = 500
    v1.made("/customers", {"name": "Globex"})
    drain(AT)
    (row,) = v1.get(f"/webhooks/{hook['id']}/deliveries?status=pending").json["data"]
    assert row["response_code"] == 500
    assert "2025-01-15T10:30:04" <= row["next_attempt_at"] <= "2025-01-15T10:30:06"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=succeeded", 1),
        ("status=failed", 0),
        ("event=customer.created", 1),
        ("event=customer.*", 1),
        ("event=invoice.*,payment.received", 0),
        ("created_at[gte]=2025-01-15", 1),
        ("created_at[lt]=2025-01-15", 0),
    ],
)
def test_filters_of_the_log(v1: V1, hook: Body, told: str, query: str, count: int) -> None:
    shown = v1.get(f"/webhooks/{hook['id']}/deliveries?{query}").json
    assert (len(shown["data"]), shown["total_count"]) == (count, count)


def test_one_is_replayed_W8(v1: V1, told: str, receiver: Receiver, drain: Drain) -> None:
    shown = v1.post(f"{told}/replay").json
    assert (shown["status"], shown["replayed_at"]) == ("pending", "2025-01-15T10:30:00Z")
    assert v1.post(f"{told}/replay").json["status"] == "pending"
    drain(AT)
    first, second = receiver.received
    assert (first.body, first.headers["webhook-id"]) == (
        second.body,
        second.headers["webhook-id"],
    )
    assert [one["number"] for one in v1.get(told).json["attempts"]] == [1, 2]


def test_a_range_is_replayed_W8(
    v1: V1, hook: Body, told: str, receiver: Receiver, drain: Drain
) -> None:
    v1.made("/customers", {"name": "Initech"})
    drain(AT)
    path = f"/webhooks/{hook['id']}/replay"
    body = {"created": {"gte": "2025-01-15T10:30:00Z"}, "events": ["customer.*"]}
    shown = v1.post(path, body).json
    assert shown == {
        "object": "webhook_replay",
        "webhook_id": hook["id"],
        "planned": 2,
        "already_pending": 0,
    }
    again = v1.post(path, body).json
    assert (again["planned"], again["already_pending"]) == (0, 2)
    drain(AT)
    assert len(receiver.received) == 4
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 2
    assert v1.post(path, {"status": "failed"}).json["planned"] == 0


def test_what_was_missed_while_it_was_off_comes_once_it_is_on_W7(
    v1: V1, hook: Body, receiver: Receiver, drain: Drain
) -> None:
    path = f"/webhooks/{hook['id']}"
    off = v1.put(path, {"active": False, "disabled_reason": "Moving house"}).json
    assert (off["active"], off["disabled_reason"]) == (False, "Moving house")
    for name in ("Globex", "Initech"):
        v1.made("/customers", {"name": name})
    drain(AT)
    assert v1.post(f"{path}/replay", {}).json["planned"] == 2
    on = v1.put(path, {"active": True}).json
    assert (on["active"], on["disabled_reason"], on["disabled_at"]) == (True, None, None)
    drain(AT)
    assert len(receiver.received) == 2


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"events": ["invoice.exploded"]}, "events[0]"),
        ({"events": []}, "events"),
        ({"created": {"gte": "yesterday"}}, "created.gte"),
        (
            {"created": {"gte": "2025-01-15T11:00:00Z", "lte": "2025-01-15T10:00:00Z"}},
            "created.lte",
        ),
        ({"created": {"after": "2025-01-15T11:00:00Z"}}, "created.after"),
        ({"status": "succeeded"}, "status"),
        ({"limit": 5}, "limit"),
    ],
)
def test_replays_that_are_refused(v1: V1, hook: Body, told: str, body: Body, param: str) -> None:
    answer = v1.post(f"/webhooks/{hook['id']}/replay", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert not WebhookDelivery.objects.filter(status="pending").exists()


def test_a_reason_belongs_to_what_is_off(v1: V1, hook: Body) -> None:
    answer = v1.put(f"/webhooks/{hook['id']}", {"disabled_reason": "x"})
    assert (answer.status, answer.error["param"]) == (422, "disabled_reason")


def test_a_test_is_logged_and_not_replayed(v1: V1, hook: Body) -> None:
    made = v1.post(f"/webhooks/{hook['id']}/test").json
    path = f"/webhooks/{hook['id']}/deliveries/{made['test_event_id']}"
    assert v1.get(path).json["event"] == "webhook.test"
    answer = v1.post(f"{path}/replay")
    assert (answer.status, answer.error["code"]) == (409, "test_not_replayable")


def test_a_payload_above_the_cap_becomes_thin(
    v1: V1, hook: Body, receiver: Receiver, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "MOST_BYTES", 1_000)
    made = v1.made("/customers", {"name": "Globex", "notes": "x" * 900})
    drain(AT)
    sent = json.loads(receiver.received[0].body)
    assert sent["data"] == {
        "object": {"id": made["id"], "object": "customer"},
        "previous_attributes": {},
    }
    assert (sent["truncated"], sent["type"], sent["sequence"]) == (True, "customer.created", 1)
    whole = v1.get(f"/events/{sent['id']}").json
    assert whole["data"]["object"]["notes"] == "x" * 900


def test_the_cap_is_a_quarter_of_a_megabyte() -> None:
    assert payloads.MOST_BYTES == 262_144


def test_everything_means_every_public_event(
    v1: V1, receiver: Receiver, customer: Body, drain: Drain
) -> None:
    drain(AT)
    v1.made("/webhooks", {"url": receiver.url, "events": ["*"]})
    v1.put(f"/customers/{customer['id']}", {"phone": "+1"})
    v1.made("/products", {"name": "Stapler", "unit_price": 5})
    v1.put("/account", {"payment_terms": 14})
    drain(AT)
    types = [json.loads(request.body)["type"] for request in receiver.received]
    assert sorted(types) == ["customer.updated", "product.created"]
    assert Event.objects.filter(type="organization.updated").exists()


def test_another_organizations_log_is_not_found_Z1(v1: V1, rival_v1: V1, told: str) -> None:
    hook, _, delivery = told.removeprefix("/webhooks/").partition("/deliveries/")
    theirs = rival_v1.made("/webhooks", {"url": "https://rival.test/", "events": ["*"]})["id"]
    for owner in (hook, theirs):
        path = f"/webhooks/{owner}/deliveries/{delivery}"
        assert rival_v1.get(path).status == 404
        assert rival_v1.post(f"{path}/replay").status == 404
    assert rival_v1.get(f"/webhooks/{hook}/deliveries").status == 404
    assert rival_v1.post(f"/webhooks/{hook}/replay", {}).status == 404
    assert rival_v1.post(f"/webhooks/{hook}/rotate-secret", {}).status == 404
    assert not WebhookDelivery.objects.filter(status="pending").exists()
