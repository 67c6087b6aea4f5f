"""Pages do not move by themselves, and by Tab one always sees where one is, by day and by night."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.hands import PHONE, Keys, at_work, fits
from tests.browsers import signed_in
from tests.scenery import addresses, make_scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# One page of each kind: what they are built of is on every other one too.
KINDS = """
    billing:dashboard billing:invoices billing:invoice-detail billing:invoice-edit
    billing:customer-edit billing:bulk billing:settings billing:look billing:team
    billing:report-sales billing:search integrations:inbox public:invoice docs:index
    """


@pytest.mark.parametrize(("scheme", "way"), [("light", "390"), ("dark", "1280")])
def test_every_kind_of_page_is_still_and_shows_the_focus(
    chromium: Browser, live_server: LiveServer, scheme: str, way: str
) -> None:
    scene = make_scene()
    session = signed_in(scene.people["owner"]).cookies["sessionid"].value
    known = {each.name: each for each in addresses("billing", "integrations", "public", "docs")}
    with at_work(chromium, live_server.url, way, color_scheme=scheme) as hand:
        hand.carry(session)
        keys = Keys(hand.page, live_server.url)
        for name in KINDS.split():
            hand.open(f"{scene.path(known[name])}?{scene.queries.get(name, '')}")
            keys.walk()
            assert fits(hand.page), hand.page.url


def test_what_comes_late_does_not_push_what_is_there(
    chromium: Browser, live_server: LiveServer
) -> None:
    """A page may be painted before the last of it has come, as over a slow line."""
    page = chromium.new_page(base_url=live_server.url, viewport=PHONE)
    tops = """() => [...document.querySelectorAll(".brand, .entrance-card h1")].map(
        (each) => each.getBoundingClientRect().top)"""
    try:
        page.goto("/accounts/login/")
        whole = page.evaluate(tops)
        page.evaluate("document.querySelector('.entrance-card form').remove()")
        assert page.evaluate(tops) == whole
    finally:
        page.close()
