"""The public page of a payment link: shows, orders, and closes without telling anything."""

import datetime
import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.actors import Actor
from accounts.models import Organization
from accounts.operations.bank_accounts import create_bank_account
from billing.models import Customer, Invoice, PaymentLink
from billing.operations.issuing import void_invoice
from billing.operations.payment_links import create_payment_link, deactivate_payment_link
from billing.operations.products import update_product
from billing.web import public_payments
from core.models import Event
from tests.billing.money import pay
from tests.builders import customer, issued_invoice, product
from tests.instants import AT

EVIL = "<script>alert(1)</script>"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at() -> Any:
    cache.clear()
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def link_for(actor: Actor, **fields: Any) -> PaymentLink:
    return create_payment_link(**{"actor": actor, "at": AT, **fields})


@pytest.fixture
def offer(actor: Actor) -> PaymentLink:
    return link_for(actor, name="Workshop", amount=Decimal("49.99"), description="Two days")


def order(client: Client, link: PaymentLink, **fields: Any) -> Any:
    body = {"name": "Homer", "email": "homer@home.test", **fields}
    return client.post(f"/pay/{link.public_token}", body)


def page_of(client: Client, link: PaymentLink, status: int = 200) -> str:
    answer = client.get(f"/pay/{link.public_token}")
    assert answer.status_code == status
    return str(answer.content.decode())


def test_an_invoice_is_asked_for_with_the_account_and_a_code(actor: Actor) -> None:
    create_bank_account(
        actor=actor,
        at=AT,
        name="Acme GmbH",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        currency="EUR",
        is_default=True,
    )
    payer = customer(actor, currency="EUR", address_line1="Secret Lane 1")
    invoice = issued_invoice(actor, "100.00", customer_id=payer.pk)
    link = link_for(actor, invoice_id=invoice.pk, amount=Decimal("30.00"))
    page = page_of(Client(), link)
    for text in (
        "€30.00",
        "Part of invoice INV-2025-001",
        "DE89 3704 0044 0532 0130 00",
        "data:image",
    ):
        assert text in page, text
    # The link is for paying: it tells nothing about whose invoice it is.
    for text in ("Globex", "Secret Lane", invoice.public_token, "<form"):
        assert text not in page, text


def test_looking_changes_nothing(client: Client, offer: PaymentLink) -> None:
    before = Event.objects.count()
    for tail in ("", "/theme.css"):
        assert client.get(f"/pay/{offer.public_token}{tail}").status_code == 200
        assert client.head(f"/pay/{offer.public_token}{tail}").status_code == 200
    assert (Event.objects.count(), Customer.objects.count()) == (before, 0)


def test_an_order_leads_to_its_invoice(client: Client, offer: PaymentLink) -> None:
    page = page_of(client, offer)
    assert "Workshop" in page
    assert "Two days" in page
    answer = order(client, offer)
    invoice = Invoice.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/i/{invoice.public_token}")
    assert (invoice.status, invoice.total) == ("issued", 4999)
    assert client.get(answer["Location"]).status_code == 200
    event = Event.objects.get(type="payment_link.used")
    assert (event.actor_kind, event.organization_id) == ("customer", offer.organization_id)


def test_a_post_to_an_invoices_link_orders_nothing(client: Client, actor: Actor) -> None:
    link = link_for(actor, invoice_id=issued_invoice(actor).pk)
    assert order(client, link).status_code == 200
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Please give your name."),
        ({"email": "nobody"}, "Please give your e-mail address."),
        ({"email": "a@b.test,c@d.test"}, "Please give your e-mail address."),
        ({"email": ""}, "Please give your e-mail address."),
    ],
)
def test_what_is_missing_is_said_and_the_rest_kept(
    client: Client, offer: PaymentLink, fields: dict[str, str], sentence: str
) -> None:
    answer = order(client, offer, company="Springfield Ltd", **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="Springfield Ltd"' in page
    assert not Customer.objects.exists()


def test_one_address_orders_a_few_times_only(client: Client, offer: PaymentLink) -> None:
    for _ in range(public_payments.ORDERS_PER_HOUR):
        assert order(client, offer).status_code == 302
    answer = order(client, offer)
    assert answer.status_code == 429
    assert "Too many orders" in answer.content.decode()
    assert Customer.objects.count() == public_payments.ORDERS_PER_HOUR


def test_a_form_from_elsewhere_is_refused(offer: PaymentLink) -> None:
    client = Client(enforce_csrf_checks=True)
    assert order(client, offer).status_code == 403
    page = client.get(f"/pay/{offer.public_token}")
    assert page["Referrer-Policy"] == "same-origin"
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found is not None
    assert order(client, offer, csrfmiddlewaretoken=found[1]).status_code == 302


def test_a_link_used_up_is_closed(client: Client, actor: Actor) -> None:
    link = link_for(actor, name="Workshop", amount=Decimal(5), max_uses=1)
    assert order(client, link).status_code == 302
    page = page_of(client, link, 410)
    assert "was used already" in page
    assert "Workshop" not in page
    assert order(client, link).status_code == 410
    assert Invoice.objects.count() == 1


def test_closed_links_tell_nothing(
    client: Client, actor: Actor, _at: time_machine.Traveller
) -> None:
    until = AT + datetime.timedelta(hours=1)
    goods = product(actor, name="Hosting")
    rows = {
        "is closed": link_for(actor, name="Workshop", amount=Decimal(5)),
        "has expired": link_for(actor, name="Workshop", amount=Decimal(5), expires_at=until),
        "was voided": link_for(actor, invoice_id=issued_invoice(actor).pk),
    }
    unsold = link_for(actor, product_id=goods.pk)
    deactivate_payment_link(actor=actor, at=AT, payment_link_id=rows["is closed"].pk)
    void_invoice(actor=actor, at=AT, invoice_id=Invoice.objects.get().pk)
    update_product(actor=actor, at=AT, product_id=goods.pk, is_active=False)
    _at.move_to(until)
    for words, link in rows.items():
        page = page_of(client, link, 410)
        assert words in page
        assert "Workshop" not in page
    assert "is closed" in page_of(client, unsold, 410)


def test_a_paid_invoice_says_thank_you(client: Client, actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    link = link_for(actor, invoice_id=invoice.pk)
    pay(actor, invoice, "100.00")
    page = page_of(client, link)
    assert "Paid in full. Thank you!" in page
    assert "<form" not in page


def test_an_unknown_link_is_not_found(client: Client) -> None:
    assert client.get(f"/pay/{'x' * 22}").status_code == 404
    assert client.post(f"/pay/{'x' * 22}", {}).status_code == 404


def test_hostile_texts_stay_text(client: Client, actor: Actor) -> None:
    link = link_for(actor, name=EVIL, amount=Decimal(5), description=EVIL)
    answer = order(client, link, name=EVIL, email="x", company=EVIL)
    assert EVIL not in answer.content.decode()
    assert EVIL not in page_of(client, link)


def test_a_sandbox_page_is_marked_as_a_test(client: Client, sandbox_actor: Actor) -> None:
    link = link_for(sandbox_actor, name="x", amount=Decimal(5))
    assert "Test document" in page_of(client, link)


def test_it_speaks_the_sellers_language(client: Client, acme: Organization, actor: Actor) -> None:
    acme.locale = "de_DE"
    acme.save()
    page = page_of(client, link_for(actor, name="Kurs", amount=Decimal("49.99"), currency="EUR"))
    assert "Für 49,99" in page
