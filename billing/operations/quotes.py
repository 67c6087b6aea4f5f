"""Offers: write one, change it, throw a draft away."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.lifecycle import QUOTE
from billing.models import Customer, NumberRegister, Quote, QuoteLine
from billing.numbering import move_number, release_number, take_number
from billing.operations import drafting
from billing.operations.amending import change_currency, reprice
from billing.operations.fields import clean_date
from billing.operations.guards import VersionConflict
from billing.operations.lines import Spec
from billing.operations.locks import lock_quote
from billing.operations.parties import freeze_parties
from billing.queries.invoices import attach
from billing.queries.lookup import Ref, refer
from billing.queries.organizations import get_organization, today
from billing.snapshots import changed, quote_snapshot
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit

VALID_DAYS = 30
MONEY = frozenset(
    {
        "customer_id",
        "lines",
        "issue_date",
        "valid_until",
        "currency",
        "exchange_rate",
        "discount_type",
        "discount_value",
        "charges",
        "prices_include_tax",
    }
)
_PRICING = MONEY - {"customer_id", "valid_until"}


class QuoteNotDraft(DomainError):
    kind, code = Kind.CONFLICT, "quote_not_draft"
    message = "Quote {number} is {status}: only a draft can be deleted."


class QuoteAnswered(DomainError):
    """What the customer has answered stands as it was answered."""

    kind, code = Kind.CONFLICT, "quote_answered"
    message = "Quote {number} is {status} and cannot be changed."


@transaction.atomic
def create_quote(
    *,
    actor: Actor,
    at: datetime.datetime,
    customer_id: Ref,
    lines: Sequence[Spec],
    issue_date: datetime.date | None = None,
    valid_until: datetime.date | None = None,
    currency: str | None = None,
    exchange_rate: Decimal | None = None,
    discount_type: str = "",
    discount_value: Decimal | int = 0,
    charges: Sequence[Spec] = (),
    prices_include_tax: bool | None = None,
    **header: Any,
) -> Quote:
    """A draft quote with its number; lines and amounts as for an invoice.

    Valid for 30 days unless `valid_until` says otherwise. Raises Forbidden,
    InvalidValue, UnknownReference, UnknownCurrency, and the refusals of billing.totals.
    """
    actor.require("invoices:write")
    organization = get_organization(actor.organization_id)
    customers = Customer.objects.of(actor.organization_id)
    quote = Quote()
    drafting.start(
        quote,
        organization=organization,
        customer=refer(customers, customer_id, "customer", "customer_id"),
        at=at,
        issue_date=issue_date or today(organization, at),
        currency=currency,
        exchange_rate=exchange_rate,
        prices_include_tax=prices_include_tax,
    )
    _set_valid_until(quote, valid_until)
    drafting.write_header(quote, {k: v for k, v in header.items() if v is not None})
    built, _ = drafting.price(
        quote,
        QuoteLine,
        specs=lines,
        charges=charges,
        discount_type=discount_type,
        discount_value=discount_value,
    )
    return _insert(quote, built, actor, at)


@transaction.atomic
def update_quote(
    *,
    actor: Actor,
    at: datetime.datetime,
    quote_id: Ref,
    expected_version: int | None = None,
    **changes: Any,
) -> Quote:
    """Change a draft or an open quote; it adds up again and the version rises.

    Takes what create_quote takes. Lines are replaced as a whole. The customer of an open
    quote sees the new one, and an answer to the old one is refused. Nothing different
    means no new version and no event. Raises Forbidden, NotFound, VersionConflict,
    QuoteAnswered, and what create_quote raises.
    """
    actor.require("invoices:write")
    unknown = set(changes) - MONEY - drafting.HEADER
    if unknown:
        raise TypeError(f"a quote takes no {', '.join(sorted(unknown))}")
    quote = lock_quote(actor.organization_id, quote_id)
    if expected_version is not None and expected_version != quote.version:
        raise VersionConflict(version=quote.version, expected=expected_version, param="version")
    is_draft = quote.status == Quote.Status.DRAFT
    if not is_draft and not QUOTE.allows(quote.status, "accept"):
        raise QuoteAnswered(number=quote.number, status=quote.status)
    before = quote_snapshot(quote)
    lines = _change(quote, changes)
    if lines is None and not changed(before, quote_snapshot(quote)):
        return quote
    if not is_draft:
        freeze_parties(quote, quote.customer)
    quote.version += 1
    quote.updated_at = at
    quote.save(force_update=True)
    if lines is not None:
        QuoteLine.objects.of(quote.organization_id).filter(quote=quote).delete()
        drafting.insert_rows(quote, "quote", lines, [])
        attach(quote, lines)
    if is_draft:
        _renumber(quote, at)
    after = quote_snapshot(quote)
    previous = changed(before, after)
    emit("quote.updated", subject=quote, data=after, previous=previous, actor=actor, at=at)
    return quote


@transaction.atomic
def delete_quote(*, actor: Actor, at: datetime.datetime, quote_id: Ref) -> None:
    """Throw a draft away and account for its number (B2).

    Raises Forbidden, NotFound, QuoteNotDraft.
    """
    actor.require("invoices:write")
    quote = lock_quote(actor.organization_id, quote_id)
    if not QUOTE.allows(quote.status, "open"):
        raise QuoteNotDraft(number=quote.number, status=quote.status)
    emit("quote.deleted", subject=quote, data=quote_snapshot(quote), actor=actor, at=at)
    quote_pk = quote.pk
    quote.delete()
    release_number(
        organization_id=actor.organization_id,
        document="quote",
        document_id=quote_pk,
        at=at,
        reason="Its draft was deleted.",
    )


def _change(quote: Quote, changes: dict[str, Any]) -> list[QuoteLine] | None:
    """Set what is given; the lines to write, or None when the sums stay as they are."""
    if changes.get("customer_id") is not None:
        rows = Customer.objects.of(quote.organization_id)
        quote.customer = refer(rows, changes["customer_id"], "customer", "customer_id")
    if changes.get("issue_date") is not None:
        quote.issue_date = clean_date(changes["issue_date"], param="issue_date")
    if changes.get("valid_until") is not None or quote.valid_until < quote.issue_date:
        _set_valid_until(quote, changes.get("valid_until"))
    header = {k: v for k, v in changes.items() if k in drafting.HEADER and v is not None}
    drafting.write_header(quote, header)
    if not _PRICING & changes.keys():
        return None
    change_currency(quote, changes)
    lines, _groups = reprice(quote, QuoteLine, changes.get("lines"), changes)
    return lines


def _set_valid_until(quote: Quote, given: datetime.date | None) -> None:
    last = given or quote.issue_date + datetime.timedelta(days=VALID_DAYS)
    quote.valid_until = clean_date(last, param="valid_until")
    if quote.valid_until < quote.issue_date:
        raise InvalidValue("The quote would end before it starts.", param="valid_until")


def _insert(quote: Quote, lines: list[QuoteLine], actor: Actor, at: datetime.datetime) -> Quote:
    quote.save(force_insert=True)
    drafting.insert_rows(quote, "quote", lines, [])
    attach(quote, lines)
    quote.number = take_number(
        organization_id=actor.organization_id,
        document="quote",
        on=quote.issue_date,
        document_id=quote.pk,
        fate=NumberRegister.Fate.RESERVED,
        at=at,
    )
    Quote.objects.of(actor.organization_id).filter(pk=quote.pk).update(number=quote.number)
    data = quote_snapshot(quote)
    emit("quote.created", subject=quote, data=data, actor=actor, at=at, sequence=1)
    return quote


def _renumber(quote: Quote, at: datetime.datetime) -> None:
    number = move_number(
        organization_id=quote.organization_id,
        document="quote",
        document_id=quote.pk,
        to=quote.issue_date,
        at=at,
    )
    if number is not None:
        quote.number = number
        quote.save(update_fields=["number"])
