"""The organization's own words: replaced names, refused ones, languages, and who goes first."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Invoice, Reminder
from billing.operations.credit_notes import create_credit_note
from billing.operations.payments import record_payment
from billing.operations.quote_answers import open_quote
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.reminders import plan_reminders, remind
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from integrations.mail.delivery import send_due
from integrations.mail.naming import PLACEHOLDERS
from integrations.mail.outgoing import queue_message
from integrations.mail.previews import preview
from integrations.mail.templates import (
    StrayBrace,
    UnknownPlaceholder,
    check,
    get_template,
    list_templates,
    reset_template,
    set_template,
)
from integrations.models import EmailTemplate
from tests.billing.operations.test_reminders import due, morning, paid
from tests.builders import customer, draft_quote, issued_invoice
from tests.instants import AT, TODAY
from tests.integrations.mail.conftest import Postmaster

HELLO = "Hello {customer_name},\n\n{amount_due} of {invoice_number} is due on {due_date}."


def write(actor: Actor, kind: str = "invoice", language: str = "en", **words: str) -> None:
    set_template(actor=actor, at=AT, kind=kind, language=language, **words)


def mail(actor: Actor, postmaster: Postmaster, kind: str, pk: int, **words: Any) -> tuple[str, str]:
    """Subject and text of the mail about that document."""
    queue_message(
        actor=actor,
        at=AT,
        kind=kind,
        subject_id=pk,
        to=["ap@globex.test"],
        attach_pdf=False,
        **words,
    )
    send_due(lambda: AT)
    sent = postmaster.messages[-1]
    body = sent.get_body(("plain",))
    assert body is not None
    return str(sent["Subject"]), str(body.get_content()).replace("\r\n", "\n")


def test_names_are_replaced_in_subject_and_text(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    write(actor, subject="{company_name}: {invoice_number}", message=HELLO)
    subject, text = mail(actor, postmaster, "invoice", invoice.pk)
    assert subject == f"Acme GmbH: {invoice.number}"
    assert (
        f"Hello Globex Corporation,\n\n$1,234.50 of {invoice.number} is due on Feb 14, 2025."
        in text
    )


def test_what_is_put_in_is_not_looked_through_again(actor: Actor, postmaster: Postmaster) -> None:
    odd = customer(actor, name="{total} {{ 7*7 }} {% now %}")
    invoice = issued_invoice(actor, "1234.50", customer_id=odd.pk)
    write(actor, message="Hello {customer_name}.")
    assert "Hello {total} {{ 7*7 }} {% now %}." in mail(actor, postmaster, "invoice", invoice.pk)[1]


def test_the_customers_language_decides(actor: Actor, postmaster: Postmaster) -> None:
    write(actor, subject="English {invoice_number}")
    write(actor, language="de", subject="Deutsch {invoice_number}")
    for locale, word in (("de_AT", "Deutsch"), ("en_GB", "English"), ("it_IT", "English")):
        buyer = customer(actor, locale=locale)
        invoice = issued_invoice(actor, customer_id=buyer.pk)
        subject, _ = mail(actor, postmaster, "invoice", invoice.pk)
        assert subject == f"{word} {invoice.number}"


def test_a_part_that_is_empty_stays_the_products(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    write(actor, subject="Ours {invoice_number}")
    subject, text = mail(actor, postmaster, "invoice", invoice.pk)
    assert subject == f"Ours {invoice.number}"
    assert f"Please find your invoice {invoice.number} over $1,234.50" in text


def test_what_the_sender_types_comes_first(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    write(actor, subject="Ours", message="Ours.")
    subject, text = mail(actor, postmaster, "invoice", invoice.pk, subject="Mine", body="Mine.")
    assert (subject, "Mine." in text, "Ours." in text) == ("Mine", True, False)


def test_a_reminder_step_comes_before_the_template(actor: Actor, postmaster: Postmaster) -> None:
    write(actor, "reminder", subject="Template {days_overdue}", message="Template {amount_due}.")
    set_reminder_policy(
        actor=actor,
        at=AT,
        is_enabled=True,
        steps=[{"days": 3, "subject": "Step {days_overdue} {number}"}],
    )
    invoice = due(actor, "2025-02-14")
    plan_reminders(at=morning("2025-02-17"))
    send_due(lambda: morning("2025-02-17"))
    sent = postmaster.messages[-1]
    body = sent.get_body(("plain",))
    assert sent["Subject"] == f"Step 3 {invoice.number}"
    assert body is not None
    assert "Template $100.00." in str(body.get_content())


def test_receipts_quotes_and_credit_notes_have_words_too(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    payment = record_payment(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        amount=Decimal("10.00"),
        currency="USD",
        payment_date=TODAY,
        method="cash",
    )
    note = create_credit_note(
        actor=actor, at=AT, invoice_id=issued_invoice(actor).pk, reason="Returned"
    )
    quote = open_quote(actor=actor, at=AT, quote_id=draft_quote(actor).pk)
    for kind, pk, number in (
        ("receipt", payment.pk, payment.number),
        ("quote", quote.pk, quote.number),
        ("credit_note", note.pk, note.number),
    ):
        write(actor, kind, subject=f"Ours {{{kind}_number}} {{company_name}}")
        assert mail(actor, postmaster, kind, pk)[0] == f"Ours {number} Acme GmbH"


@pytest.mark.parametrize(
    ("subject", "message", "param", "name"),
    [
        ("{invoice}", "", "subject", "invoice"),
        ("", "{quote_number}", "message", "quote_number"),
        ("", "{ invoice_number }", "message", " invoice_number "),
        ("", "{invoice_number.__class__}", "message", "invoice_number.__class__"),
        ("{}", "", "subject", ""),
        ("", "{{ 7*7 }}", "message", None),
        ("", "{invoice_number", "message", None),
        ("invoice_number}", "", "subject", None),
    ],
)
def test_unknown_placeholders_are_refused_with_their_field(
    actor: Actor, subject: str, message: str, param: str, name: str | None
) -> None:
    error = UnknownPlaceholder if name is not None else StrayBrace
    with pytest.raises((UnknownPlaceholder, StrayBrace)) as refusal:
        write(actor, subject=subject, message=message)
    assert refusal.value.param == param
    if "{{" not in message:
        assert type(refusal.value) is error
    assert not EmailTemplate.objects.exists()


@pytest.mark.parametrize("kind", PLACEHOLDERS)
def test_every_placeholder_of_a_kind_is_filled(actor: Actor, acme: Organization, kind: str) -> None:
    every = " ".join(f"{{{name}}}" for name in PLACEHOLDERS[kind])
    check(kind, "", every)
    shown = preview(
        organization=acme, kind=kind, language="en", subject="", message=every, today=TODAY
    )
    assert "{" not in shown.message
    assert shown.source == ""


@pytest.mark.parametrize("language", ["en", "fr", "de", "es"])
def test_the_products_words_stand_in_four_languages_and_pass_their_own_check(
    acme: Organization, language: str
) -> None:
    words = [each for each in list_templates(acme.pk) if each.language == language]
    assert len(words) == 5
    for each in words:
        assert each.is_default
        assert each.subject
        assert check(each.kind, each.subject, each.message) == (each.subject, each.message)


def test_the_products_words_saved_as_they_are_stay_the_products(actor: Actor) -> None:
    known = get_template(actor.organization_id, "invoice", "fr")
    write(actor, language="fr", subject=known.subject, message=known.message)
    assert not EmailTemplate.objects.exists()


def test_written_read_and_taken_back(actor: Actor) -> None:
    write(actor, subject="Ours", message="One\r\ntwo")
    words = get_template(actor.organization_id, "invoice", "en")
    assert (words.subject, words.message, words.is_default) == ("Ours", "One\ntwo", False)
    reset_template(actor=actor, at=AT, kind="invoice", language="en")
    assert get_template(actor.organization_id, "invoice", "en").is_default
    types = Event.objects.filter(type__startswith="email_template.").order_by("pk")
    assert [event.type for event in types] == ["email_template.updated", "email_template.deleted"]


def test_only_those_who_manage_the_settings(actor: Actor, bob_actor: Actor) -> None:
    with pytest.raises(Forbidden):
        write(bob_actor, subject="Mine")
    with pytest.raises(Forbidden):
        reset_template(actor=bob_actor, at=AT, kind="invoice", language="en")


@pytest.mark.parametrize(("kind", "language"), [("alert", "en"), ("invoice", "it"), ("", "")])
def test_other_kinds_and_languages_are_not_there(actor: Actor, kind: str, language: str) -> None:
    with pytest.raises(NotFound):
        write(actor, kind, language, subject="x")


def test_words_have_a_length(actor: Actor) -> None:
    with pytest.raises(InvalidValue):
        write(actor, subject="x" * 301)
    with pytest.raises(InvalidValue):
        write(actor, message="x" * 10_001)


def test_a_subject_that_grows_with_its_names_is_still_sent(
    actor: Actor, postmaster: Postmaster
) -> None:
    buyer = customer(actor, name="N" * 200)
    invoice = issued_invoice(actor, customer_id=buyer.pk)
    write(actor, subject="{customer_name}" * 20)
    assert mail(actor, postmaster, "invoice", invoice.pk)[0] == "N" * 500


class TestPreview:
    def test_shows_the_newest_document(self, actor: Actor, acme: Organization) -> None:
        issued_invoice(actor, "1.00")
        newest = issued_invoice(actor, "1234.50")
        shown = preview(
            organization=acme,
            kind="invoice",
            language="de",
            subject="{invoice_number}",
            message="{amount_due}, {due_date}",
            today=TODAY,
        )
        assert (shown.subject, shown.source) == (newest.number, newest.number)
        assert shown.message == "1.234,50\xa0$, 14.02.2025"

    def test_of_a_reminder_counts_its_days(self, actor: Actor, acme: Organization) -> None:
        remind(actor=actor, at=AT, invoice_id=due(actor, "2025-02-14").pk)
        assert Reminder.objects.count() == 1
        shown = preview(
            organization=acme,
            kind="reminder",
            language="en",
            subject="",
            message="{days_left}/{days_overdue}",
            today=TODAY,
        )
        assert shown.message == "30/0"


def test_paid_invoices_keep_their_own_standard_words(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    paid(actor, invoice, "1234.50")
    assert "It is paid in full." in mail(actor, postmaster, "invoice", invoice.pk)[1]
