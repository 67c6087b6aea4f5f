"""The view of every endpoint: what it answers when anything goes wrong."""

import datetime
import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Organization
from core.errors import Kind
from integrations.dialects.base.views import DialectView, UnknownRouteView
from integrations.dialects.registry import DIALECTS
from tests.instants import AT
from tests.integrations.dialects.base import toy
from tests.integrations.dialects.base.conftest import Call, caller
from tests.v1 import key_for

pytestmark = pytest.mark.django_db
# The right to a file or an event is the right to what it is of, which only its row knows;
# the rest says nothing that a key may not know.
OPEN_TO_EVERY_KEY = {
    "GET AttachmentDetail",
    "DELETE AttachmentDetail",
    "GET AttachmentContent",
    "GET EventList",
    "GET EventDetail",
    "GET AccountDetail",
    "GET AccountLogo",
    "GET TemplateList",
    "GET TemplateDetail",
    "GET TemplatePreview",
    "GET Health",
    "GET PublicHealth",
}


def all_views(resolver: Any = None) -> list[type[DialectView]]:
    found: list[type[DialectView]] = []
    for entry in (resolver or get_resolver("invoiceapp.urls")).url_patterns:
        if isinstance(entry, URLResolver):
            found += all_views(entry)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "cls", None)
            if view and issubclass(view, DialectView):
                found.append(view)
    return found


def test_every_method_of_every_view_declares_its_scopes() -> None:
    views = [view for view in all_views() if not issubclass(view, UnknownRouteView)]
    assert len(views) > 20
    for view in views:
        written = {
            name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)
        }
        assert {method.lower() for method in view.scopes} == written, view
        open_to_every_key = {
            f"{method} {view.__name__}" for method, scopes in view.scopes.items() if not scopes
        }
        assert open_to_every_key <= OPEN_TO_EVERY_KEY


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_kind_has_a_status(dialect: Any) -> None:
    assert set(dialect.statuses) == set(Kind)


def test_an_answer_with_its_headers(call: Call) -> None:
    answer = call("POST", "/toy/echo", b"{}")
    assert (answer.status_code, answer.content) == (201, b'{"result":"done","run":1}')
    assert answer["Location"] == "/toy/1"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Toy-Left"] == "99"


def test_a_view_without_scopes_is_closed(call: Call) -> None:
    answer = call("GET", "/toy/closed")
    assert (answer.status_code, answer.json()["oops"]) == (
        toy.STATUSES[Kind.METHOD],
        "method_not_allowed",
    )


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ZeroDivisionError("x"), toy.STATUSES[Kind.INTERNAL], "internal_error"),
        (OperationalError("canceling statement"), 503, "temporarily_unavailable"),
        (RecursionError(), toy.STATUSES[Kind.INTERNAL], "internal_error"),
    ],
)
def test_whatever_breaks_is_spelled_in_the_dialect(
    call: Call, error: Exception, status: int, code: str
) -> None:
    def fail(view: DialectView) -> None:
        raise error

    toy.hook.append(fail)
    answer = call("POST", "/toy/echo", b"{}")
    assert (answer.status_code, answer.json()["oops"]) == (status, code)
    assert answer["Content-Type"] == "application/json"
    assert answer["Toy-Left"] == "99"


def test_a_busy_database_says_when_to_come_back(call: Call) -> None:
    def fail(view: DialectView) -> None:
        raise OperationalError

    toy.hook.append(fail)
    assert call("POST", "/toy/echo", b"{}")["Retry-After"] == "1"


def test_a_method_that_is_not_offered_names_those_that_are(call: Call) -> None:
    for method in ("PATCH", "OPTIONS", "TRACE", "PROPFIND"):
        answer = call(method, "/toy/echo")
        assert answer.status_code == toy.STATUSES[Kind.METHOD]
        assert answer["Allow"] == "GET, POST, PUT, DELETE, HEAD"


def test_head_is_get(call: Call) -> None:
    # HEAD runs the GET handler, which this view writes as `get`.
    assert call("HEAD", "/toy/echo").status_code == 200


