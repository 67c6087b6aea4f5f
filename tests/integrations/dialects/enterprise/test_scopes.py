"""Each scope opens what it says, and nothing else does (Z3)."""

import pytest
from django.urls import URLPattern

from accounts.models import Organization
from accounts.scopes import SCOPES
from core.models import Event
from integrations.dialects.enterprise import urls
from integrations.dialects.enterprise.views.base import UnknownEnterpriseRoute
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db


def cells() -> list[tuple[str, str, tuple[str, ...]]]:
    found = []
    for entry in urls.urlpatterns:
        assert isinstance(entry, URLPattern)
        view = entry.callback.cls  # type: ignore[attr-defined]
        if view is not UnknownEnterpriseRoute:
            path = "/" + str(entry.pattern).replace("<str:id>", "x_1")
            found += [(method, path, needed) for method, needed in view.scopes.items()]
    return found


def test_every_scope_is_used() -> None:
    used = {scope for _, _, needed in cells() for scope in needed}
    assert used == set(SCOPES)


@pytest.mark.parametrize(("method", "path", "needed"), cells())
def test_without_a_needed_scope_nothing_happens(
    acme: Organization, clock: object, method: str, path: str, needed: tuple[str, ...]
) -> None:
    for scope in needed:
        others = set(SCOPES) - {scope}
        v1 = V1(key_for(acme, *others))
        before = Event.objects.count()
        answer = v1.call(method, path, {})
        assert (answer.status, answer.error["type"]) == (403, "authorization_error")
        assert answer.error["code"] == "insufficient_permissions"
        assert scope in answer.error["message"]
        assert Event.objects.count() == before


@pytest.mark.parametrize(("method", "path", "needed"), cells())
def test_the_needed_scopes_alone_are_enough(
    acme: Organization, clock: object, method: str, path: str, needed: tuple[str, ...]
) -> None:
    answer = V1(key_for(acme, *needed)).call(method, path, {})
    assert answer.status != 403
    assert answer.status in (200, 204, 404, 409, 415, 422)


def test_sending_on_creation_needs_the_right_to_send(acme: Organization, v1: V1) -> None:
    customer = v1.made("/customers", {"name": "Globex", "email": "ap@globex.test"})
    body = {"customer_id": customer["id"], "total": 10, "auto_send": True}
    answer = V1(key_for(acme, "invoices:write")).post("/invoices", body)
    assert (answer.status, answer.error["code"]) == (403, "insufficient_permissions")
    assert v1.get("/invoices").json["total_count"] == 0


def test_a_key_cannot_make_a_broader_key(acme: Organization, clock: object) -> None:
    v1 = V1(key_for(acme, "settings:write", "invoices:read"))
    answer = v1.post("/api-keys", {"name": "x", "scopes": ["invoices:write"]})
    assert (answer.status, answer.error["code"]) == (403, "key_too_broad")
    assert v1.post("/api-keys", {"name": "x", "scopes": ["invoices:read"]}).status == 201


def test_a_test_key_sees_only_the_sandbox(
    acme: Organization, sandbox: Organization, v1: V1
) -> None:
    v1.made("/customers", {"name": "Real"})
    secret = key_for(sandbox)
    assert secret.startswith("sk_test_")
    test = V1(secret)
    test.made("/customers", {"name": "Pretend"})
    assert [row["name"] for row in test.get("/customers").json["data"]] == ["Pretend"]
    assert [row["name"] for row in v1.get("/customers").json["data"]] == ["Real"]
