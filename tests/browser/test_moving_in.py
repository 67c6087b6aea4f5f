"""From the first sign-in to the first invoice paid; data that comes in and goes out again."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.models import Customer, Invoice
from integrations.models import Message
from integrations.work import drain
from tests.browser.hands import WAYS, Hand, at_work, hand
from tests.browser.test_portal import come_in
from tests.browser.test_staff_journey import PASSWORD, owner
from tests.builders import issued_invoice
from tests.instants import AT

__all__ = ["hand", "owner"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=list(WAYS))
def newcomer(
    request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer
) -> Iterator[Hand]:
    """At the form to sign in, with an organization that has told nothing yet."""
    cache.clear()
    nora = create_user(at=AT, email="nora@fresh.test", password=PASSWORD, name="Nora")
    create_organization(at=AT, name="Fresh", slug="fresh", owner=nora)
    with at_work(chromium, live_server.url, request.param, locale="en-US") as hand:
        hand.open("/")
        yield hand


def test_from_signing_in_to_the_first_invoice_paid(newcomer: Hand) -> None:
    hand = newcomer
    _set_up(hand)
    hand.go("Write the invoice")
    hand.fill("Customer", "Globex")
    hand.fill("E-mail", "ap@globex.test")
    hand.fill("Product or service", "Consulting")
    hand.fill("Price", "100")
    expect(hand.page.locator("#totals")).to_contain_text("€123.00")
    hand.go("Go on to sending")
    hand.go("Issue and send")
    hand.shows("is on its way to ap@globex.test.")
    invoice = Invoice.objects.get()
    assert invoice.seller["bank_account"]["iban"] == "DE89370400440532013000"
    assert Message.objects.get().recipients.get().address == "ap@globex.test"

    hand.open("/settings/portal")
    hand.tick("Customers may pay part of an invoice")
    hand.go("Save")
    hand.open(f"/i/{invoice.public_token}")
    expect(hand.page.locator(".due-amount")).to_have_text("€123.00")
    hand.go("See all your invoices")
    come_in(hand, "fresh")
    hand.go("Pay")
    hand.go("Pay what is selected")
    hand.fill(f"Amount for {invoice.number}", "23")
    hand.go("Use these amounts")
    hand.go("I pay €23.00 like this")
    hand.shows("your payment is on its way")

    hand.open(f"/customers/{invoice.customer.uuid}/portal")
    hand.says("Customer portal")
    hand.go("Record the payment")
    hand.open(f"/invoices/{invoice.uuid}")
    hand.says("Partly paid")
    hand.go("Record payment")
    expect(hand.field("Amount")).to_have_value("100.00")
    hand.go("Record payment")
    hand.says("Paid")
    hand.open(f"/i/{invoice.public_token}")
    expect(hand.page.locator(".mark")).to_have_text("Paid")
    invoice.refresh_from_db()
    assert (invoice.amount_paid, invoice.amount_due) == (12300, 0)


def _set_up(hand: Hand) -> None:
    hand.fill("Email", "nora@fresh.test")
    hand.fill("Password", PASSWORD)
    hand.go("Sign In")
    hand.says("Welcome to Fresh")
    hand.go("Go on: Your organization")
    hand.choose("Country", "Ireland")
    expect(hand.field("Currency")).to_have_value("EUR")
    hand.fill("Legal name", "Fresh Ltd")
    for label, text in (("Address", "1 Dame St"), ("City", "Dublin"), ("E-mail", "a@fresh.test")):
        hand.fill(label, text)
    hand.go("Save and go on")
    expect(hand.field("VAT 23 %")).to_be_checked()
    hand.go("Save and go on")
    hand.fill("IBAN", "DE89 3704 0044 0532 0130 00")
    hand.go("Save and go on")
    hand.go("Skip for now")
    hand.says("Your first invoice")


def test_200_customers_come_in_and_three_bad_rows_stay_out(
    hand: Hand, owner: Actor, tmp_path: Path
) -> None:
    rows = [f"Customer {n},c{n}@hooli.test,DE" for n in range(200)]
    rows[9], rows[99], rows[199] = "Ten,no address,DE", ",c@hooli.test,DE", "Last,,Atlantis"
    file = tmp_path / "customers.csv"
    file.write_text("\n".join(["Name,Email,Country", *rows]))
    hand.open("/customers")
    hand.go("Import")
    hand.says("Import")
    hand.upload("File", file)
    hand.go("Next: columns")
    hand.says("What do the columns mean?")
    hand.go("Try it out")
    hand.says("What will happen")
    for text in ("Row 11", "Row 101", "Row 201"):
        hand.shows(text)
    _, bad = hand.download("As CSV with reasons")
    assert len(bad.read_text().splitlines()) == 4
    assert Customer.objects.count() == 0
    hand.go("Import the 197 good ones")
    _is_under_way(hand)
    drain()
    hand.shows("Finished")
    assert Customer.objects.of(owner.organization_id).count() == 197


def test_everything_is_taken_away_in_one_file(hand: Hand, owner: Actor) -> None:
    invoice = issued_invoice(owner)
    hand.open("/settings")
    hand.go("Export Everything that is yours, in one file.")
    hand.says("All data in one file")
    hand.go("Make the file")
    hand.page.reload()
    hand.shows("You can leave this page; the work goes on.")
    drain()
    link = hand.page.get_by_role("link", name="Download")
    expect(link).to_be_visible()
    _, file = hand.download(link.inner_text().strip())
    hand.shows("Debits and credits of the exported ledger are equal.")
    with zipfile.ZipFile(file) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith("csv/invoices.csv"))
        assert str(invoice.number) in archive.read(name).decode()


def _is_under_way(hand: Hand) -> None:
    """And still is for whoever comes back."""
    for _ in range(2):
        hand.shows("Under way")
        expect(hand.page.get_by_role("progressbar")).to_be_visible()
        hand.page.reload()
