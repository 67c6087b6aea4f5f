"""What staff come for, from the first click to the last, on a desk and on a phone."""

import datetime
import re
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_httpserver import HTTPServer

from accounts.actors import Actor
from accounts.models import BankAccount, Organization, User
from accounts.operations.api_keys import create_api_key
from billing.models import CreditNote, Invoice, RecurringInvoice, Refund
from billing.operations.payments import record_payment
from integrations.models import WebhookDelivery
from integrations.webhooks.endpoints import create_endpoint, update_endpoint
from integrations.work import drain
from tests.browser.conftest import Complaints
from tests.browser.test_portal import come_in
from tests.browser.test_staff_journey import (
    PHONE,
    complaints,
    has_no_sideways_scroll,
    owner,
    page,
)
from tests.browsers import signed_in
from tests.builders import customer, draft_quote, issued_invoice, line

__all__ = ["complaints", "owner", "page"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(page: Page, name: str) -> None:
    """What the head of a page offers, openly or behind "More"."""
    main = page.get_by_role("main")
    wanted = main.get_by_role("button", name=name, exact=True)
    wanted = wanted.or_(main.get_by_role("link", name=name, exact=True)).first
    if not wanted.is_visible():
        main.get_by_role("button", name="More", exact=True).first.click()
    wanted.click()


def says(page: Page, text: str) -> None:
    """The heading of a page that fits."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)
    assert has_no_sideways_scroll(page)


def test_the_customer_pays_a_part_and_staff_record_the_rest(
    page: Page, owner: Actor, complaints: Complaints
) -> None:
    """How the invoice came about, from customer to mail, is in test_staff_journey."""
    now = timezone.now()
    Organization.objects.filter(pk=owner.organization_id).update(portal_part_payments=True)
    BankAccount.objects.create(
        organization_id=owner.organization_id, name="Acme", bank_name="Bank", currency="USD",
        iban="DE89370400440532013000", is_default=True, created_at=now, updated_at=now,
    )  # fmt: skip
    buyer = customer(owner)
    invoice = issued_invoice(owner, "1000.00", at=now, customer_id=buyer.pk)
    page.goto(f"/i/{invoice.public_token}")
    expect(page.locator(".due-amount")).to_have_text("$1,000.00")
    come_in(page)
    page.get_by_role("link", name="Pay", exact=True).click()
    page.get_by_role("button", name="Pay what is selected").click()
    page.get_by_label(f"Amount for {invoice.number}").fill("400")
    page.get_by_role("button", name="Use these amounts").click()
    page.get_by_role("button", name="I pay $400.00 like this").click()
    expect(page.get_by_text("your payment is on its way")).to_be_visible()

    page.goto(f"/customers/{buyer.uuid}/portal")
    says(page, "Customer portal")
    page.get_by_role("button", name="Record the payment").click()
    page.goto(f"/invoices/{invoice.uuid}")
    says(page, "Partly paid")
    press(page, "Record payment")
    expect(page.get_by_label("Amount")).to_have_value("600.00")
    page.get_by_role("button", name="Record payment").click()
    says(page, "Paid")
    page.goto(f"/i/{invoice.public_token}")
    expect(page.locator(".mark")).to_have_text("Paid")
    invoice.refresh_from_db()
    assert (invoice.amount_paid, invoice.amount_due) == (100000, 0)
    assert complaints == []


def test_a_quote_is_accepted_in_the_portal_and_becomes_an_invoice(
    page: Page, owner: Actor, complaints: Complaints
) -> None:
    now = timezone.now()
    until = now.date() + datetime.timedelta(days=9)
    quote = draft_quote(owner, "250.00", at=now, valid_until=until)
    page.goto(f"/quotes/{quote.uuid}")
    press(page, "Send")
    page.get_by_role("button", name="Send", exact=True).click()
    says(page, "Open")
    quote.refresh_from_db()
    come_in(page)
    page.get_by_role("link", name=str(quote.number)).click()
    page.get_by_label("Your name").fill("Homer Simpson")
    page.get_by_role("button", name="Accept quote").click()
    expect(page.locator(".mark")).to_have_text("Accepted")

    page.goto(f"/quotes/{quote.uuid}")
    says(page, "Accepted")
    press(page, "Make the invoice")
    press(page, "Issue")
    says(page, "Issued")
    assert Invoice.objects.get().total == 25000
    assert complaints == []


def test_an_invoice_is_repeated_and_the_next_ones_are_shown(
    page: Page, owner: Actor, complaints: Complaints
) -> None:
    page.goto(f"/invoices/{issued_invoice(owner).uuid}")
    press(page, "Repeat by schedule")
    page.get_by_label("From", exact=True).fill("2099-01-31")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Feb 28, 2099")).to_be_visible()
    expect(page.get_by_text("Mar 31, 2099")).to_be_visible()
    assert has_no_sideways_scroll(page)
    assert RecurringInvoice.objects.get().next_date == datetime.date(2099, 1, 31)
    assert complaints == []


def test_a_part_is_credited_and_money_given_back(
    page: Page, owner: Actor, complaints: Complaints
) -> None:
    invoice = issued_invoice(owner, lines=[line("50.00", "4", name="Chair")])
    page.goto(f"/invoices/{invoice.uuid}")
    press(page, "Credit note")
    page.get_by_label("Reason").fill("One was broken")
    page.get_by_label("Chair").fill("1")
    assert has_no_sideways_scroll(page)
    page.get_by_role("main").locator("form button.btn-primary").click()
    assert CreditNote.objects.get().total == 5000
    invoice.refresh_from_db()
    assert invoice.amount_due == 15000

    payment = record_payment(
        actor=owner, at=timezone.now(), amount=Decimal("150.00"), currency="USD", method="cash",
        payment_date=timezone.now().date(), invoice_id=invoice.pk,
    )  # fmt: skip
    page.goto(f"/payments/{payment.uuid}")
    press(page, "Refund")
    page.get_by_label("Amount").fill("20")
    page.get_by_label("Reason").fill("Too late")
    page.get_by_role("button", name="Record refund").click()
    expect(page.get_by_text("Too late")).to_be_visible()
    assert has_no_sideways_scroll(page)
    assert Refund.objects.get().amount == 2000
    assert complaints == []


def test_a_viewer_is_invited_and_cannot_edit(
    page: Page, owner: Actor, complaints: Complaints
) -> None:
    invoice = issued_invoice(owner)
    page.goto("/settings/team")
    page.get_by_label("E-mail").fill("vera@acme.test")
    page.get_by_label("Name", exact=False).fill("Vera")
    page.get_by_label("Role", exact=True).select_option("viewer")
    page.get_by_role("button", name="Add to the team").click()
    expect(page.get_by_role("main")).to_contain_text("vera@acme.test")
    assert has_no_sideways_scroll(page)

    session = signed_in(User.objects.get(email="vera@acme.test")).cookies["sessionid"].value
    address = page.url.removesuffix("/settings/team")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    page.goto(f"/invoices/{invoice.uuid}")
    says(page, str(invoice.number))
    main = page.get_by_role("main")
    for name in ("Send", "Record payment", "Credit note", "Duplicate", "Void"):
        expect(main.get_by_text(name, exact=True)).to_have_count(0)
    assert complaints == []
    page.goto("/customers/new")
    says(page, "Not allowed")
    expect(page.get_by_label("Name", exact=True)).to_have_count(0)


def test_a_key_is_rotated_and_shown_once(
    page: Page, owner: Actor, live_server: LiveServer, complaints: Complaints
) -> None:
    _, old = create_api_key(
        actor=owner, at=timezone.now(), organization_id=owner.organization_id, name="Till",
        scopes=["customers:read"],
    )  # fmt: skip
    page.goto("/settings/api-keys")
    page.get_by_role("button", name="Rotate Till").click()
    new = page.locator("#secret").inner_text()
    assert new.startswith("sk_live_") and new != old
    assert has_no_sideways_scroll(page)
    for key, status in ((new, 200), (old, 401)):
        answer = page.request.get("/v1/customers", headers={"Authorization": f"Bearer {key}"})
        assert answer.status == status
    page.goto("/settings/api-keys")
    assert new not in page.content()
    assert complaints == []


def test_a_webhook_that_was_lost_is_sent_again(
    page: Page, owner: Actor, httpserver: HTTPServer, complaints: Complaints
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
    page.goto(f"/settings/webhooks/{endpoint.uuid}")
    expect(page.get_by_text("Failed", exact=True)).to_be_visible()
    page.get_by_role("button", name="Send again invoice.created").click()
    expect(page.get_by_text("It is sent again in a moment.")).to_be_visible()
    drain()
    page.reload()
    expect(page.get_by_text("Succeeded", exact=True)).to_be_visible()
    assert has_no_sideways_scroll(page)
    assert len({request.headers["webhook-id"] for request, _ in httpserver.log}) == 1
    assert complaints == []


def test_what_is_tried_in_test_mode_stays_there(
    page: Page, owner: Actor, complaints: Complaints
) -> None:
    invoice = issued_invoice(owner, at=timezone.now())
    is_phone = page.viewport_size == PHONE
    page.get_by_role("button", name="More" if is_phone else "Alice").first.click()
    page.locator("button:visible", has_text="Switch to test mode").click()
    page.goto("/invoices")
    expect(page.get_by_text(str(invoice.number))).to_have_count(0)
    page.goto("/customers/new")
    page.get_by_label("Name", exact=True).fill("A try")
    page.get_by_role("button", name="Add customer").click()
    assert has_no_sideways_scroll(page)
    page.get_by_role("button", name="Back to live").click()
    page.goto("/customers")
    expect(page.get_by_text("Globex Corporation").first).to_be_visible()
    expect(page.get_by_text("A try")).to_have_count(0)
    assert complaints == []


# Whether what has the focus shows it: an outline, a ring or a border of its own.
SHOWS_FOCUS = """() => {
    const style = getComputedStyle(document.activeElement);
    return document.activeElement !== document.body
        && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1)
            || style.boxShadow !== "none");
}"""


def tab_to(page: Page, label: str) -> None:
    """By Tab alone, and every stop on the way shows where one is."""
    for _ in range(80):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML")
        named = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).innerText"
        )
        if re.match(rf"{label}(\s+optional)?$", str(named).strip()):
            return
    raise AssertionError(f"Tab never came to {label}")


def test_by_keyboard_alone(page: Page, owner: Actor, complaints: Complaints) -> None:
    page.goto("/customers/new")
    tab_to(page, "Name")
    page.keyboard.type("Globex")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Globex")
    page.goto("/invoices/new")
    tab_to(page, "Customer")
    page.keyboard.type("Globex")
    tab_to(page, "Product or service")
    page.keyboard.type("Work")
    tab_to(page, "Price")
    page.keyboard.type("80")
    expect(page.locator("#totals")).to_contain_text("$80.00")
    tab_to(page, "Issue")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Issued")
    tab_to(page, "Record payment")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Amount")).to_have_value("80.00")
    tab_to(page, "Record payment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Paid")
    assert Invoice.objects.get().amount_paid == 8000
    assert complaints == []
