"""What a mail provider tells of our mail over HTTP: the same fates as reports by mail tell.

A library (requirements-anymail.txt) knows how each provider signs and spells; it is imported
only where a provider is set. Which message is meant stands in a header of the mail that the
provider hands back, because some give messages ids of their own.
"""

import hashlib
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest

from core.errors import DomainError, Kind
from core.extras import load
from integrations.mail import tracking
from integrations.mail.bounces import apply_report, find_message
from integrations.mail.reports import News, Report, Told

_MARK = "message"


@dataclass(frozen=True, slots=True)
class _Provider:
    """`view` is the library's class, `secret` its name for what proves that the provider speaks,
    `header` and `value` what makes it hand back `{}`, the message's id."""

    view: str
    secret: str
    header: str
    value: str


_BASIC, _SIGNED = "webhook_secret", "webhook_signing_key"
_JSON = '{{"message": "{}"}}'
PROVIDERS = {
    "brevo": _Provider("brevo.BrevoTrackingWebhookView", _BASIC, "X-Mailin-custom", _JSON),
    "mailgun": _Provider(
        "mailgun.MailgunTrackingWebhookView", _SIGNED, "X-Mailgun-Variables", _JSON
    ),
    "postmark": _Provider(
        "postmark.PostmarkTrackingWebhookView", _BASIC, f"X-PM-Metadata-{_MARK}", "{}"
    ),
}
_NEWS = {
    "bounced": News.BOUNCED,
    "rejected": News.BOUNCED,
    "failed": News.BOUNCED,
    "deferred": News.DELAYED,
    "delivered": News.DELIVERED,
    "complained": News.COMPLAINED,
}
_SEEN = ("opened", "clicked")
# What the receiving server said: 550, or 5.1.1.
_CODE = re.compile(r"\b(?:([245])\d\d|([245])\.\d{1,3}\.\d{1,3})\b")


class ForgedNews(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "forged_news"
    message = "This does not come from the mail provider."


class UnreadableNews(DomainError):
    kind, code = Kind.MALFORMED, "unreadable_news"
    message = "This is nothing that the mail provider sends."


def check() -> None:
    """Raises ImproperlyConfigured where a provider is set that cannot be listened to."""
    if not settings.MAIL_PROVIDER:
        return
    if settings.MAIL_PROVIDER not in PROVIDERS:
        raise ImproperlyConfigured(f"MAIL_PROVIDER is one of {', '.join(PROVIDERS)}.")
    if not settings.MAIL_PROVIDER_SECRET:
        raise ImproperlyConfigured("MAIL_PROVIDER is set, and MAIL_PROVIDER_SECRET is not.")
    _library("webhooks")


def mark(message_uuid: uuid.UUID) -> tuple[str, str] | None:
    """The header that makes the provider name the message in what it tells; None without one."""
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    return (provider.header, provider.value.format(message_uuid)) if provider else None


@transaction.atomic
def take(request: HttpRequest, *, at: datetime) -> int:
    """Write down what the provider tells in this request; for how many recipients it was news.

    Told twice, it counts once; messages and recipients that are not ours change nothing.
    Raises ForgedNews without the provider's signature or secret, UnreadableNews.
    """
    return sum(_apply(event, at) for event in _events(request))


def _events(request: HttpRequest) -> Iterable[Any]:
    provider = PROVIDERS[settings.MAIL_PROVIDER]
    module, _, name = provider.view.partition(".")
    given: dict[str, Any] = {provider.secret: settings.MAIL_PROVIDER_SECRET}
    view = getattr(_library(f"webhooks.{module}"), name)(**given)
    refused = _library("exceptions").AnymailWebhookValidationFailure
    try:
        view.run_validators(request)
        return list(view.parse_events(request))
    except refused as error:
        raise ForgedNews from error
    except Exception as error:  # whatever the library makes of a text that is no event
        raise UnreadableNews from error


def _apply(event: Any, at: datetime) -> int:
    address = str(event.recipient or "").lower()
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    report = Report(
        _report_id(event, metadata, address),
        str(event.message_id or ""),
        str(metadata.get(_MARK, "")),
        (),
    )
    if event.event_type in _SEEN:
        return int(_note_seen(report, address, event, at))
    news = _NEWS.get(event.event_type)
    if news is None:
        return 0
    words = str(event.mta_response or event.description or event.reject_reason or "")
    told = Told(address, news, _is_permanent(event, words), words[:500])
    given = Report(report.report_id, report.message_id, report.envelope_id, (told,), True)
    return apply_report(given, at=at)


def _note_seen(report: Report, address: str, event: Any, at: datetime) -> bool:
    """Only where the organization tracks mail and the recipient lets it, and no machine's."""
    message = find_message(report)
    recipient = message and message.recipients.filter(address__iexact=address).first()
    if not recipient or tracking.is_machine(str(event.user_agent or "")):
        return False
    tracked = tracking.Tracked(recipient.organization_id, recipient.organization, recipient)
    return tracking.record_seen(tracked, event.event_type, at)


def _is_permanent(event: Any, words: str) -> bool:
    """Whether the address itself is at fault, by the receiving server's code if it gave one."""
    code = _CODE.search(words)
    if event.event_type == "bounced" and code:
        return (code[1] or code[2]) == "5"
    return event.event_type == "complained" or event.reject_reason in ("bounced", "invalid", "spam")


def _report_id(event: Any, metadata: dict[str, Any], address: str) -> str:
    """The same for what is told twice: a repetition may carry a new id of its own."""
    told = (event.message_id, metadata.get(_MARK), address, event.event_type, event.timestamp)
    digest = hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest()
    return f"{settings.MAIL_PROVIDER}:{digest}"


def _library(name: str) -> Any:
    return load(
        f"anymail.{name}",
        setting="MAIL_PROVIDER",
        product="django-anymail",
        requirements="requirements-anymail.txt",
    )
