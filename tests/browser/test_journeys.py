"""What staff come for, from the first click to the last: on a desk, on a phone, by keyboard."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_httpserver import HTTPServer

from accounts.actors import Actor
from accounts.models import User
from accounts.operations.api_keys import create_api_key
from billing.models import CreditNote, Invoice, RecurringInvoice, Refund
from billing.operations.payments import record_payment
from integrations.models import WebhookDelivery
from integrations.webhooks.endpoints import create_endpoint, update_endpoint
from integrations.work import drain
from tests.browser.hands import PHONE, Hand, hand
from tests.browser.test_portal import come_in
from tests.browser.test_staff_journey import owner
from tests.browsers import signed_in
from tests.builders import draft_quote, issued_invoice, line

__all__ = ["hand", "owner"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_quote_is_accepted_in_the_portal_and_becomes_an_invoice(hand: Hand, owner: Actor) -> None:
    now = timezone.now()
    until = now.date() + datetime.timedelta(days=9)
    quote = draft_quote(owner, "250.00", at=now, valid_until=until)
    hand.open(f"/quotes/{quote.uuid}")
    hand.go("Send")
    hand.go("Send")
    hand.says("Open")
    quote.refresh_from_db()
    come_in(hand)
    hand.go(str(quote.number))
    hand.fill("Your name", "Homer Simpson")
    hand.go("Accept quote")
    expect(hand.page.locator(".mark")).to_have_text("Accepted")

    hand.open(f"/quotes/{quote.uuid}")
    hand.says("Accepted")
    hand.go("Make the invoice")
    hand.go("Issue")
    hand.says("Issued")
    assert Invoice.objects.get().total == 25000


def test_an_invoice_is_repeated_and_the_next_ones_are_shown(hand: Hand, owner: Actor) -> None:
    hand.open(f"/invoices/{issued_invoice(owner).uuid}")
    hand.go("Repeat by schedule")
    hand.fill("From", "2099-01-31")
    hand.go("Save")
    hand.shows("Feb 28, 2099")
    hand.shows("Mar 31, 2099")
    assert RecurringInvoice.objects.get().next_date == datetime.date(2099, 1, 31)


def test_a_part_is_credited_and_money_given_back(hand: Hand, owner: Actor) -> None:
    invoice = issued_invoice(owner, lines=[line("50.00", "4", name="Chair")])
    hand.open(f"/invoices/{invoice.uuid}")
    hand.go("Credit note")
    hand.fill("Reason", "One was broken")
    hand.fill("Quantity of Chair to credit", "1")
    hand.go("Issue the credit note")
    assert CreditNote.objects.get().total == 5000
    invoice.refresh_from_db()
    assert invoice.amount_due == 15000

    payment = record_payment(
        actor=owner, at=timezone.now(), amount=Decimal("150.00"), currency="USD", method="cash",
        payment_date=timezone.now().date(), invoice_id=invoice.pk,
    )  # fmt: skip
    hand.open(f"/payments/{payment.uuid}")
    hand.go("Refund")
    hand.fill("Amount", "20")
    hand.fill("Reason", "Too late")
    hand.go("Record refund")
    hand.shows("Too late")
    assert Refund.objects.get().amount == 2000


def test_what_is_wrong_with_an_issued_invoice_is_put_right(hand: Hand, owner: Actor) -> None:
    """Issuing is not undone: what was issued is credited, and a copy goes on as a draft."""
    wrong = issued_invoice(owner, lines=[line("50.00", "4", name="Chair")])
    hand.open(f"/invoices/{wrong.uuid}")
    hand.go("Correct it: credit and copy")
    hand.fill("Reason", "Too many chairs")
    hand.go("Credit it and open the copy")
    hand.fill("Quantity", "3")
    hand.go("Issue")
    hand.says("Issued")
    wrong.refresh_from_db()
    assert (wrong.amount_due, CreditNote.objects.get().total) == (0, 20000)
    assert Invoice.objects.exclude(pk=wrong.pk).get().total == 15000


def test_a_viewer_is_invited_and_cannot_edit(hand: Hand, owner: Actor) -> None:
    invoice = issued_invoice(owner)
    hand.open("/settings/team")
    hand.fill("E-mail", "vera@acme.test")
    hand.fill("Name", "Vera")
    hand.choose("Role", "Viewer")
    hand.go("Add to the team")
    expect(hand.page.get_by_role("main")).to_contain_text("vera@acme.test")

    hand.carry(signed_in(User.objects.get(email="vera@acme.test")).cookies["sessionid"].value)
    hand.open(f"/invoices/{invoice.uuid}")
    hand.says(str(invoice.number))
    main = hand.page.get_by_role("main")
    for name in ("Send", "Record payment", "Credit note", "Duplicate", "Void"):
        expect(main.get_by_text(name, exact=True)).to_have_count(0)
    assert hand.complaints == []
    hand.open("/customers/new")
    hand.says("Not allowed")
    expect(hand.field("Name")).to_have_count(0)
    # The console calls a refusal an error.
    hand.complaints.clear()


def test_a_key_is_rotated_and_shown_once(hand: Hand, owner: Actor) -> None:
    _, old = create_api_key(
        actor=owner, at=timezone.now(), organization_id=owner.organization_id, name="Till",
        scopes=["customers:read"],
    )  # fmt: skip
    hand.open("/settings/api-keys")
    hand.go("Rotate Till")
    new = hand.page.locator("#secret").inner_text()
    assert new.startswith("sk_live_") and new != old
    for key, status in ((new, 200), (old, 401)):
        headers = {"Authorization": f"Bearer {key}"}
        answer = hand.page.request.get("/v1/customers", headers=headers)
        assert answer.status == status
    hand.open("/settings/api-keys")
    assert new not in hand.page.content()


def test_a_webhook_that_was_lost_is_sent_again(
    hand: Hand, owner: Actor, httpserver: HTTPServer
) -> None:
    httpserver.expect_ordered_request("/hook").respond_with_data("no", status=410)
    httpserver.expect_ordered_request("/hook").respond_with_data("yes")
    endpoint = create_endpoint(
        actor=owner, at=timezone.now(), url=httpserver.url_for("/hook"), events=["invoice.created"]
    )
    issued_invoice(owner, at=timezone.now())
    drain()
    WebhookDelivery.objects.update(
        status="failed", next_attempt_at=None, finished_at=timezone.now()
    )
    update_endpoint(actor=owner, at=timezone.now(), endpoint_id=endpoint.pk, is_active=True)
    hand.open(f"/settings/webhooks/{endpoint.uuid}")
    hand.shows("Failed")
    hand.go("Send again invoice.created")
    hand.shows("It is sent again in a moment.")
    drain()
    hand.page.reload()
    hand.shows("Succeeded")
    assert len({request.headers["webhook-id"] for request, _ in httpserver.log}) == 1


def test_what_is_tried_in_test_mode_stays_there(hand: Hand, owner: Actor) -> None:
    invoice = issued_invoice(owner, at=timezone.now())
    hand.open("/")
    hand.press("More" if hand.page.viewport_size == PHONE else "Alice Archer")
    hand.go("Switch to test mode")
    hand.open("/invoices")
    expect(hand.page.get_by_text(str(invoice.number))).to_have_count(0)
    hand.open("/customers/new")
    hand.fill("Name", "A try")
    hand.go("Add customer")
    hand.go("Back to live")
    hand.open("/customers")
    hand.shows("Globex Corporation")
    expect(hand.page.get_by_text("A try")).to_have_count(0)
