"""The public page in a real browser: it counts one view, and nothing on it is refused."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor, system_actor
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.models import Invoice
from core.models import Event
from tests.builders import customer, issued_invoice, line
from tests.instants import AT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture
def biller() -> Actor:
    owner = create_user(at=AT, email="o@acme.test", password="correct horse battery", name="O")
    acme = create_organization(at=AT, name="Acme", slug="acme", owner=owner, currency="USD")
    return system_actor(acme.pk)


@pytest.fixture
def invoice(biller: Actor) -> Invoice:
    return issued_invoice(biller, lines=[line("60.00", "2", name="Consulting")])


def address(live_server: LiveServer, invoice: Invoice) -> str:
    return f"{live_server.url}/i/{invoice.public_token}"


def views() -> int:
    return Event.objects.filter(type="invoice.viewed").count()


def opened(browser: Browser, url: str, **options: Any) -> tuple[Page, list[str]]:
    page = browser.new_context(**options).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url)
    return page, complaints


def test_b17_a_person_counts_once_and_a_scanner_never(
    live_server: LiveServer, browser: Browser, invoice: Invoice
) -> None:
    url = address(live_server, invoice)
    scanner = Client()
    for _ in range(3):
        assert scanner.get(f"/i/{invoice.public_token}").status_code == 200
        assert scanner.head(f"/i/{invoice.public_token}").status_code == 200
    assert views() == 0
    for _ in range(2):
        page, complaints = opened(browser, url)
        with page.expect_response(lambda answer: answer.url.endswith("/viewed")) as told:
            page.wait_for_timeout(1700)
        assert told.value.status == 204
        assert complaints == []
        page.context.close()
    assert views() == 1


def test_b17_without_scripts_the_page_is_whole_and_nobody_is_counted(
    live_server: LiveServer, browser: Browser, invoice: Invoice
) -> None:
    page, _ = opened(browser, address(live_server, invoice), java_script_enabled=False)
    assert page.locator(".due-amount").inner_text() == "$120.00"
    assert page.get_by_role("link", name="Download PDF").is_visible()
    page.wait_for_timeout(1700)
    assert views() == 0
    page.context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_every_screen(
    live_server: LiveServer, browser: Browser, biller: Actor, width: int, scheme: Any
) -> None:
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2
    buyer = customer(biller, name=long, contact_name="x" * 90)
    lines = [line("99999999.99", "9999.5", name=long, description="y" * 200, unit="z" * 32)]
    invoice = issued_invoice(biller, customer_id=buyer.pk, lines=lines, notes="n" * 400)
    page, complaints = opened(
        browser,
        address(live_server, invoice),
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert complaints == []
    page.context.close()


def test_x1_text_of_users_never_runs(
    live_server: LiveServer, browser: Browser, biller: Actor
) -> None:
    evil = "<script>window.hit=1</script><img src=x onerror=window.hit=1>"
    buyer = customer(biller, name=evil, address_line1=evil, contact_name=evil)
    lines = [line("1.00", name=evil, description=evil)]
    invoice = issued_invoice(biller, customer_id=buyer.pk, lines=lines, notes=evil, terms=evil)
    page, _ = opened(browser, address(live_server, invoice))
    assert page.evaluate("window.hit") is None
    assert page.locator("script").count() == 1
    assert page.locator("main img").count() == 0 or page.locator("img[onerror]").count() == 0
    page.context.close()


def test_the_download_is_the_pdf(
    live_server: LiveServer, browser: Browser, invoice: Invoice
) -> None:
    page, _ = opened(browser, address(live_server, invoice))
    with page.expect_download() as started:
        page.get_by_role("link", name="Download PDF").click()
    assert started.value.suggested_filename == f"Invoice_{invoice.number}.pdf"
    assert started.value.path().read_bytes().startswith(b"%PDF-1.7")
    page.context.close()
