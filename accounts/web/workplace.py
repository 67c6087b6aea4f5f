"""Where a signed-in person works: which organization, live or sandbox, with which rights."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.actors import Actor, actor_for_membership
from accounts.models import Membership, Organization, User
from accounts.queries.memberships import workplaces_of

ORGANIZATION_KEY = "organization_id"
SANDBOX_KEY = "works_in_sandbox"
_CACHE = "_workplace"


@dataclass(frozen=True, slots=True)
class Workplace:
    """One choice of the person's memberships, made for this request."""

    organization: Organization
    membership: Membership
    actor: Actor
    memberships: list[Membership]


def workplace_of(request: HttpRequest) -> Workplace | None:
    """The organization of the session, else the person's first; None without any.

    The choice in the session is only a wish: it counts while the membership exists.
    Looked up once per request, in one query.
    """
    if not hasattr(request, _CACHE):
        setattr(request, _CACHE, _find(request))
    return getattr(request, _CACHE)


def _find(request: HttpRequest) -> Workplace | None:
    user: User | AnonymousUser | None = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    memberships = workplaces_of(user.pk)
    if not memberships:
        return None
    wanted = request.session.get(ORGANIZATION_KEY)
    chosen = next((m for m in memberships if m.organization_id == wanted), memberships[0])
    organization = chosen.organization
    if request.session.get(SANDBOX_KEY) and hasattr(organization, "sandbox"):
        organization = organization.sandbox
    return Workplace(
        organization=organization,
        membership=chosen,
        actor=actor_for_membership(
            chosen, getattr(request, "request_id", ""), organization=organization
        ),
        memberships=memberships,
    )
