"""How a template reads with the figures of a real document, or of a sample."""

import datetime
from dataclasses import dataclass
from typing import Any

from accounts.models import Organization
from billing.documents.formats import Formatter, known_locale
from billing.models import CreditNote, Invoice, Payment, Quote, Reminder
from integrations.mail import naming
from integrations.mail.letters import public_url
from integrations.mail.naming import Names
from integrations.mail.templates import filled
from integrations.models import EmailTemplate

Kind = EmailTemplate.Kind
_MODELS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    Kind.INVOICE: (Invoice, ("customer", "organization")),
    Kind.REMINDER: (Reminder, ("invoice__customer", "invoice__organization")),
    Kind.RECEIPT: (Payment, ("customer", "organization")),
    Kind.QUOTE: (Quote, ("customer", "organization")),
    Kind.CREDIT_NOTE: (CreditNote, ("customer", "organization", "invoice")),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """`source` is the number of the document whose figures are shown; empty for a sample."""

    subject: str
    message: str
    source: str


def preview(
    *,
    organization: Organization,
    kind: str,
    language: str,
    subject: str,
    message: str,
    today: datetime.date,
) -> Preview:
    """Filled with the newest document of that kind. What is no placeholder stays as it is."""
    names = _real(organization, kind, language)
    source = next((value for key, value in (names or {}).items() if key.endswith("_number")), "")
    if names is None:
        formats = Formatter(_locale(organization, language), organization.currency)
        names = naming.sample_names(kind, organization.display_name, formats, today)
    shown_subject, shown_message = filled(subject, message, names)
    return Preview(shown_subject, shown_message, source)


def _locale(organization: Organization, language: str) -> str:
    """The organization's own spelling where it is one of that language."""
    own = known_locale(organization.locale)
    return own if own.partition("_")[0] == language else language


def _real(organization: Organization, kind: str, language: str) -> Names | None:
    """The names of the newest document, or None where there is none."""
    model, related = _MODELS[kind]
    rows = model.objects.of(organization.pk).select_related(*related)
    if kind in (Kind.INVOICE, Kind.QUOTE):
        rows = rows.exclude(number=None)
    row = rows.order_by("-pk").first()
    if row is None:
        return None
    about = row.invoice if kind == Kind.REMINDER else row
    formats = Formatter(_locale(organization, language), about.currency)
    if kind == Kind.RECEIPT:
        return naming.receipt_names(row, formats)
    if kind == Kind.CREDIT_NOTE:
        return naming.credit_note_names(row, formats)
    url = public_url(about)
    if kind == Kind.QUOTE:
        return naming.quote_names(row, formats, url)
    if kind == Kind.REMINDER:
        return naming.reminder_names(row, formats, url)
    return naming.invoice_names(row, formats, url)
