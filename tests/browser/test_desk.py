"""A bookkeeper's habits in a real browser: by the keyboard, many at once, two at one row."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor, actor_for_membership
from accounts.models import Membership
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.models import Customer, Invoice
from billing.operations.customers import update_customer
from integrations.work import drain
from tests.browser.conftest import Complaints
from tests.browsers import signed_in
from tests.builders import customer, draft_invoice, issued_invoice
from tests.instants import AT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner() -> Actor:
    cache.clear()
    alice = create_user(at=AT, email="alice@acme.test", password="correct horse battery")
    acme = create_organization(at=AT, name="Acme", slug="acme", owner=alice, currency="USD")
    membership = Membership.objects.of(acme.pk).select_related("user", "organization").get()
    return actor_for_membership(membership)


@pytest.fixture
def page(
    chromium: Browser, live_server: LiveServer, owner: Actor, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Signed in; nothing on any page breaks the content policy."""
    complaints = Complaints()
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 900}
    )
    member = Membership.objects.of(owner.organization_id).select_related("user").get()
    session = signed_in(member.user).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    complaints.listen(page, live_server.url)
    yield page
    context.close()
    # A refused form is a 422, which the console calls an error.
    assert [each for each in complaints if "422" not in each] == []


def test_everything_is_a_few_keys_away(page: Page, owner: Actor) -> None:
    invoice = issued_invoice(owner, "1234.50", customer_id=customer(owner, "Globex").pk)
    page.goto("/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search and commands")
    expect(box).to_be_focused()
    expect(page.get_by_role("option", name="New invoice")).to_be_visible()
    box.fill("1234.50")
    hit = page.get_by_role("option", name=str(invoice.number))
    expect(hit).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(hit.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"/invoices/{invoice.uuid}")

    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Globex")).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_label("Choose Globex")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Globex")

    page.keyboard.press("?")
    help = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help).to_be_visible()
    help.get_by_label("Shortcuts of single keys are on").uncheck()
    page.keyboard.press("Escape")
    expect(help).to_be_hidden()
    page.keyboard.press("n")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", level=1)).to_have_text("Globex")


def test_many_at_once_with_progress_that_survives_a_reload(page: Page, owner: Actor) -> None:
    for _ in range(2):
        draft_invoice(owner)
    issued_invoice(owner)
    page.goto("/invoices")
    for box in page.locator(".pick").all():
        box.check()
    expect(page.locator("[data-picked]")).to_have_text("3 chosen")
    page.get_by_label("What to do").select_option("issue")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("2 rows take part")).to_be_visible()
    expect(page.get_by_text("It is issued already.")).to_be_visible()
    page.get_by_role("button", name="Issue (2)").click()
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("max", "2")
    expect(page.get_by_text("Under way")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Under way")).to_be_visible()
    assert Invoice.objects.filter(status="draft").count() == 2

    drain()

    expect(page.get_by_text("Finished")).to_be_visible()
    expect(bar).to_have_attribute("value", "2")
    expect(page.get_by_text("2 done")).to_be_visible()
    assert Invoice.objects.filter(status="draft").count() == 0


def test_two_at_one_customer(page: Page, owner: Actor) -> None:
    row = customer(owner, "Globex")
    page.goto(f"/customers/{row.uuid}/edit")
    page.get_by_label("City").fill("Mine")
    update_customer(actor=owner, at=AT, customer_id=row.pk, city="Theirs")
    page.get_by_role("button", name="Save").click()
    conflict = page.get_by_role("alert").filter(has_text="Somebody changed this")
    expect(conflict).to_contain_text("alice@acme.test changed:")
    expect(conflict).to_contain_text("Theirs")
    expect(page.get_by_label("City")).to_have_value("Mine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Globex")
    assert Customer.objects.get(pk=row.pk).city == "Mine"


def test_work_is_not_lost_without_a_question(page: Page, owner: Actor) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto("/customers/new")
    page.get_by_label("Name", exact=True).fill("Half a customer")
    with page.expect_event("dialog"):
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Invoices").click()
    assert asked == ["beforeunload"]
    expect(page.get_by_label("Name", exact=True)).to_have_value("Half a customer")
