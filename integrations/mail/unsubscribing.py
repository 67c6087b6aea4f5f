"""The link in a reminder by which its recipient gets no more of them."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.core import signing

from accounts.models import Organization

# Bound to this purpose: no other link of ours, however signed, unsubscribes anybody.
_SALT = "integrations.mail.unsubscribe"


@dataclass(slots=True)
class Unsubscription:
    """Whose reminders, and to which address."""

    organization_id: int
    organization: Organization
    address: str


def unsubscribe_url(organization: Organization, address: str) -> str:
    """The recipient's own link. It works for good: mail is read late."""
    claim = {"organization": str(organization.uuid), "address": address.lower()}
    token = signing.Signer(salt=_SALT).sign_object(claim)
    return f"{settings.BASE_URL}/unsubscribe/{token}"


def find_unsubscription(token: str, at: datetime.datetime) -> Unsubscription | None:
    """What the link asks for, or None for one that is not ours."""
    try:
        claim = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    organization = Organization.objects.filter(uuid=claim["organization"]).first()
    if organization is None:
        return None
    return Unsubscription(organization.pk, organization, claim["address"])
