"""The page of the collector inside of another site: who may show it, and what it is told."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, FrameLocator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from integrations.collectors import accounts, runner
from integrations.collectors.sources import SOURCES
from integrations.models import CollectorUserToken
from tests.accessibility import assert_accessible
from tests.browser.collecting import Portal, Site, customer, token_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def acme(site: Site, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """A customer whose site may show the page."""
    cache.clear()
    monkeypatch.setitem(SOURCES, "portal", Portal())
    return customer(origins=[site.origin])


@pytest.fixture(params=[700, 390])
def page(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Page]:
    site.width = request.param
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def shown(page: Page, site: Site, live_server: LiveServer, token: str) -> FrameLocator:
    site.src = f"{live_server.url}/api/v1/ui?token={token}"
    page.goto(site.origin)
    return page.frame_locator("#inner")


def heard(page: Page, type: str) -> list[Any]:
    """What the site was told of that type, and by whom."""
    found: list[Any] = page.evaluate("type => heard.filter(([, one]) => one.type === type)", type)
    return found


def wait_for(page: Page, type: str, count: int = 1) -> Any:
    page.wait_for_function(
        "([type, count]) => heard.filter(([, data]) => data.type === type).length >= count",
        arg=[type, count],
        timeout=20_000,
    )
    return heard(page, type)[-1]


def hand(page: Page, token: str) -> None:
    """The site gives the frame another token."""
    page.evaluate(
        "token => document.getElementById('inner')"
        ".contentWindow.postMessage({type: 'token', token}, '*')",
        token,
    )


def test_a_registered_site_shows_it_and_is_told_what_happens(
    page: Page, site: Site, live_server: LiveServer, acme: Actor
) -> None:
    inner = shown(page, site, live_server, token_for(acme))
    expect(inner.get_by_role("heading", name="No suppliers yet")).to_be_visible()
    origin, ready = wait_for(page, "ready")
    assert (origin, ready) == (live_server.url, {"source": "collector", "type": "ready"})
    assert wait_for(page, "resize")[1]["height"] > 200
    assert_accessible(page)

    inner.get_by_role("button", name="Add a supplier").click()
    inner.get_by_role("button", name="Acme Telecom").click()
    inner.get_by_label("Customer number").fill("jane")
    inner.get_by_label("Password", exact=True).fill("swordfish")
    inner.get_by_role("button", name="Connect", exact=True).click()
    added = wait_for(page, "added")[1]
    assert (added["collector"], set(added)) == (
        "portal",
        {"source", "type", "credential_id", "collector"},
    )
    assert runner.collect_due(timezone.now) == 1
    inner.get_by_role("button", name="To my suppliers").click()
    inner.get_by_role("button", name="Remove Acme Telecom").click()
    inner.get_by_role("button", name="Yes, remove it").click()
    removed = wait_for(page, "removed")[1]
    assert removed["credential_id"] == added["credential_id"]


def test_another_site_may_not(page: Page, site: Site, live_server: LiveServer, acme: Actor) -> None:
    accounts.update_account(actor=acme, at=timezone.now(), origins=["https://app.example.com"])
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    inner = shown(page, site, live_server, token_for(acme))
    page.wait_for_timeout(1_000)
    expect(inner.get_by_role("heading", name="Supplier invoices")).to_have_count(0)
    assert any("frame-ancestors" in text for text in refused)
    assert page.evaluate("heard") == []


def test_an_ended_token_is_replaced_by_the_site_and_nothing_is_lost(
    page: Page, site: Site, live_server: LiveServer, acme: Actor
) -> None:
    inner = shown(page, site, live_server, token_for(acme))
    inner.get_by_role("button", name="Add a supplier").click()
    inner.get_by_role("button", name="Acme Telecom").click()
    inner.get_by_label("Customer number").fill("jane")
    inner.get_by_label("Password", exact=True).fill("swordfish")
    CollectorUserToken.objects.update(expires_at=timezone.now())
    inner.get_by_role("button", name="Connect", exact=True).click()
    expect(inner.get_by_role("heading", name="This page has been left open")).to_be_visible()
    assert wait_for(page, "expired")[0] == live_server.url
    assert_accessible(page)

    # What is no token is not taken for one.
    hand(page, "x")
    expect(inner.get_by_role("heading", name="This page has been left open")).to_be_visible()
    hand(page, token_for(acme))
    expect(inner.get_by_label("Customer number")).to_have_value("jane")
    inner.get_by_role("button", name="Connect", exact=True).click()
    expect(inner.get_by_role("heading", name="Connecting Acme Telecom")).to_be_visible()


def test_a_page_whose_token_never_worked_asks_for_one(
    page: Page, site: Site, live_server: LiveServer, acme: Actor
) -> None:
    account = accounts.get_account(acme.organization_id, timezone.now())
    token = f"{secrets.token_hex(64)}&customer={account.uuid}"
    inner = shown(page, site, live_server, token)
    expect(inner.get_by_role("heading", name="This page has been left open")).to_be_visible()
    wait_for(page, "expired")
    fresh = token_for(acme)
    hand(page, fresh)
    expect(inner.get_by_role("heading", name="No suppliers yet")).to_be_visible()
    assert not any(fresh in frame.url for frame in page.frames)
