"""From the first sign-in to the first invoice; data that comes in from files and goes out again."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.models import Customer, Invoice
from integrations.models import Message
from integrations.work import drain
from tests.browser.conftest import Complaints
from tests.browser.test_journeys import says
from tests.browser.test_staff_journey import (
    DESK,
    PASSWORD,
    PHONE,
    complaints,
    has_no_sideways_scroll,
    owner,
    page,
)
from tests.builders import issued_invoice
from tests.instants import AT

__all__ = ["complaints", "owner", "page"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[DESK, PHONE], ids=["1280", "390"])
def newcomer(
    request: pytest.FixtureRequest,
    chromium: Browser,
    live_server: LiveServer,
    complaints: Complaints,
) -> Iterator[Page]:
    """At the form to sign in, with an organization that has told nothing yet."""
    cache.clear()
    nora = create_user(at=AT, email="nora@fresh.test", password=PASSWORD, name="Nora")
    create_organization(at=AT, name="Fresh", slug="fresh", owner=nora)
    context = chromium.new_context(base_url=live_server.url, viewport=request.param, locale="en-GB")
    page = context.new_page()
    complaints.listen(page, live_server.url)
    page.goto("/")
    yield page
    context.close()


def test_from_signing_in_to_the_first_invoice(newcomer: Page, complaints: Complaints) -> None:
    page = newcomer
    page.get_by_label("Email").fill("nora@fresh.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign In", exact=True).click()
    says(page, "Welcome to Fresh")
    page.get_by_role("link", name="Go on").click()
    page.get_by_label("Country").select_option("DE")
    expect(page.get_by_label("Currency")).to_have_value("EUR")
    page.get_by_label("Legal name").fill("Fresh GmbH")
    for label, text in (("Address", "Ackerstr. 1"), ("City", "Berlin"), ("E-mail", "a@fresh.test")):
        page.get_by_label(label).fill(text)
    go_on(page)
    expect(page.get_by_label("USt 19 %")).to_be_checked()
    go_on(page)
    page.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 00")
    go_on(page)
    page.get_by_role("button", name="Skip for now").click()
    says(page, "Your first invoice")
    page.get_by_role("link", name="Write the invoice").click()

    page.get_by_label("Customer", exact=True).fill("Globex")
    page.get_by_label("E-mail", exact=False).first.fill("ap@globex.test")
    line = page.locator("[data-line]").first
    line.get_by_label("Product or service").fill("Consulting")
    line.get_by_label("Price").fill("100")
    expect(page.locator("#totals")).to_contain_text("€100.00")
    page.get_by_role("button", name="Go on to sending").click()
    page.get_by_role("button", name="Issue and send").click()
    expect(page.get_by_text("is on its way to ap@globex.test.")).to_be_visible()
    assert has_no_sideways_scroll(page)
    assert Invoice.objects.get().seller["bank_account"]["iban"] == "DE89370400440532013000"
    assert Message.objects.get().recipients.get().address == "ap@globex.test"
    assert complaints == []


def go_on(page: Page) -> None:
    assert has_no_sideways_scroll(page)
    page.get_by_role("button", name="Save and go on").click()


def test_200_customers_come_in_and_three_bad_rows_stay_out(
    page: Page, owner: Actor, complaints: Complaints, tmp_path: Path
) -> None:
    rows = [f"Customer {n},c{n}@hooli.test,DE" for n in range(200)]
    rows[9], rows[99], rows[199] = "Ten,no address,DE", ",c@hooli.test,DE", "Last,,Atlantis"
    file = tmp_path / "customers.csv"
    file.write_text("\n".join(["Name,Email,Country", *rows]))
    page.goto("/customers")
    page.get_by_role("link", name="Import").click()
    says(page, "Import")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Next: columns").click()
    says(page, "What do the columns mean?")
    page.get_by_role("button", name="Try it out").click()
    says(page, "What will happen")
    for text in ("Row 11", "Row 101", "Row 201"):
        expect(page.get_by_text(text, exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="As CSV with reasons").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == 4
    assert Customer.objects.count() == 0
    page.get_by_role("button", name="Import the 197 good ones").click()
    drain()
    # Whoever comes back later sees the same.
    page.reload()
    expect(page.get_by_text("Finished")).to_be_visible()
    assert has_no_sideways_scroll(page)
    assert Customer.objects.of(owner.organization_id).count() == 197
    assert complaints == []


def test_everything_is_taken_away_in_one_file(
    page: Page, owner: Actor, complaints: Complaints
) -> None:
    invoice = issued_invoice(owner)
    page.goto("/settings")
    page.get_by_role("main").get_by_role("link", name="Export").click()
    says(page, "All data in one file")
    page.get_by_role("button", name="Make the file").click()
    drain()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    expect(page.get_by_text("Debits and credits of the exported ledger are equal.")).to_be_visible()
    assert has_no_sideways_scroll(page)
    with zipfile.ZipFile(download.value.path()) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith("csv/invoices.csv"))
        assert str(invoice.number) in archive.read(name).decode()
    assert complaints == []
