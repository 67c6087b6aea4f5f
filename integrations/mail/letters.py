"""What a message says: from the document it is about to a letter, ready to be drawn."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings

from accounts.models import Organization
from billing.documents.formats import Formatter, known_locale
from billing.documents.printing import (
    credit_note_pdf,
    invoice_pdf,
    pdf_file_name,
    quote_pdf,
    receipt_pdf,
)
from billing.models import CreditNote, Invoice, InvoiceStatus, Payment, Quote, Reminder
from billing.models.base import SalesDocument
from billing.placeholders import fill
from billing.queries.reminders import get_policy, is_wanted
from integrations.mail import invitations, naming, portal
from integrations.mail.naming import Names
from integrations.mail.templates import own_words
from integrations.mail.words import Words, words_for
from integrations.models import Message

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """The content of one mail, in one language. `headline` is the figure that matters."""

    organization: Organization
    language: str
    words: Words
    subject: str
    title: str
    body: str
    facts: tuple[Fact, ...] = ()
    headline: Fact | None = None
    button: Fact | None = None
    file_name: str = ""
    pdf: bytes = b""
    # Where all of the customer's documents are: words and address.
    portal: Fact | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    """A letter before the sender's own words and the attachment are considered."""

    letter: Letter
    file_name: str
    draw: Callable[[], bytes]


def write_letter(message: Message) -> Letter | None:
    """The letter of the message as of now; None if it is no longer wanted.

    The sender's subject and words replace the defaults.
    """
    draft = _WRITERS[message.kind](message)
    if draft is None:
        return None
    letter = draft.letter
    subject = message.subject or letter.subject
    if not letter.organization.livemode:
        subject = f"[TEST] {subject}"
    attached = message.attach_pdf and bool(draft.file_name)
    return Letter(
        organization=letter.organization,
        language=letter.language,
        words=letter.words,
        subject=subject,
        title=letter.title,
        body=message.body or letter.body,
        facts=letter.facts,
        headline=letter.headline,
        button=letter.button,
        file_name=draft.file_name if attached else "",
        pdf=draft.draw() if attached else b"",
        portal=portal.see_all(message, letter.organization, letter.language),
    )


def is_still_wanted(message: Message) -> bool:
    """Whether write_letter would write one, without drawing its document."""
    return _WRITERS[message.kind](message) is not None


def public_url(document: SalesDocument) -> str:
    """Where the customer sees the invoice or quote without signing in."""
    folder = "q" if isinstance(document, Quote) else "i"
    return f"{settings.BASE_URL}/{folder}/{document.public_token}"


def _invoice(message: Message) -> _Draft | None:
    rows = Invoice.objects.of(message.organization_id)
    invoice = rows.select_related("organization", "customer").get(pk=message.subject_id)
    if invoice.status in (InvoiceStatus.VOID, InvoiceStatus.DRAFT):
        return None
    formats, language, words = _style(invoice)
    due = formats.date(invoice.due_date)
    is_open = invoice.amount_due > 0
    body = "invoice_body" if is_open else "invoice_paid_body"
    facts = [(words["issue_date"], formats.date(invoice.issue_date))]
    if is_open:
        facts.append((words["due_date"], due))
    if invoice.amount_due != invoice.total:
        facts.append((words["total"], formats.money(invoice.total)))
    url = public_url(invoice)
    return _draft(
        "invoice",
        naming.invoice_names(invoice, formats, url),
        invoice.organization,
        language,
        words,
        number=invoice.number or "",
        total=formats.money(invoice.total),
        date=due,
        body=body,
        facts=facts,
        headline=(words["amount_due"], formats.money(invoice.amount_due)),
        button=(words["view_invoice"], url),
        file_name=pdf_file_name(invoice),
        draw=lambda: invoice_pdf(invoice, public_url=url),
    )


def _credit_note(message: Message) -> _Draft | None:
    rows = CreditNote.objects.of(message.organization_id)
    note = rows.select_related("organization", "customer", "invoice").get(pk=message.subject_id)
    if note.status == CreditNote.Status.VOID:
        return None
    formats, language, words = _style(note)
    facts = [(words["issue_date"], formats.date(note.issue_date))]
    if note.invoice:
        facts.append((words["for_invoice"], note.invoice.number or ""))
    return _draft(
        "credit_note",
        naming.credit_note_names(note, formats),
        note.organization,
        language,
        words,
        number=note.number or "",
        total=formats.money(note.total),
        facts=facts,
        headline=(words["total"], formats.money(note.total)),
        file_name=pdf_file_name(note),
        draw=lambda: credit_note_pdf(note),
    )


def _quote(message: Message) -> _Draft | None:
    rows = Quote.objects.of(message.organization_id)
    quote = rows.select_related("organization", "customer").filter(pk=message.subject_id).first()
    if quote is None or quote.status not in (Quote.Status.OPEN, Quote.Status.ACCEPTED):
        return None
    formats, language, words = _style(quote)
    url = public_url(quote)
    until = formats.date(quote.valid_until)
    return _draft(
        "quote",
        naming.quote_names(quote, formats, url),
        quote.organization,
        language,
        words,
        number=quote.number or "",
        total=formats.money(quote.total),
        date=until,
        facts=[
            (words["issue_date"], formats.date(quote.issue_date)),
            (words["valid_until"], until),
        ],
        headline=(words["total"], formats.money(quote.total)),
        button=(words["view_quote"], url),
        file_name=pdf_file_name(quote),
        draw=lambda: quote_pdf(quote, public_url=url),
    )


