"""Mail about the customer portal: the way in, the invitation, and the line below an invoice."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from accounts.models import Organization
from billing.models import Customer, PortalLink
from billing.operations.portal_access import link_token
from billing.queries.portal import customers_of_address
from integrations.mail.portal_words import words_for
from integrations.models import Message

_BELOW = (Message.Kind.INVOICE, Message.Kind.REMINDER, Message.Kind.RECEIPT, Message.Kind.QUOTE)


@dataclass(frozen=True, slots=True)
class Note:
    """A short letter with a button, in one language."""

    organization: Organization
    language: str
    subject: str
    body: str
    button: tuple[str, str]


def write(message: Message) -> Note | None:
    """The letter as of now; None if its link was used or has expired, or the portal is off."""
    organization = Organization.objects.get(pk=message.organization_id)
    if not organization.portal_enabled:
        return None
    return _NOTES[message.kind](message, organization)


def portal_url(organization: Organization) -> str:
    """Where the organization's customers sign in."""
    return f"{settings.BASE_URL}/portal/{organization.slug}"


def see_all(message: Message, organization: Organization, language: str) -> tuple[str, str] | None:
    """The line that a customer's documents are mailed with."""
    if message.kind not in _BELOW or not organization.portal_enabled:
        return None
    return words_for(language)["see_all"], portal_url(organization)


def _link(message: Message, organization: Organization) -> Note | None:
    rows = PortalLink.objects.of(message.organization_id)
    link = rows.filter(pk=message.subject_id, used_at=None, expires_at__gt=timezone.now()).first()
    if link is None:
        return None
    customer = customers_of_address(organization.pk, link.email).first()
    url = f"{portal_url(organization)}/enter/{link_token(link)}"
    return None if customer is None else _note("link", organization, customer, url)


def _invitation(message: Message, organization: Organization) -> Note | None:
    customer = Customer.objects.of(organization.pk).filter(pk=message.subject_id).first()
    if customer is None:
        return None
    return _note("invitation", organization, customer, portal_url(organization))


def _note(kind: str, organization: Organization, customer: Customer, url: str) -> Note:
    language = customer.locale or organization.locale
    words = words_for(language)
    seller = organization.display_name
    return Note(
        organization=organization,
        language=language,
        subject=words[f"{kind}_subject"].format(seller=seller),
        body=words[f"{kind}_body"].format(seller=seller),
        button=(words[f"{kind}_button"], url),
    )


_NOTES: dict[str, Callable[[Message, Organization], Note | None]] = {
    Message.Kind.PORTAL: _link,
    Message.Kind.INVITATION: _invitation,
}
