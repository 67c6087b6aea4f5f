"""Who belongs where."""

from django.db.models import QuerySet

from accounts.models import Membership, Role
from core.errors import NotFound


def workplaces_of(user_id: int) -> list[Membership]:
    """The memberships a person can work in, oldest first, with organization and sandbox.

    Directory users (role customer) have no access to the books, so theirs are left out.
    """
    rows = Membership.objects.filter(user_id=user_id).exclude(role=Role.CUSTOMER)
    return list(rows.select_related("user", "organization", "organization__sandbox").order_by("pk"))


def list_members(organization_id: int) -> QuerySet[Membership]:
    """Everybody in the organization, by name of login."""
    return Membership.objects.of(organization_id).select_related("user").order_by("user__email")


def get_member(organization_id: int, membership_id: int) -> Membership:
    """Raises NotFound."""
    found = list_members(organization_id).filter(pk=membership_id).first()
    if found is None:
        raise NotFound(noun="member", id=membership_id)
    return found
