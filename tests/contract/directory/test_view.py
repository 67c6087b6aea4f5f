"""What a key has in view, whom it may change, and what it never learns."""

import uuid
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.test import Client

from accounts.models import ApiKey, Membership, Organization, Role, User
from accounts.operations.api_keys import KeyTooBroad, create_api_key, rotate_api_key
from accounts.operations.organizations import create_organization
from core.errors import InvalidValue
from core.models import Event
from tests.conftest import PASSWORD
from tests.contract.directory.conftest import Directory, directory_key
from tests.instants import AT
from tests.v1 import key_for

pytestmark = pytest.mark.django_db
Body = dict[str, Any]


def join(user: User, organization: Organization, role: str = Role.VIEWER) -> Membership:
    return Membership.objects.create(
        organization=organization, user=user, role=role, created_at=AT, updated_at=AT
    )


def look_after(administrator: Organization, organization: Organization) -> None:
    Organization.objects.filter(pk=organization.pk).update(administered_by=administrator)


@pytest.fixture
def branch(acme: Organization) -> Organization:
    """An organization that acme looks after, with nobody in it."""
    made = create_organization(at=AT, name="Acme Branch", slug="branch")
    look_after(acme, made)
    return made


# --- other tenants -------------------------------------------------------------------------


def test_another_organizations_people_and_settings_answer_like_unknown_ids_T1(
    directory: Directory, theirs: Directory, alice: User, acme: Organization
) -> None:
    unknown = uuid.uuid4()
    for method, body in (("GET", None), ("PUT", {"name": "Taken over", "role": "customer"})):
        for path in ("/users/{}", "/organizations/{}"):
            known = alice.uuid if "users" in path else acme.uuid
            seen = theirs.call(method, path.format(known), body)
            assert seen.status == 404
            assert seen.content == theirs.call(method, path.format(unknown), body).content
    for path in (f"/users/{alice.uuid}/organizations", f"/organizations/{acme.uuid}/logo"):
        assert theirs.get(path).status == 404
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_lists_and_totals_do_not_leak_T2(
    directory: Directory, theirs: Directory, mallory: User
) -> None:
    directory.made()
    people = theirs.get("/users").json
    assert [each["id"] for each in people["data"]] == [str(mallory.uuid)]
    assert people["meta"]["total"] == 1
    for query in ("jane", "alice", "acme.test"):
        assert theirs.get(f"/users?query={query}").json["meta"]["total"] == 0
    places = theirs.get("/organizations").json
    assert [each["slug"] for each in places["data"]] == ["rival"]
    assert places["meta"]["total"] == 1
    assert theirs.get("/organizations?query=acme").json["meta"]["total"] == 0


def test_a_sandbox_key_sees_the_sandbox_alone(sandbox: Organization, alice: User) -> None:
    tester = Directory(directory_key(sandbox))
    assert tester.get("/organizations").json["data"][0]["id"] == str(sandbox.uuid)
    assert tester.get("/users").json["meta"]["total"] == 0
    assert tester.get(f"/users/{alice.uuid}").status == 404
    refused = tester.post("/users", {"name": "Jane Doe", "email": "jane@example.com"})
    assert (refused.status, refused.json["error"]) == (409, "Conflict")
    assert tester.put(f"/organizations/{sandbox.uuid}", {"name": "Other"}).status == 409
    assert User.objects.count() == 1


def test_keys_of_other_dialects_do_not_open_it(acme: Organization) -> None:
    assert Directory(key_for(acme)).get("/users").status == 401


def test_a_key_without_the_scope(acme: Organization) -> None:
    answer = Directory(directory_key(acme, "invoices:read")).get("/users")
    assert (answer.status, answer.json["error"]) == (403, "Forbidden")


# --- organizations that are looked after ---------------------------------------------------


def test_an_organization_that_is_looked_after_is_in_view(
    directory: Directory, branch: Organization, bob: User
) -> None:
    helper = User.objects.create(email="helper@branch.test", created_at=AT, updated_at=AT)
    join(helper, branch, Role.ADMIN)
    assert {each["slug"] for each in directory.get("/organizations").json["data"]} == {
        "acme",
        "branch",
    }
    shown = directory.get(f"/users/{helper.uuid}").json
    assert (shown["role"], len(shown["members"])) == ("admin", 1)
    assert directory.get("/users").json["meta"]["total"] == 3
    changed = directory.put(f"/users/{helper.uuid}", {"name": "Helen Helper", "role": "customer"})
    assert changed.status == 200
    assert (changed.json["name"], changed.json["role"]) == ("Helen Helper", "customer")
    event = Event.objects.get(type="member.role_changed")
    assert event.organization_id == branch.pk


