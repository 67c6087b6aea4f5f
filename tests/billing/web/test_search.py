"""The command bar and its page: everything is found, by those who may see it."""

from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from billing.models import Invoice, Payment, Quote
from billing.operations.leads import create_lead
from tests.builders import customer, expense, issued_invoice, product, ticket
from tests.instants import AT

pytestmark = pytest.mark.django_db


def found(client: Client, text: str) -> dict[str, list[str]]:
    groups = client.get("/search", {"q": text}).context["groups"]
    return {str(group.name): [hit.label for hit in group.hits] for group in groups}


def test_a_customer_is_found_with_what_was_billed(staff: Client, actor: Actor) -> None:
    buyer = customer(actor, "Müller & Söhne")
    row = issued_invoice(actor, "100.00", customer_id=buyer.pk)
    hits = found(staff, "muller sohne")
    assert hits["Customers"] == ["Müller & Söhne"]
    assert hits["Invoices"] == [row.number]


def test_numbers_and_amounts(
    staff: Client, invoice: Invoice, payment: Payment, quote: Quote
) -> None:
    assert found(staff, str(invoice.number))["Invoices"] == [invoice.number]
    assert found(staff, payment.number)["Payments"] == [payment.number]
    assert found(staff, "100.00")["Invoices"] == [invoice.number]
    assert found(staff, "40,00")["Payments"] == [payment.number]
    assert found(staff, "40.01") == {}


def test_the_rest_of_the_house(staff: Client, actor: Actor) -> None:
    product(actor, sku="HOST-1")
    expense(actor, description="Paper for the printer")
    ticket(actor, "The printer is broken")
    create_lead(actor=actor, at=AT, first_name="Pia", last_name="Printer", email="p@x.test")
    assert "HOST-1" in str(staff.get("/search", {"q": "host-1"}).content)
    hits = found(staff, "printer")
    assert hits["Transactions"] == ["Paper for the printer"]
    assert hits["Tickets"] == ["The printer is broken"]
    assert hits["Leads"] == ["Pia Printer"]


def test_pages_and_beginnings(staff: Client, viewer: Client) -> None:
    assert found(staff, "new invoi")["Go to"] == ["New invoice"]
    assert found(viewer, "new invoi") == {}
    assert "API keys" in found(staff, "")["Go to"]
    assert "API keys" not in found(viewer, "")["Go to"]


def test_while_typing_it_answers_with_options_only(staff: Client, invoice: Invoice) -> None:
    answer = staff.get("/search", {"q": invoice.number}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert 'role="option"' in text and "<html" not in text
    assert len(text) < 4000


def test_a_stranger_finds_nothing_of_acme(
    stranger: Client, invoice: Invoice, payment: Payment
) -> None:
    for text in (str(invoice.number), "100.00", "globex"):
        assert found(stranger, text) == {}


@pytest.mark.parametrize("text", ["%", "\x00", "a b c d e f g h i j", "1e999", "'", "_", "\\"])
def test_any_text_is_answered(staff: Client, text: str) -> None:
    assert staff.get("/search", {"q": text}).status_code == 200


def test_every_page_has_the_bar_and_only_open_doors(staff: Client, viewer: Client) -> None:
    def keys(client: Client) -> Any:
        text = client.get("/customers").content.decode()
        return 'data-keys="n i"' in text, 'data-keys="g i"' in text

    assert keys(staff) == (True, True)
    assert keys(viewer) == (False, True)
