"""The directory: which people and organizations a program may know of.

A key sees its own organization and those that it looks after; an operator's key for the
whole installation sees all. Sandboxes are nobody's directory but their own.
"""

import uuid
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Membership, Organization, User
from core.errors import NotFound

_MOST_WORDS = 10


def list_organizations(actor: Actor, query: str = "") -> QuerySet[Organization]:
    """The organizations in view, oldest first, each with `member_count`."""
    rows = _organizations_in_view(actor).annotate(member_count=Count("memberships"))
    return _matching(rows, query, ("name", "slug", "legal_name")).order_by("pk")


def get_organization(actor: Actor, identifier: uuid.UUID | str) -> Organization:
    """One in view, with `member_count`. Raises NotFound for any other."""
    found = list_organizations(actor).filter(uuid=identifier).first()
    if found is None:
        raise NotFound(noun="organization", id=str(identifier))
    return found


def members_of(organization: Organization) -> QuerySet[Membership]:
    """Who belongs to an organization in view, in the order in which they joined."""
    return Membership.objects.of(organization.pk).select_related("user").order_by("pk")


def list_people(actor: Actor, query: str = "") -> QuerySet[User]:
    """The people in view, oldest first, each with its `seen_memberships`.

    People of no organization are seen by installation-wide keys only.
    """
    rows = User.objects.all()
    if not actor.is_installation_wide:
        members = Membership.objects.filter(organization__in=_organizations_in_view(actor))
        rows = rows.filter(pk__in=members.values("user_id"))
    rows = _matching(rows, query, ("name", "first_name", "last_name", "email"))
    return rows.prefetch_related(_seen_memberships(actor)).order_by("pk")


def get_person(actor: Actor, identifier: uuid.UUID | str) -> User:
    """One in view, with its `seen_memberships`. Raises NotFound for any other."""
    found = list_people(actor).filter(uuid=identifier).first()
    if found is None:
        raise NotFound(noun="user", id=str(identifier))
    return found


def organizations_of(actor: Actor, person: User) -> list[tuple[Organization, Membership]]:
    """Where a person belongs, as far as it is in view, in the order in which they joined."""
    joined = {each.organization_id: each for each in seen_memberships(person)}
    rows = {each.pk: each for each in list_organizations(actor).filter(pk__in=joined)}
    return [(rows[key], membership) for key, membership in joined.items()]


def seen_memberships(person: User) -> list[Membership]:
    """The memberships in view of a person who was found through list_people or get_person."""
    found: list[Membership] = person.seen_memberships  # type: ignore[attr-defined]
    return found


def home_of(actor: Actor, person: User) -> Membership | None:
    """The membership whose role stands for the person: the one in the actor's own
    organization, else the oldest in view, else None."""
    seen = seen_memberships(person)
    own = (each for each in seen if each.organization_id == actor.organization_id)
    return next(own, seen[0] if seen else None)


def is_wholly_in_view(person: User) -> bool:
    """Whether the person belongs to no organization beyond those in view."""
    return Membership.objects.filter(user=person).count() == len(seen_memberships(person))


def _organizations_in_view(actor: Actor) -> QuerySet[Organization]:
    if actor.is_installation_wide:
        return Organization.objects.filter(livemode=True)
    seen = Q(pk=actor.organization_id)
    if actor.livemode:
        # A sandbox has the settings of its live organization, this one too.
        seen |= Q(administered_by=actor.organization_id, livemode=True)
    return Organization.objects.filter(seen)


def _seen_memberships(actor: Actor) -> Prefetch:
    rows = Membership.objects.filter(organization__in=_organizations_in_view(actor))
    return Prefetch(
        "memberships",
        queryset=rows.select_related("organization").order_by("pk"),
        to_attr="seen_memberships",
    )


def _matching(rows: QuerySet[Any], query: str, columns: tuple[str, ...]) -> QuerySet[Any]:
    """Rows in which every word of the query stands somewhere."""
    for word in query.split()[:_MOST_WORDS]:
        found = Q()
        for column in columns:
            found |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(found)
    return rows
