"""The requests of the document, sent as printed, and the table of what stands around them."""

import base64
import io
import re
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import Organization
from integrations.collectors import callbacks
from integrations.dialects.registry import dialect_for
from integrations.docs.documents import document
from integrations.models import CollectedInvoice, CollectorCredential, CollectorUser
from tests.contract.collector.conftest import Collector, bearer_for, mailed_code

pytestmark = pytest.mark.django_db


def test_get_customer(collector: Collector) -> None:
    printed = "https://path.to/callback"
    collector.post("/customer", {"callback": printed})
    answer = collector.get("/customer")
    assert answer.status == 200
    assert (answer.json["name"], answer.json["callback"]) == ("default", printed)


def test_a_new_customer_has_no_callback(collector: Collector) -> None:
    shown = collector.get("/customer").json
    assert (shown["callback"], shown["isSubscribedToAll"]) == ("", True)
    assert (shown["maxDelayBetweenCollect"], shown["plan"]["maxUsers"]) == (2592000000, -1)


def test_post_user(collector: Collector) -> None:
    answer = collector.post(
        "/user", {"email": "user@example.com", "locale": "fr", "remote_id": "A1B2C3D4"}
    )
    assert answer.status == 200
    shown = answer.json
    assert re.fullmatch("[0-9a-f]{128}", shown["token"])
    assert (shown["remote_id"], shown["locale"]) == ("A1B2C3D4", "fr")
    assert shown["customer_id"] == collector.get("/customer").json["id"]


def test_test_callback(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(callbacks, "test_callback", lambda *, kind, **_: sent.append(kind))
    account = collector.get("/customer").json["id"]
    for path in (
        "/test_callback",
        "/test/callback/notification_disconnected",
        f"/callback/{account}/test/invoice",
    ):
        answer = collector.get(path)
        assert (answer.status, answer.content) == (200, b"")
    assert sent == ["invoice", "notification_disconnected", "invoice"]


def test_delete_user_by_remote_id(collector: Collector) -> None:
    user = collector.welcome()
    collector.connected(user["id"])
    answer = collector.delete("/user", {"remote_id": "A1B2C3D4"})
    assert (answer.status, answer.content) == (200, b"")
    for model in (CollectorUser, CollectorCredential, CollectedInvoice):
        assert not model._default_manager.exists()
    assert Collector(token=user["token"]).get("/credentials").status == 401


# --- spellings -----------------------------------------------------------------------------


def test_the_newer_spellings_are_the_same(collector: Collector) -> None:
    put = collector.call("PUT", "/customer", {"name": "Acme", "remoteId": "R-1"})
    assert (put.json["name"], put.json["remoteId"]) == ("Acme", "R-1")
    made = collector.post("/user", {"email": "a@b.test", "locale": "en", "remoteId": "X"}).json
    assert made["remote_id"] == "X"
    assert collector.delete(f"/user/{made['id']}").status == 200
    assert collector.get("/users").json == []


def test_a_user_is_upserted_by_remote_id(collector: Collector) -> None:
    first, second = collector.user(), collector.user(locale="en")
    assert (first["id"], second["locale"]) == (second["id"], "en")
    assert first["token"] != second["token"]
    assert len(collector.get("/users").json) == 1


def test_v1_is_another_api() -> None:
    for path, name in (("/api/v1/customer", "collector"), ("/v1/customers", "enterprise")):
        dialect = dialect_for(path)
        assert dialect is not None and dialect.name == name
    assert dialect_for("/api/v10/customer") is None


def test_it_has_a_document_of_its_own() -> None:
    paths = document("collector")["paths"]
    assert "/api/v1/test_callback" in paths
    assert all(path.startswith("/api/v1/") for path in paths)
    names = [tag["name"] for tag in document("collector")["tags"]]
    assert names == [
        "Page",
        "Customer",
        "Callback",
        "Users",
        "Credentials",
        "Feedback",
        "Collectors",
    ]


# --- refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "/user", {"locale": "fr", "email": "a@b.test"}, 400, 'field "remote_id" is'),
        ("POST", "/user", {"locale": "fr", "remote_id": "X"}, 400, 'The field "email" is missing.'),
        (
            "POST",
            "/user",
            {"locale": "de", "remote_id": "X", "email": "a@b.test"},
            400,
            'Locale "de" not supported. Available locales are: fr, en.',
        ),
        (
            "POST",
            "/user",
            {"locale": "fr", "remote_id": "X Y", "email": "a@b.test"},
            400,
            'Remote ID "X Y" cannot contain spaces.',
        ),
        ("POST", "/customer", {"theme": "neon"}, 400, 'Theme "neon" not supported. Available'),
        ("POST", "/customer", {"callback": "http://10.0.0.1/"}, 400, "does not call"),
        ("DELETE", "/user", {"remote_id": "nobody"}, 400, "There is no user 'nobody'"),
        ("GET", "/user/nobody", None, 404, 'User with id "nobody" not found.'),
        ("GET", "/credential/none", None, 404, 'Credential with id "none" not found.'),
        ("GET", "/nothing/here", None, 404, "Endpoint not found"),
        ("GET", "/test_callback", None, 400, "No callback url defined for the customer."),
        ("GET", "/test/callback/parcel", None, 400, 'Type "parcel" not supported.'),
        ("PATCH", "/customer", {}, 405, "PATCH is not allowed here"),
    ],
)
def test_refusals(
    collector: Collector, method: str, path: str, body: Any, status: int, message: str
) -> None:
    answer = collector.call(method, path, body)
    assert answer.status == status
    assert message in answer.json["message"]


