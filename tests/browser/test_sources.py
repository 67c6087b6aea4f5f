"""A bookkeeper connects a source in a real browser: it asks for a code, and its invoice comes."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organization, User
from integrations.collectors import runner
from integrations.collectors.sources import SOURCES
from tests.accessibility import assert_accessible
from tests.browser.conftest import Complaints
from tests.browser.test_staff_journey import has_no_sideways_scroll
from tests.browsers import signed_in
from tests.integrations.collectors.einvoices import ubl
from tests.integrations.collectors.scripted import Scripted, invoice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1280, 390)


def assert_sound(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert has_no_sideways_scroll(page)
        assert_accessible(page)


def test_from_the_inbox_to_the_inbox(
    chromium: Browser,
    live_server: LiveServer,
    acme: Organization,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = Scripted(invoice("A-1", content=ubl(number="R-1")))
    source.meet = lambda visit: visit.ask_code("The code from your phone.") and None
    monkeypatch.setitem(SOURCES, "scripted", source)
    context = chromium.new_context(base_url=live_server.url, color_scheme="dark")
    session = signed_in(alice).cookies[settings.SESSION_COOKIE_NAME].value
    host = urlsplit(live_server.url).hostname or ""
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": host, "path": "/"}]
    )
    page, complaints = context.new_page(), Complaints()
    complaints.listen(page, live_server.url)

    page.goto("/inbox")
    page.get_by_role("link", name="Sources").click()
    expect(page.get_by_text("Nothing is connected yet")).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Connect Scripted").click()
    page.get_by_label("Invoices since").fill("2020-01-01")
    assert_sound(page)
    page.get_by_role("button", name="Connect and try it").click()
    expect(page.get_by_text("It begins in a moment.")).to_be_visible()
    assert_sound(page)

    given = iter([True])

    def wait(_: float) -> None:
        if next(given, False):
            # The page finds the question by itself.
            page.get_by_label("Code").fill("428913")
            assert_sound(page)
            page.get_by_role("button", name="Send the code").click()
            expect(page.get_by_text("The code is sent.")).to_be_visible()

    assert runner.collect_due(timezone.now, sleep=wait) == 1
    expect(page.get_by_text("Everything is all right.")).to_be_visible()
    expect(page.get_by_text("Collected")).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Inbox").last.click()
    expect(page.get_by_role("link", name="Hafen Werkzeuge GmbH")).to_be_visible()
    assert complaints == []
    context.close()