def test_its_settings_are_changed_and_its_own_log_says_so(
    directory: Directory, branch: Organization
) -> None:
    answer = directory.put(f"/organizations/{branch.uuid}", {"name": "South Branch"})
    assert (answer.status, answer.json["name"]) == (200, "South Branch")
    event = Event.objects.get(type="organization.updated")
    assert event.organization_id == branch.pk
    assert event.actor_label.startswith("Directory (ivk_")


def test_looking_after_goes_one_way_and_one_step(
    acme: Organization, rival: Organization, branch: Organization
) -> None:
    look_after(branch, rival)
    seen = Directory(directory_key(branch)).get("/organizations").json
    assert [each["slug"] for each in seen["data"]] == ["rival", "branch"]
    seen = Directory(directory_key(acme)).get("/organizations").json
    assert [each["slug"] for each in seen["data"]] == ["acme", "branch"]


# --- whom a key may change -----------------------------------------------------------------


def test_who_works_elsewhere_too_is_read_but_not_changed(
    directory: Directory, rival: Organization, bob: User
) -> None:
    join(bob, rival)
    path = f"/users/{bob.uuid}"
    shown = directory.get(path).json
    assert len(shown["members"]) == 1
    assert directory.get(f"{path}/organizations").json["meta"]["total"] == 1
    for body in ({"email": "stolen@acme.test"}, {"name": "Somebody"}, {"phone": "1"}):
        answer = directory.put(path, body)
        assert (answer.status, answer.json["error"]) == (403, "Forbidden")
    bob.refresh_from_db()
    assert (bob.email, bob.name) == ("bob@acme.test", "Bob Baker")
    # What already is so changes nothing, and the role here is acme's own business.
    assert directory.put(path, shown).status == 200
    assert directory.put(path, {"role": "admin"}).json["role"] == "admin"


def test_operators_are_not_changed(everywhere: Directory, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    answer = everywhere.put(f"/users/{bob.uuid}", {"email": "stolen@acme.test"})
    assert answer.status == 403
    bob.refresh_from_db()
    assert bob.email == "bob@acme.test"


def test_an_owners_address_is_beyond_a_key(directory: Directory, alice: User) -> None:
    answer = directory.put(f"/users/{alice.uuid}", {"email": "stolen@acme.test"})
    assert answer.status == 403
    assert directory.put(f"/users/{alice.uuid}", {"phone": "+49 30 1"}).json["phone"] == "+49 30 1"
    alice.refresh_from_db()
    assert alice.email == "alice@acme.test"


def test_another_address_needs_another_password(directory: Directory, bob: User) -> None:
    browser = Client()
    signed_in = browser.post("/accounts/login/", {"login": bob.email, "password": PASSWORD})
    assert signed_in.status_code == 302
    passkey = Authenticator.objects.create(user=bob, type="webauthn", data={})
    answer = directory.put(f"/users/{bob.uuid}", {"email": "robert@acme.test"})
    assert answer.json["email"] == "robert@acme.test"
    bob.refresh_from_db()
    assert not bob.has_usable_password()
    for email in ("bob@acme.test", "robert@acme.test"):
        assert authenticate(email=email, password=PASSWORD) is None
    assert not Authenticator.objects.filter(pk=passkey.pk).exists()
    again = browser.get("/", follow=True)
    assert "/accounts/login/" in again.request["PATH_INFO"]
    types = set(Event.objects.filter(subject_uuid=bob.uuid).values_list("type", flat=True))
    assert {"user.updated", "user.login_changed"} <= types


def test_the_address_that_is_so_already_keeps_the_password(directory: Directory, bob: User) -> None:
    shown = directory.get(f"/users/{bob.uuid}").json
    assert directory.put(f"/users/{bob.uuid}", {**shown, "email": "BOB@acme.test"}).status == 200
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)
    assert not Event.objects.filter(type="user.updated").exists()


# --- roles ---------------------------------------------------------------------------------


