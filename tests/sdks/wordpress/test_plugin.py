"""The WordPress plugin, run by PHP with stand-ins for WordPress, against a server that runs."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import CreditNote, Invoice, Payment, Refund
from billing.queries.ledger_checks import find_problems
from integrations.models import ShopConnection, ShopDelivery
from integrations.shops.connections import connect_shop
from tests.architecture.sources import ROOT
from tests.contract.directory.conftest import directory_key
from tests.instants import AT

pytestmark = [pytest.mark.php, pytest.mark.django_db(transaction=True)]
PLUGIN = ROOT / "sdks" / "wordpress" / "invoiceapp"
FILES = sorted(PLUGIN.rglob("*.php"))
_MOST_SECONDS = 120


@pytest.fixture
def woo(actor: Actor) -> ShopConnection:
    return connect_shop(actor=actor, at=AT, kind="woocommerce", domain="shop.test")


def play(scene: str, server: str, **env: str) -> Any:
    """What the scene of drive.php saw."""
    done = subprocess.run(
        ["php", "drive.php", scene],
        cwd=Path(__file__).parent,
        env={**os.environ, "BASE_URL": server, "PLUGIN": str(PLUGIN), **env},
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *_, last = done.stdout.strip().splitlines()
    return json.loads(last.removeprefix("RESULT "))


def sell(scene: str, server: str, shop: ShopConnection, **env: str) -> Any:
    given = {"SHOP_ID": str(shop.uuid), "SHOP_SECRET": shop.secret, "API_KEY": "", **env}
    return play(scene, server, **given)


def test_an_order_arrives_in_the_background_and_its_invoice_is_noted(
    woo: ShopConnection, live_server: LiveServer
) -> None:
    saw = sell("order", live_server.url, woo)
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.tax_total, invoice.amount_credited) == (35_390, 5_651, 34_000)
    assert [x.seller_item_id for x in invoice.lines.all()] == ["TEA", ""]
    assert Payment.objects.get().transaction_id == "ch_1"
    assert (CreditNote.objects.get().reason, Refund.objects.get().amount) == ("Broken lid", 34_000)
    # Nothing was sent while the buyer waited; three changes came, and one private note.
    assert saw["early"] == 0
    assert [event["args"] for event in saw["planned"]] == [[727, 1]]
    assert (saw["posts"], ShopDelivery.objects.count()) == (3, 3)
    [(note, for_customer)] = saw["notes"]
    assert (f"/i/{invoice.public_token}" in note, str(invoice.number) in note) == (True, True)
    assert (saw["meta"], for_customer, saw["events"]) == (invoice.number, 0, [])
    assert [str(p) for p in find_problems(woo.organization_id)] == []


def test_sent_twice_it_is_one_delivery(woo: ShopConnection, live_server: LiveServer) -> None:
    first, again = (sell("once", live_server.url, woo) for _ in range(2))
    assert first["meta"] == again["meta"]
    assert (ShopDelivery.objects.count(), Invoice.objects.count()) == (1, 1)


def test_what_is_refused_is_noted_once(woo: ShopConnection, live_server: LiveServer) -> None:
    saw = sell("mismatch", live_server.url, woo)
    [(note, _)] = saw["notes"]
    assert "353.91 EUR in the shop" in note
    assert (saw["posts"], saw["events"]) == (2, [])
    assert not Invoice.objects.exists()


def test_a_wrong_secret_is_noted_and_not_tried_again(
    woo: ShopConnection, live_server: LiveServer
) -> None:
    saw = sell("once", live_server.url, woo, SHOP_SECRET="another secret altogether")
    [(note, _)] = saw["notes"]
    assert "did not take this order: The signature" in note
    assert saw["events"] == []
    assert not ShopDelivery.objects.exists()


def test_a_server_that_is_away_is_tried_for_a_day(woo: ShopConnection) -> None:
    saw = sell("patience", "http://127.0.0.1:9", woo)
    assert saw["pauses"][:4] == [60, 120, 240, 480]
    assert (max(saw["pauses"]), len(saw["pauses"]), saw["posts"]) == (14_400, 13, 14)
    assert sum(saw["pauses"]) > 86_400
    [(note, _)] = saw["notes"]
    assert "did not reach InvoiceApp" in note


def test_without_a_secret_nothing_is_sent(woo: ShopConnection, live_server: LiveServer) -> None:
    saw = sell("unset", live_server.url, woo)
    assert (saw["posts"], saw["events"], saw["notes"]) == (0, [], [])


def test_users_and_organizations(acme: Organization, live_server: LiveServer) -> None:
    saw = play("directory", live_server.url, API_KEY=directory_key(acme), SHOP_ID="")
    assert saw["test"]["success"] is True
    assert "sees 2 users" in saw["test"]["message"]
    assert (saw["found"], saw["user"], saw["where"]) == ("Jane Smith", "jane@example.com", 1)
    assert saw["place"] == ["Acme Ltd", "Acme Ltd"]
    assert saw["error"][0] == 404


def test_a_wrong_key_is_said_as_the_server_says_it(
    acme: Organization, live_server: LiveServer
) -> None:
    saw = play("wrong key", live_server.url)
    assert saw == {"success": False, "message": "Unauthorized: Valid API key required"}


def test_settings_are_guarded_checked_and_escaped(woo: ShopConnection) -> None:
    saw = sell("settings", "http://127.0.0.1:9", woo, API_KEY="old-key-0123")
    assert saw["capability"] == "manage_options"
    assert str(woo.uuid) in saw["page"]
    assert woo.secret not in saw["page"]
    assert "old-key-0123" not in saw["page"]
    assert (saw["denied"], saw["hidden"], saw["forged"]) == (
        "died: You may not change these settings.",
        "",
        "nonce",
    )
    assert saw["kept"]["invois_api_key"] == "old-key-0123"
    assert all(went_to.endswith("invoiceapp=address") for went_to in saw["bad"])
    assert saw["bad shop"].endswith("invoiceapp=shop")
    assert saw["options"] == {
        "invois_api_base_url": "https://billing.test",
        "invois_api_key": "new-key-0123",
        "invoiceapp_shop_id": "0195a3c0-0000-7000-8000-000000000000",
        "invoiceapp_shop_secret": woo.secret,
    }
    assert "<script>" not in saw["escaped"]


def test_the_key_is_tried_out_from_the_page(acme: Organization, live_server: LiveServer) -> None:
    saw = play("test", live_server.url, API_KEY=directory_key(acme))
    assert saw["said"] == "redirect"
    assert "The connection works: the key sees 1 users." in saw["page"]


def test_uninstalling_leaves_nothing_but_records(woo: ShopConnection) -> None:
    saw = sell("uninstall", "http://127.0.0.1:9", woo)
    assert saw == {"options": {"blogname": "Shop"}, "events": []}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_php_and_shut_from_outside(file: Path) -> None:
    done = subprocess.run(["php", "-l", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    text = file.read_text()
    assert "defined( 'ABSPATH' ) || exit;" in text or "'WP_UNINSTALL_PLUGIN' ) || exit;" in text


def test_the_licence_is_said_as_wordpress_asks() -> None:
    head = (PLUGIN / "invoiceapp.php").read_text()[:1_200]
    assert "License:              GPL-2.0-or-later" in head
    readme = (PLUGIN / "readme.txt").read_text()
    assert "License: GPL-2.0-or-later" in readme
    assert "MIT licence, which is compatible with the GPL" in readme
