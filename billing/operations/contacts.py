"""People at a customer, and where else the customer is: each change is one of the customer."""

import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.actors import Actor
from billing.models import Customer, CustomerAddress, CustomerContact
from billing.operations.customers import ADDRESS, lock_customer
from billing.operations.fields import cleaned
from billing.queries.lookup import Ref, find
from billing.snapshots import changed, customer_snapshot
from core.errors import DomainError, Kind
from core.events import emit

CONTACT = frozenset({"name", "email", "phone", "position", "is_primary", "receives_invoices"})
MOST_CONTACTS = 200
MOST_ADDRESSES = 200
R = TypeVar("R", bound=Model)


class TooManyContacts(DomainError):
    kind, code = Kind.CONFLICT, "too_many_contacts"
    message = "A customer has at most {limit} contacts."


class TooManyAddresses(DomainError):
    kind, code = Kind.CONFLICT, "too_many_addresses"
    message = "A customer has at most {limit} further addresses."


@transaction.atomic
def add_contact(
    *, actor: Actor, at: datetime.datetime, customer_id: Ref, name: str, **fields: Any
) -> CustomerContact:
    """A person at the customer; `receives_invoices` adds them to whom invoices are sent.

    A primary contact takes that place from the one before. Raises Forbidden, NotFound,
    InvalidValue, TooManyContacts.
    """
    actor.require("customers:write")
    customer = lock_customer(actor.organization_id, customer_id)
    if customer.contacts.count() >= MOST_CONTACTS:
        raise TooManyContacts(limit=MOST_CONTACTS)
    values = cleaned(CustomerContact, {"name": name, **fields}, CONTACT)
    _make_room(customer, values, at)
    contact = CustomerContact.objects.create(
        organization_id=actor.organization_id,
        customer=customer,
        created_at=at,
        updated_at=at,
        **values,
    )
    _note(customer, actor, at)
    return contact


@transaction.atomic
def update_contact(
    *, actor: Actor, at: datetime.datetime, contact_id: Ref, customer_id: Ref, **changes: Any
) -> CustomerContact:
    """Change what is in CONTACT. Raises Forbidden, NotFound, InvalidValue."""
    actor.require("customers:write")
    customer = lock_customer(actor.organization_id, customer_id)
    contact = find(_locked(customer.contacts.all()), contact_id, "contact")
    values = cleaned(CustomerContact, changes, CONTACT)
    if _differs(contact, values):
        _make_room(customer, values, at)
        _write(contact, values, at)
        _note(customer, actor, at)
    return contact


@transaction.atomic
def remove_contact(
    *, actor: Actor, at: datetime.datetime, contact_id: Ref, customer_id: Ref
) -> None:
    """Raises Forbidden, NotFound."""
    actor.require("customers:write")
    customer = lock_customer(actor.organization_id, customer_id)
    find(_locked(customer.contacts.all()), contact_id, "contact").delete()
    _note(customer, actor, at)


@transaction.atomic
def add_address(
    *, actor: Actor, at: datetime.datetime, customer_id: Ref, line1: str, **fields: Any
) -> CustomerAddress:
    """Where goods go, or a branch. The billing address is on the customer itself.

    Raises Forbidden, NotFound, InvalidValue, TooManyAddresses.
    """
    actor.require("customers:write")
    customer = lock_customer(actor.organization_id, customer_id)
    if customer.addresses.count() >= MOST_ADDRESSES:
        raise TooManyAddresses(limit=MOST_ADDRESSES)
    before = customer_snapshot(customer)
    values = cleaned(CustomerAddress, {"line1": line1, **fields}, ADDRESS)
    address = CustomerAddress.objects.create(
        organization_id=actor.organization_id,
        customer=customer,
        created_at=at,
        updated_at=at,
        **values,
    )
    _note(customer, actor, at, before)
    return address


@transaction.atomic
def update_address(
    *, actor: Actor, at: datetime.datetime, address_id: Ref, customer_id: Ref, **changes: Any
) -> CustomerAddress:
    """Change what is in ADDRESS; documents keep what they were issued with.

    Raises Forbidden, NotFound, InvalidValue.
    """
    actor.require("customers:write")
    customer = lock_customer(actor.organization_id, customer_id)
    address = find(_locked(customer.addresses.all()), address_id, "address")
    before = customer_snapshot(customer)
    values = cleaned(CustomerAddress, changes, ADDRESS)
    if _differs(address, values):
        _write(address, values, at)
        _note(customer, actor, at, before)
    return address


@transaction.atomic
def remove_address(
    *, actor: Actor, at: datetime.datetime, address_id: Ref, customer_id: Ref
) -> None:
    """Raises Forbidden, NotFound. Documents keep the address they were issued with."""
    actor.require("customers:write")
    customer = lock_customer(actor.organization_id, customer_id)
    address = find(_locked(customer.addresses.all()), address_id, "address")
    before = customer_snapshot(customer)
    address.delete()
    _note(customer, actor, at, before)


def _locked(rows: QuerySet[R]) -> QuerySet[R]:
    return rows.select_for_update()


def _make_room(customer: Customer, values: dict[str, Any], at: datetime.datetime) -> None:
    if values.get("is_primary"):
        customer.contacts.filter(is_primary=True).update(is_primary=False, updated_at=at)


def _differs(row: Model, values: dict[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _write(row: Any, values: dict[str, Any], at: datetime.datetime) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = at
    row.save(force_update=True)


def _note(
    customer: Customer,
    actor: Actor,
    at: datetime.datetime,
    before: dict[str, Any] | None = None,
) -> None:
    customer.updated_at = at
    customer.save(update_fields=["updated_at"])
    after = customer_snapshot(customer)
    emit(
        "customer.updated",
        subject=customer,
        data=after,
        previous=changed(before, after) if before else None,
        actor=actor,
        at=at,
    )
