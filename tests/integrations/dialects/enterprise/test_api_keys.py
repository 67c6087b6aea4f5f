"""API keys over HTTP: shown once, rotated with an overlap, never broader than their maker (K2)."""

import datetime
from typing import Any

import pytest
import time_machine

from accounts.models import ApiKey, Organization
from accounts.operations.api_keys import create_api_key
from core.ids import encode_id
from tests.instants import AT
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
SHOP = {"name": "Shop", "scopes": ["invoices:read"]}


def shown_key(v1: V1, name: str) -> Body:
    rows: list[Body] = v1.get("/api-keys").json["data"]
    return next(row for row in rows if row["name"] == name)


def test_one_key_is_read_without_its_secret(v1: V1) -> None:
    made = v1.made("/api-keys", SHOP)
    shown = v1.get(f"/api-keys/{made['id']}").json
    assert shown == {name: value for name, value in made.items() if name != "key"}


def test_the_old_key_works_until_the_overlap_ends(v1: V1, clock: time_machine.Traveller) -> None:
    made = v1.made("/api-keys", SHOP)
    rotated = v1.post(f"/api-keys/{made['id']}/rotate", {"overlap_hours": 3})
    assert rotated.status == 201
    fresh = rotated.json
    assert (fresh["name"], fresh["scopes"], fresh["expires_at"]) == (
        "Shop",
        ["invoices:read"],
        None,
    )
    assert rotated.headers["Location"] == f"/v1/api-keys/{fresh['id']}"
    old, new = V1(made["key"]), V1(fresh["key"])
    assert (old.get("/invoices").status, new.get("/invoices").status) == (200, 200)
    assert v1.get(f"/api-keys/{made['id']}").json["expires_at"] == "2025-01-15T13:30:00Z"
    clock.shift(datetime.timedelta(hours=3))
    assert (old.get("/invoices").status, new.get("/invoices").status) == (401, 200)


def test_without_an_overlap_the_old_key_ends_now(v1: V1) -> None:
    made = v1.made("/api-keys", SHOP)
    v1.post(f"/api-keys/{made['id']}/rotate")
    assert V1(made["key"]).get("/invoices").error["code"] == "invalid_token"
    answer = v1.post(f"/api-keys/{made['id']}/rotate")
    assert (answer.status, answer.error["code"]) == (409, "api_key_not_usable")


@pytest.mark.parametrize("hours", [169, -1, "soon", 0.5])
def test_overlaps_that_are_refused(v1: V1, hours: Any) -> None:
    made = v1.made("/api-keys", SHOP)
    answer = v1.post(f"/api-keys/{made['id']}/rotate", {"overlap_hours": hours})
    assert (answer.status, answer.error["param"]) == (422, "overlap_hours")
    assert ApiKey.objects.filter(name="Shop").count() == 1


def test_a_week_is_the_longest_overlap(v1: V1) -> None:
    made = v1.made("/api-keys", SHOP)
    v1.post(f"/api-keys/{made['id']}/rotate", {"overlap_hours": 168})
    assert v1.get(f"/api-keys/{made['id']}").json["expires_at"] == "2025-01-22T10:30:00Z"


def test_a_key_neither_makes_nor_rotates_a_broader_one_K2(acme: Organization, v1: V1) -> None:
    broad = v1.made("/api-keys", {"name": "Broad", "scopes": ["payments:write"]})
    narrow = V1(key_for(acme, "settings:write", "invoices:read"))
    before = ApiKey.objects.count()
    for path, body in (
        ("/api-keys", {"name": "x", "scopes": ["payments:write"]}),
        (f"/api-keys/{broad['id']}/rotate", {"overlap_hours": 1}),
    ):
        answer = narrow.post(path, body)
        assert (answer.status, answer.error["code"]) == (403, "key_too_broad")
    assert ApiKey.objects.count() == before
    assert V1(broad["key"]).get("/payments").status == 403
    assert V1(broad["key"]).post("/payments", {}).status == 422
    assert "key" not in narrow.get(f"/api-keys/{broad['id']}").json


def test_a_key_outlives_its_maker_in_no_way_K2(acme: Organization, clock: object) -> None:
    expires = AT + datetime.timedelta(days=1)
    _, secret = create_api_key(
        actor=None,
        at=AT,
        organization_id=acme.pk,
        name="Day",
        scopes=["settings:write", "invoices:read"],
        expires_at=expires,
    )
    day = V1(secret)
    later = {**SHOP, "expires_at": "2025-01-17T00:00:00Z"}
    assert day.post("/api-keys", later).error["code"] == "key_too_broad"
    assert day.made("/api-keys", SHOP)["expires_at"] == "2025-01-16T10:30:00Z"
    lasting = shown_key(V1(key_for(acme)), "Test key")
    assert day.post(f"/api-keys/{lasting['id']}/rotate").status == 403


def test_a_replayed_secret_is_only_for_who_got_it_K2(acme: Organization, v1: V1) -> None:
    """The same idempotency key of another credential does not read out what was made."""
    broad = {"name": "Broad", "scopes": ["payments:write"]}
    made = v1.post("/api-keys", broad, X_Idempotency_Key="k")
    assert v1.post("/api-keys", broad, X_Idempotency_Key="k").content == made.content
    narrow = V1(key_for(acme, "settings:write"))
    answer = narrow.post("/api-keys", broad, X_Idempotency_Key="k")
    assert (answer.status, answer.error["code"]) == (409, "idempotency_key_reused")


def test_live_and_test_keys_are_apart(acme: Organization, sandbox: Organization, v1: V1) -> None:
    test = V1(key_for(sandbox))
    made = test.made("/api-keys", SHOP)
    assert made["key"].startswith("sk_test_")
    assert v1.made("/api-keys", SHOP)["key"].startswith("sk_live_")
    for path in (f"/api-keys/{made['id']}", f"/api-keys/{made['id']}/rotate"):
        method = "POST" if path.endswith("rotate") else "GET"
        assert v1.call(method, path, {}).status == 404
    assert v1.delete(f"/api-keys/{made['id']}").status == 404
    assert test.post(f"/api-keys/{made['id']}/rotate").json["key"].startswith("sk_test_")


def test_another_organizations_key_is_not_found_Z1(v1: V1, rival_v1: V1) -> None:
    made = v1.made("/api-keys", SHOP)
    assert rival_v1.get(f"/api-keys/{made['id']}").status == 404
    assert rival_v1.post(f"/api-keys/{made['id']}/rotate").status == 404
    assert rival_v1.delete(f"/api-keys/{made['id']}").status == 404
    assert V1(made["key"]).get("/invoices").status == 200


def test_keys_of_other_dialects_are_not_shown(acme: Organization, v1: V1) -> None:
    key, _ = create_api_key(
        actor=None,
        at=AT,
        organization_id=acme.pk,
        name="Back office",
        scopes=["invoices:read"],
        dialect="backoffice",
    )
    path = f"/api-keys/{encode_id('ak', key.uuid)}"
    assert v1.get(path).status == 404
    assert v1.post(f"{path}/rotate").status == 404
    assert v1.delete(path).status == 404
