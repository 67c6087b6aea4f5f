"""From sign-in to paid in a real browser, on a desk and on a phone, by mouse and by keyboard."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor, actor_for_membership
from accounts.models import Membership, Organization
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.models import Invoice
from integrations.models import Message
from tests.browser.conftest import Complaints
from tests.browser.hands import DESK, PHONE, Hand, hand
from tests.browsers import signed_in
from tests.builders import customer, issued_invoice, product, tax_profile
from tests.instants import AT

__all__ = ["hand"]  # fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"


@pytest.fixture
def owner() -> Actor:
    cache.clear()
    alice = create_user(at=AT, email="alice@acme.test", password=PASSWORD, name="Alice Archer")
    acme = create_organization(
        at=AT, name="Acme", slug="acme", owner=alice, currency="USD", email="billing@acme.test"
    )
    # Otherwise signing in leads to the set-up.
    Organization.objects.filter(pk=acme.pk).update(setup_ended_at=AT)
    membership = Membership.objects.of(acme.pk).select_related("user", "organization").get()
    return actor_for_membership(membership)


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture(params=[DESK, PHONE], ids=["1280", "390"])
def page(
    request: pytest.FixtureRequest,
    chromium: Browser,
    live_server: LiveServer,
    owner: Actor,
    complaints: Complaints,
) -> Iterator[Page]:
    """Signed in."""
    context = chromium.new_context(base_url=live_server.url, viewport=request.param)
    alice = Membership.objects.of(owner.organization_id).get().user
    session = signed_in(alice).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    complaints.listen(page, live_server.url)
    page.goto("/")
    yield page
    context.close()


def has_no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_from_nothing_to_paid(hand: Hand, owner: Actor) -> None:
    tax = tax_profile(owner, "10")
    product(owner, tax_profile_id=tax.pk)
    hand.open("/customers/new?next=invoice")
    hand.fill("Name", "Globex Corporation")
    hand.fill("E-mail", "ap@globex.test")
    hand.go("Add customer")

    page = hand.page
    expect(hand.field("Customer")).to_have_value("Globex Corporation")
    hand.fill("Product or service", "Annual Web Hosting")
    hand.fill("Quantity", "6")
    # What the product brings is there before one comes to it.
    expect(hand.field("Price")).to_have_value("1200.00")
    expect(page.locator("#totals")).to_contain_text("$7,920.00")
    expect(page.locator(".line-net")).to_have_text("$7,200.00")
    hand.go("Issue")
    hand.says("Issued")
    hand.go("Send")
    hand.go("Send")
    hand.shows("is on its way to ap@globex.test.")

    hand.go("Record payment")
    expect(hand.field("Amount")).to_have_value("7920.00")
    hand.fill("Amount", "1,920.00")
    hand.go("Record payment")
    hand.says("Partly paid")
    hand.go("Mark as paid today")
    hand.says("Paid")

    invoice = Invoice.objects.of(owner.organization_id).get()
    assert (invoice.total, invoice.amount_due) == (792000, 0)
    assert Message.objects.get().recipients.get().address == "ap@globex.test"


def test_without_scripts_everything_still_works(
    chromium: Browser, live_server: LiveServer, owner: Actor
) -> None:
    tax = tax_profile(owner, "10")
    product(owner, tax_profile_id=tax.pk)
    context = chromium.new_context(
        base_url=live_server.url, viewport=PHONE, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/customers/new")
    page.get_by_label("Email").fill("alice@acme.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Globex Corporation")
    page.get_by_label("E-mail").fill("ap@globex.test")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Globex Corporation")
    page.goto("/invoices/new")
    page.get_by_label("Customer", exact=True).fill("Globex Corporation")
    page.get_by_label("Product or service").fill("Annual Web Hosting")
    page.get_by_role("button", name="Add a line").click()
    page.get_by_label("Product or service").nth(1).fill("Domain")
    page.get_by_label("Price").nth(1).fill("30")
    page.get_by_role("button", name="Add up").click()
    expect(page.locator("#totals")).to_contain_text("$1,350.00")
    page.get_by_role("button", name="Issue").click()
    page.get_by_role("link", name="Send", exact=True).click()
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("link", name="Record payment").click()
    page.get_by_role("button", name="Record payment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Paid")
    page.get_by_role("button", name="More", exact=True).last.click()
    page.locator("button[value=night]:visible").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    assert Invoice.objects.of(owner.organization_id).get().total == 135000
    context.close()


def test_lines_are_written_by_keyboard_alone(
    page: Page, owner: Actor, complaints: Complaints
) -> None:
    customer(owner)
    page.goto("/invoices/new")
    page.get_by_label("Customer", exact=True).fill("Globex Corporation")
    page.get_by_label("Product or service").first.focus()
    page.keyboard.type("First")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    second = page.locator("[data-line]").nth(1)
    expect(second.get_by_label("Product or service")).to_be_focused()
    page.keyboard.type("Second")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("5")
    expect(page.locator("#totals")).to_contain_text("$15.00")
    second.get_by_role("button", name="Remove this line").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-line]")).to_have_count(1)
    expect(page.locator("#totals")).to_contain_text("$10.00")
    page.locator("[data-line]").get_by_label("Price").focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("is saved as a draft")).to_be_visible()
    assert Invoice.objects.of(owner.organization_id).get().total == 1000
    assert complaints == []


def test_the_list_is_searched_while_typing(
    page: Page, owner: Actor, complaints: Complaints
) -> None:
    issued_invoice(owner, "300.00")
    issued_invoice(owner, "42.50", customer_id=customer(owner, "Initech").pk)
    page.goto("/invoices")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.keyboard.press("/")
    page.keyboard.type("42.5")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Initech")
    assert page.url.endswith("/invoices?q=42.5")
    assert complaints == []


def test_the_theme_is_chosen_and_stays(page: Page, complaints: Complaints) -> None:
    phone = page.viewport_size == PHONE
    opener = page.get_by_role("button", name="More" if phone else "Alice", exact=False)
    opener.first.click()
    page.locator("button[value=night]:visible").click()
    colour = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(colour) == "rgb(16, 22, 21)"
    page.goto("/invoices")
    assert page.evaluate(colour) == "rgb(16, 22, 21)"
    assert complaints == []


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.goto("/invoices")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