def test_super_admin_is_refused_on_the_field(directory: Directory, bob: User) -> None:
    body = {"name": "Boss", "email": "boss@example.com", "role": "super-admin"}
    for answer in (directory.post("/users", body), directory.put(f"/users/{bob.uuid}", body)):
        assert answer.status == 400
        assert list(answer.json["details"]) == ["role"]
    assert not User.objects.filter(email="boss@example.com").exists()


def test_an_installation_wide_key_makes_owners(everywhere: Directory, acme: Organization) -> None:
    made = everywhere.made(role="super-admin")
    assert made["role"] == "super-admin"
    assert Membership.objects.of(acme.pk).filter(role=Role.OWNER).count() == 2


def test_the_role_that_somebody_has_already_stays(directory: Directory, bob: User) -> None:
    membership = Membership.objects.get(user=bob)
    for role in (Role.ACCOUNTANT, Role.TEAM_MEMBER, Role.VIEWER):
        Membership.objects.filter(pk=membership.pk).update(role=role)
        assert directory.put(f"/users/{bob.uuid}", {"role": "customer"}).status == 200
        membership.refresh_from_db()
        assert membership.role == role
    assert not Event.objects.filter(type="member.role_changed").exists()


def test_the_last_owner_stays(everywhere: Directory, alice: User) -> None:
    answer = everywhere.put(f"/users/{alice.uuid}", {"role": "customer"})
    assert (answer.status, answer.json["error"]) == (409, "Conflict")


def test_a_program_touches_no_owner(directory: Directory, alice: User) -> None:
    assert directory.put(f"/users/{alice.uuid}", {"role": "super-admin"}).status == 200
    assert directory.put(f"/users/{alice.uuid}", {"role": "admin"}).status == 403


def test_nobody_is_made_more_than_the_key_may(acme: Organization) -> None:
    narrow = Directory(directory_key(acme, "settings:write"))
    body = {"name": "Jane Doe", "email": "jane@example.com", "role": "admin"}
    assert narrow.post("/users", body).status == 403
    assert not User.objects.filter(email="jane@example.com").exists()
    assert narrow.post("/users", {**body, "role": "customer"}).status == 201


# --- the whole installation ----------------------------------------------------------------


def test_an_installation_wide_key_sees_everybody(
    everywhere: Directory, rival: Organization, mallory: User
) -> None:
    loose = User.objects.create(email="loose@example.com", created_at=AT, updated_at=AT)
    assert everywhere.get("/users").json["meta"]["total"] == 3
    slugs = {each["slug"] for each in everywhere.get("/organizations").json["data"]}
    assert slugs == {"acme", "rival"}
    assert everywhere.put(f"/users/{mallory.uuid}", {"phone": "1"}).json["phone"] == "1"
    assert everywhere.get(f"/users/{loose.uuid}").json["role"] == "customer"
    assert everywhere.put(f"/users/{loose.uuid}", {"role": "customer"}).status == 200
    refused = everywhere.put(f"/users/{loose.uuid}", {"role": "admin"})
    assert (refused.status, list(refused.json["details"])) == (400, ["role"])
    assert everywhere.put(f"/organizations/{rival.uuid}", {"name": "Rivals"}).status == 200


def test_nobody_but_an_operator_makes_or_replaces_such_a_key(
    acme: Organization, actor: Any, sandbox: Organization
) -> None:
    fields: Body = {"at": AT, "name": "Wide", "scopes": ["settings:write"]}
    with pytest.raises(KeyTooBroad):
        create_api_key(
            actor=actor,
            organization_id=acme.pk,
            dialect="directory",
            is_installation_wide=True,
            **fields,
        )
    for organization, dialect in ((acme, "enterprise"), (sandbox, "directory")):
        with pytest.raises(InvalidValue):
            create_api_key(
                actor=None,
                organization_id=organization.pk,
                dialect=dialect,
                is_installation_wide=True,
                **fields,
            )
    directory_key(acme, is_installation_wide=True)
    key = ApiKey.objects.get()
    with pytest.raises(KeyTooBroad):
        rotate_api_key(actor=actor, at=AT, organization_id=acme.pk, api_key_id=key.pk)
    new, _secret = rotate_api_key(actor=None, at=AT, organization_id=acme.pk, api_key_id=key.pk)
    assert new.is_installation_wide
