"""Who acts when an operator uses the admin."""

import datetime

from django.http import HttpRequest
from django.utils import timezone

from accounts.actors import Actor, Installation, system_actor
from accounts.models import Organization


def operator_on(request: HttpRequest, organization: Organization) -> Actor:
    """The installation acting for an organization, with the operator's name in the log."""
    return system_actor(
        organization.pk,
        livemode=organization.livemode,
        label=f"{request.user} (operator)",
        request_id=getattr(request, "request_id", ""),
    )


def operator(request: HttpRequest) -> Installation:
    """The operator, for what belongs to no organization."""
    return Installation(
        label=f"{request.user} (operator)",
        credential_id=request.user.pk,
        request_id=getattr(request, "request_id", ""),
    )


def moment() -> datetime.datetime:
    """The present, which operations take as an argument."""
    return timezone.now()