@pytest.mark.parametrize("secret", ["", "wrong", base64.b64encode(b"x" * 128).decode()])
def test_a_wrong_bearer(secret: str) -> None:
    answer = Collector(secret).get("/customer")
    assert (answer.status, answer.json["message"]) == (401, "Invalid Bearer token")


def test_a_callback_that_fails_is_502_with_the_reason(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise callbacks.CallbackFailed(reason="it answered 500.")

    monkeypatch.setattr(callbacks, "test_callback", fail)
    answer = collector.get("/test_callback")
    assert answer.status == 502
    assert answer.json["reason"] == "The callback did not take the test: it answered 500."


def test_a_scope_is_needed(acme: Organization) -> None:
    assert Collector(bearer_for(acme, "invoices:read")).get("/customer").status == 403


# --- the bearer ----------------------------------------------------------------------------


def test_a_replaced_bearer_ends_at_once_and_with_it_the_tokens(collector: Collector) -> None:
    token = collector.user()["token"]
    fresh = collector.post("/customer/bearer").json["bearer"]
    assert len(fresh) == 172
    assert collector.get("/customer").status == 401
    assert Collector(token=token).get("/credentials").status == 401
    assert Collector(fresh).get("/users").json[0]["remote_id"] == "A1B2C3D4"


def test_a_bearer_is_printed_once_and_does_everything(acme: Organization) -> None:
    out = io.StringIO()
    call_command("collector_bearer", acme.slug, stdout=out)
    printed = re.fullmatch(
        'Default customer created. Bearer is "(.{172})".'
        " Keep it safe, it will not be displayed again.\n",
        out.getvalue(),
    )
    assert printed is not None
    printed_bearer = Collector(printed[1])
    assert printed_bearer.get("/customer").json["name"] == "default"
    assert printed_bearer.post("/customer/bearer").status == 200
    with pytest.raises(CommandError):
        call_command("collector_bearer", "nobody")


def test_the_callbacks_secret_is_shown_when_it_is_made(collector: Collector) -> None:
    first, second = (collector.post("/customer/secret").json["secret"] for _ in range(2))
    assert first.startswith("whsec_") and first != second


# --- terms ---------------------------------------------------------------------------------


def test_the_code_of_the_mail_accepts_the_terms(collector: Collector) -> None:
    user = collector.user()
    person = Collector(token=user["token"])
    refused = person.get("/credentials")
    assert (refused.status, refused.json["message"]) == (403, "Terms of Use not accepted")
    assert person.post("/terms", {"verificationCode": mailed_code()}).status == 200
    assert person.get("/credentials").json == []


def test_the_address_is_kept_nowhere(collector: Collector) -> None:
    collector.user(email="canary-9931@example.com")
    for model in apps.get_models():
        for row in model._base_manager.all().values():
            assert "canary-9931" not in str(row), model
