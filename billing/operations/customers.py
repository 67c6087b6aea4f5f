"""Who is billed: make, change, remove."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models.parties import PARTY_FIELDS
from billing.models import Customer, CustomerAddress
from billing.operations.fields import clean_money, clean_terms, cleaned
from billing.queries.lookup import Ref, find
from billing.queries.organizations import get_organization
from billing.snapshots import changed, customer_snapshot
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit
from core.staleness import refuse_stale

EDITABLE = frozenset(PARTY_FIELDS) | {
    "name",
    "kind",
    "status",
    "first_name",
    "last_name",
    "email",
    "phone",
    "currency",
    "locale",
    "payment_terms",
    "payment_terms_days",
    "buyer_reference",
    "is_tax_exempt",
    "reminders_enabled",
    "tags",
    "notes",
    "external_reference",
    "metadata",
}
ADDRESS = frozenset(
    {"kind", "name", "line1", "line2", "line3", "city", "subdivision", "postal_code", "country"}
)
LONGEST_TERMS = 3650


class CustomerHasInvoices(DomainError):
    kind, code = Kind.CONFLICT, "customer_has_invoices"
    message = "Customer {name} has documents and cannot be deleted. Archive it instead."


@transaction.atomic
def create_customer(
    *,
    actor: Actor,
    at: datetime.datetime,
    name: str,
    credit_limit: Any = None,
    shipping_address: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Customer:
    """A new customer, in the organization's currency unless `currency` says otherwise.

    `fields` are those in EDITABLE; `credit_limit` is in major units of the customer's
    currency; `shipping_address` has the fields of a CustomerAddress. Raises Forbidden,
    InvalidValue, UnknownCurrency.
    """
    actor.require("customers:write")
    if "currency" not in fields:
        fields["currency"] = get_organization(actor.organization_id).currency
    customer = Customer(organization_id=actor.organization_id, created_at=at, updated_at=at)
    _apply(customer, {"name": name, **fields})
    _set_credit_limit(customer, credit_limit)
    customer.save(force_insert=True)
    if shipping_address:
        _ship_to(customer, shipping_address, at)
    emit(
        "customer.created",
        subject=customer,
        data=customer_snapshot(customer),
        actor=actor,
        at=at,
        sequence=1,
    )
    return customer


@transaction.atomic
def update_customer(
    *,
    actor: Actor,
    at: datetime.datetime,
    customer_id: Ref,
    expected_sequence: int | None = None,
    **changes: Any,
) -> Customer:
    """Change what is in EDITABLE, or `credit_limit`. Issued documents keep what they printed.

    `shipping_address` changes the first shipping address; None removes it.
    Raises Forbidden, NotFound, InvalidValue, UnknownCurrency, ChangedMeanwhile.
    """
    actor.require("customers:write")
    customer = lock_customer(actor.organization_id, customer_id)
    refuse_stale(customer, expected_sequence)
    before = customer_snapshot(customer)
    # The limit is a number of the customer's currency: it stays that number in a new one.
    limit = changes.pop("credit_limit", before["credit_limit"])
    wants_shipping = "shipping_address" in changes
    shipping = changes.pop("shipping_address", None)
    _apply(customer, changes)
    _set_credit_limit(customer, limit)
    if wants_shipping:
        _ship_to(customer, shipping, at)
    return _save_changes(customer, before, actor, at)


@transaction.atomic
def delete_customer(*, actor: Actor, at: datetime.datetime, customer_id: Ref) -> None:
    """Remove a customer who was never billed. Raises Forbidden, NotFound, CustomerHasInvoices."""
    actor.require("customers:write")
    customer = lock_customer(actor.organization_id, customer_id)
    documents = (
        customer.invoices,
        customer.quotes,
        customer.payments,
        customer.credit_notes,
        customer.recurring_invoices,
    )
    if any(rows.exists() for rows in documents):
        raise CustomerHasInvoices(name=customer.name)
    emit("customer.deleted", subject=customer, data=customer_snapshot(customer), actor=actor, at=at)
    customer.delete()


def lock_customer(organization_id: int, reference: Ref) -> Customer:
    """The customer, locked until the transaction ends. Raises NotFound."""
    rows = Customer.objects.of(organization_id).select_for_update()
    return find(rows, reference, "customer")


def _apply(customer: Customer, values: dict[str, Any]) -> None:
    if "payment_terms_days" in values and "payment_terms" not in values:
        # Whoever says only how many days means that and nothing more.
        customer.payment_terms = ""
    for name, value in cleaned(Customer, values, EDITABLE).items():
        setattr(customer, name, value)
    if customer.payment_terms:
        terms = clean_terms(customer.payment_terms)
        customer.payment_terms_days = terms.days
        customer.payment_terms = "" if terms.is_plain else str(terms)
    if (customer.payment_terms_days or 0) > LONGEST_TERMS:
        raise InvalidValue(f"At most {LONGEST_TERMS} days.", param="payment_terms_days")


def _set_credit_limit(customer: Customer, limit: Any) -> None:
    customer.credit_limit = (
        None if limit is None else clean_money(limit, customer.currency, param="credit_limit")
    )


def _save_changes(
    customer: Customer, before: dict[str, Any], actor: Actor, at: datetime.datetime
) -> Customer:
    previous = changed(before, customer_snapshot(customer))
    if not previous:
        return customer
    customer.updated_at = at
    customer.save(force_update=True)
    emit(
        "customer.updated",
        subject=customer,
        data=customer_snapshot(customer),
        previous=previous,
        actor=actor,
        at=at,
    )
    return customer


def _ship_to(customer: Customer, values: Mapping[str, Any] | None, at: datetime.datetime) -> None:
    """Write the first shipping address, which invoices are delivered to unless they say else."""
    rows = customer.addresses.filter(kind=CustomerAddress.Kind.SHIPPING).order_by("pk")
    address = rows.select_for_update().first()
    if not values:
        if address is not None:
            address.delete()
    else:
        if address is None:
            address = CustomerAddress(
                organization_id=customer.organization_id, customer=customer, created_at=at
            )
        given = {"line1": address.line1, **values}
        for name, value in cleaned(
            CustomerAddress, given, ADDRESS, prefix="shipping_address."
        ).items():
            setattr(address, name, value)
        address.updated_at = at
        address.save()
