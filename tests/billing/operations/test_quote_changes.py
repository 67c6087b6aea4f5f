"""Changing and deleting quotes, and mailing quotes and credit notes."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from accounts.actors import Actor
from billing.models import Customer, NumberRegister, Quote
from billing.numbering import number_report
from billing.operations.credit_notes import create_credit_note, void_credit_note
from billing.operations.customers import update_customer
from billing.operations.document_sending import (
    CreditNoteNotSendable,
    QuoteNotSendable,
    record_credit_note_sent,
    record_quote_sent,
    record_quote_viewed,
    request_credit_note_send,
    request_quote_send,
)
from billing.operations.guards import VersionConflict
from billing.operations.quote_answers import (
    QuoteExpired,
    accept_quote,
    convert_quote,
    decline_quote,
    open_quote,
)
from billing.operations.quotes import QuoteAnswered, QuoteNotDraft, delete_quote, update_quote
from billing.queries.quotes import get_quote
from core import exactjson
from core.errors import Forbidden, InvalidValue
from core.models import Event
from integrations.models import Message
from tests import builders
from tests.instants import AT, TODAY

pytestmark = pytest.mark.usefixtures("books_add_up")
LATER = AT + datetime.timedelta(days=2)


@pytest.fixture
def quote(actor: Actor) -> Quote:
    return builders.draft_quote(actor)


@pytest.fixture
def opened(actor: Actor, quote: Quote) -> Quote:
    return open_quote(actor=actor, at=AT, quote_id=quote.pk)


@pytest.fixture
def guest(actor: Actor) -> Actor:
    """Whoever holds the public link: no scope at all."""
    return replace(actor, kind="customer", label="public link", scopes=frozenset())


def types(quote: Quote) -> list[str]:
    rows = Event.objects.filter(subject_type="quote", subject_id=quote.pk)
    return list(rows.order_by("sequence").values_list("type", flat=True))


def fate(quote: Quote) -> str:
    return NumberRegister.objects.get(document_id=quote.pk, series__document="quote").fate


def test_new_lines_are_added_up_and_raise_the_version(actor: Actor, quote: Quote) -> None:
    vat = builders.tax_profile(actor, "10")
    lines = [builders.line("150.00", "2", tax_profile_id=vat.pk)]
    update_quote(
        actor=actor,
        at=LATER,
        quote_id=quote.pk,
        lines=lines,
        discount_type="percent",
        discount_value=Decimal(10),
    )
    found = get_quote(actor.organization_id, quote.pk)
    assert (found.subtotal, found.discount_total, found.tax_total, found.total) == (
        30000,
        3000,
        2700,
        29700,
    )
    assert (found.version, found.lines.count(), found.updated_at) == (2, 1, LATER)
    assert types(quote) == ["quote.created", "quote.updated"]
    event = Event.objects.get(type="quote.updated", subject_id=quote.pk)
    assert exactjson.loads(event.previous)["total"] == Decimal("100.00")


def test_the_same_again_changes_nothing(actor: Actor, quote: Quote) -> None:
    update_quote(actor=actor, at=LATER, quote_id=quote.pk, valid_until=quote.valid_until, notes="")
    assert types(quote) == ["quote.created"]
    assert get_quote(actor.organization_id, quote.pk).version == 1


def test_an_open_quote_keeps_its_number_and_takes_the_customers_new_name(
    actor: Actor, opened: Quote
) -> None:
    update_customer(actor=actor, at=LATER, customer_id=opened.customer_id, name="New name")
    changed = update_quote(actor=actor, at=LATER, quote_id=opened.pk, notes="Sharper price")
    assert (changed.status, changed.number, changed.version) == ("open", "QUO-2025-001", 2)
    assert (changed.buyer["name"], changed.notes) == ("New name", "Sharper price")


def test_a_draft_that_moves_to_another_year_takes_a_number_there(
    actor: Actor, quote: Quote
) -> None:
    update_quote(actor=actor, at=LATER, quote_id=quote.pk, issue_date=datetime.date(2026, 1, 2))
    found = get_quote(actor.organization_id, quote.pk)
    assert found.number == "QUO-2026-001"
    assert found.valid_until == datetime.date(2026, 2, 1)


def test_another_currency_asks_for_the_prices_again(actor: Actor, quote: Quote) -> None:
    with pytest.raises(InvalidValue) as refusal:
        update_quote(actor=actor, at=LATER, quote_id=quote.pk, currency="JPY")
    assert refusal.value.param == "currency"
    changed = update_quote(
        actor=actor, at=LATER, quote_id=quote.pk, currency="JPY", lines=[builders.line("333", "3")]
    )
    assert (changed.currency, changed.total) == ("JPY", 999)


def test_what_was_answered_stands(actor: Actor, opened: Quote) -> None:
    accept_quote(actor=actor, at=AT, quote_id=opened.pk)
    with pytest.raises(QuoteAnswered):
        update_quote(actor=actor, at=LATER, quote_id=opened.pk, notes="Too late")
    assert get_quote(actor.organization_id, opened.pk).version == 1


def test_only_a_draft_is_deleted_and_its_number_is_accounted_for(
    actor: Actor, quote: Quote
) -> None:
    second = builders.draft_quote(actor)
    assert fate(quote) == "reserved"
    delete_quote(actor=actor, at=LATER, quote_id=quote.pk)
    open_quote(actor=actor, at=LATER, quote_id=second.pk)
    assert fate(second) == "issued"
    report = number_report(actor.organization_id, "quote", "2025")
    assert [(entry.number, entry.fate) for entry in report.entries] == [
        ("QUO-2025-001", "cancelled"),
        ("QUO-2025-002", "issued"),
    ]
    with pytest.raises(QuoteNotDraft):
        delete_quote(actor=actor, at=LATER, quote_id=second.pk)
    assert Quote.objects.get().pk == second.pk


def test_a_draft_whose_time_is_over_cannot_be_opened(actor: Actor, quote: Quote) -> None:
    late = AT + datetime.timedelta(days=31)
    with pytest.raises(QuoteExpired):
        open_quote(actor=actor, at=late, quote_id=quote.pk)
    update_quote(actor=actor, at=late, quote_id=quote.pk, valid_until=datetime.date(2025, 3, 1))
    assert open_quote(actor=actor, at=late, quote_id=quote.pk).status == "open"


def test_the_holder_of_the_link_accepts_with_a_name(
    actor: Actor, guest: Actor, opened: Quote
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        accept_quote(actor=guest, at=AT, quote_id=opened.pk, accepted_by=" ")
    assert refusal.value.param == "accepted_by"
    done = accept_quote(
        actor=guest, at=AT, quote_id=opened.pk, accepted_by="Homer Simpson", expected_version=1
    )
    assert (done.status, done.accepted_by, done.accepted_at) == ("accepted", "Homer Simpson", AT)
    event = Event.objects.get(type="quote.accepted")
    assert (event.actor_kind, event.actor_label) == ("customer", "public link")


def test_an_answer_to_an_older_version_is_refused(
    actor: Actor, guest: Actor, opened: Quote
) -> None:
    update_quote(actor=actor, at=AT, quote_id=opened.pk, lines=[builders.line("900.00")])
    for answer in (
        lambda: accept_quote(
            actor=guest, at=AT, quote_id=opened.pk, accepted_by="H", expected_version=1
        ),
        lambda: decline_quote(actor=guest, at=AT, quote_id=opened.pk, expected_version=1),
    ):
        with pytest.raises(VersionConflict):
            answer()
    assert get_quote(actor.organization_id, opened.pk).status == "open"


def test_who_may_only_read_answers_for_nobody(bob_actor: Actor, opened: Quote) -> None:
    for operation in (accept_quote, decline_quote, update_quote, delete_quote, convert_quote):
        with pytest.raises(Forbidden):
            operation(actor=bob_actor, at=AT, quote_id=opened.pk)


def test_the_conversion_names_its_invoice(actor: Actor, opened: Quote) -> None:
    invoice = convert_quote(actor=actor, at=LATER, quote_id=opened.pk)
    event = exactjson.loads(Event.objects.get(type="quote.converted").data)
    assert event["invoice"] == {"uuid": str(invoice.uuid), "number": "INV-2025-001"}
    assert event["status"] == "converted"


def test_sending_opens_a_draft_and_sent_at_waits_for_the_mail_server_B16(
    actor: Actor, quote: Quote
) -> None:
    sent = request_quote_send(actor=actor, at=AT, quote_id=quote.pk, cc=["boss@globex.test"])
    assert (sent.quote.status, sent.quote.sent_at) == ("open", None)
    assert sent.sent_to == ("ap@globex.test", "boss@globex.test")
    message = Message.objects.get()
    assert (message.kind, message.subject_id, message.attach_pdf) == ("quote", quote.pk, True)
    record_quote_sent(actor=actor, at=LATER, quote_id=quote.pk)
    record_quote_sent(actor=actor, at=LATER + datetime.timedelta(1), quote_id=quote.pk)
    assert get_quote(actor.organization_id, quote.pk).sent_at == LATER
    assert types(quote) == ["quote.created", "quote.opened", "quote.send_requested", "quote.sent"]


def test_a_declined_quote_is_not_sent_again(actor: Actor, opened: Quote) -> None:
    decline_quote(actor=actor, at=AT, quote_id=opened.pk)
    with pytest.raises(QuoteNotSendable):
        request_quote_send(actor=actor, at=AT, quote_id=opened.pk)
    assert not Message.objects.exists()


def test_a_look_counts_once_and_never_on_a_draft_B17(
    actor: Actor, guest: Actor, quote: Quote
) -> None:
    record_quote_viewed(actor=guest, at=AT, quote_id=quote.pk)
    open_quote(actor=actor, at=AT, quote_id=quote.pk)
    for at in (AT, LATER):
        record_quote_viewed(actor=guest, at=at, quote_id=quote.pk)
    assert get_quote(actor.organization_id, quote.pk).viewed_at == AT
    assert types(quote).count("quote.viewed") == 1


def test_a_credit_note_is_mailed_and_a_void_one_is_not(
    actor: Actor, find_customer: Callable[[], Customer]
) -> None:
    invoice = builders.issued_invoice(actor)
    note = create_credit_note(actor=actor, at=AT, invoice_id=invoice.pk)
    sent = request_credit_note_send(actor=actor, at=AT, credit_note_id=note.uuid)
    assert sent.sent_to == (find_customer().email,)
    assert record_credit_note_sent(actor=actor, at=LATER, credit_note_id=note.pk).sent_at == LATER
    assert Event.objects.filter(type="credit_note.sent").count() == 1
    void_credit_note(actor=actor, at=LATER, credit_note_id=note.pk, on=TODAY)
    with pytest.raises(CreditNoteNotSendable):
        request_credit_note_send(actor=actor, at=LATER, credit_note_id=note.pk)
    assert Message.objects.count() == 1


@pytest.fixture
def find_customer(actor: Actor) -> Callable[[], Customer]:
    return lambda: Customer.objects.of(actor.organization_id).get()
