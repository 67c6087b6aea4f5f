"""Which applications there are, and which people connected them."""

import uuid

from django.db.models import Q, QuerySet

from accounts.models import Application, Grant, Membership
from core.errors import NotFound


def list_applications(organization_id: int) -> QuerySet[Application]:
    """Every application of the organization, newest first."""
    return Application.objects.of(organization_id).order_by("-id")


def get_application(organization_id: int, application_id: uuid.UUID) -> Application:
    """One of them. Raises NotFound for another organization's too."""
    rows = Application.objects.of(organization_id).select_related("organization")
    application = rows.filter(uuid=application_id).first()
    if application is None:
        raise NotFound(noun="application", id=application_id)
    return application


def find_for_person(client_id: str, user_id: int) -> tuple[Application, Membership] | None:
    """The application and the person's place in its organization.

    None when there is no such application, and just so when it is another organization's.
    The connection must see every organization: this is where it turns out which.
    """
    if not client_id.isprintable():
        return None
    rows = Application.objects.select_related(
        "organization", "organization__sandbox", "organization__sandbox_of"
    )
    application = rows.filter(client_id=client_id).first()
    if application is None:
        return None
    home = application.organization.sandbox_of_id or application.organization_id
    memberships = Membership.objects.of(home).select_related("user", "organization")
    membership = memberships.filter(user_id=user_id).first()
    return (application, membership) if membership else None


def connections_of(organization_id: int, user_id: int) -> QuerySet[Grant]:
    """What the person allowed applications to do here, and what still holds, newest first."""
    grants = Grant.objects.of(organization_id).filter(membership__user_id=user_id)
    return _standing(grants)


def connections_to(application_id: int) -> QuerySet[Grant]:
    """Everybody who is connected to that application, in any of its organizations."""
    return _standing(Grant.objects.filter(application_id=application_id))


def _standing(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    alive = Q(used_at__isnull=False, revoked_at__isnull=True)
    return grants.filter(alive).select_related("membership__user", "organization").order_by("-id")
