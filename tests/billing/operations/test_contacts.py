"""People and further addresses of a customer."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from billing.models import Customer, CustomerAddress, CustomerContact
from billing.operations import contacts
from billing.operations.contacts import (
    add_address,
    add_contact,
    remove_contact,
    update_address,
    update_contact,
)
from billing.operations.customers import create_customer, update_customer
from billing.operations.sending import request_send
from billing.snapshots import customer_snapshot
from core import exactjson
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from tests.builders import customer, issued_invoice
from tests.instants import AT


@pytest.fixture
def globex(actor: Actor) -> Customer:
    return customer(actor)


def ann(actor: Actor, globex: Customer, **fields: Any) -> CustomerContact:
    return add_contact(actor=actor, at=AT, customer_id=globex.pk, **{"name": "Ann", **fields})


def types() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("type", flat=True))


def test_one_contact_is_primary(actor: Actor, globex: Customer) -> None:
    first = ann(actor, globex, is_primary=True)
    second = ann(actor, globex, name="Ben", is_primary=True)
    update_contact(actor=actor, at=AT, customer_id=globex.pk, contact_id=first.pk, is_primary=True)
    second.refresh_from_db()
    assert second.is_primary is False
    assert list(globex.contacts.filter(is_primary=True)) == [first]


def test_the_database_keeps_two_from_being_primary(actor: Actor, globex: Customer) -> None:
    ann(actor, globex, is_primary=True)
    second = ann(actor, globex, name="Ben")
    second.is_primary = True
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_a_change_is_one_of_the_customer(actor: Actor, globex: Customer) -> None:
    contact = ann(actor, globex)
    update_contact(
        actor=actor, at=AT, customer_id=globex.pk, contact_id=contact.uuid, email="ann@globex.test"
    )
    remove_contact(actor=actor, at=AT, customer_id=globex.pk, contact_id=contact.uuid)
    assert types()[-3:] == ["customer.updated"] * 3
    assert globex.contacts.count() == 0


def test_a_change_to_the_same_changes_nothing(actor: Actor, globex: Customer) -> None:
    contact = ann(actor, globex)
    before = types()
    update_contact(actor=actor, at=AT, customer_id=globex.pk, contact_id=contact.pk, name="Ann")
    assert types() == before


def test_who_receives_invoices_gets_them(actor: Actor, globex: Customer) -> None:
    ann(actor, globex, email="ann@globex.test", receives_invoices=True)
    ann(actor, globex, name="Ben", email="ben@globex.test")
    invoice = issued_invoice(actor, customer_id=globex.pk)
    sent = request_send(actor=actor, at=AT, invoice_id=invoice.pk)
    assert tuple(sent.sent_to) == ("ap@globex.test", "ann@globex.test")


def test_a_contact_of_another_customer_is_not_found(actor: Actor, globex: Customer) -> None:
    contact = ann(actor, globex)
    other = customer(actor, "Initech")
    with pytest.raises(NotFound):
        update_contact(
            actor=actor, at=AT, customer_id=other.pk, contact_id=contact.uuid, name="Eve"
        )
    with pytest.raises(NotFound):
        remove_contact(actor=actor, at=AT, customer_id=other.pk, contact_id=contact.uuid)


def test_strangers_and_readers_change_nothing(
    actor: Actor, bob_actor: Actor, mallory_actor: Actor, globex: Customer
) -> None:
    for stranger, refusal in ((bob_actor, Forbidden), (mallory_actor, NotFound)):
        with pytest.raises(refusal):
            ann(stranger, globex)
        with pytest.raises(refusal):
            add_address(actor=stranger, at=AT, customer_id=globex.pk, line1="Dock 4")
    assert globex.contacts.count() == globex.addresses.count() == 0


@pytest.mark.parametrize("fields", [{"name": ""}, {"email": "a@b, c@d"}, {"is_primary": "yes"}])
def test_wrong_fields_are_refused_by_name(
    actor: Actor, globex: Customer, fields: dict[str, Any]
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        ann(actor, globex, **fields)
    assert refusal.value.param == next(iter(fields))


def test_there_is_a_most(actor: Actor, globex: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "MOST_CONTACTS", 1)
    monkeypatch.setattr(contacts, "MOST_ADDRESSES", 0)
    ann(actor, globex)
    with pytest.raises(contacts.TooManyContacts):
        ann(actor, globex)
    with pytest.raises(contacts.TooManyAddresses):
        add_address(actor=actor, at=AT, customer_id=globex.pk, line1="Dock 4")


def test_the_shipping_address_is_the_first_of_its_kind(actor: Actor, globex: Customer) -> None:
    add_address(actor=actor, at=AT, customer_id=globex.pk, line1="Branch", kind="other")
    assert customer_snapshot(globex)["shipping_address"] is None
    first = add_address(actor=actor, at=AT, customer_id=globex.pk, line1="Dock 4")
    add_address(actor=actor, at=AT, customer_id=globex.pk, line1="Dock 5")
    update_address(
        actor=actor, at=AT, customer_id=globex.pk, address_id=first.uuid, city="Springfield"
    )
    assert customer_snapshot(globex)["shipping_address"] == {
        "name": "",
        "line1": "Dock 4",
        "line2": "",
        "line3": "",
        "city": "Springfield",
        "subdivision": "",
        "postal_code": "",
        "country": "",
    }
    event = Event.objects.latest("pk")
    assert exactjson.loads(event.previous)["shipping_address"]["city"] == ""


def test_the_shipping_address_is_written_with_the_customer(actor: Actor) -> None:
    made = create_customer(
        actor=actor, at=AT, name="Globex", shipping_address={"line1": "Dock 4", "country": "us"}
    )
    data = exactjson.loads(Event.objects.latest("pk").data)
    assert data["shipping_address"]["country"] == "US"
    update_customer(
        actor=actor, at=AT, customer_id=made.pk, shipping_address={"city": "Springfield"}
    )
    (address,) = CustomerAddress.objects.of(actor.organization_id)
    assert (address.line1, address.city) == ("Dock 4", "Springfield")
    update_customer(actor=actor, at=AT, customer_id=made.pk, shipping_address=None)
    assert made.addresses.count() == 0


def test_a_shipping_address_needs_its_first_line(actor: Actor) -> None:
    with pytest.raises(InvalidValue) as refusal:
        create_customer(actor=actor, at=AT, name="Globex", shipping_address={"city": "Springfield"})
    assert refusal.value.param == "shipping_address.line1"
    assert Customer.objects.of(actor.organization_id).count() == 0
