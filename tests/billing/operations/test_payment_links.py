"""Payment links: for what they can be made, what using them does, and when they close."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Customer, Invoice, PaymentLink
from billing.operations.issuing import InvoiceNotIssued, void_invoice
from billing.operations.lines import ProductNotForSale
from billing.operations.payables import (
    AlreadySettled,
    AmountExceedsDue,
    InvoiceVoid,
    OtherCurrency,
)
from billing.operations.payment_links import (
    PaymentLinkClosed,
    amount_asked,
    create_payment_link,
    deactivate_payment_link,
    order_through_link,
    preview,
    record_link_payment,
)
from billing.operations.products import update_product
from billing.queries.lookup import UnknownReference
from billing.queries.payment_links import (
    get_payment_link,
    link_status,
    list_payment_links,
    with_link_status,
)
from core import exactjson
from core.errors import DomainError, Forbidden, InvalidValue, NotFound
from core.lifecycle import TransitionRefused
from core.models import Event
from integrations.models import Message
from tests.billing.money import pay
from tests.builders import draft_invoice, issued_invoice, product, tax_profile
from tests.instants import AT

pytestmark = pytest.mark.usefixtures("books_add_up")
LATER = AT + datetime.timedelta(days=2)


def link_for(actor: Actor, **fields: Any) -> PaymentLink:
    return create_payment_link(**{"actor": actor, "at": AT, **fields})


def order(actor: Actor, link: PaymentLink, **fields: Any) -> Invoice:
    guest = replace(actor, kind="customer", scopes=frozenset())
    return order_through_link(
        **{
            "actor": guest,
            "at": AT,
            "payment_link_id": link.pk,
            "name": "Homer Simpson",
            "email": "homer@home.test",
            **fields,
        }
    )


def state(link: PaymentLink, at: datetime.datetime = AT) -> str:
    return link_status(get_payment_link(link.organization_id, link.pk), at)


def types() -> list[str]:
    rows = Event.objects.filter(subject_type="paymentlink").order_by("pk")
    return list(rows.values_list("type", flat=True))


def test_for_an_invoice_it_asks_for_all_that_is_due(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    link = link_for(actor, invoice_id=invoice.uuid)
    assert (len(link.public_token), link.currency, link.amount) == (22, "USD", None)
    assert amount_asked(link) == 10000
    pay(actor, invoice, "40.00")
    assert amount_asked(get_payment_link(actor.organization_id, link.pk)) == 6000
    assert (state(link), types()) == ("active", ["payment_link.created"])
    pay(actor, invoice, "60.00")
    assert state(link) == "completed"


def test_a_part_is_never_more_than_what_is_due(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    link = link_for(actor, invoice_id=invoice.pk, amount=Decimal("30.00"))
    pay(actor, invoice, "90.00")
    assert amount_asked(get_payment_link(actor.organization_id, link.pk)) == 1000


def test_a_product_is_ordered_with_its_price_and_tax(actor: Actor) -> None:
    vat = tax_profile(actor, "10")
    goods = product(actor, "150.00", tax_profile_id=vat.pk)
    link = link_for(actor, product_id=goods.pk, quantity=2, metadata={"campaign": "spring"})
    assert preview(link, AT).invoice.total == 33000
    invoice = order(actor, link)
    assert (invoice.status, invoice.total, invoice.tax_total) == ("issued", 33000, 3000)
    assert (invoice.source, invoice.metadata) == ("payment_link", {"campaign": "spring"})
    assert (invoice.buyer["name"], invoice.buyer["email"]) == ("Homer Simpson", "homer@home.test")
    message = Message.objects.get()
    assert (message.kind, message.subject_id) == ("invoice", invoice.pk)
    assert get_payment_link(actor.organization_id, link.pk).times_used == 1
    used = exactjson.loads(Event.objects.get(type="payment_link.used").data)
    assert used["made_invoice"] == {"uuid": str(invoice.uuid), "number": "INV-2025-001"}


@pytest.mark.parametrize(
    ("amount", "currency", "rate", "total", "tax"),
    [
        ("119.00", "EUR", "19", 11900, 1900),
        ("353.90", "EUR", "19", 35390, 5651),
        ("1099", "JPY", "10", 1099, 100),
        ("1.049", "KWD", "5", 1049, 50),
        ("49.99", "USD", None, 4999, 0),
    ],
)
def test_an_amount_includes_its_tax_A12(
    actor: Actor, amount: str, currency: str, rate: str | None, total: int, tax: int
) -> None:
    profile = tax_profile(actor, rate).pk if rate else None
    link = link_for(
        actor, name="Workshop", amount=Decimal(amount), currency=currency, tax_profile_id=profile
    )
    invoice = order(actor, link)
    assert (invoice.total, invoice.tax_total, invoice.currency) == (total, tax, currency)
    assert invoice.lines.get().name == "Workshop"


def test_a_firm_is_billed_as_such(actor: Actor) -> None:
    invoice = order(actor, link_for(actor, name="x", amount=Decimal(5)), company="Springfield Ltd")
    customer = Customer.objects.get()
    assert (customer.name, customer.kind) == ("Springfield Ltd", "business")
    assert (invoice.buyer["legal_name"], invoice.buyer["contact_name"]) == (
        "Springfield Ltd",
        "Homer Simpson",
    )


def test_nobody_gets_to_see_a_customer_on_file(actor: Actor) -> None:
    link = link_for(actor, name="x", amount=Decimal(5))
    first, second = order(actor, link), order(actor, link)
    assert first.customer_id != second.customer_id
    assert Customer.objects.filter(email="homer@home.test").count() == 2


def test_a_single_use_link_is_used_once(actor: Actor) -> None:
    link = link_for(actor, name="x", amount=Decimal(5), max_uses=1)
    order(actor, link)
    assert state(link) == "completed"
    with pytest.raises(PaymentLinkClosed):
        order(actor, link)
    assert Invoice.objects.count() == 1


def test_it_expires_and_is_deactivated(actor: Actor) -> None:
    link = link_for(actor, name="x", amount=Decimal(5), expires_at=LATER)
    assert (state(link), state(link, LATER)) == ("active", "expired")
    with pytest.raises(PaymentLinkClosed):
        order(actor, link, at=LATER)
    deactivate_payment_link(actor=actor, at=AT, payment_link_id=link.pk)
    assert state(link) == "deactivated"
    with pytest.raises(PaymentLinkClosed):
        order(actor, link)
    with pytest.raises(TransitionRefused):
        deactivate_payment_link(actor=actor, at=AT, payment_link_id=link.pk)
    assert types() == ["payment_link.created", "payment_link.deactivated"]
    assert not Customer.objects.exists()


def test_what_is_no_longer_sold_is_not_ordered(actor: Actor) -> None:
    goods = product(actor)
    link = link_for(actor, product_id=goods.pk)
    update_product(actor=actor, at=AT, product_id=goods.pk, is_active=False)
    with pytest.raises(ProductNotForSale):
        order(actor, link)
    assert not Customer.objects.exists()
    assert get_payment_link(actor.organization_id, link.pk).times_used == 0


@pytest.mark.parametrize(
    ("name", "email", "param"),
    [
        ("", "a@b.test", "name"),
        ("Homer", "", "email"),
        ("Homer", "a@b.test,c@d.test", "email"),
        ("Homer", "Homer <a@b.test>", "email"),
        ("Homer", "a@b.test\nBcc: c@d.test", "email"),
    ],
)
def test_an_order_needs_a_name_and_one_address(
    actor: Actor, name: str, email: str, param: str
) -> None:
    link = link_for(actor, name="x", amount=Decimal(5))
    with pytest.raises(InvalidValue) as refusal:
        order(actor, link, name=name, email=email)
    assert refusal.value.param == param
    assert not Customer.objects.exists()


def test_a_payment_through_an_invoices_link_counts_as_its_use(actor: Actor) -> None:
    invoice, other = issued_invoice(actor, "100.00"), issued_invoice(actor, "100.00")
    link = link_for(actor, invoice_id=invoice.pk, amount=Decimal("30.00"), max_uses=1)
    payment, stray = pay(actor, invoice, "30.00"), pay(actor, other, "30.00")
    with pytest.raises(UnknownReference):
        record_link_payment(actor=actor, at=AT, payment_link_id=link.pk, payment_id=stray.pk)
    record_link_payment(actor=actor, at=AT, payment_link_id=link.pk, payment_id=payment.pk)
    assert state(link) == "completed"
    used = exactjson.loads(Event.objects.get(type="payment_link.used").data)
    assert used["made_payment"]["number"] == payment.number
    with pytest.raises(PaymentLinkClosed):
        record_link_payment(actor=actor, at=AT, payment_link_id=link.pk, payment_id=payment.pk)
    with pytest.raises(InvalidValue):
        order(actor, link_for(actor, invoice_id=invoice.pk))


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({}, InvalidValue),
        ({"amount": Decimal(5)}, InvalidValue),
        ({"name": "x"}, InvalidValue),
        ({"name": "x", "amount": Decimal(0)}, InvalidValue),
        ({"name": "x", "amount": Decimal("0.001")}, InvalidValue),
        ({"name": "x", "amount": Decimal("1e30")}, InvalidValue),
        ({"name": "x", "amount": Decimal(5), "quantity": 2}, InvalidValue),
        ({"name": "x", "amount": Decimal(5), "max_uses": 0}, InvalidValue),
        ({"name": "x", "amount": Decimal(5), "expires_at": AT}, InvalidValue),
        ({"name": "x", "amount": Decimal(5), "currency": "XXX"}, DomainError),
        ({"name": "x", "amount": Decimal(5), "tax_profile_id": 999}, UnknownReference),
        ({"product_id": 999}, UnknownReference),
        ({"product_id": "own", "amount": Decimal(5)}, InvalidValue),
        ({"product_id": "own", "quantity": Decimal(0)}, InvalidValue),
        ({"product_id": "own", "currency": "EUR"}, InvalidValue),
        ({"product_id": "own", "quantity": Decimal(999999999999999)}, DomainError),
        ({"invoice_id": 999}, UnknownReference),
        ({"invoice_id": "own", "product_id": "own"}, InvalidValue),
        ({"invoice_id": "own", "name": "x"}, InvalidValue),
        ({"invoice_id": "own", "currency": "EUR"}, OtherCurrency),
        ({"invoice_id": "own", "amount": Decimal("100.01")}, AmountExceedsDue),
    ],
)
def test_what_makes_no_sense_is_refused(
    actor: Actor, fields: dict[str, Any], refusal: type[DomainError]
) -> None:
    own: dict[str, Callable[[], int]] = {
        "product_id": lambda: product(actor).pk,
        "invoice_id": lambda: issued_invoice(actor, "100.00").pk,
    }
    fields = {key: own[key]() if value == "own" else value for key, value in fields.items()}
    with pytest.raises(refusal):
        link_for(actor, **fields)
    assert not PaymentLink.objects.exists()


def test_only_an_invoice_that_is_owed_gets_a_link(actor: Actor) -> None:
    draft, void, paid = draft_invoice(actor), issued_invoice(actor), issued_invoice(actor, "5.00")
    void_invoice(actor=actor, at=AT, invoice_id=void.pk)
    pay(actor, paid, "5.00")
    for row, refusal in ((draft, InvoiceNotIssued), (void, InvoiceVoid), (paid, AlreadySettled)):
        with pytest.raises(refusal):
            link_for(actor, invoice_id=row.pk)


def test_strangers_and_viewers(actor: Actor, bob_actor: Actor, mallory_actor: Actor) -> None:
    invoice = issued_invoice(actor)
    link = link_for(actor, invoice_id=invoice.pk)
    with pytest.raises(Forbidden):
        link_for(bob_actor, invoice_id=invoice.pk)
    with pytest.raises(UnknownReference):
        link_for(mallory_actor, invoice_id=invoice.uuid)
    with pytest.raises(NotFound):
        deactivate_payment_link(actor=mallory_actor, at=AT, payment_link_id=link.uuid)


def test_each_state_is_found_by_its_word(actor: Actor, acme: Organization) -> None:
    invoice, paid, void = (issued_invoice(actor, "10.00") for _ in range(3))
    links = {
        "whole": link_for(actor, invoice_id=invoice.pk),
        "many": link_for(actor, name="x", amount=Decimal(5)),
        "later": link_for(actor, name="x", amount=Decimal(5), expires_at=LATER),
        "once": link_for(actor, name="x", amount=Decimal(5), max_uses=1),
        "paid": link_for(actor, invoice_id=paid.pk),
        "void": link_for(actor, invoice_id=void.pk),
        "gone": link_for(actor, name="x", amount=Decimal(5)),
    }
    order(actor, links["once"])
    pay(actor, paid, "10.00")
    void_invoice(actor=actor, at=AT, invoice_id=void.pk)
    deactivate_payment_link(actor=actor, at=AT, payment_link_id=links["gone"].pk)
    at = LATER + datetime.timedelta(seconds=1)
    names = {link.pk: name for name, link in links.items()}
    for word, expected in (
        ("active", {"whole", "many"}),
        ("completed", {"once", "paid", "void"}),
        ("expired", {"later"}),
        ("deactivated", {"gone"}),
    ):
        rows = with_link_status(list_payment_links(acme.pk), word, at)
        assert {names[row.pk] for row in rows} == expected
        assert {link_status(row, at) for row in rows} == {word}
