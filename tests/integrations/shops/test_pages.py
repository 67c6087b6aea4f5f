"""Shops in the browser: connected, looked after, deliveries read and tried again."""

import re

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from integrations.models import ShopConnection, ShopDelivery
from tests.browsers import signed_in
from tests.integrations.shops.shopify_bodies import bag, order, post

pytestmark = pytest.mark.django_db


def test_a_shop_is_connected_and_its_secret_shown_once(staff: Client) -> None:
    data = {"kind": "woocommerce", "domain": "https://Shop.Acme.test/store/", "secret": ""}
    page = staff.post("/settings/shops", data).content.decode()
    shop = ShopConnection.objects.get()
    found = re.search(r'id="secret">([^<]+)<', page)
    assert found is not None
    assert found.group(1) == shop.secret
    assert (shop.domain, len(shop.secret) >= 20) == ("shop.acme.test", True)
    assert f"/hooks/shops/{shop.uuid}" in page
    for path in ("/settings/shops", f"/settings/shops/{shop.uuid}"):
        answer = staff.get(path)
        assert shop.secret not in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("kind", "domain", "secret", "said"),
    [
        ("shopify", "shop.acme.test", "0123456789abcdef", "myshopify.com"),
        ("shopify", "acme.myshopify.com", "", "Shopify shows it"),
        ("shopify", "acme.myshopify.com", "short", "16 to 300"),
        ("woocommerce", "no domain", "", "domain such as"),
        ("magento", "shop.acme.test", "", "valid choice"),
    ],
)
def test_what_cannot_be_connected_is_said(
    staff: Client, kind: str, domain: str, secret: str, said: str
) -> None:
    data = {"kind": kind, "domain": domain, "secret": secret}
    answer = staff.post("/settings/shops", data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ShopConnection.objects.exists()


def test_the_same_shop_is_connected_once(staff: Client, shop: ShopConnection) -> None:
    data = {"kind": "shopify", "domain": shop.domain, "secret": "0123456789abcdef"}
    answer = staff.post("/settings/shops", data)
    assert (answer.status_code, ShopConnection.objects.count()) == (422, 1)


def test_a_new_secret_counts_at_once(staff: Client, shop: ShopConnection) -> None:
    old = shop.secret
    staff.post(f"/settings/shops/{shop.uuid}", {"secret": "another-0123456789"})
    shop.refresh_from_db()
    assert shop.secret == "another-0123456789"
    assert post(shop, "orders/create", order(), secret=old).status_code == 401
    assert post(shop, "orders/create", order()).status_code == 200


def test_a_refused_delivery_shows_its_reason_and_is_tried_again(
    staff: Client, shop: ShopConnection
) -> None:
    post(shop, "orders/create", order(total_price="142.01", total_price_set=bag("142.01")))
    delivery = ShopDelivery.objects.get()
    path = f"/settings/shops/{shop.uuid}"
    assert "142.01 USD in the shop" in staff.get(path).content.decode()
    assert "142.01 USD in the shop" in staff.get(f"{path}?state=refused").content.decode()
    assert "142.01 USD in the shop" not in staff.get(f"{path}?state=booked").content.decode()
    again = f"{path}/deliveries/{delivery.pk}/retry"
    answer = staff.post(again, follow=True)
    assert "Refused. Order #1001" in answer.content.decode()
    ShopDelivery.objects.update(body=delivery.body.replace("142.01", "142.00"))
    assert "Booked: INV-" in staff.post(again, follow=True).content.decode()
    # It is booked now: pressing once more books nothing.
    staff.post(again)
    assert ShopDelivery.objects.get().attempts_made == 1


def test_switched_off_and_on(staff: Client, shop: ShopConnection) -> None:
    path = f"/settings/shops/{shop.uuid}/switch"
    for word, is_active in (("off", False), ("on", True)):
        assert staff.post(path, {"is_active": word}).status_code == 302
        shop.refresh_from_db()
        assert shop.is_active is is_active


def test_viewers_and_strangers_get_nothing(
    staff: Client,
    shop: ShopConnection,
    bob_actor: Actor,
    bob: User,
    mallory_actor: Actor,
    mallory: User,
) -> None:
    post(shop, "orders/create", order(currency="XXQ"))
    delivery = ShopDelivery.objects.get()
    path = f"/settings/shops/{shop.uuid}"
    assert signed_in(bob).get("/settings/shops").status_code == 403
    stranger = signed_in(mallory)
    assert shop.domain not in stranger.get("/settings/shops").content.decode()
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, {"secret": "another-0123456789"}).status_code == 404
    assert stranger.post(f"{path}/switch", {"is_active": "off"}).status_code == 404
    assert stranger.post(f"{path}/deliveries/{delivery.pk}/retry").status_code == 404
    assert ShopConnection.objects.get().is_active
