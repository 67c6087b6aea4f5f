"""The organization's own words for its mail, over the product's where it has none."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.placeholders import fill
from core import text
from core.errors import DomainError, NotFound
from core.events import emit
from integrations.mail.naming import PLACEHOLDERS, Names
from integrations.mail.words import LANGUAGES
from integrations.models import EmailTemplate

Kind = EmailTemplate.Kind
# A subject with its names filled in; mail programs show a fraction of that.
_MOST_SUBJECT = 500
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")
# The product's words use names of their own: what each is called in a template.
_NAMED: dict[str, dict[str, str]] = {
    Kind.INVOICE: {"number": "invoice_number", "total": "total", "date": "due_date"},
    Kind.REMINDER: {"number": "invoice_number", "total": "amount_due", "date": "due_date"},
    Kind.RECEIPT: {"number": "receipt_number", "total": "amount", "date": "payment_date"},
    Kind.QUOTE: {"number": "quote_number", "total": "total", "date": "valid_until"},
    Kind.CREDIT_NOTE: {"number": "credit_note_number", "total": "total", "date": "issue_date"},
}


class UnknownPlaceholder(DomainError):
    code = "unknown_placeholder"
    message = "'{name}' is no placeholder here. There are: {known}."


class StrayBrace(DomainError):
    code = "stray_brace"
    message = "A brace stands alone: a placeholder is a name between two of them."


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of mail says in one language, with its placeholders."""

    kind: str
    language: str
    subject: str
    message: str
    is_default: bool
    updated_at: datetime.datetime | None = None


def list_templates(organization_id: int) -> list[Words]:
    """Every kind in every language."""
    rows = EmailTemplate.objects.of(organization_id)
    kept = {(row.kind, row.language): row for row in rows}
    return [
        _words(kind, language, kept.get((kind, language)))
        for kind in Kind.values
        for language in LANGUAGES
    ]


def get_template(organization_id: int, kind: str, language: str) -> Words:
    """The organization's own, else the product's. Raises NotFound."""
    _check(kind, language)
    return _words(kind, language, _kept(organization_id, kind, language))


@transaction.atomic
def set_template(
    *,
    actor: Actor,
    at: datetime.datetime,
    kind: str,
    language: str,
    subject: str | None = None,
    message: str | None = None,
) -> Words:
    """Say it in these words from now on; an empty one is the product's, None leaves it.

    Raises Forbidden, NotFound, InvalidValue, UnknownPlaceholder, StrayBrace.
    """
    actor.require("settings:write")
    _check(kind, language)
    row = _kept(actor.organization_id, kind, language)
    subject = subject if subject is not None else row.subject if row else ""
    message = message if message is not None else row.body if row else ""
    subject, message = check(kind, subject, message)
    # The product's words saved as they were shown stay the product's: they also know of
    # invoices that are paid already, and of reminders before the due date.
    usual_subject, usual_message = _default(kind, language)
    subject = "" if subject == usual_subject else subject
    message = "" if message == usual_message else message
    if not subject and not message:
        return reset_template(actor=actor, at=at, kind=kind, language=language)
    row, _ = EmailTemplate.objects.update_or_create(
        organization_id=actor.organization_id,
        kind=kind,
        language=language,
        defaults={"subject": subject, "body": message, "updated_at": at},
        create_defaults={"subject": subject, "body": message, "updated_at": at, "created_at": at},
    )
    words = _words(kind, language, row)
    emit("email_template.updated", subject=row, data=template_snapshot(words), actor=actor, at=at)
    return words


def check(kind: str, subject: str, message: str) -> tuple[str, str]:
    """The two cleaned. Raises InvalidValue, UnknownPlaceholder, StrayBrace."""
    subject = text.clean_line(subject, param="subject", max_length=300)
    message = text.clean_text(message, param="message")
    for param, given in (("subject", subject), ("message", message)):
        _check_names(given, kind, param)
    return subject, message


@transaction.atomic
def reset_template(*, actor: Actor, at: datetime.datetime, kind: str, language: str) -> Words:
    """Back to the product's words. Raises Forbidden, NotFound."""
    actor.require("settings:write")
    _check(kind, language)
    row = _kept(actor.organization_id, kind, language)
    words = _words(kind, language, None)
    if row is not None:
        data = template_snapshot(words)
        emit("email_template.deleted", subject=row, data=data, actor=actor, at=at)
        row.delete()
    return words


def own_words(organization_id: int, kind: str, language: str, names: Names) -> tuple[str, str]:
    """The organization's subject and message with the names filled in; empty where it has none."""
    row = _kept(organization_id, kind, language)
    return ("", "") if row is None else filled(row.subject, row.body, names)


def filled(subject: str, message: str, names: Names) -> tuple[str, str]:
    return fill(subject, names)[:_MOST_SUBJECT], fill(message, names)


def template_snapshot(words: Words) -> dict[str, Any]:
    """What the activity log tells of it."""
    return {
        "object": "email_template",
        "kind": words.kind,
        "language": words.language,
        "subject": words.subject,
        "message": words.message,
        "is_default": words.is_default,
    }


def _words(kind: str, language: str, row: EmailTemplate | None) -> Words:
    subject, message = _default(kind, language)
    if row is None:
        return Words(kind, language, subject, message, is_default=True)
    return Words(
        kind,
        language,
        row.subject or subject,
        row.body or message,
        is_default=False,
        updated_at=row.updated_at,
    )


def _default(kind: str, language: str) -> tuple[str, str]:
    """The product's words in a template's spelling; of reminders those after the due date."""
    named = {short: f"{{{name}}}" for short, name in _NAMED[kind].items()}
    named["seller"] = "{company_name}"
    words = LANGUAGES[language]
    key = "reminder_overdue" if kind == Kind.REMINDER else kind
    return fill(words[f"{key}_subject"], named), fill(words[f"{key}_body"], named)


def _check(kind: str, language: str) -> None:
    if kind not in Kind.values or language not in LANGUAGES:
        raise NotFound(noun="email template", id=f"{kind}/{language}"[:60])


def _check_names(words: str, kind: str, param: str) -> None:
    known = PLACEHOLDERS[kind]
    for found in _BRACES.finditer(words):
        if found[1] is None:
            raise StrayBrace(param=param)
        if found[1] not in known:
            raise UnknownPlaceholder(name=found[1][:60], known=", ".join(known), param=param)


def _kept(organization_id: int, kind: str, language: str) -> EmailTemplate | None:
    rows = EmailTemplate.objects.of(organization_id)
    return rows.filter(kind=kind, language=language).first()
