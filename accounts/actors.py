"""The Actor: who asks, for which organization, with which rights."""

from dataclasses import dataclass, replace

from accounts.models import ApiKey, Membership, Organization
from accounts.scopes import PORTAL_SCOPES, ROLE_SCOPES
from core.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """Passed to every operation. Knows no request; carries what the audit log needs.

    kind: `user` (a person in the browser), `api_key`, `oauth`, `system` (scheduler,
    commands), `customer` (someone with a public link), `portal` (someone signed in to the
    portal of one customer).
    """

    organization_id: int
    kind: str
    label: str
    scopes: frozenset[str]
    livemode: bool = True
    credential_id: int | None = None
    user_id: int | None = None
    role: str = ""
    request_id: str = ""
    # Only directory keys that an operator made: they see every organization.
    is_installation_wide: bool = False
    # Only of the kind `portal`: whose documents these are, and nobody else's.
    customer_id: int | None = None

    def may(self, scope: str) -> bool:
        return self.kind == "system" or scope in self.scopes

    def require(self, *scopes: str) -> None:
        """Raise Forbidden unless every scope is held."""
        for scope in scopes:
            if not self.may(scope):
                raise Forbidden(needed=scope)

    def granted(self, *scopes: str) -> "Actor":
        """The same actor with rights that an operation lends it for one step of its own."""
        return replace(self, scopes=self.scopes | set(scopes))


@dataclass(frozen=True, slots=True)
class Installation:
    """Who did something that belongs to no organization, such as making a user.

    Fits core.events.ActorLike; no operation of an organization takes it.
    """

    kind: str = "system"
    label: str = "system"
    credential_id: int | None = None
    request_id: str = ""
    organization_id: None = None
    livemode: bool = True


def system_actor(
    organization_id: int, *, livemode: bool = True, label: str = "system", request_id: str = ""
) -> Actor:
    """The installation itself, acting for one organization."""
    return Actor(
        organization_id=organization_id,
        kind="system",
        label=label,
        scopes=frozenset(),
        livemode=livemode,
        request_id=request_id,
    )


def actor_for_membership(
    membership: Membership, request_id: str = "", *, organization: Organization | None = None
) -> Actor:
    """A signed-in person with the rights of their role.

    `organization` is given when the person works in the sandbox of the organization
    they belong to: the twin has no members of its own.
    """
    where = organization or membership.organization
    return Actor(
        organization_id=where.pk,
        kind="user",
        label=membership.user.email,
        scopes=ROLE_SCOPES[membership.role],
        livemode=where.livemode,
        credential_id=membership.user_id,
        user_id=membership.user_id,
        role=membership.role,
        request_id=request_id,
    )


def actor_for_api_key(key: ApiKey, request_id: str = "") -> Actor:
    """A program with the scopes of its key. The key's organization must be loaded with it."""
    return Actor(
        organization_id=key.organization_id,
        kind="api_key",
        label=f"{key.name} ({key.prefix}…)",
        scopes=frozenset(key.scopes),
        livemode=key.organization.livemode,
        credential_id=key.pk,
        user_id=key.created_by_id,
        request_id=request_id,
        is_installation_wide=key.is_installation_wide,
    )


def portal_actor(
    organization: Organization,
    *,
    email: str,
    customer_id: int | None = None,
    session_id: int | None = None,
    request_id: str = "",
) -> Actor:
    """Somebody at the portal: without a customer they may ask for a link, and nothing else."""
    scopes: set[str] = set()
    if customer_id is not None:
        denied = {
            "portal:pay_part": not organization.portal_part_payments,
            "portal:dispute": not organization.portal_disputes,
            "portal:profile": not organization.portal_changes,
        }
        scopes = {scope for scope in PORTAL_SCOPES if not denied.get(scope)}
    return Actor(
        organization_id=organization.pk,
        kind="portal",
        label=email or "portal",
        scopes=frozenset(scopes),
        livemode=organization.livemode,
        credential_id=session_id,
        request_id=request_id,
        customer_id=customer_id,
    )
