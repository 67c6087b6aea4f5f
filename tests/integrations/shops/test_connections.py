"""Who may connect a shop, and what is told of it."""

import pytest

from accounts.actors import Actor
from core import exactjson
from core.errors import Forbidden, NotFound
from core.models import Event
from integrations.models import ShopConnection
from integrations.retention import KEEP_SHOP_DELIVERIES, clean_up
from integrations.shops import connections
from integrations.shops.connections import (
    TooManyShops,
    connect_shop,
    replace_secret,
    switch_shop,
)
from tests.instants import AT
from tests.integrations.shops.shopify_bodies import bag, order, post

pytestmark = pytest.mark.django_db


def test_events_tell_everything_but_the_secret(actor: Actor, shop: ShopConnection) -> None:
    replace_secret(actor=actor, at=AT, connection_id=shop.pk, secret="another-0123456789")
    switch_shop(actor=actor, at=AT, connection_id=shop.pk, is_active=False)
    switch_shop(actor=actor, at=AT, connection_id=shop.pk, is_active=False)
    told = Event.objects.filter(subject_type="shopconnection").order_by("sequence")
    assert list(told.values_list("type", flat=True)) == [
        "shop.connected",
        "shop.secret_replaced",
        "shop.switched_off",
    ]
    assert {frozenset(exactjson.loads(event.data)) for event in told} == {
        frozenset(("uuid", "kind", "domain", "is_active"))
    }


def test_the_secret_is_sealed_in_the_database(shop: ShopConnection) -> None:
    from_database = ShopConnection.objects.extra(select={"raw": "secret"}).get(pk=shop.pk)
    assert shop.secret not in from_database.raw


def test_only_those_who_may_and_only_their_own(
    shop: ShopConnection, bob_actor: Actor, mallory_actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        switch_shop(actor=bob_actor, at=AT, connection_id=shop.pk, is_active=False)
    for reference in (shop.pk, shop.uuid, "nonsense"):
        with pytest.raises(NotFound):
            replace_secret(actor=mallory_actor, at=AT, connection_id=reference, secret="x" * 20)
    shop.refresh_from_db()
    assert shop.is_active


def test_there_is_a_limit(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_SHOPS", 1)
    connect_shop(actor=actor, at=AT, kind="woocommerce", domain="one.test")
    with pytest.raises(TooManyShops):
        connect_shop(actor=actor, at=AT, kind="woocommerce", domain="two.test")
    assert ShopConnection.objects.count() == 1


def test_booked_deliveries_go_after_a_while_and_refused_ones_stay(shop: ShopConnection) -> None:
    post(shop, "orders/create", order())
    wrong = order(id=2, total_price="1.00", total_price_set=bag("1.00"))
    post(shop, "orders/create", wrong)
    came_at = shop.deliveries.earliest("received_at").received_at
    clean_up(came_at + KEEP_SHOP_DELIVERIES)
    assert shop.deliveries.count() == 2
    clean_up(came_at + 2 * KEEP_SHOP_DELIVERIES)
    assert [each.state for each in shop.deliveries.all()] == ["refused"]
