"""The organization's settings and its civil date."""

import datetime
from zoneinfo import ZoneInfo

from accounts.models import Organization
from core.errors import NotFound


def get_organization(organization_id: int) -> Organization:
    """Raises NotFound."""
    found = Organization.objects.filter(pk=organization_id).first()
    if found is None:
        raise NotFound(noun="organization", id=organization_id)
    return found


def today(organization: Organization, at: datetime.datetime) -> datetime.date:
    """The civil date in the organization's time zone at that instant."""
    return at.astimezone(ZoneInfo(organization.timezone)).date()
