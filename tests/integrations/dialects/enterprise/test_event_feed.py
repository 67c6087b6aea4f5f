"""/v1/events: what webhooks tell, for 30 days, each noun under its own scope."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from accounts.models import Organization
from core import exactjson
from core.models import Event
from integrations.dialects.enterprise.events import EVENT_NAMES
from integrations.dialects.enterprise.feed import READ_SCOPES, readable
from integrations.models import WebhookDelivery
from integrations.relay import relay
from tests.instants import AT
from tests.integrations.dialects.enterprise.conftest import line
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
Drain = Callable[..., int]
HOOK = {"url": "https://receiver.test/", "events": ["*", "payment.received"]}


@pytest.fixture
def paid(v1: V1, customer: Body) -> Body:
    """A customer, a product, an invoice over 100.00 and its payment: all of it relayed."""
    v1.made("/products", {"name": "Stapler", "unit_price": 5})
    invoice = v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line()]})
    v1.made("/payments", {"invoice_id": invoice["id"], "amount": 100})
    while relay(at=AT):
        pass
    return v1.get(f"/invoices/{invoice['id']}").json


def types(v1: V1, query: str = "") -> list[str]:
    answer = v1.get(f"/events{query}")
    assert answer.status == 200, answer.content
    return [row["type"] for row in answer.json["data"]]


def test_newest_first_and_only_the_public_catalogue(v1: V1, paid: Body) -> None:
    found = types(v1)
    assert found[-1] == "customer.created"
    assert set(found) <= EVENT_NAMES
    assert "organization.created" in set(Event.objects.values_list("type", flat=True))
    assert v1.get("/events").json["total_count"] == len(found)


def test_an_event_is_what_the_webhook_carries(v1: V1, customer: Body) -> None:
    v1.made("/webhooks", HOOK)
    v1.made("/invoices", {"customer_id": customer["id"], "line_items": [line()]})
    while relay(at=AT):
        pass
    sent = exactjson.loads(WebhookDelivery.objects.get(event_type="invoice.created").body)
    listed = v1.get("/events?type=invoice.created").json["data"]
    assert listed == [sent]
    assert v1.get(f"/events/{sent['id']}").json == sent


def test_an_alias_is_found_under_the_id_that_was_delivered(v1: V1, customer: Body) -> None:
    v1.made("/webhooks", HOOK)
    body = {"customer_id": customer["id"], "amount": 5, "currency": "USD"}
    v1.made("/payments", body)
    while relay(at=AT):
        pass
    sent = exactjson.loads(WebhookDelivery.objects.get(event_type="payment.received").body)
    assert v1.get(f"/events/{sent['id']}").json == sent


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?type=payment.succeeded", {"payment.succeeded"}),
        ("?type=payment.received", {"payment.succeeded"}),
        ("?type=invoice.paid,payment.succeeded", {"invoice.paid", "payment.succeeded"}),
        ("?type=product.*", {"product.created"}),
        ("?livemode=false", set()),
        ("?created[gte]=1736937001", set()),
        ("?created[lt]=1736937000", set()),
        ("?created[lt]=2025-01-15", set()),
        ("?created[gt]=2025-01-15T10:30:00Z", set()),
    ],
)
def test_filters(v1: V1, paid: Body, query: str, expected: set[str]) -> None:
    assert set(types(v1, query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        "created=1736937000",
        "created[gte]=1736937000&created[lte]=1736937000",
        "created=2025-01-15",
        "livemode=true",
        "type=*",
    ],
)
def test_filters_that_keep_everything(v1: V1, paid: Body, query: str) -> None:
    assert types(v1, f"?{query}") == types(v1)


def test_of_one_object(v1: V1, paid: Body) -> None:
    rows = v1.get(f"/events?object_id={paid['id']}").json["data"]
    assert {row["data"]["object"]["id"] for row in rows} == {paid["id"]}
    assert [row["sequence"] for row in rows] == list(range(len(rows), 0, -1))


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("type=invoice.exploded", "type"),
        ("type=", "type"),
        ("type=organization.created", "type"),
        ("type=invoice.paid,", "type"),
        ("object_id=x", "object_id"),
        ("object_id=zzz_aaaaaaaaaaaaaaaaaaaaaaaaaa", "object_id"),
        ("created[gte]=99999999999999999999", "created[gte]"),
        ("created[gte]=yesterday", "created[gte]"),
        ("created[like]=1", "created[like]"),
        ("livemode=1", "livemode"),
        ("sort=type", "sort"),
        ("limit=101", "limit"),
        ("cursor=AAAA", "cursor"),
        ("starting_after=evt_aaaaaaaaaaaaaaaaaaaaaaaaaa", "starting_after"),
    ],
)
def test_queries_that_are_refused_P5(v1: V1, query: str, param: str) -> None:
    answer = v1.get(f"/events?{query}")
    assert (answer.status, answer.error["param"]) == (400, param)


def test_paging_back_shows_every_event_once(v1: V1, paid: Body) -> None:
    everything = [row["id"] for row in v1.get("/events").json["data"]]
    seen: list[str] = []
    path = "/events?limit=2"
    while path:
        page = v1.get(path).json
        seen += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
        path = f"/events?limit=2&cursor={cursor}" if cursor else ""
    assert seen == everything


def test_going_forward_meets_what_was_committed_late(v1: V1, paid: Body) -> None:
    """An event written before the newest one known, and seen after it, is not skipped."""
    late = Event.objects.filter(type="customer.created").get()
    Event.objects.filter(pk=late.pk).update(feed_position=None, relayed_at=None, attempts=0)
    newest = v1.get("/events?limit=1").json["data"][0]["id"]
    assert v1.get(f"/events?ending_before={newest}").json["data"] == []
    while relay(at=AT):
        pass
    found = v1.get(f"/events?ending_before={newest}").json["data"]
    assert [row["type"] for row in found] == ["customer.created"]


def test_thirty_days_are_kept(
    acme: Organization, v1: V1, paid: Body, clock: time_machine.Traveller
) -> None:
    newest = v1.get("/events?limit=1").json["data"][0]["id"]
    clock.shift(datetime.timedelta(days=30))
    assert v1.get(f"/events/{newest}").status == 200
    clock.shift(datetime.timedelta(minutes=1))
    assert types(v1) == []
    assert v1.get(f"/events/{newest}").status == 404


def test_each_noun_needs_its_read_scope_G9(acme: Organization, v1: V1, paid: Body) -> None:
    assert {name.partition(".")[0] for name in EVENT_NAMES} <= set(READ_SCOPES)
    for scope, nouns in (
        ("invoices:read", {"invoice"}),
        ("payments:read", {"payment"}),
        ("customers:read", {"customer"}),
        ("products:read", {"product"}),
    ):
        narrow = V1(key_for(acme, scope))
        assert {name.partition(".")[0] for name in types(narrow)} == nouns
        for row in v1.get("/events").json["data"]:
            answer = narrow.get(f"/events/{row['id']}")
            assert (answer.status == 200) == (row["type"].partition(".")[0] in nouns)


def test_without_any_read_scope_there_is_no_feed_G9(acme: Organization, paid: Body) -> None:
    narrow = V1(key_for(acme, "webhooks:manage"))
    answer = narrow.get("/events")
    assert (answer.status, answer.error["code"]) == (403, "insufficient_permissions")


def test_a_type_that_may_not_be_read_is_refused_G9(acme: Organization, paid: Body) -> None:
    narrow = V1(key_for(acme, "invoices:read"))
    assert narrow.get("/events?type=payment.succeeded").status == 403
    assert set(types(narrow, "?type=invoice.paid,payment.succeeded")) == {"invoice.paid"}


def test_another_organization_sees_nothing_Z1(v1: V1, rival_v1: V1, paid: Body) -> None:
    assert types(rival_v1) == []
    newest = v1.get("/events?limit=1").json["data"][0]["id"]
    assert rival_v1.get(f"/events/{newest}").status == 404
    assert rival_v1.get(f"/events?starting_after={newest}").status == 400
    assert rival_v1.get(f"/events?object_id={paid['id']}").json["data"] == []


def test_the_sandbox_has_a_feed_of_its_own(sandbox: Organization, v1: V1, paid: Body) -> None:
    test = V1(key_for(sandbox))
    assert types(test) == []
    test.made("/customers", {"name": "Pretend"})
    while relay(at=AT):
        pass
    (row,) = test.get("/events").json["data"]
    assert (row["type"], row["livemode"]) == ("customer.created", False)


def test_a_page_costs_the_same_however_many_rows(
    v1: V1, paid: Body, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        v1.get("/events")


def test_every_name_is_readable_with_every_scope(acme: Organization, actor: Any) -> None:
    assert readable(actor) == sorted(EVENT_NAMES)
