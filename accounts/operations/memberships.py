"""Who belongs to an organization, and in which role."""

import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor, Installation
from accounts.models import Membership, Organization, Role, User
from accounts.operations import users
from accounts.scopes import ROLE_SCOPES
from core import events
from core.errors import DomainError, InvalidValue, Kind, NotFound

_RANK: dict[str, int] = {role: rank for rank, role in enumerate(Role.values)}


class RoleAboveYours(DomainError):
    kind, code = Kind.FORBIDDEN, "role_above_yours"
    message = "Only somebody with the role '{role}' or more may do that."
    default_param = "role"


class LastOwner(DomainError):
    kind, code = Kind.CONFLICT, "last_owner"
    message = "An organization keeps at least one owner: make somebody else owner first."


class AlreadyMember(DomainError):
    kind, code = Kind.CONFLICT, "already_member"
    message = "{email} already belongs to this organization."
    default_param = "email"


class AlreadyHere(DomainError):
    kind, code = Kind.CONFLICT, "already_here"
    message = "{email} has a password already and can sign in."
    default_param = "email"


class SandboxHasNoTeam(DomainError):
    kind, code = Kind.CONFLICT, "sandbox_has_no_team"
    message = "A sandbox has the team of its live organization: change it there."


@transaction.atomic
def invite_member(
    *, actor: Actor, at: datetime.datetime, email: str, role: str, name: str = ""
) -> Membership:
    """Add a person by e-mail address; a new one sets a password by the reset mail.

    Nobody grants a role above their own. Raises Forbidden, RoleAboveYours,
    AlreadyMember, SandboxHasNoTeam, InvalidFields.
    """
    organization = _locked_organization(actor)
    refuse_above(actor, _known(role))
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        by = Installation(kind=actor.kind, label=actor.label, request_id=actor.request_id)
        user = users.create_user(at=at, email=email, name=name, by=by)
    if Membership.objects.of(organization.pk).filter(user=user).exists():
        raise AlreadyMember(email=user.email)
    membership = Membership.objects.create(
        organization=organization, user=user, role=role, created_at=at, updated_at=at
    )
    _emit("member.added", membership, actor, at, sequence=1)
    return membership


@transaction.atomic
def invite_again(*, actor: Actor, at: datetime.datetime, membership_id: int) -> Membership:
    """Mail the invitation anew to somebody who has set no password yet.

    Raises Forbidden, NotFound, RoleAboveYours, AlreadyHere, SandboxHasNoTeam.
    """
    _locked_organization(actor)
    membership = _get(actor, membership_id)
    refuse_above(actor, membership.role)
    if membership.user.has_usable_password():
        raise AlreadyHere(email=membership.user.email)
    _emit("member.invited_again", membership, actor, at)
    return membership


@transaction.atomic
def change_role(
    *, actor: Actor, at: datetime.datetime, membership_id: int, role: str
) -> Membership:
    """Give a member another role. Nobody touches a role above their own, nor grants one.

    Raises Forbidden, NotFound, RoleAboveYours, LastOwner, SandboxHasNoTeam.
    """
    _locked_organization(actor)
    membership = _get(actor, membership_id)
    refuse_above(actor, membership.role)
    refuse_above(actor, _known(role))
    if membership.role == role:
        return membership
    _keep_an_owner(membership)
    before, membership.role, membership.updated_at = membership.role, role, at
    membership.save(update_fields=["role", "updated_at"])
    _emit("member.role_changed", membership, actor, at, previous={"role": before})
    return membership


@transaction.atomic
def remove_member(*, actor: Actor, at: datetime.datetime, membership_id: int) -> None:
    """Take a person out of the organization; their other organizations are untouched.

    Raises Forbidden, NotFound, RoleAboveYours, LastOwner, SandboxHasNoTeam.
    """
    _locked_organization(actor)
    membership = _get(actor, membership_id)
    refuse_above(actor, membership.role)
    _keep_an_owner(membership)
    _emit("member.removed", membership, actor, at)
    membership.delete()


def membership_snapshot(membership: Membership) -> dict[str, Any]:
    """The membership as events show it."""
    return {
        "uuid": str(membership.uuid),
        "email": membership.user.email,
        "name": membership.user.get_full_name(),
        "role": membership.role,
    }


def refuse_above(actor: Actor, role: str) -> None:
    """Raise RoleAboveYours for a role that the actor neither grants nor touches.

    A person is held by their rank; a program, which has none, by its scopes.
    """
    if actor.kind == "system":
        return
    # A program never touches owners: an owner's session can do what no key may.
    within = (
        _RANK[role] >= _RANK[actor.role]
        if actor.role
        else role != Role.OWNER and ROLE_SCOPES[role] <= actor.scopes
    )
    if not within:
        raise RoleAboveYours(role=role)


def _locked_organization(actor: Actor) -> Organization:
    """Team changes of one organization happen one after the other: the last owner stays."""
    actor.require("settings:write")
    if not actor.livemode:
        raise SandboxHasNoTeam()
    row = Organization.objects.select_for_update().filter(pk=actor.organization_id).first()
    if row is None:
        raise NotFound(noun="organization", id=actor.organization_id)
    return row


def _get(actor: Actor, membership_id: int) -> Membership:
    rows = Membership.objects.of(actor.organization_id).select_related("user")
    membership = rows.filter(pk=membership_id).first()
    if membership is None:
        raise NotFound(noun="member", id=membership_id)
    return membership


def _known(role: str) -> str:
    if role not in _RANK:
        raise InvalidValue(f"'{role}' is not a role.", param="role")
    return role


def _keep_an_owner(membership: Membership) -> None:
    if membership.role != Role.OWNER:
        return
    owners = Membership.objects.of(membership.organization_id).filter(role=Role.OWNER)
    if not owners.exclude(pk=membership.pk).exists():
        raise LastOwner()


def _emit(
    type: str,
    membership: Membership,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
    previous: dict[str, Any] | None = None,
) -> None:
    events.emit(
        type,
        subject=membership,
        data=membership_snapshot(membership),
        previous=previous,
        actor=actor,
        at=at,
        sequence=sequence,
    )
