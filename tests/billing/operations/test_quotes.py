"""Quotes, from draft to invoice."""

import datetime
from decimal import Decimal

import pytest

from accounts.actors import Actor
from accounts.operations.organizations import update_organization
from billing.models import Quote
from billing.operations.customers import update_customer
from billing.operations.quote_answers import (
    QuoteExpired,
    accept_quote,
    convert_quote,
    decline_quote,
    open_quote,
)
from billing.queries.quotes import is_expired
from core.errors import Forbidden, InvalidValue, NotFound
from core.lifecycle import TransitionRefused
from core.models import Event
from tests import builders
from tests.instants import AT, TODAY

LATER = AT + datetime.timedelta(days=2)


def _types(quote: Quote) -> list[str]:
    rows = Event.objects.filter(subject_type="quote", subject_id=quote.pk)
    return list(rows.order_by("sequence").values_list("type", flat=True))


def test_quote_to_invoice_keeps_what_was_offered(actor: Actor) -> None:
    update_organization(actor=actor, at=AT, rounding="line")
    vat = builders.tax_profile(actor, "23")
    lines = [builders.line(p, tax_profile_id=vat.pk) for p in ("55.55", "11.11")]
    quote = builders.draft_quote(actor, lines=lines, notes="For you")
    assert (quote.number, quote.status, quote.total) == ("QUO-2025-001", "draft", 8200)
    assert quote.valid_until == datetime.date(2025, 2, 14)
    update_organization(actor=actor, at=AT, rounding="group")
    open_quote(actor=actor, at=LATER, quote_id=quote.pk)
    accept_quote(actor=actor, at=LATER, quote_id=quote.uuid)
    invoice = convert_quote(actor=actor, at=LATER, quote_id=quote.pk)
    assert (invoice.status, invoice.number, invoice.total) == ("draft", "INV-2025-001", 8200)
    assert invoice.issue_date == datetime.date(2025, 1, 17)
    assert (invoice.quote_id, invoice.notes, invoice.rounding) == (quote.pk, "For you", "line")
    quote.refresh_from_db()
    assert quote.status == "converted"
    assert _types(quote) == ["quote.created", "quote.opened", "quote.accepted", "quote.converted"]


def test_b11_sent_quote_keeps_its_buyer(actor: Actor) -> None:
    quote = builders.draft_quote(actor)
    assert quote.buyer == {}
    open_quote(actor=actor, at=LATER, quote_id=quote.pk)
    update_customer(actor=actor, at=LATER, customer_id=quote.customer_id, name="New name")
    quote.refresh_from_db()
    assert quote.buyer["name"] == "Globex Corporation"
    assert quote.sent_at is None


def test_refused_transitions_change_nothing(actor: Actor) -> None:
    quote = builders.draft_quote(actor)
    for operation in (accept_quote, decline_quote, convert_quote):
        with pytest.raises(TransitionRefused):
            operation(actor=actor, at=LATER, quote_id=quote.pk)
    open_quote(actor=actor, at=LATER, quote_id=quote.pk)
    declined = decline_quote(actor=actor, at=LATER, quote_id=quote.pk, reason="Too dear")
    assert (declined.status, declined.decline_reason) == ("declined", "Too dear")
    with pytest.raises(TransitionRefused):
        accept_quote(actor=actor, at=LATER, quote_id=quote.pk)
    assert _types(quote) == ["quote.created", "quote.opened", "quote.declined"]


def test_expired_is_derived_from_the_organizations_day(actor: Actor) -> None:
    quote = builders.draft_quote(actor, valid_until=datetime.date(2025, 1, 16))
    quote = open_quote(actor=actor, at=AT, quote_id=quote.pk)
    assert not is_expired(quote, datetime.date(2025, 1, 16))
    assert is_expired(quote, datetime.date(2025, 1, 17))
    # 23:30 in UTC on the last day is already the next day in Berlin.
    late = datetime.datetime(2025, 1, 16, 23, 30, tzinfo=datetime.UTC)
    with pytest.raises(QuoteExpired):
        accept_quote(actor=actor, at=late, quote_id=quote.pk)
    in_time = datetime.datetime(2025, 1, 16, 22, 30, tzinfo=datetime.UTC)
    assert accept_quote(actor=actor, at=in_time, quote_id=quote.pk).status == "accepted"


def test_refused_by_field(actor: Actor) -> None:
    with pytest.raises(InvalidValue) as refused:
        builders.draft_quote(actor, valid_until=TODAY - datetime.timedelta(1))
    assert refused.value.param == "valid_until"
    with pytest.raises(InvalidValue) as refused:
        builders.draft_quote(actor, lines=[builders.line("1.00", quantity="0")])
    assert refused.value.param == "line_items.0.quantity"
    assert not Quote.objects.exists()


def test_viewer_and_stranger(actor: Actor, bob_actor: Actor, mallory_actor: Actor) -> None:
    quote = builders.draft_quote(actor, discount_type="percent", discount_value=Decimal(10))
    assert quote.total == 9000
    with pytest.raises(Forbidden):
        open_quote(actor=bob_actor, at=AT, quote_id=quote.pk)
    with pytest.raises(NotFound):
        open_quote(actor=mallory_actor, at=AT, quote_id=quote.uuid)
