"""The portal in a real browser, on a desk and on a phone, with and without JavaScript."""

import datetime
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor, actor_for_membership
from accounts.models import BankAccount, Membership
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.models import Customer, Invoice, PortalLink, Quote, Remittance
from billing.operations.issuing import issue_invoice
from billing.operations.payments import mark_paid
from billing.operations.portal_access import link_token
from billing.operations.quote_answers import convert_quote, open_quote
from billing.operations.remittances import receive_remittance
from tests.browser.conftest import Complaints
from tests.builders import customer, draft_quote
from tests.instants import AT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def seller() -> Actor:
    cache.clear()
    alice = create_user(at=AT, email="alice@acme.test", password="correct horse", name="Alice")
    acme = create_organization(
        at=AT, name="Acme", slug="acme", owner=alice, currency="EUR", email="billing@acme.test",
        portal_part_payments=True, accent_color="#0f766e",
    )  # fmt: skip
    BankAccount.objects.create(
        organization=acme, name="Acme", bank_name="Bank", iban="DE89370400440532013000",
        bic="COBADEFFXXX", currency="EUR", is_default=True, created_at=AT, updated_at=AT,
    )  # fmt: skip
    membership = Membership.objects.of(acme.pk).select_related("user", "organization").get()
    return actor_for_membership(membership)


@pytest.fixture
def buyer(seller: Actor) -> Customer:
    return customer(seller, currency="EUR", locale="en_GB", city="Bonn", country="DE")


@pytest.fixture
def quote(seller: Actor, buyer: Customer) -> Quote:
    now = timezone.now()
    until = now.date() + datetime.timedelta(days=9)
    made = draft_quote(seller, "1000.00", at=now, customer_id=buyer.pk, valid_until=until)
    return open_quote(actor=seller, at=now, quote_id=made.pk)


@pytest.fixture(params=[(DESK, True), (PHONE, True), (PHONE, False)], ids=["1280", "390", "no-js"])
def page(
    request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer
) -> Iterator[Page]:
    viewport, has_scripts = request.param
    context = chromium.new_context(
        base_url=live_server.url, viewport=viewport, java_script_enabled=has_scripts
    )
    yield context.new_page()
    context.close()


def test_from_quote_to_paid(
    live_server: LiveServer, seller: Actor, quote: Quote, page: Page
) -> None:
    complaints = Complaints()
    complaints.listen(page, live_server.url)
    come_in(page)
    page.get_by_role("link", name=str(quote.number)).click()
    page.get_by_label("Your name").fill("Homer Simpson")
    page.get_by_role("button", name="Accept quote").click()
    expect(page.locator(".mark")).to_have_text("Accepted")
    now = timezone.now()
    draft = convert_quote(actor=seller, at=now, quote_id=quote.pk)
    invoice = issue_invoice(actor=seller, at=now, invoice_id=draft.pk)
    page.get_by_role("link", name="Pay", exact=True).click()
    page.get_by_role("button", name="Pay what is selected").click()
    expect(page.get_by_text("DE89 3704 0044 0532 0130 00")).to_be_visible()
    page.get_by_label(f"Amount for {invoice.number}").fill("400")
    page.get_by_role("button", name="Use these amounts").click()
    page.get_by_role("button", name="I pay €400.00 like this").click()
    expect(page.get_by_text("your payment is on its way")).to_be_visible()
    remittance = Remittance.objects.get()
    assert remittance.amount == 40000
    _fits(page)
    receive_remittance(actor=seller, at=now, remittance_id=remittance.pk, payment_date=now.date())
    page.get_by_role("link", name="Overview").click()
    expect(page.locator(".due-amount")).to_have_text("€600.00")
    mark_paid(actor=seller, at=now, invoice_id=invoice.pk, payment_date=now.date())
    page.reload()
    expect(page.get_by_text("Nothing is open. Thank you!")).to_be_visible()
    page.get_by_role("link", name="Statement", exact=True).click()
    expect(page.get_by_text("Closing balance")).to_be_visible()
    assert page.locator(".account tbody tr").count() == 5
    _fits(page)
    settled = Invoice.objects.get()
    assert (settled.amount_paid, settled.amount_due) == (100000, 0)
    assert settled.total == int(Decimal("1000.00") * 100)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Your documents")).to_be_visible()
    assert complaints == []


def test_objecting_and_moving_house(
    live_server: LiveServer, seller: Actor, quote: Quote, buyer: Customer, page: Page
) -> None:
    now = timezone.now()
    draft = convert_quote(actor=seller, at=now, quote_id=quote.pk)
    invoice = issue_invoice(actor=seller, at=now, invoice_id=draft.pk)
    complaints = Complaints()
    complaints.listen(page, live_server.url)
    come_in(page)
    page.get_by_role("link", name=str(invoice.number)).click()
    page.get_by_text("Something is wrong with this invoice").click()
    page.get_by_label("What is wrong?").fill("This was not ordered.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Waiting for an answer")).to_be_visible()
    _fits(page)
    page.get_by_role("link", name="Your details").click()
    page.get_by_label("Street and number").fill("Neue Str. 2")
    page.get_by_label("Language of documents and mail").select_option("de")
    _fits(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Gespeichert")).to_be_visible()
    buyer.refresh_from_db()
    assert (buyer.address_line1, buyer.locale) == ("Neue Str. 2", "de")
    page.get_by_role("link", name="Dokumente", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=f"PDF von {invoice.number}").click()
    assert str(invoice.number) in download.value.suggested_filename
    _fits(page)
    assert complaints == []


def come_in(page: Page) -> None:
    """By the form and the link from the mail."""
    page.goto("/portal/acme")
    page.get_by_label("Your e-mail address").fill("ap@globex.test")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.goto(f"/portal/acme/enter/{link_token(PortalLink.objects.get())}")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    _fits(page)


def _fits(page: Page) -> None:
    """No page has to be moved sideways."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    box = page.locator(".house").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
