"""Route x method x scope: a table that a reviewer sees change, and what follows from each row.

Rewrite it with REWRITE=1 after an address was added or its scopes were changed on purpose.
"""

import os
import re
from pathlib import Path

import pytest

from accounts.models import Organization
from accounts.scopes import SCOPES
from core.models import Event
from integrations.dialects.base.openapi.routes import METHODS, Route
from integrations.docs.documents import routes
from tests.contract.enterprise.belongings import rows
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("scopes.txt")
_OTHERS = (*METHODS, "OPTIONS")


def spelled() -> str:
    lines = [
        f"{method:<6} {route.path:<60} {' '.join(route.view.scopes[method]) or '-'}".rstrip()
        for method, route in rows()
    ]
    return "\n".join(sorted(lines, key=lambda line: line.split()[1::-1])) + "\n"


def any_id(route: Route) -> str:
    return re.sub(r"{\w+}", "x_1", route.path.removeprefix("/v1"))


@pytest.fixture(autouse=True)
def _no_limit(acme: Organization) -> None:
    Organization.objects.update(rate_limit_per_minute=100_000)


def test_the_table_is_what_the_endpoints_declare() -> None:
    if os.environ.get("REWRITE"):
        TABLE.write_text(spelled())
    assert TABLE.read_text() == spelled(), "see the docstring of this file"


def test_every_scope_opens_something() -> None:
    assert {scope for method, route in rows() for scope in route.view.scopes[method]} == set(SCOPES)


def test_nobody_is_let_in_without_a_key_or_with_a_bad_one(clock: object) -> None:
    let_in = []
    for secret, code in {"": "missing_token", "sk_live_" + "x" * 46: "invalid_token"}.items():
        v1 = V1(secret)
        for method, route in rows():
            answer = v1.call(method, any_id(route))
            if (answer.status, answer.error["code"]) != (401, code):
                let_in.append((method, route.path, answer.status))
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert let_in == []


@pytest.mark.parametrize("scope", SCOPES)
def test_a_missing_scope_is_refused_and_nothing_happens(
    scope: str, acme: Organization, clock: object
) -> None:
    v1 = V1(key_for(acme, *(set(SCOPES) - {scope})))
    before = Event.objects.count()
    let_in = []
    for method, route in rows():
        if scope not in route.view.scopes[method]:
            continue
        answer = v1.call(method, any_id(route), {} if method != "GET" else None)
        if (answer.status, answer.error["code"]) != (403, "insufficient_permissions"):
            let_in.append((method, route.path, answer.status))
        assert scope in answer.error["message"]
    assert let_in == []
    assert Event.objects.count() == before


def test_other_methods_are_refused_by_name(v1: V1) -> None:
    taken = []
    for route in routes("enterprise"):
        allowed = {method for method, _ in route.endpoints}
        listed = sorted(allowed | ({"HEAD"} if "GET" in allowed else set()))
        for method in sorted(set(_OTHERS) - allowed):
            answer = v1.call(method, any_id(route))
            shown = sorted(answer.headers.get("Allow", "").split(", "))
            if (answer.status, answer.error["code"], shown) != (405, "method_not_allowed", listed):
                taken.append((method, route.path, answer.status, shown))
    assert taken == []
