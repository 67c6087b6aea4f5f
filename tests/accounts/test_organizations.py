"""Organizations, their settings and their sandbox twins."""

import datetime

import pytest

from accounts.actors import Actor, actor_for_membership, system_actor
from accounts.models import Membership, Organization, Role, User
from accounts.operations.memberships import change_role, invite_member
from accounts.operations.organizations import (
    SandboxFollowsLive,
    SlugTaken,
    UnknownSetting,
    create_organization,
    update_organization,
)
from core import exactjson
from core.currencies import UnknownCurrency
from core.errors import Forbidden, InvalidFields, InvalidValue
from core.models import Event


def test_a_new_organization_has_a_sandbox_with_the_same_settings(studio: Organization) -> None:
    twin = studio.sandbox
    assert (studio.livemode, twin.livemode) == (True, False)
    assert (twin.name, twin.slug, twin.currency) == ("Acme Studio", "acme-studio-sandbox", "EUR")
    assert str(twin) == "Acme Studio (sandbox)"


def test_the_founder_is_owner_of_the_live_organization_only(
    studio: Organization, owner: User
) -> None:
    rows = Membership.objects.filter(user=owner).values_list("organization_id", "role")
    assert list(rows) == [(studio.pk, Role.OWNER)]


def test_creation_is_recorded_once(studio: Organization) -> None:
    event = Event.objects.get(type="organization.created")
    assert (event.organization_id, event.subject_uuid, event.sequence) == (
        studio.pk,
        studio.uuid,
        1,
    )


def test_a_short_name_is_used_once(studio: Organization, at: datetime.datetime) -> None:
    with pytest.raises(SlugTaken) as refusal:
        create_organization(at=at, name="Other", slug="acme-studio")
    assert (refusal.value.code, refusal.value.param) == ("slug_taken", "slug")
    assert Organization.objects.count() == 2


@pytest.mark.parametrize(
    ("settings", "error", "param"),
    [
        ({"timezone": "Mars/Olympus"}, InvalidValue, "timezone"),
        ({"currency": "XXQ"}, UnknownCurrency, None),
        ({"accent_color": "blue"}, InvalidFields, "accent_color"),
        ({"rounding": "sometimes"}, InvalidFields, "rounding"),
        ({"cash_rounding_minor": -5}, InvalidValue, "cash_rounding_minor"),
        ({"livemode": False}, UnknownSetting, "livemode"),
    ],
)
def test_wrong_settings_are_refused_and_nothing_is_made(
    db: None, at: datetime.datetime, settings: dict[str, object], error: type, param: str | None
) -> None:
    with pytest.raises(error) as refusal:
        create_organization(at=at, name="Acme", slug="acme", **settings)
    assert refusal.value.param == param
    assert not Organization.objects.exists()
    assert not Event.objects.exists()


def test_the_sandbox_follows_a_change_of_settings(
    studio: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    update_organization(actor=owner_actor, at=at, payment_terms_days=14, vat_id="DE123456789")
    studio.refresh_from_db()
    twin = Organization.objects.get(sandbox_of=studio)
    for row in (studio, twin):
        assert (row.payment_terms_days, row.vat_id) == (14, "DE123456789")
        assert row.settings_version == 2
    event = Event.objects.get(type="organization.updated")
    assert exactjson.loads(event.previous) == {"payment_terms_days": 30, "vat_id": ""}
    assert (event.actor_kind, event.actor_label) == ("user", "alice@acme.test")


def test_saving_the_same_settings_again_is_no_event(
    studio: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    update_organization(actor=owner_actor, at=at, payment_terms_days=30)
    assert not Event.objects.filter(type="organization.updated").exists()


def test_settings_need_the_right_to_change_them(
    studio: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    member = invite_member(actor=owner_actor, at=at, email="bob@acme.test", role=Role.ACCOUNTANT)
    with pytest.raises(Forbidden):
        update_organization(actor=actor_for_membership(member), at=at, payment_terms_days=1)
    studio.refresh_from_db()
    assert studio.payment_terms_days == 30


def test_the_plan_is_the_operators_to_set(
    studio: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    with pytest.raises(UnknownSetting):
        update_organization(actor=owner_actor, at=at, rate_limit_per_minute=10**6)
    update_organization(actor=system_actor(studio.pk), at=at, rate_limit_per_minute=50)
    studio.refresh_from_db()
    assert studio.rate_limit_per_minute == 50


def test_the_sandbox_is_not_changed_on_its_own(
    studio: Organization, owner: User, at: datetime.datetime
) -> None:
    member = Membership.objects.of(studio.pk).get(user=owner)
    in_sandbox = actor_for_membership(member, organization=studio.sandbox)
    with pytest.raises(SandboxFollowsLive):
        update_organization(actor=in_sandbox, at=at, payment_terms_days=1)
    with pytest.raises(Exception, match="sandbox"):
        change_role(actor=in_sandbox, at=at, membership_id=member.pk, role=Role.VIEWER)
