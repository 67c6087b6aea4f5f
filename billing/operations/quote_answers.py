"""What becomes of an offer: opened to the customer, accepted, declined, invoiced."""

import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.lifecycle import QUOTE
from billing.models import Invoice, InvoiceLine, Quote
from billing.numbering import mark_issued
from billing.operations import drafting
from billing.operations.amending import set_terms
from billing.operations.guards import VersionConflict
from billing.operations.invoices import insert_draft
from billing.operations.locks import lock_quote
from billing.operations.parties import freeze_parties
from billing.queries.lookup import Ref
from billing.queries.organizations import today
from billing.snapshots import changed, quote_snapshot, quote_state
from core.errors import DomainError, Kind, NotFound
from core.events import emit
from core.text import clean_line

_COPIED = (
    *drafting.HEADER,
    "charges",
    "discount_type",
    "discount_value",
    "rounding",
    "inclusive_order",
    "cash_rounding_minor",
)


class QuoteExpired(DomainError):
    kind, code = Kind.CONFLICT, "quote_expired"
    message = "Quote {number} was valid until {date}."


@transaction.atomic
def open_quote(*, actor: Actor, at: datetime.datetime, quote_id: Ref) -> Quote:
    """Make the offer binding and show it under its public link; the parties are copied now.

    Raises Forbidden, NotFound, TransitionRefused, QuoteExpired.
    """
    actor.require("invoices:send")
    quote = lock_quote(actor.organization_id, quote_id)
    before = quote_state(quote)
    status = QUOTE.next(quote.status, "open")
    refuse_expired(quote, at)
    freeze_parties(quote, quote.customer)
    quote.status = status
    opened = _save(quote, "quote.opened", before, actor, at)
    mark_issued(
        organization_id=quote.organization_id, document="quote", document_id=quote.pk, at=at
    )
    return opened


@transaction.atomic
def accept_quote(
    *,
    actor: Actor,
    at: datetime.datetime,
    quote_id: Ref,
    accepted_by: str = "",
    expected_version: int | None = None,
) -> Quote:
    """The customer said yes; `accepted_by` is the person's name.

    Staff need invoices:write; whoever holds the public link, or is signed in to the
    customer's portal, may answer, and then names the version that was read. Raises Forbidden,
    NotFound, TransitionRefused, QuoteExpired, VersionConflict, InvalidValue.
    """
    quote = _locked_for_answer(actor, quote_id, expected_version)
    before = quote_state(quote)
    status = QUOTE.next(quote.status, "accept")
    refuse_expired(quote, at)
    is_customer = actor.kind in ("customer", "portal")
    quote.accepted_by = clean_line(
        accepted_by, param="accepted_by", max_length=200, required=is_customer
    )
    quote.status, quote.accepted_at = status, at
    return _save(quote, "quote.accepted", before, actor, at)


@transaction.atomic
def decline_quote(
    *,
    actor: Actor,
    at: datetime.datetime,
    quote_id: Ref,
    reason: str = "",
    expected_version: int | None = None,
) -> Quote:
    """The customer said no, as accept_quote says yes; an expired quote can be declined too.

    Raises Forbidden, NotFound, TransitionRefused, VersionConflict, InvalidValue.
    """
    quote = _locked_for_answer(actor, quote_id, expected_version)
    before = quote_state(quote)
    quote.status = QUOTE.next(quote.status, "decline")
    quote.decline_reason = clean_line(reason, param="reason", max_length=500)
    quote.declined_at = at
    return _save(quote, "quote.declined", before, actor, at)


@transaction.atomic
def convert_quote(*, actor: Actor, at: datetime.datetime, quote_id: Ref) -> Invoice:
    """A draft invoice with the quote's lines, prices and taxes as they were offered.

    It adds up by the quote's own rules, so the sum is the one that was accepted. Dated
    today. An open quote may be invoiced without a formal yes, even a late one: staff
    know what was agreed. Raises Forbidden, NotFound, TransitionRefused.
    """
    actor.require("invoices:write")
    quote = lock_quote(actor.organization_id, quote_id)
    before = quote_state(quote)
    quote.status = QUOTE.next(quote.status, "convert")
    invoice = Invoice(source="quote", quote=quote)
    drafting.start(
        invoice,
        organization=quote.organization,
        customer=quote.customer,
        at=at,
        issue_date=today(quote.organization, at),
        currency=quote.currency,
        exchange_rate=None,
        prices_include_tax=quote.prices_include_tax,
    )
    for name in _COPIED:
        setattr(invoice, name, getattr(quote, name))
    set_terms(invoice, None)
    lines = drafting.copy_lines(InvoiceLine, quote.lines.all())
    groups = drafting.add_up(invoice, lines)
    invoice = insert_draft(actor=actor, at=at, invoice=invoice, lines=lines, groups=groups)
    _save(quote, "quote.converted", before, actor, at, invoice)
    return invoice


def refuse_expired(quote: Quote, at: datetime.datetime) -> None:
    """Raises QuoteExpired after the quote's last day where the organization is."""
    if quote.valid_until < today(quote.organization, at):
        raise QuoteExpired(number=quote.number, date=quote.valid_until)


def _locked_for_answer(actor: Actor, reference: Ref, expected_version: int | None) -> Quote:
    # The public link is the credential of its holder; the page found the quote by it.
    if actor.kind == "portal":
        actor.require("portal:answer")
    elif actor.kind != "customer":
        actor.require("invoices:write")
    quote = lock_quote(actor.organization_id, reference)
    if actor.kind == "portal" and quote.customer_id != actor.customer_id:
        raise NotFound(noun="quote", id=reference)
    if expected_version is not None and expected_version != quote.version:
        raise VersionConflict(version=quote.version, expected=expected_version, param="version")
    return quote


def _save(
    quote: Quote,
    event: str,
    before: dict[str, Any],
    actor: Actor,
    at: datetime.datetime,
    invoice: Invoice | None = None,
) -> Quote:
    quote.updated_at = at
    quote.save(force_update=True)
    after = quote_snapshot(quote, invoice)
    emit(event, subject=quote, data=after, previous=changed(before, after), actor=actor, at=at)
    return quote
