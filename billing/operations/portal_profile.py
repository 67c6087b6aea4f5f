"""What customers change of themselves on the portal: where they are, and who reads their mail."""

import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.models import Customer, CustomerContact
from billing.operations.contacts import add_contact, remove_contact, update_contact
from billing.operations.customers import update_customer
from billing.queries.lookup import Ref, find
from core.errors import DomainError, InvalidValue, Kind, NotFound

# Names and tax ids are the seller's to check, and the address that signs in is no field here.
OWN_DETAILS = (
    "address_line1",
    "address_line2",
    "address_line3",
    "postal_code",
    "city",
    "subdivision",
    "country",
    "phone",
    "contact_name",
    "contact_phone",
    "buyer_reference",
    "locale",
)
OWN_CONTACT = ("name", "email", "phone", "position", "receives_invoices")
LANGUAGES = ("en", "fr", "de", "es")


class OwnContact(DomainError):
    """Nobody locks themselves out."""

    kind, code = Kind.CONFLICT, "own_contact"
    message = "You are signed in with this contact's address."


@transaction.atomic
def update_own_details(*, actor: Actor, at: datetime.datetime, **changes: Any) -> Customer:
    """Change what is in OWN_DETAILS. Issued documents keep what they printed.

    Raises Forbidden, NotFound, InvalidValue.
    """
    customer_id = _own(actor)
    unknown = set(changes) - set(OWN_DETAILS)
    if unknown:
        raise TypeError(f"customers do not change {', '.join(sorted(unknown))} themselves")
    if str(changes.get("locale", "en")).replace("-", "_").partition("_")[0] not in LANGUAGES:
        raise InvalidValue("Not one of the languages.", param="locale")
    return update_customer(
        actor=actor.granted("customers:write"), at=at, customer_id=customer_id, **changes
    )


@transaction.atomic
def save_own_contact(
    *, actor: Actor, at: datetime.datetime, contact_id: Ref | None = None, **fields: Any
) -> CustomerContact:
    """A new contact, or another state of one. `fields` are those of OWN_CONTACT.

    Whoever receives invoices may sign in. Raises Forbidden, NotFound, InvalidValue,
    TooManyContacts, OwnContact.
    """
    customer_id = _own(actor)
    unknown = set(fields) - set(OWN_CONTACT)
    if unknown:
        raise TypeError(f"customers do not change {', '.join(sorted(unknown))} themselves")
    granted = actor.granted("customers:write")
    if contact_id is None:
        return add_contact(actor=granted, at=at, customer_id=customer_id, **fields)
    contact = update_contact(
        actor=granted, at=at, contact_id=contact_id, customer_id=customer_id, **fields
    )
    _refuse_lockout(actor, contact.customer)
    return contact


@transaction.atomic
def remove_own_contact(*, actor: Actor, at: datetime.datetime, contact_id: Ref) -> None:
    """Raises Forbidden, NotFound, OwnContact."""
    customer_id = _own(actor)
    rows = CustomerContact.objects.of(actor.organization_id).filter(customer_id=customer_id)
    customer = find(rows.select_related("customer"), contact_id, "contact").customer
    granted = actor.granted("customers:write")
    remove_contact(actor=granted, at=at, contact_id=contact_id, customer_id=customer_id)
    _refuse_lockout(actor, customer)


def _own(actor: Actor) -> int:
    actor.require("portal:profile")
    if actor.customer_id is None:
        raise NotFound(noun="customer", id="")
    return actor.customer_id


def _refuse_lockout(actor: Actor, customer: Customer) -> None:
    """After the change, the address that is signed in must still be let in."""
    contacts = customer.contacts.filter(email__iexact=actor.label, receives_invoices=True)
    if customer.email.lower() != actor.label.lower() and not contacts.exists():
        raise OwnContact
