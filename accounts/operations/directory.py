"""What programs do to people and organizations that they have in view."""

import dataclasses
import datetime
import uuid
from typing import Any

from django.db import transaction

from accounts.actors import Actor, Installation
from accounts.models import Organization, Role, User
from accounts.operations import memberships, organizations, users
from accounts.queries import directory
from core.errors import DomainError, Kind


class OwnerRoleReserved(DomainError):
    code = "owner_role_reserved"
    message = "This key cannot make anybody an owner: only an operator's key for all can."
    default_param = "role"


class BelongsNowhere(DomainError):
    code = "belongs_nowhere"
    message = "This person belongs to no organization in which they could have a role."
    default_param = "role"


class BelongsElsewhereToo(DomainError):
    """Somebody else's key must not change how a person signs in, nor what they are called."""

    kind, code = Kind.FORBIDDEN, "belongs_elsewhere_too"
    message = "This person also belongs to an organization that this key does not see."


class PersonIsOperator(DomainError):
    kind, code = Kind.FORBIDDEN, "person_is_operator"
    message = "This person runs the installation: no key changes them."


@transaction.atomic
def add_person(
    *, actor: Actor, at: datetime.datetime, email: str, role: str = Role.CUSTOMER, **person: Any
) -> User:
    """A new person who belongs to the actor's organization; they set a password by the reset mail.

    `person` are names, phone and birth_date. Raises Forbidden, EmailTaken, OwnerRoleReserved,
    RoleAboveYours, SandboxHasNoTeam, InvalidFields.
    """
    actor.require("settings:write")
    if not actor.livemode:
        raise memberships.SandboxHasNoTeam()
    _refuse_owner(actor, role)
    made = users.create_user(at=at, email=email, by=_author(actor), **person)
    memberships.invite_member(actor=_ranked(actor), at=at, email=made.email, role=role)
    return directory.get_person(actor, made.uuid)


@transaction.atomic
def update_person(
    *,
    actor: Actor,
    at: datetime.datetime,
    identifier: uuid.UUID,
    role: str | None = None,
    **changes: Any,
) -> User:
    """Change a person in view: what they are called, how they sign in, and their role at home.

    What is sent as it already is changes nothing, and needs no right. Anybody's data changes
    only where all their organizations are in view, and never an operator's. Another sign-in
    address is for those whose roles the actor could grant, and makes them set a new password:
    see users.change_login. Raises Forbidden, NotFound, BelongsElsewhereToo, PersonIsOperator,
    BelongsNowhere, OwnerRoleReserved, RoleAboveYours, LastOwner, EmailTaken, InvalidFields.
    """
    actor.require("settings:write")
    pk = directory.get_person(actor, identifier).pk
    # Nobody joins another organization while it is decided whose person this is.
    User.objects.select_for_update().get(pk=pk)
    person = directory.get_person(actor, identifier)
    if "email" in changes:
        changes["email"] = changes["email"].strip().lower()
    changes = {name: value for name, value in changes.items() if getattr(person, name) != value}
    if changes:
        _change(actor, at, person, changes)
    if role is not None:
        _give_role(actor, at, person, role)
    return directory.get_person(actor, identifier)


@transaction.atomic
def update_profile(
    *, actor: Actor, at: datetime.datetime, identifier: uuid.UUID, **changes: Any
) -> Organization:
    """Change name, slug or logo of an organization in view.

    Raises Forbidden, NotFound, SlugTaken, SandboxFollowsLive, InvalidFields.
    """
    actor.require("settings:write")
    found = directory.get_organization(actor, identifier)
    changes = {name: value for name, value in changes.items() if getattr(found, name) != value}
    if changes:
        organizations.update_organization(actor=_ranked(actor, found), at=at, **changes)
    return directory.get_organization(actor, identifier)


def _change(actor: Actor, at: datetime.datetime, person: User, changes: dict[str, Any]) -> None:
    if person.is_staff or person.is_superuser:
        raise PersonIsOperator()
    if not directory.is_wholly_in_view(person):
        raise BelongsElsewhereToo()
    email = changes.pop("email", None)
    by = _author(actor)
    if email is not None:
        # Who reads the new mailbox becomes that person, so this is as much as granting the role.
        for membership in directory.seen_memberships(person):
            memberships.refuse_above(_ranked(actor, membership.organization), membership.role)
        users.change_login(at=at, user_id=person.pk, email=email, by=by)
    if changes:
        users.update_user(at=at, user_id=person.pk, by=by, **changes)


def _give_role(actor: Actor, at: datetime.datetime, person: User, role: str) -> None:
    home = directory.home_of(actor, person)
    if home is None:
        raise BelongsNowhere()
    if home.role == role:
        return
    _refuse_owner(actor, role)
    memberships.change_role(
        actor=_ranked(actor, home.organization), at=at, membership_id=home.pk, role=role
    )


def _refuse_owner(actor: Actor, role: str) -> None:
    if role == Role.OWNER and not actor.is_installation_wide:
        raise OwnerRoleReserved()


def _ranked(actor: Actor, organization: Organization | None = None) -> Actor:
    """The actor at work in an organization it has in view; with an operator's key, like an owner.

    Its scopes stay what they are.
    """
    role = Role.OWNER if actor.is_installation_wide else actor.role
    if organization is None:
        return dataclasses.replace(actor, role=role)
    return dataclasses.replace(
        actor, organization_id=organization.pk, livemode=organization.livemode, role=role
    )


def _author(actor: Actor) -> Installation:
    """The same for events about people, who belong to no organization."""
    return Installation(
        kind=actor.kind,
        label=actor.label,
        credential_id=actor.credential_id,
        request_id=actor.request_id,
    )
