"""What somebody at a desk counts on: own spelling, kept lists, many at once, and a way back."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.actors import Actor
from billing.models import Invoice, Payment, SavedFilter
from integrations.work import drain
from tests.browser.hands import PHONE, Hand, hand
from tests.browser.test_staff_journey import owner
from tests.builders import customer, issued_invoice, product

__all__ = ["hand", "owner"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_who_reads_german_reads_and_writes_commas(hand: Hand, owner: Actor) -> None:
    issued_invoice(owner, "1234.56", at=timezone.now())
    hand.open("/")
    hand.press("More" if hand.page.viewport_size == PHONE else "Alice Archer")
    hand.go("Deutsch")
    hand.open("/invoices")
    expect(hand.page.locator("tbody")).to_contain_text("1.234,56\u00a0$")
    hand.open("/invoices/new")
    hand.fill("Kunde", "Globex Corporation")
    hand.fill("Produkt oder Leistung", "Arbeit")
    hand.fill("Menge", "1,5")
    hand.fill("Preis", "1.234,50")
    expect(hand.page.locator("#totals")).to_contain_text("1.851,75\u00a0$")
    hand.go("Als Entwurf speichern")
    hand.go("Bearbeiten")
    expect(hand.field("Preis")).to_have_value("1234,50")
    expect(hand.field("Menge")).to_have_value("1,5")
    assert Invoice.objects.get(status="draft").total == 185175


def test_everything_is_found_by_name_number_and_amount(hand: Hand, owner: Actor) -> None:
    invoice = issued_invoice(owner, "1234.50", customer_id=customer(owner, "Initech").pk)
    product(owner, name="Rare widget")
    page = hand.page
    for words, kind in (
        ("Initech", "Initech"),
        (str(invoice.number), str(invoice.number)),
        ("1,234.50", str(invoice.number)),
        ("Rare wid", "Rare widget"),
        ("Late fees", "Late fees"),
    ):
        hand.open("/")
        page.keyboard.press("Control+k")
        page.keyboard.type(words)
        expect(page.get_by_role("option", name=kind).first).to_be_visible()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_contain_text(kind)


def test_a_list_is_kept_and_forgotten(hand: Hand, owner: Actor) -> None:
    issued_invoice(owner, "300.00")
    issued_invoice(owner, "42.50", customer_id=customer(owner, "Initech").pk)
    hand.open("/invoices?q=Initech")
    hand.unfold("Keep this list")
    hand.fill("Name of the list", "Initech only")
    hand.go("Keep")
    hand.open("/invoices")
    expect(hand.page.locator("tbody tr")).to_have_count(2)
    hand.go("Initech only")
    expect(hand.page.locator("tbody tr")).to_have_count(1)
    hand.go("Forget Initech only")
    assert SavedFilter.objects.count() == 0


def test_many_are_marked_as_paid_and_taken_back(hand: Hand, owner: Actor) -> None:
    rows = [issued_invoice(owner, at=timezone.now()) for _ in range(2)]
    hand.open("/invoices")
    for row in rows:
        hand.tick(f"Choose {row.number} · Globex Corporation")
    hand.choose("What to do", "Mark as paid")
    hand.go("Preview")
    hand.shows("2 rows take part")
    assert not any(is_paid(row) for row in rows)
    hand.go("Mark as paid (2)")
    drain()
    hand.shows("Finished")
    assert all(is_paid(row) for row in rows)
    hand.go("Take the payments back")
    drain()
    hand.shows("Finished")
    assert not any(is_paid(row) for row in rows)


def is_paid(invoice: Invoice) -> bool:
    return Invoice.objects.get(pk=invoice.pk).amount_due == 0


def test_a_payment_is_taken_back(hand: Hand, owner: Actor) -> None:
    invoice = issued_invoice(owner, "300.00", at=timezone.now())
    hand.open(f"/invoices/{invoice.uuid}")
    hand.go("Mark as paid today")
    hand.says("Paid")
    hand.open(f"/payments/{Payment.objects.get().uuid}")
    hand.go("Take back")
    invoice.refresh_from_db()
    assert invoice.amount_due == 30000
