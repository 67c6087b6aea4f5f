"""Payment links: make one, take it back, and what happens when somebody uses it."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.lifecycle import INVOICE, PAYMENT_LINK
from billing.models import Customer, Invoice, Payment, PaymentLink, Product, Settlement, TaxProfile
from billing.operations.amounts import positive_minor
from billing.operations.composing import Draft, compose
from billing.operations.customers import create_customer
from billing.operations.fields import clean_decimal, clean_metadata
from billing.operations.invoices import create_invoice
from billing.operations.issuing import InvoiceNotIssued
from billing.operations.lines import ProductNotForSale, tax_rule
from billing.operations.payables import AlreadySettled, InvoiceVoid, OtherCurrency, exceeds_due
from billing.operations.sending import request_send
from billing.queries.lookup import Ref, find, refer
from billing.queries.organizations import get_organization
from billing.queries.payment_links import get_payment_link, link_status
from billing.snapshots import changed, payment_link_snapshot
from core.currencies import get_currency
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit
from core.ids import random_text
from core.money import from_minor
from core.text import clean_email, clean_line, clean_text

MOST_USES = 1_000_000
# What using a link may do for the organization that made it; its holder has no other right.
_GRANTED = frozenset({"customers:write", "invoices:write", "invoices:send"})


class PaymentLinkClosed(DomainError):
    """Deactivated, expired, or used as often as it may be."""

    kind, code = Kind.CONFLICT, "payment_link_closed"
    message = "The payment link is {state} and cannot be used."


@transaction.atomic
def create_payment_link(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref | None = None,
    product_id: Ref | None = None,
    quantity: Decimal | int | None = None,
    name: str = "",
    description: str = "",
    amount: Decimal | None = None,
    currency: str | None = None,
    tax_profile_id: Ref | None = None,
    max_uses: int | None = None,
    expires_at: datetime.datetime | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> PaymentLink:
    """A link for an invoice, a product, or a named amount: exactly one of them.

    Of an issued invoice: all that is due, or `amount`. Of a product: its price times
    `quantity`. Else `name` and `amount`, which includes the tax of `tax_profile_id`.
    Amounts are in major units of `currency`, by default the invoice's, the product's or
    the organization's. Raises Forbidden, InvalidValue, UnknownReference, InvoiceNotIssued,
    InvoiceVoid, AlreadySettled, AmountExceedsDue, OtherCurrency, ProductNotForSale,
    TaxProfileRetired, UnknownCurrency.
    """
    actor.require("payments:write", "invoices:write")
    link = PaymentLink(organization_id=actor.organization_id, created_at=at, updated_at=at)
    link.name = clean_line(name, param="name", max_length=200)
    link.description = clean_text(description, param="description")
    link.metadata = clean_metadata(metadata or {})
    if invoice_id is not None:
        others = (product_id, quantity, tax_profile_id, name or None)
        _for_invoice(link, invoice_id, amount, currency, others)
    elif product_id is not None:
        _for_product(link, product_id, quantity, (amount, tax_profile_id), currency)
    else:
        _for_amount(link, amount, currency, tax_profile_id, quantity)
    _limit(link, at, max_uses, expires_at)
    if link.invoice is None and preview(link, at).invoice.total <= 0:
        raise InvalidValue("There is nothing to pay.", param="amount")
    link.public_token = random_text()
    link.save(force_insert=True)
    data = payment_link_snapshot(link, state=link_status(link, at))
    emit("payment_link.created", subject=link, data=data, actor=actor, at=at, sequence=1)
    return link


@transaction.atomic
def update_payment_link(
    *, actor: Actor, at: datetime.datetime, payment_link_id: Ref, **changes: Any
) -> PaymentLink:
    """Change `name`, `description` or `expires_at` (None: never); what is asked for stays.

    Raises Forbidden, NotFound, InvalidValue, PaymentLinkClosed for one that was taken back.
    """
    actor.require("payments:write")
    unknown = set(changes) - {"name", "description", "expires_at"}
    if unknown:
        raise TypeError(f"a payment link takes no {', '.join(sorted(unknown))} any more")
    link = lock_payment_link(actor.organization_id, payment_link_id)
    if not PAYMENT_LINK.allows(link.status, "deactivate"):
        raise PaymentLinkClosed(state=link_status(link, at))
    before = payment_link_snapshot(link, state=link_status(link, at))
    if "name" in changes:
        # Of a named amount the name is all that says what is paid for.
        is_named = link.invoice_id is None and link.product_id is None
        link.name = clean_line(changes["name"], param="name", max_length=200, required=is_named)
    if "description" in changes:
        link.description = clean_text(changes["description"], param="description")
    if "expires_at" in changes:
        _limit(link, at, link.max_uses, changes["expires_at"])
    after = payment_link_snapshot(link, state=link_status(link, at))
    if previous := changed(before, after):
        link.updated_at = at
        link.save(force_update=True)
        emit(
            "payment_link.updated", subject=link, data=after, previous=previous, actor=actor, at=at
        )
    return link


@transaction.atomic
def deactivate_payment_link(
    *, actor: Actor, at: datetime.datetime, payment_link_id: Ref
) -> PaymentLink:
    """Close the link for good. Raises Forbidden, NotFound, TransitionRefused."""
    actor.require("payments:write")
    link = lock_payment_link(actor.organization_id, payment_link_id)
    before = payment_link_snapshot(link, state=link_status(link, at))
    link.status = PAYMENT_LINK.next(link.status, "deactivate")
    link.deactivated_at = link.updated_at = at
    link.save(update_fields=["status", "deactivated_at", "updated_at"])
    after = payment_link_snapshot(link, state=link_status(link, at))
    previous = changed(before, after)
    emit(
        "payment_link.deactivated", subject=link, data=after, previous=previous, actor=actor, at=at
    )
    return link


@transaction.atomic
def order_through_link(
    *,
    actor: Actor,
    at: datetime.datetime,
    payment_link_id: Ref,
    name: str,
    email: str,
    company: str = "",
) -> Invoice:
    """Somebody buys what the link offers: a new customer with an issued invoice, mailed.

    The holder of the link needs no scope. It is always a new customer: whoever knows
    another customer's address must not get to see what is on file. Raises NotFound,
    PaymentLinkClosed, InvalidValue, and what creating and issuing an invoice raises.
    """
    granted = _granted(actor)
    link = lock_payment_link(actor.organization_id, payment_link_id)
    _require_usable(link, at)
    if link.invoice_id is not None:
        raise InvalidValue("This link asks to pay an invoice.", param="payment_link_id")
    person = clean_line(name, param="name", max_length=200, required=True)
    firm = clean_line(company, param="company", max_length=200)
    party: dict[str, Any] = {"legal_name": firm, "contact_name": person, "kind": "business"}
    customer = create_customer(
        actor=granted,
        at=at,
        name=firm or person,
        email=clean_email(email, param="email", required=True),
        currency=link.currency,
        **(party if firm else {"kind": "individual"}),
    )
    draft = create_invoice(
        actor=granted,
        at=at,
        customer_id=customer.pk,
        source="payment_link",
        metadata=link.metadata,
        **_wanted(link),
    )
    invoice = request_send(actor=granted, at=at, invoice_id=draft.pk).invoice
    _count_use(link, actor, at, invoice=invoice)
    return invoice


@transaction.atomic
def record_link_payment(
    *, actor: Actor, at: datetime.datetime, payment_link_id: Ref, payment_id: Ref
) -> PaymentLink:
    """A payment for the link's invoice came through the link: it counts as one use.

    Raises Forbidden, NotFound, UnknownReference, PaymentLinkClosed when it was used as
    often as it may be or taken back.
    """
    actor.require("payments:write")
    link = lock_payment_link(actor.organization_id, payment_link_id)
    rows = Payment.objects.of(actor.organization_id).filter(
        invoice=link.invoice, invoice__isnull=False
    )
    payment = refer(rows, payment_id, "payment", "payment_id")
    if link.is_used_up or not PAYMENT_LINK.allows(link.status, "deactivate"):
        raise PaymentLinkClosed(state=link_status(link, at))
    _count_use(link, actor, at, payment=payment)
    return link


def preview(link: PaymentLink, at: datetime.datetime) -> Draft:
    """What buying through the link would come to at that instant; nothing is written.

    Raises what create_invoice raises, such as ProductNotForSale.
    """
    organization = get_organization(link.organization_id)
    stranger = Customer(organization=organization, currency=link.currency)
    return compose(stranger, at, **_wanted(link))


def amount_asked(link: PaymentLink) -> int:
    """What a link for an invoice asks for now, minor units: never more than is due."""
    invoice = link.invoice
    if invoice is None:
        raise TypeError("the link is for no invoice")
    due = invoice.amount_due
    return due if link.amount is None else min(link.amount, due)


def lock_payment_link(organization_id: int, reference: Ref) -> PaymentLink:
    """The link, locked, with what it is for. Raises NotFound."""
    rows = PaymentLink.objects.of(organization_id).select_for_update()
    find(rows, reference, "payment link")
    return get_payment_link(organization_id, reference)


def _for_invoice(
    link: PaymentLink,
    reference: Ref,
    amount: Decimal | None,
    currency: str | None,
    others: tuple[Any, ...],
) -> None:
    if any(value is not None for value in others):
        raise InvalidValue("A link for an invoice takes an amount only.", param="invoice_id")
    rows = Invoice.objects.of(link.organization_id)
    invoice = refer(rows, reference, "invoice", "invoice_id")
    if INVOICE.allows(invoice.status, "issue"):
        number = invoice.number or "without number"
        raise InvoiceNotIssued(
            number=number, status=invoice.status, done="asked for", hint="Issue it first."
        )
    if not INVOICE.allows(invoice.status, "void"):
        raise InvoiceVoid(number=invoice.number)
    if invoice.settlement == Settlement.PAID:
        raise AlreadySettled(number=invoice.number)
    if currency is not None and currency != invoice.currency:
        raise OtherCurrency(number=invoice.number, expected=invoice.currency, currency=currency)
    link.invoice, link.currency = invoice, invoice.currency
    if amount is not None:
        link.amount = positive_minor(amount, invoice.currency)
        if link.amount > invoice.amount_due:
            raise exceeds_due(invoice, link.amount)


def _for_product(
    link: PaymentLink,
    reference: Ref,
    quantity: Decimal | int | None,
    others: tuple[Any, ...],
    currency: str | None,
) -> None:
    if any(value is not None for value in others):
        raise InvalidValue("A product brings its own price and tax.", param="amount")
    products = Product.objects.of(link.organization_id).select_related("tax_profile")
    product = refer(products, reference, "product", "product_id")
    if not product.is_active:
        raise ProductNotForSale(name=product.name, param="product_id")
    if currency is not None and currency != product.currency:
        raise InvalidValue(f"The product is priced in {product.currency}.", param="currency")
    link.product, link.currency = product, product.currency
    link.quantity = clean_decimal(
        Decimal(1) if quantity is None else quantity, param="quantity", places=6
    )
    if link.quantity <= 0:
        raise InvalidValue("This must be above 0.", param="quantity")


def _for_amount(
    link: PaymentLink,
    amount: Decimal | None,
    currency: str | None,
    tax_profile_id: Ref | None,
    quantity: Decimal | int | None,
) -> None:
    if amount is None:
        raise InvalidValue("Give an invoice, a product, or a name with an amount.", param="amount")
    if quantity is not None:
        raise InvalidValue("A quantity goes with a product.", param="quantity")
    if not link.name:
        raise InvalidValue("Say what is paid for.", param="name")
    organization = get_organization(link.organization_id)
    link.currency = get_currency(currency or organization.currency).code
    link.amount = positive_minor(amount, link.currency)
    if tax_profile_id is not None:
        profiles = TaxProfile.objects.of(link.organization_id)
        link.tax_profile = refer(profiles, tax_profile_id, "tax profile", "tax_profile_id")
        tax_rule(link.tax_profile, link.currency, "tax_profile_id")


def _limit(
    link: PaymentLink,
    at: datetime.datetime,
    max_uses: int | None,
    expires_at: datetime.datetime | None,
) -> None:
    if max_uses is not None and not 1 <= max_uses <= MOST_USES:
        raise InvalidValue(f"This must be from 1 to {MOST_USES}.", param="max_uses")
    if expires_at is not None and expires_at <= at:
        raise InvalidValue("The link would never be open.", param="expires_at")
    link.max_uses, link.expires_at = max_uses, expires_at


def _wanted(link: PaymentLink) -> dict[str, Any]:
    """What the link sells, as create_invoice takes it."""
    if link.product_id is not None:
        line: dict[str, Any] = {"product_id": link.product_id, "quantity": link.quantity}
        if link.name:
            line["name"] = link.name
        prices_include_tax = None
    else:
        line = {
            "name": link.name,
            "quantity": Decimal(1),
            "unit_price": from_minor(link.amount or 0, link.currency),
            "tax_profile_ids": [link.tax_profile_id] if link.tax_profile_id else [],
        }
        prices_include_tax = True
    if link.description:
        line["description"] = link.description
    return {
        "lines": [line],
        "currency": link.currency,
        "prices_include_tax": prices_include_tax,
    }


def _granted(actor: Actor) -> Actor:
    """The actor with the rights that the organization gave to the link."""
    if actor.kind != "customer":
        actor.require("payments:write")
    return replace(actor, scopes=actor.scopes | _GRANTED)


def _require_usable(link: PaymentLink, at: datetime.datetime) -> None:
    state = link_status(link, at)
    if state != "active":
        raise PaymentLinkClosed(state=state)


def _count_use(
    link: PaymentLink,
    actor: Actor,
    at: datetime.datetime,
    *,
    invoice: Invoice | None = None,
    payment: Payment | None = None,
) -> None:
    before = payment_link_snapshot(link, state=link_status(link, at))
    link.times_used += 1
    link.last_used_at = link.updated_at = at
    link.save(update_fields=["times_used", "last_used_at", "updated_at"])
    after = payment_link_snapshot(
        link, state=link_status(link, at), invoice=invoice, payment=payment
    )
    previous = {
        name: value
        for name, value in changed(before, after).items()
        if name not in ("made_invoice", "made_payment")
    }
    emit("payment_link.used", subject=link, data=after, previous=previous, actor=actor, at=at)
