"""API keys: shown once, kept as a digest, never broader than who makes them (SAFETY 2.9)."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import key_formats
from accounts.actors import Actor, actor_for_api_key, actor_for_membership
from accounts.models import ApiKey, Membership, Organization, Role
from accounts.operations.api_keys import (
    ExpiryInPast,
    KeyNotUsable,
    KeyTooBroad,
    UnknownScope,
    create_api_key,
    list_api_keys,
    revoke_api_key,
    rotate_api_key,
)
from accounts.operations.memberships import invite_member
from accounts.queries.api_keys import authenticate, get_api_key, touch_last_used
from accounts.scopes import SCOPES
from core.errors import Forbidden, InvalidFields, InvalidValue, NotFound
from core.models import Event

DAY = datetime.timedelta(days=1)


def make(organization: Organization, at: datetime.datetime, **fields: object) -> tuple[ApiKey, str]:
    values = {"actor": None, "name": "Server", "scopes": ["invoices:read"], **fields}
    return create_api_key(at=at, organization_id=organization.pk, **values)  # type: ignore[arg-type]


def test_the_key_tells_live_from_test(studio: Organization, at: datetime.datetime) -> None:
    live, live_secret = make(studio, at)
    test, test_secret = make(studio.sandbox, at)
    assert re.fullmatch(r"sk_live_[0-9A-Za-z]{38}", live_secret)
    assert re.fullmatch(r"sk_test_[0-9A-Za-z]{38}", test_secret)
    assert (live.prefix, test.prefix) == (live_secret[:12], test_secret[:12])


def test_only_a_digest_is_stored(studio: Organization, at: datetime.datetime) -> None:
    key, secret = make(studio, at)
    assert key.digest == key_formats.digest_of(secret)
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret[12:] not in str(row)
    assert secret[12:] not in Event.objects.get(type="api_key.created").data


@pytest.mark.parametrize(
    ("dialect", "form"),
    [
        ("enterprise", r"sk_live_[0-9A-Za-z]{38}"),
        ("backoffice", r"ak_[0-9A-Za-z]{38}"),
        ("wallet", r"cs_[0-9A-Za-z]{38}"),
        ("directory", r"ivk_[0-9A-Za-z]{38}"),
        ("collector", r"[0-9A-Za-z+/]{171}="),
    ],
)
def test_each_dialect_has_its_form_and_opens_no_other(
    studio: Organization, at: datetime.datetime, dialect: str, form: str
) -> None:
    key, secret = make(studio, at, dialect=dialect)
    assert re.fullmatch(form, secret)
    opened = {name: authenticate(secret, at, name) for name in key_formats.DIALECTS}
    assert {name for name, found in opened.items() if found} == {dialect}
    assert opened[dialect] == key
    assert bool(re.fullmatch(r"ck_[0-9A-Za-z]{38}", key.client_key)) == (dialect == "wallet")


def test_a_secret_opens_its_key_in_one_query(studio: Organization, at: datetime.datetime) -> None:
    key, secret = make(studio, at)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = authenticate(secret, at)
        assert found is not None
        assert found.organization.name == "Acme Studio"
    assert (found, len(queries)) == (key, 1)


def test_a_mistyped_secret_does_not_reach_the_database(
    studio: Organization, at: datetime.datetime
) -> None:
    _, secret = make(studio, at)
    other = "A" if secret[-10] != "A" else "B"
    wrong = [
        secret[:-10] + other + secret[-9:],
        secret[:-1],
        secret + "0",
        "sk_live_",
        "",
        "é" * 46,
    ]
    with CaptureQueriesContext(connection) as queries:
        assert [authenticate(text, at) for text in wrong] == [None] * 6
    assert len(queries) == 0


def test_k1_a_stranger_with_a_right_checksum_finds_nothing(
    studio: Organization, at: datetime.datetime
) -> None:
    make(studio, at)
    stranger = key_formats.make_secret("enterprise", livemode=True)
    assert key_formats.is_well_formed(stranger, "enterprise")
    assert authenticate(stranger, at) is None


def test_k2_a_revoked_key_is_refused_at_once(studio: Organization, at: datetime.datetime) -> None:
    key, secret = make(studio, at)
    revoke_api_key(actor=None, at=at, organization_id=studio.pk, api_key_id=key.pk)
    assert authenticate(secret, at) is None
    revoke_api_key(actor=None, at=at + DAY, organization_id=studio.pk, api_key_id=key.uuid)
    key.refresh_from_db()
    assert key.revoked_at == at
    assert Event.objects.filter(type="api_key.revoked").count() == 1


def test_k2_an_expired_key_is_refused_from_its_expiry_on(
    studio: Organization, at: datetime.datetime
) -> None:
    key, secret = make(studio, at, expires_at=at + DAY)
    assert authenticate(secret, at + DAY - datetime.timedelta(microseconds=1)) == key
    assert authenticate(secret, at + DAY) is None


def test_k2_rotation_ends_the_old_key_at_once_without_overlap(
    studio: Organization, at: datetime.datetime
) -> None:
    old, old_secret = make(studio, at, scopes=["invoices:read", "payments:write"])
    new, secret = rotate_api_key(actor=None, at=at, organization_id=studio.pk, api_key_id=old.pk)
    assert authenticate(old_secret, at) is None
    assert authenticate(secret, at) == new
    assert (new.name, new.scopes) == ("Server", ["invoices:read", "payments:write"])
    old.refresh_from_db()
    assert (old.revoked_at, old.replaced_by) == (at, new)


def test_k2_rotation_with_overlap_lets_both_work_until_it_ends(
    studio: Organization, at: datetime.datetime
) -> None:
    old, old_secret = make(studio, at)
    new, secret = rotate_api_key(
        actor=None, at=at, organization_id=studio.pk, api_key_id=old.pk, overlap=2 * DAY
    )
    for when, works in ((at + DAY, True), (at + 2 * DAY, False)):
        assert bool(authenticate(old_secret, when)) is works
        assert authenticate(secret, when) == new


def test_an_overlap_beyond_a_week_is_refused(studio: Organization, at: datetime.datetime) -> None:
    key, secret = make(studio, at)
    with pytest.raises(InvalidValue):
        rotate_api_key(
            actor=None, at=at, organization_id=studio.pk, api_key_id=key.pk, overlap=8 * DAY
        )
    assert authenticate(secret, at) == key
    assert ApiKey.objects.count() == 1


def test_a_dead_key_is_not_rotated(studio: Organization, at: datetime.datetime) -> None:
    key, _ = make(studio, at, expires_at=at + DAY)
    with pytest.raises(KeyNotUsable):
        rotate_api_key(actor=None, at=at + DAY, organization_id=studio.pk, api_key_id=key.pk)


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [
        ({"scopes": ["invoices:read", "everything"]}, UnknownScope, "scopes"),
        ({"scopes": []}, InvalidValue, "scopes"),
        ({"name": ""}, InvalidFields, "name"),
        ({"name": "x" * 101}, InvalidValue, "name"),
        (
            {"expires_at": datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)},
            ExpiryInPast,
            "expires_at",
        ),
        ({"dialect": "morse"}, InvalidValue, "dialect"),
    ],
)
def test_a_wrong_key_is_not_made(
    studio: Organization,
    at: datetime.datetime,
    fields: dict[str, object],
    error: type,
    param: str,
) -> None:
    with pytest.raises(error) as refusal:
        make(studio, at, **fields)
    assert refusal.value.param == param
    assert not ApiKey.objects.exists()


def test_a_person_gives_at_most_their_own_scopes(
    studio: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    key, _ = make(studio, at, actor=owner_actor, scopes=list(SCOPES))
    assert key.created_by_id == owner_actor.user_id
    assert key.scopes == list(SCOPES)
    bob = invite_member(actor=owner_actor, at=at, email="bob@acme.test", role=Role.MANAGER)
    with pytest.raises(Forbidden):
        make(studio, at, actor=actor_for_membership(bob))
    assert ApiKey.objects.count() == 1


def test_a_key_cannot_make_a_broader_or_longer_key(
    studio: Organization, at: datetime.datetime
) -> None:
    parent, _ = make(
        studio, at, scopes=["settings:write", "invoices:read"], expires_at=at + 5 * DAY
    )
    actor = actor_for_api_key(parent)
    with pytest.raises(KeyTooBroad) as refusal:
        make(studio, at, actor=actor, scopes=["invoices:read", "payments:write"])
    assert (refusal.value.code, refusal.value.param) == ("key_too_broad", "scopes")
    with pytest.raises(KeyTooBroad) as refusal:
        make(studio, at, actor=actor, expires_at=at + 6 * DAY)
    assert refusal.value.param == "expires_at"
    assert ApiKey.objects.count() == 1
    child, _ = make(studio, at, actor=actor)
    assert (child.scopes, child.expires_at) == (["invoices:read"], at + 5 * DAY)


def test_a_key_manages_keys_of_its_own_organization_only(
    studio: Organization, rival: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    foreign, secret = make(rival, at)
    for attempt in (
        lambda: make(rival, at, actor=owner_actor),
        lambda: get_api_key(studio.pk, foreign.pk),
        lambda: get_api_key(studio.pk, "nonsense"),
        lambda: revoke_api_key(
            actor=owner_actor, at=at, organization_id=studio.pk, api_key_id=foreign.pk
        ),
        lambda: revoke_api_key(
            actor=owner_actor, at=at, organization_id=rival.pk, api_key_id=foreign.pk
        ),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert authenticate(secret, at) == foreign


def test_a_test_key_cannot_make_a_live_key(studio: Organization, at: datetime.datetime) -> None:
    test, _ = make(studio.sandbox, at, scopes=["settings:write"])
    with pytest.raises(NotFound):
        make(studio, at, actor=actor_for_api_key(test), scopes=["settings:write"])


def test_an_owner_makes_test_keys_and_the_event_belongs_to_the_sandbox(
    studio: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    _, secret = make(studio.sandbox, at, actor=owner_actor)
    assert secret.startswith("sk_test_")
    event = Event.objects.get(type="api_key.created")
    assert (event.organization_id, event.livemode) == (studio.sandbox.pk, False)


def test_the_actor_of_a_key_has_its_scopes_and_mode(
    studio: Organization, at: datetime.datetime
) -> None:
    _, secret = make(studio.sandbox, at)
    key = authenticate(secret, at)
    assert key is not None
    actor = actor_for_api_key(key, "req_1")
    assert actor.scopes == {"invoices:read"}
    assert (actor.organization_id, actor.livemode) == (studio.sandbox.pk, False)
    assert (actor.kind, actor.credential_id, actor.request_id) == ("api_key", key.pk, "req_1")


def test_last_use_is_written_at_most_once_a_minute(
    studio: Organization, at: datetime.datetime
) -> None:
    key, _ = make(studio, at)
    stale_copy = ApiKey.objects.get(pk=key.pk)
    assert touch_last_used(key, at, "203.0.113.9") is True
    assert touch_last_used(stale_copy, at + datetime.timedelta(seconds=59), "::1") is False
    key.refresh_from_db()
    assert (key.last_used_at, key.last_ip) == (at, "203.0.113.9")
    with CaptureQueriesContext(connection) as queries:
        assert touch_last_used(key, at + datetime.timedelta(seconds=59), "::1") is False
    assert len(queries) == 0
    assert touch_last_used(key, at + datetime.timedelta(seconds=60), None) is True
    key.refresh_from_db()
    assert (key.last_used_at, key.last_ip) == (at + datetime.timedelta(seconds=60), None)


def test_the_list_is_the_organizations_own_newest_first(
    studio: Organization, rival: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    make(rival, at)
    first, _ = make(studio, at, name="First")
    second, _ = make(studio, at, name="Second")
    assert list(list_api_keys(actor=owner_actor)) == [second, first]


def test_members_below_admin_do_not_see_keys(
    studio: Organization, owner_actor: Actor, at: datetime.datetime
) -> None:
    invite_member(actor=owner_actor, at=at, email="bob@acme.test", role=Role.VIEWER)
    viewer = Membership.objects.of(studio.pk).get(role=Role.VIEWER)
    with pytest.raises(Forbidden):
        list_api_keys(actor=actor_for_membership(viewer))
