"""What is let in at a shop's address, what is turned away, and that nobody gets a 500."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest import MonkeyPatch

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from accounts.operations.organizations import create_organization
from billing.models import Customer, Invoice, Payment
from billing.queries.ledger_checks import find_problems
from core import exactjson
from core.models import Event
from integrations.models import ShopConnection, ShopDelivery
from integrations.shops import booking, invoicing
from integrations.shops.connections import connect_shop, switch_shop
from integrations.shops.receiving import MAX_BODY_BYTES
from tests.crowds import at_once
from tests.instants import AT
from tests.integrations.shops.conftest import SECRET
from tests.integrations.shops.shopify_bodies import LINE_A, order, paid, post, refund

Check = Callable[[], None]


@pytest.mark.django_db
def test_a_wrong_signature_is_refused_and_nothing_kept(shop: ShopConnection) -> None:
    for headers in ({}, {"X-Shopify-Hmac-Sha256": ""}, {"X-Shopify-Hmac-Sha256": "é"}):
        answer = post(shop, "orders/create", paid(), secret="not the secret", **headers)
        assert answer.status_code == 401
        assert "signature" in answer.json()["error"]
    assert not ShopDelivery.objects.exists()
    assert not Invoice.objects.exists()


@pytest.mark.django_db
def test_another_shop_of_the_same_app_is_refused(shop: ShopConnection) -> None:
    """One app has one secret for all its shops: the signature alone does not say which."""
    sender = {"X-Shopify-Shop-Domain": "other.myshopify.com"}
    assert post(shop, "orders/create", paid(), **sender).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["nonsense", "0195a3c0-0000-7000-8000-000000000000", "a/b", ""])
def test_an_unknown_address_is_not_found_in_json(address: str) -> None:
    answer = Client().post(f"/hooks/shops/{address}", data=b"{}", content_type="application/json")
    assert answer.status_code == 404
    if address:
        assert answer.json() == {"error": "No shop sends to this address."}


@pytest.mark.django_db
def test_a_shop_that_is_switched_off_looks_unknown(shop: ShopConnection, actor: Actor) -> None:
    switch_shop(actor=actor, at=AT, connection_id=shop.pk, is_active=False)
    assert post(shop, "orders/create", order()).status_code == 404


@pytest.mark.django_db
def test_only_posts_are_taken(shop: ShopConnection) -> None:
    answer = Client().get(f"/hooks/shops/{shop.uuid}")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.django_db
@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 3_000_000])
def test_too_much_is_refused(shop: ShopConnection, size: int) -> None:
    answer = post(shop, "orders/create", b" " * size)
    assert (answer.status_code, "bytes" in answer.json()["error"]) == (413, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"\xff", b"NaN", b"[" * 100_000, b'{"id":' + b"9" * 5_000 + b"}"]
)
def test_what_cannot_be_read_is_refused(shop: ShopConnection, raw: bytes) -> None:
    answer = post(shop, "orders/create", raw)
    assert answer.status_code == 400
    assert not ShopDelivery.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["X-Shopify-Topic", "X-Shopify-Webhook-Id"])
def test_a_missing_header_is_named(shop: ShopConnection, header: str) -> None:
    answer = post(shop, "orders/create", order(), **{header: ""})
    assert (answer.status_code, header in answer.json()["error"]) == (400, True)


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["products/create", "orders/delete", "app/uninstalled"])
def test_other_topics_are_taken_and_ignored(shop: ShopConnection, topic: str) -> None:
    answer = post(shop, topic, {"id": 1})
    assert (answer.status_code, answer.json()["status"]) == (200, "ignored")


NONSENSE: list[dict[str, Any]] = [
    {"id": None},
    {"id": {}},
    {"total_price": None, "total_price_set": None},
    {"total_price": "NaN", "total_price_set": None},
    {"total_price": "1e999999", "total_price_set": None},
    {"total_price": True, "total_price_set": {"shop_money": []}},
    {"currency": "XXQ"},
    {"currency": 7},
    {"line_items": []},
    {"line_items": "none"},
    {"line_items": [{"id": LINE_A, "quantity": "1e-900000", "price": "1"}]},
    {"line_items": [{"id": LINE_A, "quantity": 1, "price": "-5.00"}]},
    {"line_items": [{"id": LINE_A, "quantity": 10**14, "price": "99999999999999"}]},
    {"line_items": [{"quantity": 1, "price": "5.00"}]},
    {
        "line_items": [
            {"id": 1, "quantity": 1, "price": "1", "tax_lines": [{"rate": 4, "price": 1}]}
        ]
    },
    {"refunds": [{"id": None}]},
]


@pytest.mark.django_db
@pytest.mark.parametrize("change", NONSENSE, ids=str)
def test_nonsense_is_kept_with_a_reason(shop: ShopConnection, change: dict[str, Any]) -> None:
    answer = post(shop, "orders/create", {**order(), **change})
    assert (answer.status_code, answer.json()["status"]) == (200, "refused")
    assert answer.json()["reason"]
    assert not Invoice.objects.exists()


@pytest.mark.django_db
def test_odd_texts_are_printed_as_far_as_they_can_be(shop: ShopConnection) -> None:
    body = order(email="no address", name="#1001\x00\n" + "9" * 500, customer=[1])
    body["line_items"][0]["name"] = "\ud800 broken"
    body["billing_address"] = {**body["billing_address"], "country_code": "France", "zip": 69001}
    raw = json.dumps(body, default=str).encode()
    assert post(shop, "orders/create", raw).json()["status"] == "booked"
    customer = Customer.objects.get()
    assert (customer.email, customer.country, customer.postal_code) == ("", "", "69001")
    assert Invoice.objects.get().lines.first().name == "Canvas bag"


@pytest.mark.django_db
def test_a_fault_of_ours_is_tried_again(
    shop: ShopConnection, monkeypatch: MonkeyPatch, caplog: Any
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(invoicing, "invoice_of", broken)
        answer = post(shop, "orders/create", paid())
    assert (answer.status_code, answer.json()["status"]) == (200, "received")
    delivery = ShopDelivery.objects.get()
    assert delivery.next_attempt_at is not None
    assert booking.book_due(lambda: delivery.received_at) == 0
    assert booking.book_due(lambda: delivery.next_attempt_at) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts_made) == ("booked", 2)
    assert Invoice.objects.count() == 1


@pytest.mark.django_db
def test_the_workers_book_what_was_left(shop: ShopConnection, drain: Callable[..., int]) -> None:
    post(shop, "orders/create", {**order(), "id": None})
    rows = ShopDelivery.objects.all()
    body = exactjson.dumps(paid())
    rows.update(state="received", next_attempt_at=AT, body=body, error="")
    drain(AT)
    assert rows.get().state == "booked"


@pytest.mark.django_db
def test_another_tenants_shop_books_there_only(
    shop: ShopConnection, actor: Actor, mallory_actor: Actor
) -> None:
    theirs = connect_shop(
        actor=mallory_actor, at=AT, kind="shopify", domain="acme.myshopify.com", secret=SECRET
    )
    post(shop, "orders/create", paid(), delivery="one")
    post(theirs, "orders/create", paid(), delivery="one")
    post(theirs, "refunds/create", refund("55.00", {LINE_A: 1}))
    mine = Invoice.objects.of(actor.organization_id).get()
    other = Invoice.objects.of(mallory_actor.organization_id).get()
    assert (mine.amount_credited, other.amount_credited) == (0, 5_500)
    assert Customer.objects.of(mallory_actor.organization_id).count() == 1
    assert list(find_problems(mallory_actor.organization_id)) == []


@pytest.mark.django_db
def test_what_happens_is_told_as_events_of_the_shop(shop: ShopConnection) -> None:
    post(shop, "orders/create", paid())
    told = Event.objects.filter(type="invoice.issued").get()
    assert (told.actor_kind, told.actor_label) == ("system", "Shopify acme.myshopify.com")


# --- races ------------------------------------------------------------------------------


@pytest.fixture
def open_shop(transactional_db: None) -> ShopConnection:
    organization: Organization = create_organization(
        at=AT, name="Racer", slug="racer", currency="USD"
    )
    return connect_shop(
        actor=system_actor(organization.pk),
        at=AT,
        kind="shopify",
        domain="race.myshopify.com",
        secret=SECRET,
    )


def _settled(open_shop: ShopConnection) -> None:
    booking.book_due(lambda: ShopDelivery.objects.latest("received_at").received_at)
    states = set(ShopDelivery.objects.values_list("state", flat=True))
    assert states == {"booked"}
    assert list(find_problems(open_shop.organization_id)) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_delivery_arriving_twice_at_once_is_booked_once(open_shop: ShopConnection) -> None:
    calls = [lambda: post(open_shop, "orders/paid", paid(), delivery="same")] * 4
    answers = at_once(*calls)
    assert [answer.status_code for answer in answers] == [200] * 4
    _settled(open_shop)
    assert (ShopDelivery.objects.count(), Invoice.objects.count()) == (1, 1)
    assert Payment.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_create_paid_and_refund_at_once_make_one_of_each(open_shop: ShopConnection) -> None:
    answers = at_once(
        lambda: post(open_shop, "orders/create", paid()),
        lambda: post(open_shop, "orders/paid", paid()),
        lambda: post(open_shop, "refunds/create", refund("55.00", {LINE_A: 1})),
        lambda: post(open_shop, "orders/updated", paid()),
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    _settled(open_shop)
    invoice = Invoice.objects.get()
    assert (invoice.amount_due, invoice.amount_credited) == (0, 5_500)
    assert (Payment.objects.count(), Customer.objects.count()) == (1, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_orders_of_one_new_buyer_at_once_make_one_customer(open_shop: ShopConnection) -> None:
    at_once(
        lambda: post(open_shop, "orders/create", order(customer=None)),
        lambda: post(open_shop, "orders/create", order(id=9, name="#9", customer=None)),
    )
    _settled(open_shop)
    assert (Invoice.objects.count(), Customer.objects.count()) == (2, 1)
