"""With JavaScript off: what staff look up, and the forms that they fill in, work as with it.

The portal without scripts is walked in test_portal, an invoice in test_staff_journey.
"""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from accounts.models import Membership, Organization
from billing.models import Customer, Invoice, Payment
from integrations.work import drain
from tests.browser.hands import Hand, at_work
from tests.browser.test_staff_journey import owner
from tests.browsers import signed_in
from tests.builders import customer, draft_invoice, issued_invoice

__all__ = ["owner"]  # fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hand(chromium: Browser, live_server: LiveServer, owner: Actor) -> Iterator[Hand]:
    alice = Membership.objects.of(owner.organization_id).get().user
    with at_work(chromium, live_server.url, "390", java_script_enabled=False) as hand:
        hand.carry(signed_in(alice).cookies["sessionid"].value)
        yield hand


def test_lists_are_searched_filtered_and_sorted(hand: Hand, owner: Actor) -> None:
    issued_invoice(owner, "300.00", at=timezone.now())
    late = issued_invoice(owner, "42.50", customer_id=customer(owner, "Initech").pk)
    draft_invoice(owner)
    rows = hand.page.locator("tbody tr")
    hand.open("/invoices")
    expect(rows).to_have_count(3)
    hand.fill("Number, customer or amount", "42.50")
    hand.go("Search")
    expect(rows).to_have_count(1)
    hand.open("/invoices")
    hand.go("Overdue")
    expect(rows).to_have_count(1)
    hand.go(str(late.number))
    hand.says(str(late.number))
    hand.open("/invoices")
    hand.go("Drafts")
    expect(rows).to_have_count(1)
    hand.open("/search")
    hand.fill("Number, name, amount or page", "Initech")
    hand.go("Search")
    hand.go("Initech")
    hand.says("Initech")


def test_simple_forms_are_saved(hand: Hand, owner: Actor) -> None:
    hand.open("/customers/new")
    hand.fill("Name", "Hooli")
    hand.go("Add customer")
    hand.says("Hooli")
    hand.go("Edit")
    hand.fill("City", "Palo Alto")
    hand.go("Save")
    assert Customer.objects.get().city == "Palo Alto"
    hand.open("/products/new")
    hand.fill("Name", "Hosting")
    hand.fill("Price", "12.50")
    hand.go("Save")
    hand.open("/settings/terms")
    hand.go("Save")
    hand.open("/settings/organization")
    hand.fill("City", "Springfield")
    hand.go("Save")
    assert Organization.objects.get(pk=owner.organization_id).city == "Springfield"
    hand.open("/tickets/new")
    hand.fill("Customer", "Hooli")
    hand.fill("Subject", "A question")
    hand.fill("Message", "Why?")
    hand.go("Open ticket")
    hand.says("A question")


def test_money_is_recorded_and_given_back(hand: Hand, owner: Actor) -> None:
    invoice = issued_invoice(owner, "300.00", at=timezone.now())
    hand.open(f"/invoices/{invoice.uuid}/pay")
    hand.fill("Amount", "100")
    hand.go("Record payment")
    hand.says("Partly paid")
    hand.go("Mark as paid today")
    hand.says("Paid")
    hand.open(f"/payments/{Payment.objects.order_by('-pk')[0].uuid}")
    hand.go("Refund")
    hand.fill("Reason", "Too late")
    hand.go("Record refund")
    hand.shows("Too late")
    hand.open("/reports/aging")
    hand.says("ageing")


def test_many_at_once_are_looked_at_again(hand: Hand, owner: Actor) -> None:
    drafts = [draft_invoice(owner) for _ in range(2)]
    hand.open("/invoices")
    hand.tick("All that this list finds")
    hand.choose("What to do", "Issue")
    hand.go("Preview")
    hand.go("Issue (2)")
    hand.shows("Under way")
    drain()
    hand.go("Look again")
    hand.shows("Finished")
    assert Invoice.objects.filter(pk__in=[one.pk for one in drafts], status="issued").count() == 2
