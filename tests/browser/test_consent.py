"""A person allows an application in a real browser, on a desk and on a phone, and takes it back."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from accounts.models import Organization
from tests.browser.conftest import Complaints
from tests.browser.test_staff_journey import complaints, has_no_sideways_scroll, owner, page
from tests.oauth import App, register, v1

__all__ = ["complaints", "owner", "page"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ask(owner: Actor, live_server: LiveServer) -> tuple[App, str]:
    """An application that comes back to an address of the same server, and its request."""
    callback = f"{live_server.url}/connections"
    acme = Organization.objects.get(pk=owner.organization_id)
    app = register(acme, redirect_uris=[callback])
    scope = "invoices:read invoices:write customers:read payments:read"
    return app, app.address(redirect_uri=callback, scope=scope)


def test_K3_allow_use_and_take_back(
    page: Page, owner: Actor, live_server: LiveServer, complaints: Complaints
) -> None:
    app, address = ask(owner, live_server)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ledger Sync asks for access to Acme")
    expect(page.locator(".consent-list li")).to_have_count(4)
    expect(page.get_by_label("Live")).to_be_checked()
    assert has_no_sideways_scroll(page)

    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/connections?*")
    found = parse_qs(urlsplit(page.url).query)
    assert found["state"] == ["xyz"]
    callback = f"{live_server.url}/connections"
    tokens = app.exchange(found["code"][0], redirect_uri=callback).json
    assert v1(tokens).get("/invoices").status == 200

    page.goto("/connections")
    expect(page.get_by_role("main")).to_contain_text("Ledger Sync")
    assert has_no_sideways_scroll(page)
    page.get_by_role("button", name="Disconnect Ledger Sync").click()
    expect(page.get_by_role("main")).to_contain_text("No connected apps")
    assert v1(tokens).get("/invoices").status == 401
    assert complaints == []


def test_deny_by_keyboard(page: Page, owner: Actor, live_server: LiveServer) -> None:
    _, address = ask(owner, live_server)
    page.goto(address)
    page.get_by_role("button", name="Deny").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/connections?*")

    found = parse_qs(urlsplit(page.url).query)
    assert (found["error"], found["state"]) == (["access_denied"], ["xyz"])


def test_registering_an_application(page: Page, complaints: Complaints) -> None:
    page.goto("/settings/applications")
    page.get_by_label("Name").fill("Warehouse")
    page.get_by_label("Redirect addresses").fill("https://warehouse.example.com/callback")
    page.get_by_label("Read invoice data").check()
    page.get_by_role("button", name="Register it").click()

    expect(page.locator("#secret")).to_contain_text("aps_")
    assert has_no_sideways_scroll(page)
    page.get_by_role("link", name="Warehouse").click()
    expect(page.locator("#client-id")).to_contain_text("app_")
    assert has_no_sideways_scroll(page)
    # The list answers the form with what it made; nothing else may be said against it.
    assert [text for text in complaints if "422" not in text] == []
