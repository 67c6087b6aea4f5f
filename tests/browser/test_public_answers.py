"""Public forms in a real browser, which sends an origin and obeys the page's policies."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor, system_actor
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.models import Invoice, Quote
from billing.operations.payment_links import create_payment_link
from billing.operations.quote_answers import open_quote
from tests.browser.conftest import Complaints
from tests.builders import draft_quote
from tests.instants import AT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seller() -> Actor:
    owner = create_user(at=AT, email="o@acme.test", password="correct horse battery", name="O")
    acme = create_organization(at=AT, name="Acme", slug="acme", owner=owner, currency="USD")
    return system_actor(acme.pk)


@pytest.fixture
def page(chromium: Browser) -> Page:
    return chromium.new_context(viewport={"width": 390, "height": 800}).new_page()


def test_a_quote_is_accepted(live_server: LiveServer, seller: Actor, page: Page) -> None:
    now = timezone.now()
    made = draft_quote(seller, at=now, valid_until=now.date() + datetime.timedelta(days=9))
    quote = open_quote(actor=seller, at=now, quote_id=made.pk)
    complaints = Complaints()
    complaints.listen(page, live_server.url)
    page.goto(f"{live_server.url}/q/{quote.public_token}")
    page.get_by_label("Your name").fill("Homer Simpson")
    page.get_by_role("button", name="Accept quote").click()
    page.get_by_text("Accepted by Homer Simpson").wait_for()
    assert Quote.objects.get().accepted_by == "Homer Simpson"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints == []


def test_a_payment_link_is_ordered_through(
    live_server: LiveServer, seller: Actor, page: Page
) -> None:
    link = create_payment_link(
        actor=seller, at=timezone.now(), name="Workshop", amount=Decimal("49.99")
    )
    complaints = Complaints()
    complaints.listen(page, live_server.url)
    page.goto(f"{live_server.url}/pay/{link.public_token}")
    page.get_by_label("Your name").fill("Homer Simpson")
    page.get_by_label("Your e-mail address").fill("homer@home.test")
    page.get_by_role("button", name="Order for $49.99").click()
    page.get_by_text("INV-").first.wait_for()
    invoice = Invoice.objects.get()
    assert page.url == f"{live_server.url}/i/{invoice.public_token}"
    assert complaints == []
