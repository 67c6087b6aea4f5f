"""Teams: nobody grants above themselves, and an owner always stays (SAFETY Z2)."""

import datetime

import pytest

from accounts.actors import Actor, actor_for_api_key, actor_for_membership
from accounts.models import Membership, Organization, Role, User
from accounts.operations.api_keys import create_api_key
from accounts.operations.memberships import (
    AlreadyMember,
    LastOwner,
    RoleAboveYours,
    change_role,
    invite_member,
    remove_member,
)
from accounts.scopes import SCOPES
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event


@pytest.fixture
def admin(owner_actor: Actor, at: datetime.datetime) -> Membership:
    return invite_member(actor=owner_actor, at=at, email="ada@acme.test", role=Role.ADMIN)


def test_an_invited_person_is_made_without_a_password(
    studio: Organization, admin: Membership
) -> None:
    user = User.objects.get(email="ada@acme.test")
    assert not user.has_usable_password()
    assert (admin.organization, admin.role) == (studio, Role.ADMIN)
    assert Event.objects.get(type="member.added").actor_label == "alice@acme.test"


def test_somebody_who_exists_is_added_not_doubled(
    studio: Organization, rival: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    added = invite_member(actor=owner_actor, at=at, email=" Mallory@rival.test", role=Role.VIEWER)
    assert added.user == User.objects.get(email="mallory@rival.test")
    assert added.user.memberships.count() == 2
    with pytest.raises(AlreadyMember):
        invite_member(actor=owner_actor, at=at, email="MALLORY@rival.test", role=Role.ADMIN)
    added.refresh_from_db()
    assert added.role == Role.VIEWER


@pytest.mark.parametrize(
    ("email", "role", "error"),
    [("not an address", Role.VIEWER, InvalidValue), ("x@acme.test", "king", InvalidValue)],
)
def test_a_wrong_invitation_makes_nobody(
    owner_actor: Actor, at: datetime.datetime, email: str, role: str, error: type
) -> None:
    with pytest.raises(error):
        invite_member(actor=owner_actor, at=at, email=email, role=role)
    assert User.objects.count() == 1


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.MANAGER, Role.TEAM_MEMBER, Role.VIEWER])
def test_z2_roles_without_settings_change_no_team(
    studio: Organization, owner_actor: Actor, at: datetime.datetime, role: Role
) -> None:
    bob = invite_member(actor=owner_actor, at=at, email="bob@acme.test", role=role)
    actor = actor_for_membership(bob)
    with pytest.raises(Forbidden):
        invite_member(actor=actor, at=at, email="eve@acme.test", role=Role.VIEWER)
    with pytest.raises(Forbidden):
        change_role(actor=actor, at=at, membership_id=bob.pk, role=Role.OWNER)
    bob.refresh_from_db()
    assert bob.role == role


def test_z2_an_admin_grants_no_ownership(admin: Membership, at: datetime.datetime) -> None:
    actor = actor_for_membership(admin)
    for attempt in (
        lambda: invite_member(actor=actor, at=at, email="eve@acme.test", role=Role.OWNER),
        lambda: change_role(actor=actor, at=at, membership_id=admin.pk, role=Role.OWNER),
    ):
        with pytest.raises(RoleAboveYours):
            attempt()
    assert Membership.objects.filter(role=Role.OWNER).count() == 1


def test_z2_an_admin_does_not_touch_an_owner(
    studio: Organization, admin: Membership, at: datetime.datetime
) -> None:
    boss = Membership.objects.of(studio.pk).get(role=Role.OWNER)
    actor = actor_for_membership(admin)
    with pytest.raises(RoleAboveYours):
        change_role(actor=actor, at=at, membership_id=boss.pk, role=Role.VIEWER)
    with pytest.raises(RoleAboveYours):
        remove_member(actor=actor, at=at, membership_id=boss.pk)
    boss.refresh_from_db()
    assert boss.role == Role.OWNER


def test_z2_a_key_makes_no_owner_and_no_role_beyond_its_scopes(
    studio: Organization, at: datetime.datetime
) -> None:
    def actor(scopes: list[str]) -> Actor:
        key, _ = create_api_key(
            actor=None, at=at, organization_id=studio.pk, name="Sync", scopes=scopes
        )
        return actor_for_api_key(key)

    with pytest.raises(RoleAboveYours):
        invite_member(actor=actor(list(SCOPES)), at=at, email="e@acme.test", role=Role.OWNER)
    with pytest.raises(RoleAboveYours):
        invite_member(actor=actor(["settings:write"]), at=at, email="e@acme.test", role=Role.VIEWER)
    assert Membership.objects.count() == 1


def test_the_last_owner_stays(
    studio: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    boss = Membership.objects.of(studio.pk).get(role=Role.OWNER)
    with pytest.raises(LastOwner):
        change_role(actor=owner_actor, at=at, membership_id=boss.pk, role=Role.ADMIN)
    with pytest.raises(LastOwner):
        remove_member(actor=owner_actor, at=at, membership_id=boss.pk)
    assert Membership.objects.of(studio.pk).filter(role=Role.OWNER).count() == 1


def test_an_owner_hands_over_and_steps_down(
    studio: Organization, owner_actor: Actor, admin: Membership, at: datetime.datetime
) -> None:
    boss = Membership.objects.of(studio.pk).get(role=Role.OWNER)
    change_role(actor=owner_actor, at=at, membership_id=admin.pk, role=Role.OWNER)
    change_role(actor=owner_actor, at=at, membership_id=boss.pk, role=Role.VIEWER)
    roles = Membership.objects.of(studio.pk).order_by("pk").values_list("role", flat=True)
    assert list(roles) == [Role.VIEWER, Role.OWNER]


def test_a_removed_member_is_gone_and_the_event_tells_who(
    studio: Organization, owner_actor: Actor, admin: Membership, at: datetime.datetime
) -> None:
    remove_member(actor=owner_actor, at=at, membership_id=admin.pk)
    assert Membership.objects.of(studio.pk).count() == 1
    assert '"email":"ada@acme.test"' in Event.objects.get(type="member.removed").data


def test_another_organizations_member_looks_unknown(
    studio: Organization, rival: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    foreign = Membership.objects.of(rival.pk).get()
    with pytest.raises(NotFound):
        change_role(actor=owner_actor, at=at, membership_id=foreign.pk, role=Role.VIEWER)
    with pytest.raises(NotFound):
        remove_member(actor=owner_actor, at=at, membership_id=foreign.pk)
    assert Membership.objects.of(rival.pk).get().role == Role.OWNER
