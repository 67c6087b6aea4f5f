"""Webhooks and API keys over /v1."""

import json

import pytest
from pytest_httpserver import HTTPServer

from accounts.models import ApiKey
from integrations.models import IdempotencyRecord, WebhookEndpoint
from tests.integrations.dialects.enterprise.conftest import Body
from tests.v1 import V1

pytestmark = pytest.mark.django_db
HOOK = {"url": "https://example.com/hook", "events": ["invoice.paid"]}


def test_a_webhook_is_changed_switched_off_and_removed(v1: V1) -> None:
    made = v1.made("/webhooks", HOOK)
    path = f"/webhooks/{made['id']}"
    shown = v1.put(path, {"active": False, "events": ["customer.created"]}).json
    assert (shown["active"], shown["events"], shown["url"]) == (
        False,
        ["customer.created"],
        HOOK["url"],
    )
    assert v1.delete(path).status == 204
    assert (v1.get(path).status, WebhookEndpoint.objects.count()) == (404, 0)


def test_the_secret_is_shown_once(v1: V1) -> None:
    made = v1.made("/webhooks", HOOK)
    assert made["secret"]
    shown = v1.get("/webhooks").json["data"]
    assert [row["id"] for row in shown] == [made["id"]]
    assert "secret" not in shown[0]
    assert "secret" not in v1.put(f"/webhooks/{made['id']}", {"description": "x"}).json


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({**HOOK, "events": ["invoice.exploded"]}, "events[0]"),
        ({**HOOK, "events": []}, "events"),
        ({"url": HOOK["url"]}, "events"),
        ({"events": ["invoice.paid"]}, "url"),
        ({**HOOK, "url": "ftp://example.com"}, "url"),
        ({**HOOK, "url": "https://user:pw@example.com"}, "url"),
        ({**HOOK, "url": "https://10.0.0.1/x"}, "url"),
        ({**HOOK, "secret": "mine"}, "secret"),
    ],
)
def test_webhooks_that_are_refused(v1: V1, body: Body, param: str) -> None:
    answer = v1.post("/webhooks", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert WebhookEndpoint.objects.count() == 0


def test_a_test_tells_the_truth_about_a_failing_receiver(v1: V1, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("no", status=500)
    made = v1.made("/webhooks", {**HOOK, "url": httpserver.url_for("/hook")})
    shown = v1.post(f"/webhooks/{made['id']}/test").json
    assert (shown["delivery_status"], shown["response_code"]) == ("failed", 500)
    sent = json.loads(httpserver.log[0][0].data)
    assert (sent["id"], sent["livemode"]) == (shown["test_event_id"], False)


def test_keys_are_listed_without_their_secrets_and_revoked(v1: V1) -> None:
    made = v1.made("/api-keys", {"name": "Shop", "scopes": ["invoices:read"]})
    other = V1(made["key"])
    assert other.get("/invoices").status == 200
    rows = v1.get("/api-keys").json["data"]
    assert [row["name"] for row in rows] == ["Shop", "Test key"]
    assert all("key" not in row for row in rows)
    assert rows[0]["prefix"] == made["key"][:12]
    assert v1.delete(f"/api-keys/{made['id']}").status == 204
    assert other.get("/invoices").error["code"] == "invalid_token"
    assert v1.get("/api-keys").json["data"][0]["revoked_at"] == "2025-01-15T10:30:00Z"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"scopes": ["invoices:read"]}, "name"),
        ({"name": "x"}, "scopes"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["everything"]}, "scopes"),
        (
            {"name": "x", "scopes": ["invoices:read"], "expires_at": "2025-01-15T10:29:59Z"},
            "expires_at",
        ),
        ({"name": "x", "scopes": ["invoices:read"], "expires_at": "never"}, "expires_at"),
        ({"name": "x", "scopes": ["invoices:read"], "key": "sk_live_mine"}, "key"),
    ],
)
def test_keys_that_are_refused(v1: V1, body: Body, param: str) -> None:
    answer = v1.post("/api-keys", body)
    assert (answer.status, answer.error["param"]) == (422, param)
    assert ApiKey.objects.count() == 1


def test_a_secret_survives_a_lost_answer_and_is_never_stored_in_clear(v1: V1) -> None:
    first = v1.post("/webhooks", HOOK, X_Idempotency_Key="h")
    kept = bytes(IdempotencyRecord.objects.get().body)
    assert first.json["secret"].encode() not in kept
    again = v1.post("/webhooks", HOOK, X_Idempotency_Key="h")
    assert again.content == first.content
    assert WebhookEndpoint.objects.count() == 1
