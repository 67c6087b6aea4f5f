"""Rows as /api/integrations shows them."""

from typing import Any

from django.conf import settings

from accounts.actors import Actor
from accounts.models import Membership, Organization, Role, User
from accounts.queries.directory import home_of, seen_memberships
from integrations.dialects.directory.words import ROLES, TIERS

Json = dict[str, Any]


def present_user(actor: Actor, user: User) -> Json:
    """A person with where they belong, as far as the actor sees."""
    members = [
        {
            "id": str(each.uuid),
            "organizationId": str(each.organization.uuid),
            "role": ROLES.to_wire(each.role),
            "createdAt": each.created_at,
        }
        for each in seen_memberships(user)
    ]
    return {**present_listed_user(actor, user), "dob": user.birth_date, "members": members}


def present_listed_user(actor: Actor, user: User) -> Json:
    return {
        "id": str(user.uuid),
        "name": user.get_full_name(),
        "firstName": user.first_name or None,
        "lastName": user.last_name or None,
        "email": user.email,
        "phone": user.phone or None,
        "role": shown_role(actor, user),
        "createdAt": user.created_at,
        "updatedAt": user.updated_at,
    }


def shown_role(actor: Actor, user: User) -> str:
    """The one word for a person who may have several roles: the one they have at home."""
    home = home_of(actor, user)
    return ROLES.to_wire(home.role if home else Role.CUSTOMER)


def present_organization(organization: Organization, members: list[Membership]) -> Json:
    """An organization with everybody in it. `members` come with their users."""
    shown = present_listed_organization(organization)
    # What an installation of one's own holds is limited by its disk alone.
    limits = {"maxUsers": None, "maxStorage": None, "apiCallsPerMonth": None}
    return {
        **shown,
        "premiumTier": {**shown["premiumTier"], "limits": limits},
        "members": [_member(each) for each in members],
    }


def present_listed_organization(organization: Organization) -> Json:
    """`organization` comes with its member_count."""
    return {
        "id": str(organization.uuid),
        "name": organization.name,
        "slug": organization.slug,
        "logo": logo_address(organization) if organization.logo else None,
        "memberCount": organization.member_count,  # type: ignore[attr-defined]
        "premiumTier": {
            "id": organization.plan,
            "name": TIERS.to_wire(organization.plan),
            "features": [],
        },
        "createdAt": organization.created_at,
    }


def present_user_organization(organization: Organization, membership: Membership) -> Json:
    """An organization beside the membership that ties a person to it."""
    return {
        **present_listed_organization(organization),
        "membership": {
            "id": str(membership.uuid),
            "role": ROLES.to_wire(membership.role),
            "createdAt": membership.created_at,
        },
    }


def logo_address(organization: Organization) -> str:
    """Where the logo is; a client may send it back to say that the logo stays."""
    return f"{settings.BASE_URL}/api/integrations/organizations/{organization.uuid}/logo"


def _member(membership: Membership) -> Json:
    user = membership.user
    return {
        "id": str(membership.uuid),
        "userId": str(user.uuid),
        "role": ROLES.to_wire(membership.role),
        "user": {"id": str(user.uuid), "name": user.get_full_name(), "email": user.email},
        "createdAt": membership.created_at,
    }
