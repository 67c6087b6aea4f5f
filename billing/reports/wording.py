"""Days in the words of a report's heading."""

import datetime

from accounts.models import Organization
from billing.documents.formats import Formatter, known_locale
from billing.queries.spans import Span


def day_in_words(organization: Organization, day: datetime.date) -> str:
    """As the organization writes dates: Jan 20, 2025."""
    return Formatter(known_locale(organization.locale), "").date(day)


def span_in_words(organization: Organization, span: Span) -> str:
    """Both ends: Jan 1, 2025 – Jan 31, 2025."""
    first, last = day_in_words(organization, span.start), day_in_words(organization, span.end)
    return f"{first} \N{EN DASH} {last}"
