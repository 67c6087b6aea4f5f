"""The documentation in a real browser: nothing refused, nothing fetched from elsewhere."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "/docs",
    "/docs/reference/invoices",
    "/docs/events",
    "/docs/errors",
    "/docs/errors/amount_exceeds_due",
    "/docs/guides/webhooks",
    "/docs/changelog",
    "/docs/swagger",
]


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_breaks_the_content_policy_or_its_frame(
    chromium: Browser, live_server: LiveServer, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 850})
    for path in PAGES:
        page = context.new_page()
        complaints = Complaints()
        complaints.listen(page, live_server.url)
        page.goto(live_server.url + path, wait_until="networkidle")
        if path == "/docs/swagger":
            page.wait_for_selector(".opblock", timeout=30_000)
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (path, beyond, list(complaints)) == (path, 0, [])
        page.close()
    context.close()


def test_swagger_ui_sends_to_where_it_came_from(chromium: Browser, live_server: LiveServer) -> None:
    page = chromium.new_page()
    page.goto(f"{live_server.url}/docs/swagger")
    page.wait_for_selector("#operations-Invoices-listInvoices button")
    page.click("#operations-Invoices-listInvoices .opblock-summary-control")
    page.click("#operations-Invoices-listInvoices .try-out__btn")
    with page.expect_response(lambda answer: "/v1/invoices" in answer.url) as found:
        page.click("#operations-Invoices-listInvoices .execute")
    assert found.value.url.startswith(f"{live_server.url}/v1/invoices")
    assert found.value.status == 401
    page.close()


def test_a_request_is_copied_as_it_is_shown(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{live_server.url}/docs/reference/invoices")
    page.locator("#createInvoice [data-copy-code]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl -X POST")
    assert '"discount_value": 10' in copied
    context.close()