def _receipt(message: Message) -> _Draft | None:
    rows = Payment.objects.of(message.organization_id)
    payment = rows.select_related("organization", "customer").get(pk=message.subject_id)
    organization = payment.organization
    locale = known_locale(payment.customer.locale or organization.locale)
    language, words = words_for(locale)
    formats = Formatter(locale, payment.currency)
    return _draft(
        "receipt",
        naming.receipt_names(payment, formats),
        organization,
        language,
        words,
        number=payment.number,
        total=formats.money(payment.amount),
        facts=[(words["issue_date"], formats.date(payment.payment_date))],
        headline=(words["total"], formats.money(payment.amount)),
        file_name=pdf_file_name(payment),
        draw=lambda: receipt_pdf(payment),
    )


def _reminder(message: Message) -> _Draft | None:
    """Looked at again at the moment of sending: what was paid meanwhile is dropped (D9)."""
    rows = Reminder.objects.of(message.organization_id)
    reminder = rows.select_related("invoice__organization", "invoice__customer").get(
        pk=message.subject_id
    )
    if not is_wanted(reminder):
        return None
    invoice = reminder.invoice
    policy = get_policy(invoice.organization_id, invoice.customer).settings
    formats, language, words = _style(invoice, policy.language)
    late = (reminder.planned_date - invoice.due_date).days
    tone = "overdue" if late > 0 else "upcoming" if late < 0 else "due"
    due, open_amount = formats.date(invoice.due_date), formats.money(invoice.amount_due)
    url = public_url(invoice)
    facts = [(words["due_date"], due)]
    if invoice.amount_due != invoice.total:
        facts.append((words["total"], formats.money(invoice.total)))
    names = naming.reminder_names(reminder, formats, url)
    draft = _draft(
        "reminder",
        names,
        invoice.organization,
        language,
        words,
        number=invoice.number or "",
        total=open_amount,
        date=due,
        tone=f"_{tone}",
        facts=facts,
        headline=(words["amount_due"], open_amount),
        button=(words["view_invoice"], url),
        file_name=pdf_file_name(invoice),
        draw=lambda: invoice_pdf(invoice, public_url=url),
    )
    # The words of a step came before templates, with shorter names.
    names = {
        "number": invoice.number or "",
        "customer": names["customer_name"],
        "seller": names["company_name"],
        **names,
    }
    letter = replace(
        draft.letter,
        subject=fill(reminder.subject, names) or draft.letter.subject,
        body=fill(reminder.body, names) or draft.letter.body,
    )
    return replace(draft, letter=letter)


def _alert(message: Message) -> _Draft | None:
    organization = Organization.objects.get(pk=message.organization_id)
    spoken, button = invitations.frame_of(message)
    language, words = words_for(spoken)
    letter = Letter(organization, language, words, message.subject, message.subject, message.body)
    letter = replace(letter, button=button)
    return _Draft(letter, "", lambda: b"")


def _portal(message: Message) -> _Draft | None:
    """A way in, or where to ask for one."""
    note = portal.write(message)
    if note is None:
        return None
    language, words = words_for(note.language)
    letter = Letter(
        organization=note.organization,
        language=language,
        words=words,
        subject=note.subject,
        title=note.subject,
        body=note.body,
        button=note.button,
    )
    return _Draft(letter, "", lambda: b"")


_WRITERS: dict[str, Callable[[Message], _Draft | None]] = {
    Message.Kind.INVOICE: _invoice,
    Message.Kind.CREDIT_NOTE: _credit_note,
    Message.Kind.QUOTE: _quote,
    Message.Kind.RECEIPT: _receipt,
    Message.Kind.REMINDER: _reminder,
    Message.Kind.ALERT: _alert,
    Message.Kind.PORTAL: _portal,
    Message.Kind.INVITATION: _portal,
}


def _style(document: SalesDocument, language: str = "") -> tuple[Formatter, str, Words]:
    """As the document is written, or in another language that was agreed on."""
    locale = known_locale(language or document.locale)
    return Formatter(locale, document.currency), *words_for(locale)


def _draft(
    kind: str,
    names: Names,
    organization: Organization,
    language: str,
    words: Words,
    *,
    number: str,
    total: str,
    facts: list[Fact],
    headline: Fact,
    file_name: str,
    draw: Callable[[], bytes],
    date: str = "",
    body: str = "",
    tone: str = "",
    button: Fact | None = None,
) -> _Draft:
    """In the organization's own words for that kind and language, else in the product's."""
    values = {
        "number": number,
        "total": total,
        "date": date,
        "seller": organization.display_name,
    }
    own_subject, own_body = own_words(organization.pk, kind, language, names)
    kind = f"{kind}{tone}"
    letter = Letter(
        organization=organization,
        language=language,
        words=words,
        subject=own_subject or words[f"{kind}_subject"].format(**values),
        title=words[f"{kind}_title"].format(**values),
        body=own_body or words[body or f"{kind}_body"].format(**values),
        facts=tuple(facts),
        headline=headline,
        button=button,
    )
    return _Draft(letter, file_name, draw)
