"""Customers, their contacts and addresses."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Customer, CustomerContact
from billing.operations.contacts import (
    add_address,
    add_contact,
    remove_address,
    remove_contact,
)
from billing.operations.customers import (
    CustomerHasInvoices,
    create_customer,
    delete_customer,
    update_customer,
)
from core import exactjson
from core.errors import DomainError, Forbidden, InvalidValue, NotFound
from core.models import Event
from tests import builders
from tests.instants import AT


def test_customer_takes_the_organizations_currency(actor: Actor) -> None:
    customer = create_customer(
        actor=actor,
        at=AT,
        name="Globex",
        country="de",
        payment_terms_days=14,
        credit_limit=Decimal("500.00"),
        tags=["vip", "vip", "north"],
    )
    customer.refresh_from_db()
    assert (customer.currency, customer.country) == ("USD", "DE")
    assert (customer.credit_limit, customer.tags) == (50000, ["vip", "north"])
    event = Event.objects.get(type="customer.created")
    assert exactjson.loads(event.data)["name"] == "Globex"
    assert event.subject_uuid == customer.uuid


def test_update_tells_only_what_changed(actor: Actor) -> None:
    customer = builders.customer(actor, credit_limit=Decimal(5))
    update_customer(actor=actor, at=AT, customer_id=customer.uuid, phone="1", name=customer.name)
    event = Event.objects.get(type="customer.updated")
    assert exactjson.loads(event.previous) == {"phone": ""}
    customer.refresh_from_db()
    assert (customer.phone, customer.credit_limit) == ("1", 500)


def test_update_without_a_difference_is_silent(actor: Actor) -> None:
    customer = builders.customer(actor)
    update_customer(actor=actor, at=AT, customer_id=customer.pk, name=customer.name)
    assert not Event.objects.filter(type="customer.updated").exists()


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "a@b.co, c@d.co"}, "email"),
        ({"country": "DEU"}, "country"),
        ({"country": "1X"}, "country"),
        ({"kind": "robot"}, "kind"),
        ({"payment_terms_days": -1}, "payment_terms_days"),
        ({"payment_terms_days": 4000}, "payment_terms_days"),
        ({"payment_terms_days": "30"}, "payment_terms_days"),
        ({"is_tax_exempt": "no"}, "is_tax_exempt"),
        ({"credit_limit": Decimal("0.001")}, "credit_limit"),
        ({"tags": "vip"}, "tags"),
        ({"metadata": {"k": Decimal("1.5"), "list": []}}, "metadata.list"),
        ({"currency": "XXX"}, None),
    ],
)
def test_refused_by_field_and_nothing_written(
    actor: Actor, fields: dict[str, Any], param: str | None
) -> None:
    with pytest.raises(DomainError) as refused:
        builders.customer(actor, **fields)
    if param:
        assert refused.value.param == param
    assert not Customer.objects.exists()
    assert not Event.objects.filter(type="customer.created").exists()


def test_an_unknown_field_is_the_callers_mistake(actor: Actor) -> None:
    with pytest.raises(TypeError):
        builders.customer(actor, organization_id=7)


def test_delete_only_who_was_never_billed(actor: Actor) -> None:
    stranger = builders.customer(actor)
    delete_customer(actor=actor, at=AT, customer_id=stranger.pk)
    assert not Customer.objects.filter(pk=stranger.pk).exists()
    billed = builders.draft_invoice(actor).customer
    with pytest.raises(CustomerHasInvoices) as refused:
        delete_customer(actor=actor, at=AT, customer_id=billed.pk)
    assert refused.value.code == "customer_has_invoices"
    assert Customer.objects.filter(pk=billed.pk).exists()
    assert Event.objects.filter(type="customer.deleted").count() == 1


def test_contacts_and_addresses(actor: Actor) -> None:
    customer = builders.customer(actor)
    first = add_contact(actor=actor, at=AT, customer_id=customer.pk, name="Ann", is_primary=True)
    add_contact(actor=actor, at=AT, customer_id=customer.pk, name="Ben", is_primary=True)
    primary = CustomerContact.objects.of(actor.organization_id).get(is_primary=True)
    assert primary.name == "Ben"
    address = add_address(actor=actor, at=AT, customer_id=customer.pk, line1="Dock 4")
    remove_contact(actor=actor, at=AT, contact_id=first.uuid, customer_id=customer.pk)
    remove_address(actor=actor, at=AT, address_id=address.pk, customer_id=customer.pk)
    assert customer.contacts.count() == 1
    assert customer.addresses.count() == 0
    with pytest.raises(InvalidValue):
        add_address(actor=actor, at=AT, customer_id=customer.pk, line1="")


def test_viewer_and_stranger(actor: Actor, bob_actor: Actor, mallory_actor: Actor) -> None:
    customer = builders.customer(actor)
    with pytest.raises(Forbidden):
        create_customer(actor=bob_actor, at=AT, name="x")
    for call in (update_customer, delete_customer):
        with pytest.raises(NotFound):
            call(actor=mallory_actor, at=AT, customer_id=customer.uuid)
    customer.refresh_from_db()
    assert customer.name == "Globex Corporation"
