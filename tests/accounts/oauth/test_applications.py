"""What an application may be, and who may make one."""

import datetime
import uuid
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Application, Organization
from accounts.operations import applications as operations
from accounts.scopes import SCOPES
from core.errors import Forbidden, InvalidFields, InvalidValue, NotFound
from core.models import Event

CALLBACK = "https://app.example.test/callback"


def create(actor: Actor | None, at: datetime.datetime, **changes: Any) -> Application:
    fields: dict[str, Any] = {
        "organization_id": actor.organization_id if actor else 0,
        "name": "Ledger Sync",
        "scopes": ["invoices:read"],
        "redirect_uris": [CALLBACK],
        **changes,
    }
    return operations.create_application(actor=actor, at=at, **fields)[0]


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example.test",
        "https://app.example.test/callback?tenant=1",
        "https://app.example.test:8443/callback",
        "http://127.0.0.1:8000/callback",
        "http://localhost/callback",
        "http://[::1]:9000/",
    ],
)
def test_addresses_that_can_be_registered(
    owner_actor: Actor, at: datetime.datetime, address: str
) -> None:
    assert create(owner_actor, at, redirect_uris=[address]).redirect_uris == address


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://app.example.test/callback", "must start with https://"),
        ("http://127.0.0.1.evil.test/", "must start with https://"),
        ("javascript:alert(1)", "names no host"),
        ("data:text/html,x", "names no host"),
        ("com.example.app://callback", "must start with https://"),
        ("//app.example.test/callback", "must start with https://"),
        ("app.example.test/callback", "names no host"),
        ("https:///callback", "names no host"),
        ("https://app.example.test/#x", "fragment"),
        ("https://app.example.test/#", "fragment"),
        ("https://user:secret@app.example.test/", "user name"),
        ("https://@app.example.test/", "user name"),
        ("https://*.example.test/", "without wildcards"),
        ("https://app.example.test/a b", "characters that no address has"),
        ("https://app.example.test\\@evil.test/", "characters that no address has"),
        ("https://äpp.example.test/", "characters that no address has"),
        ("https://app.example.test/\x00", "characters that no address has"),
        ("https://app.example.test:port/", "no address"),
        ("https://app.example.test:99999/", "no address"),
        ("https://[::1/", "no address"),
        ("https://app.example.test/" + "x" * 2_000, "longer than 2000"),
    ],
)
def test_addresses_that_are_refused(
    owner_actor: Actor, at: datetime.datetime, address: str, reason: str
) -> None:
    with pytest.raises(operations.UnsafeRedirectAddress, match=reason) as refusal:
        create(owner_actor, at, redirect_uris=[address])

    assert refusal.value.param == "redirect_uris"
    assert Application.objects.count() == 0


def test_the_secret_is_returned_and_only_its_digest_kept(
    owner_actor: Actor, studio: Organization, at: datetime.datetime
) -> None:
    application, secret = operations.create_application(
        actor=owner_actor,
        at=at,
        organization_id=studio.pk,
        name="Ledger Sync",
        scopes=SCOPES,
        redirect_uris=[CALLBACK],
    )

    stored = Application.objects.get()
    assert secret.startswith("aps_")
    assert (len(stored.client_secret), stored.secret_prefix) == (64, secret[:12])
    assert secret not in (stored.client_secret, stored.secret_prefix)
    event = Event.objects.get(type="application.created")
    assert secret not in event.data
    assert application.client_secret not in event.data


def test_nobody_gives_what_they_do_not_hold(owner_actor: Actor, at: datetime.datetime) -> None:
    narrow = Actor(
        organization_id=owner_actor.organization_id,
        kind="user",
        label="x",
        scopes=frozenset({"settings:write", "invoices:read"}),
    )
    with pytest.raises(operations.ApplicationTooBroad, match="invoices:write"):
        create(narrow, at, scopes=["invoices:read", "invoices:write"])

    made = create(owner_actor, at, scopes=["invoices:read", "invoices:write"])
    kept, _ = operations.update_application(
        actor=narrow,
        at=at,
        application_id=made.uuid,
        name="Renamed",
        scopes=["invoices:read", "invoices:write"],
        redirect_uris=[CALLBACK],
        is_public=False,
        acts_alone=False,
    )
    assert kept.scopes == ["invoices:read", "invoices:write"]


def test_settings_write_is_needed(owner_actor: Actor, at: datetime.datetime) -> None:
    weak = Actor(
        organization_id=owner_actor.organization_id, kind="user", label="x", scopes=frozenset()
    )
    made = create(owner_actor, at)
    with pytest.raises(Forbidden):
        create(weak, at)
    with pytest.raises(Forbidden):
        operations.delete_application(actor=weak, at=at, application_id=made.uuid)
    with pytest.raises(Forbidden):
        operations.rotate_client_secret(actor=weak, at=at, application_id=made.uuid)
    assert Application.objects.count() == 1


def test_another_organization_is_not_found(
    owner_actor: Actor, rival: Organization, at: datetime.datetime
) -> None:
    theirs = create(None, at, organization_id=rival.pk)
    with pytest.raises(NotFound):
        create(owner_actor, at, organization_id=rival.pk)
    for wanted in (theirs.uuid, uuid.uuid4()):
        with pytest.raises(NotFound):
            operations.delete_application(actor=owner_actor, at=at, application_id=wanted)
    assert Application.objects.get().uuid == theirs.uuid


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"scopes": []}, InvalidValue),
        ({"scopes": ["everything"]}, InvalidValue),
        ({"redirect_uris": []}, operations.ApplicationCannotStart),
        ({"is_public": True, "acts_alone": True}, operations.PublicCannotActAlone),
        ({"name": ""}, InvalidFields),
        ({"name": "x" * 101}, InvalidValue),
        ({"redirect_uris": [f"https://a.test/{n}" for n in range(21)]}, InvalidValue),
    ],
)
def test_what_an_application_cannot_be(
    owner_actor: Actor, at: datetime.datetime, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        create(owner_actor, at, **changes)

    assert (Application.objects.count(), Event.objects.filter(type__startswith="app").count()) == (
        0,
        0,
    )


def test_a_public_application_has_no_secret_to_replace(
    owner_actor: Actor, at: datetime.datetime
) -> None:
    made = create(owner_actor, at, is_public=True)

    with pytest.raises(operations.PublicHasNoSecret):
        operations.rotate_client_secret(actor=owner_actor, at=at, application_id=made.uuid)


def test_saving_what_is_there_already_is_no_event(
    owner_actor: Actor, at: datetime.datetime
) -> None:
    made = create(owner_actor, at)
    operations.update_application(
        actor=owner_actor,
        at=at,
        application_id=made.uuid,
        name="Ledger Sync",
        scopes=["invoices:read"],
        redirect_uris=[CALLBACK],
        is_public=False,
        acts_alone=False,
    )

    assert not Event.objects.filter(type="application.updated").exists()