def test_no_key_no_answer(call: Call) -> None:
    answer = caller("")("GET", "/toy/echo")
    assert (answer.status_code, answer.json()["oops"]) == (
        toy.STATUSES[Kind.UNAUTHENTICATED],
        "missing_token",
    )
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Toy-Left"] == "4"
    assert toy.runs == []


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer x", "bearer\tx", "token"])
def test_a_wrong_credential(call: Call, header: str) -> None:
    answer = call("GET", "/toy/echo", Authorization=header)
    assert answer.json()["oops"] == "invalid_token"


def test_strangers_are_limited_by_address(call: Call) -> None:
    stranger = caller("")
    codes = [stranger("GET", "/toy/nowhere").json()["oops"] for _ in range(7)]
    assert codes == ["unknown_route"] * 5 + ["rate_limit_exceeded"] * 2
    assert call("GET", "/toy/echo").status_code == 200


def test_a_key_without_the_scope_is_refused(acme: Organization, call: Call) -> None:
    answer = caller(key_for(acme, "invoices:read"))("POST", "/toy/echo", b"{}")
    assert answer.json()["oops"] == "insufficient_permissions"
    assert toy.runs == []


def test_the_last_use_is_noted_once_a_minute(
    acme: Organization, call: Call, clock: Any, django_assert_num_queries: Any
) -> None:
    call("GET", "/toy/echo")
    key = acme.api_keys.get()
    assert (key.last_used_at, key.last_ip) == (AT, "127.0.0.1")
    clock.shift(59)
    # The key with its organization, and on PostgreSQL the counter: nothing else.
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 1):
        call("GET", "/toy/echo")
    clock.shift(1)
    call("GET", "/toy/echo")
    key.refresh_from_db()
    assert key.last_used_at == AT + datetime.timedelta(minutes=1)


def test_revoked_and_expired_keys_are_refused(acme: Organization, call: Call, clock: Any) -> None:
    acme.api_keys.update(expires_at=AT + datetime.timedelta(minutes=1))
    assert call("GET", "/toy/echo").status_code == 200
    clock.shift(60)
    assert call("GET", "/toy/echo").json()["oops"] == "invalid_token"
    acme.api_keys.update(expires_at=None, revoked_at=AT)
    assert call("GET", "/toy/echo").json()["oops"] == "invalid_token"


def test_the_sandboxs_own_time(acme: Organization, sandbox: Organization, call: Call) -> None:
    later = AT + datetime.timedelta(days=90)
    sandbox.test_clock = later
    sandbox.save()
    toy.hook.append(toy.clock_of)
    answer = caller(key_for(sandbox))("GET", "/toy/echo")
    assert answer.json()["result"] == "2025-04-15T10:30:00Z"
    assert call("GET", "/toy/echo").json()["result"] == "2025-01-15T10:30:00Z"


def test_a_body_becomes_keyword_arguments(call: Call) -> None:
    answer = call("PUT", "/toy/echo", b'{"name": "x", "price": 1.10}')
    assert answer.content == b'{"name":"x","price":1.10}'
    answer = call("PUT", "/toy/echo", b'{"price": "x"}')
    assert (answer.status_code, answer.json()["where"]) == (422, "price")


def test_a_url_beyond_reason_is_refused(call: Call) -> None:
    answer = call("GET", "/toy/echo?" + "x" * 65_536)
    assert (answer.status_code, answer.json()["oops"]) == (400, "url_too_long")


def test_a_body_nobody_wants_does_not_run(call: Call) -> None:
    answer = call("POST", "/toy/echo", b"[1]")
    assert (answer.status_code, json.loads(answer.content)["oops"]) == (400, "invalid_json")
    assert toy.runs == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("losses", "status"), [(2, 201), (9, 503)])
def test_a_lost_race_is_run_again_a_few_times(call: Call, losses: int, status: int) -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    def lose(view: DialectView) -> str:
        if len(toy.runs) <= losses:
            raise OperationalError("deadlock detected") from Deadlock()
        return "won"

    toy.hook.append(lose)
    answer = call("POST", "/toy/echo", b"{}", X_Idempotency_Key="k")
    assert (answer.status_code, len(toy.runs)) == (status, min(losses + 1, 4))
