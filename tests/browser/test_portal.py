"""The portal in a real browser, on a desk and on a phone, with and without JavaScript."""

import datetime
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor, actor_for_membership
from accounts.models import BankAccount, Membership
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.models import Customer, Dispute, Invoice, PortalLink, Quote, Remittance
from billing.operations.issuing import issue_invoice
from billing.operations.payments import mark_paid
from billing.operations.portal_access import link_token
from billing.operations.quote_answers import convert_quote, open_quote
from billing.operations.remittances import receive_remittance
from tests.browser.hands import Hand, at_work
from tests.builders import customer, draft_quote, issued_invoice
from tests.instants import AT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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


@pytest.fixture(params=["390", "keys", "no-js"])
def hand(
    request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer
) -> Iterator[Hand]:
    """The buyer's; whoever has no scripts has a phone."""
    has_scripts = request.param != "no-js"
    way = request.param if has_scripts else "390"
    with at_work(chromium, live_server.url, way, java_script_enabled=has_scripts) as hand:
        yield hand


def test_from_quote_to_paid(seller: Actor, quote: Quote, hand: Hand) -> None:
    come_in(hand)
    hand.go(str(quote.number))
    hand.fill("Your name", "Homer Simpson")
    hand.go("Accept quote")
    expect(hand.page.locator(".mark")).to_have_text("Accepted")
    now = timezone.now()
    draft = convert_quote(actor=seller, at=now, quote_id=quote.pk)
    invoice = issue_invoice(actor=seller, at=now, invoice_id=draft.pk)
    other = issued_invoice(seller, "50.00", at=now, customer_id=quote.customer_id, currency="EUR")
    hand.go("Pay")
    hand.go("Pay what is selected")
    hand.shows("DE89 3704 0044 0532 0130 00")
    hand.fill(f"Amount for {invoice.number}", "400")
    hand.go("Use these amounts")
    hand.go("I pay €450.00 like this")
    hand.shows("your payment is on its way")
    remittance = Remittance.objects.get()
    assert remittance.amount == 45000
    receive_remittance(actor=seller, at=now, remittance_id=remittance.pk, payment_date=now.date())
    hand.go("Overview")
    expect(hand.page.locator(".due-amount")).to_have_text("€600.00")
    mark_paid(actor=seller, at=now, invoice_id=invoice.pk, payment_date=now.date())
    hand.page.reload()
    hand.shows("Nothing is open. Thank you!")
    hand.go("Statement")
    hand.shows("Closing balance")
    lines = hand.page.locator(".account tbody tr")
    expect(lines.filter(has_text=str(other.number)).first).to_be_visible()
    assert lines.count() == 6
    # Of any date: before there was anything.
    hand.fill("From", "2024-01-01")
    hand.fill("To", "2024-12-31")
    hand.go("Show")
    expect(lines).to_have_count(3)
    for row in Invoice.objects.all():
        assert (row.amount_paid, row.amount_due) == (row.total, 0)
    assert Invoice.objects.get(pk=invoice.pk).total == int(Decimal("1000.00") * 100)
    hand.go("Sign out")
    hand.says("Your documents")


def test_objecting_and_moving_house(
    seller: Actor, quote: Quote, buyer: Customer, hand: Hand
) -> None:
    now = timezone.now()
    draft = convert_quote(actor=seller, at=now, quote_id=quote.pk)
    invoice = issue_invoice(actor=seller, at=now, invoice_id=draft.pk)
    come_in(hand)
    hand.go(str(invoice.number))
    hand.unfold("Something is wrong with this invoice")
    hand.choose("What is it about?", "Work")
    hand.fill("What is wrong?", "This was not ordered.")
    hand.go("Send")
    hand.shows("Waiting for an answer")
    assert Dispute.objects.get().line == invoice.lines.get()
    hand.go("Documents")
    hand.go("Download everything")
    _, file = hand.download("ZIP: All years")
    with zipfile.ZipFile(file) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".csv", ".pdf"}
    hand.go("Your details")
    hand.fill("Street and number", "Neue Str. 2")
    hand.choose("Language of documents and mail", "Deutsch")
    hand.go("Save")
    hand.shows("Gespeichert")
    buyer.refresh_from_db()
    assert (buyer.address_line1, buyer.locale) == ("Neue Str. 2", "de")
    hand.go("Dokumente")
    name, _ = hand.download(f"PDF von {invoice.number}")
    assert str(invoice.number) in name


def come_in(hand: Hand, place: str = "acme") -> None:
    """By the form and the link from the mail."""
    hand.open(f"/portal/{place}")
    hand.fill("Your e-mail address", "ap@globex.test")
    hand.go("Send me a link")
    hand.says("Look into your mail")
    hand.open(f"/portal/{place}/enter/{link_token(PortalLink.objects.get())}")
    hand.go("Sign in")
    expect(hand.page.get_by_role("button", name="Sign out")).to_be_visible()
