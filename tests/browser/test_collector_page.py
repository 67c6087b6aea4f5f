"""The page of the collector's users in a real browser, on a desk and on a phone."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from integrations.collectors import accounts, people, runner
from integrations.collectors.sources import SOURCES
from integrations.models import CallbackDelivery, CollectorCredential
from tests.accessibility import assert_accessible
from tests.browser.collecting import Portal, customer, token_for
from tests.browser.conftest import Complaints
from tests.browser.hands import DESK, PHONE
from tests.browser.test_staff_journey import has_no_sideways_scroll

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def acme() -> Actor:
    cache.clear()
    return customer()


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Portal:
    made = Portal()
    monkeypatch.setitem(SOURCES, "portal", made)
    return made


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture(params=[DESK, PHONE], ids=["1280", "390"])
def page(
    request: pytest.FixtureRequest,
    chromium: Browser,
    live_server: LiveServer,
    complaints: Complaints,
) -> Iterator[Page]:
    context = chromium.new_context(base_url=live_server.url, viewport=request.param)
    page = context.new_page()
    complaints.listen(page, live_server.url)
    yield page
    context.close()


@pytest.fixture
def opened(page: Page, acme: Actor, portal: Portal) -> Page:
    page.goto(f"/api/v1/ui?token={token_for(acme)}")
    expect(page.get_by_role("heading", name="Your suppliers")).to_be_visible()
    return page


def work(sleep: Callable[[float], None] = lambda _: None) -> int:
    return runner.collect_due(timezone.now, sleep=sleep)


def assert_sound(page: Page) -> None:
    """Nobody is shut out, and nothing sticks out at the side."""
    assert_accessible(page)
    assert has_no_sideways_scroll(page)


def connect(page: Page, password: str) -> None:
    page.get_by_role("button", name="Add a supplier").first.click()
    page.get_by_label("Search").fill("telec")
    page.get_by_role("button", name="Acme Telecom").click()
    page.get_by_label("Customer number").fill("jane")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("heading", name="Connecting Acme Telecom")).to_be_visible()


def test_a_wrong_password_is_corrected_and_then_it_collects(
    opened: Page, portal: Portal, complaints: Complaints
) -> None:
    page = opened
    expect(page.get_by_role("heading", name="No suppliers yet")).to_be_visible()
    assert_sound(page)
    connect(page, "wrong")
    assert_sound(page)
    assert work() == 1

    expect(page.get_by_role("heading", name="Acme Telecom did not let us in")).to_be_focused()
    assert_sound(page)
    page.get_by_role("button", name="Correct the details").click()
    assert_sound(page)
    page.get_by_role("button", name="Save and try again").click()
    expect(page.get_by_text("Fill in at least one field.").first).to_be_visible()
    # Another customer number alone would send the old password along.
    page.get_by_label("Customer number").fill("john")
    page.get_by_role("button", name="Save and try again").click()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    expect(page.get_by_text("Please fill this in.")).to_be_visible()
    page.get_by_label("Customer number").fill("")
    page.get_by_label("Password", exact=True).fill("swordfish")
    page.get_by_role("button", name="Save and try again").click()
    expect(page.get_by_role("heading", name="Connecting Acme Telecom")).to_be_visible()
    assert work() == 1

    expect(page.get_by_role("heading", name="Acme Telecom is connected")).to_be_focused()
    expect(page.get_by_text("1 invoice has been collected.")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="To my suppliers").click()
    expect(page.get_by_text("Up to date")).to_be_visible()
    page.get_by_text("Invoices", exact=True).click()
    expect(page.get_by_text("R-2026-11")).to_be_visible()
    assert_sound(page)
    assert portal.passwords == ["wrong", "swordfish"]
    assert CallbackDelivery.objects.count() == 1
    # The browser says so of the refusal that was provoked.
    assert [said for said in complaints if "400" not in said] == []


def test_the_code_is_asked_for_and_taken(
    opened: Page, portal: Portal, complaints: Complaints
) -> None:
    page, answered = opened, []
    portal.code = True
    connect(page, "swordfish")

    def answer(_seconds: float) -> None:
        if answered:
            return
        answered.append(1)
        expect(page.get_by_role("heading", name="Acme Telecom wants a code")).to_be_visible()
        expect(page.get_by_text("We sent a code to +33 6 ** ** ** 12.")).to_be_visible()
        expect(page.get_by_label("Code", exact=True)).to_be_focused()
        assert_sound(page)
        page.keyboard.type("424242")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Connecting Acme Telecom")).to_be_visible()

    assert work(answer) == 1
    expect(page.get_by_role("heading", name="Acme Telecom is connected")).to_be_visible()
    assert bytes(CollectorCredential.objects.get().sealed_code) == b""
    assert complaints == []


def test_it_is_removed_after_a_question(opened: Page, complaints: Complaints) -> None:
    page = opened
    connect(page, "swordfish")
    work()
    page.get_by_role("button", name="To my suppliers").click()
    remove = page.get_by_role("button", name="Remove Acme Telecom")
    remove.click()
    assert_sound(page)
    page.get_by_role("button", name="Keep it").click()
    expect(remove).to_be_focused()
    remove.click()
    page.get_by_role("button", name="Yes, remove it").click()
    expect(page.get_by_role("heading", name="No suppliers yet")).to_be_visible()
    assert not CollectorCredential.objects.exists()
    assert not CallbackDelivery.objects.exists()
    assert complaints == []


def test_everything_by_keyboard(opened: Page, complaints: Complaints) -> None:
    page = opened
    # Before it is there, Tab leads past it.
    expect(page.get_by_role("button", name="Add a supplier")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add a supplier")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("telecom")
    expect(page.locator("#view").get_by_text("1 source")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Acme Telecom")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("jane")
    page.keyboard.press("Tab")
    page.keyboard.type("swordfish")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Connecting Acme Telecom")).to_be_visible()
    assert CollectorCredential.objects.count() == 1
    assert complaints == []


def test_the_terms_are_accepted_with_the_mailed_code(
    page: Page, acme: Actor, complaints: Complaints
) -> None:
    _made, token, code = people.invite(
        actor=acme, at=timezone.now(), remote_id="A1B2C3D4", locale="en", has_email=True
    )
    page.goto(f"/api/v1/ui?token={token}")
    assert_sound(page)
    accept = page.get_by_role("button", name="Accept and continue")
    accept.click()
    expect(page.get_by_text("Please accept the terms first.")).to_be_visible()
    page.get_by_role("checkbox").check()
    page.get_by_label("Code from the e-mail").fill("000000" if code != "000000" else "111111")
    accept.click()
    expect(page.get_by_text("That is not the code")).to_be_visible()
    assert_sound(page)
    page.get_by_label("Code from the e-mail").fill(code)
    accept.click()
    expect(page.get_by_role("heading", name="No suppliers yet")).to_be_visible()
    assert [said for said in complaints if "400" not in said] == []


def test_in_french(page: Page, acme: Actor, portal: Portal, complaints: Complaints) -> None:
    page.goto(f"/api/v1/ui?token={token_for(acme, 'fr')}")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_role("button", name="Ajouter un fournisseur").click()
    page.get_by_label("Rechercher").fill("telecom")
    page.get_by_role("button", name="Acme Télécom").click()
    assert_sound(page)
    page.get_by_label("Numéro de client").fill("jane")
    page.get_by_label("Mot de passe", exact=True).fill("faux")
    page.get_by_role("button", name="Connecter", exact=True).click()
    expect(page.get_by_role("heading", name="Connexion à Acme Télécom")).to_be_visible()
    work()
    expect(page.get_by_role("heading", name="Acme Télécom ne nous a pas laissés")).to_be_visible()
    refused = "Le serveur de messagerie refuse l'utilisateur ou le mot de passe."
    expect(page.get_by_text(refused)).to_be_visible()
    assert_sound(page)
    assert complaints == []


def test_what_is_missing_can_be_said(opened: Page, complaints: Complaints) -> None:
    page = opened
    page.get_by_role("button", name="Add a supplier").click()
    page.get_by_label("Search").fill("Globex")
    expect(page.get_by_text("Nothing is called “Globex”.").first).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="My supplier is not in the list").click()
    expect(page.get_by_label("Name, and where its invoices are")).to_have_value("Globex")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. We have noted it.")).to_be_visible()
    assert complaints == []


def test_the_token_leaves_the_address_and_the_history(opened: Page, acme: Actor) -> None:
    page = opened
    token = re.compile("[0-9a-f]{128}")
    assert not token.search(page.url)
    assert not token.search(page.evaluate("document.documentElement.outerHTML"))
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    # What the driver typed is kept beside it, and is no place that anybody can go back to.
    assert not [entry for entry in history["entries"] if token.search(entry["url"])]
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]
    # A reload has no token left, and says in plain words where to go.
    page.reload()
    expect(page.get_by_role("heading", name="This page has been left open")).to_be_visible()
    assert_sound(page)


def test_no_request_of_the_page_tells_where_the_token_was(
    page: Page, acme: Actor, portal: Portal
) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    token = token_for(acme)
    page.goto(f"/api/v1/ui?token={token}")
    expect(page.get_by_role("heading", name="Your suppliers")).to_be_visible()
    first, *others = asked
    assert token in first.url and len(others) > 5
    for request in others:
        assert token not in request.url
        assert token not in request.all_headers().get("referer", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", ["default", "ocean", "dark"])
def test_each_theme_can_be_read(
    chromium: Browser, live_server: LiveServer, acme: Actor, portal: Portal, scheme: str, theme: str
) -> None:
    accounts.update_account(actor=acme, at=timezone.now(), theme=theme)
    context = chromium.new_context(base_url=live_server.url, viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"/api/v1/ui?token={token_for(acme)}")
    connect(page, "wrong")
    work()
    expect(page.get_by_role("heading", name="Acme Telecom did not let us in")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="To my suppliers").click()
    page.get_by_role("button", name="Remove Acme Telecom").click()
    assert_accessible(page)
    context.close()
