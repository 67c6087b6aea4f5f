"""The access token on /v1: whose it is, what it may do now, and when it stops."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import AccessToken, ApiKey, Membership, Organization, Role, User
from accounts.operations import memberships
from accounts.operations.applications import (
    delete_application,
    rotate_client_secret,
    update_application,
)
from accounts.operations.tokens import disconnect
from accounts.operations.users import update_user
from accounts.scopes import SCOPES
from core.models import Event
from tests.instants import AT
from tests.oauth import CALLBACK, App, parameters_of, register, v1
from tests.v1 import V1, key_for

EVERYTHING = " ".join(SCOPES)


def test_what_it_does_is_written_down_as_its_own(app: App, alice: User) -> None:
    v1(app.tokens(scope="customers:write")).made("/customers", {"name": "Globex"})

    event = Event.objects.get(type="customer.created")
    assert (event.actor_kind, event.actor_label) == ("oauth", "Ledger Sync for alice@acme.test")
    assert event.actor_id == AccessToken.objects.get().pk


def test_Z3_a_role_that_shrinks_takes_the_scope_away_at_once(
    app: App, actor: Actor, bob: User
) -> None:
    held = Membership.objects.get(user=bob)
    memberships.change_role(actor=actor, at=AT, membership_id=held.pk, role=Role.ADMIN)
    app.client.force_login(bob)
    client = v1(app.tokens(scope="customers:read customers:write"))
    client.made("/customers", {"name": "Globex"})

    memberships.change_role(actor=actor, at=AT, membership_id=held.pk, role=Role.VIEWER)

    assert client.get("/customers").status == 200
    assert client.post("/customers", {"name": "Initech"}).status == 403


def test_K2_a_removed_member_is_out_at_once_and_for_good(app: App, actor: Actor, bob: User) -> None:
    app.client.force_login(bob)
    tokens = app.tokens()
    held = Membership.objects.get(user=bob)

    memberships.remove_member(actor=actor, at=AT, membership_id=held.pk)

    assert v1(tokens).get("/invoices").status == 401
    memberships.invite_member(actor=actor, at=AT, email=bob.email, role=Role.ADMIN)
    assert v1(tokens).get("/invoices").status == 401
    assert app.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_K2_a_person_who_is_switched_off_is_out_at_once(app: App, bob: User) -> None:
    app.client.force_login(bob)
    tokens = app.tokens()

    update_user(at=AT, user_id=bob.pk, is_active=False)

    assert v1(tokens).get("/invoices").status == 401
    assert app.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_K2_a_disconnected_application_is_out_at_once(app: App, actor: Actor) -> None:
    tokens = app.tokens()
    grant = AccessToken.objects.get().grant

    disconnect(actor=actor, at=AT, grant_id=grant.uuid)

    assert v1(tokens).get("/invoices").status == 401
    assert app.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_K2_a_deleted_application_is_out_at_once(app: App, actor: Actor) -> None:
    tokens = app.tokens()

    delete_application(actor=actor, at=AT, application_id=app.application.uuid)

    assert v1(tokens).get("/invoices").status == 401
    assert app.refresh(tokens["refresh_token"]).json["error"] == "invalid_client"


def test_a_deleted_application_takes_its_sandbox_tokens_along(
    app: App, actor: Actor, sandbox: Organization
) -> None:
    tokens = app.tokens(sandbox)

    delete_application(actor=actor, at=AT, application_id=app.application.uuid)

    assert v1(tokens).get("/invoices").status == 401


def test_a_scope_taken_from_the_application_is_gone_at_once(app: App, actor: Actor) -> None:
    client = v1(app.tokens())

    update_application(
        actor=actor,
        at=AT,
        application_id=app.application.uuid,
        name="Ledger Sync",
        scopes=["invoices:read"],
        redirect_uris=[CALLBACK],
        is_public=False,
        acts_alone=False,
    )

    assert client.get("/invoices").status == 200
    assert client.get("/customers").status == 403


def test_a_new_client_secret_ends_the_old_one_and_no_token(app: App, actor: Actor) -> None:
    tokens = app.tokens()
    old = app.secret
    _, app.secret = rotate_client_secret(actor=actor, at=AT, application_id=app.application.uuid)

    assert v1(tokens).get("/invoices").status == 200
    assert app.refresh(tokens["refresh_token"], client_secret=old).status == 401
    assert app.refresh(tokens["refresh_token"]).status == 200


def test_an_application_may_act_for_its_organization_itself(acme: Organization) -> None:
    app = register(acme, acts_alone=True, redirect_uris=[], scopes=["invoices:read"])

    reply = app.token("client_credentials")

    assert reply.status == 200
    assert set(reply.json) == {"access_token", "token_type", "expires_in", "scope"}
    assert reply.json["scope"] == "invoices:read"
    assert v1(reply.json).get("/invoices").status == 200
    assert v1(reply.json).get("/customers").status == 403


def test_it_may_ask_for_less_than_it_has(acme: Organization) -> None:
    app = register(acme, acts_alone=True)

    assert app.token("client_credentials", scope="invoices:read").json["scope"] == "invoices:read"
    refused = app.token("client_credentials", scope="invoices:read nonsense")
    assert (refused.status, refused.json["error"]) == (400, "invalid_scope")


def test_acting_alone_has_to_be_allowed(app: App) -> None:
    reply = app.token("client_credentials")

    assert (reply.status, reply.json["error"]) == (400, "unauthorized_client")
    assert AccessToken.objects.count() == 0


def test_an_application_of_the_sandbox_stays_in_it(
    acme: Organization, sandbox: Organization, alice: User
) -> None:
    app = register(sandbox, acts_alone=True)
    app.sign_in(alice)
    made = v1(app.token("client_credentials").json).made("/customers", {"name": "A test"})
    assert made["livemode"] is False

    assert app.decide("allow", acme).status_code == 200  # asked again
    asked = v1(app.tokens(sandbox, scope="customers:read"))
    assert [row["name"] for row in asked.get("/customers").json["data"]] == ["A test"]


def test_tokens_count_against_the_organizations_limit(app: App, acme: Organization) -> None:
    client = v1(app.tokens())
    Organization.objects.filter(pk=acme.pk).update(rate_limit_per_minute=2)

    assert [client.get("/invoices").status for _ in range(3)] == [200, 200, 429]


def test_a_token_of_one_tenant_sees_nothing_of_another(
    app: App, rival: Organization, mallory: User
) -> None:
    theirs = register(rival, name="Spy")
    theirs.sign_in(mallory)
    client = v1(app.tokens(scope=EVERYTHING))
    made = client.made("/customers", {"name": "Globex"})

    spy = v1(theirs.tokens(scope=EVERYTHING))

    assert spy.get(f"/customers/{made['id']}").status == 404
    assert spy.get("/customers").json["data"] == []


def test_K1_a_token_makes_a_key_no_broader_than_itself(app: App) -> None:
    client = v1(app.tokens(scope="settings:write invoices:read"))
    body = {"name": "Production Server", "expires_at": "2099-01-15T00:00:00Z"}

    made = client.made("/api-keys", {**body, "scopes": ["invoices:read"]})
    refused = client.post("/api-keys", {**body, "scopes": ["invoices:read", "invoices:write"]})

    assert made["key"].startswith("sk_live_")
    assert made["expires_at"] == "2099-01-15T00:00:00Z"
    assert (refused.status, refused.error["code"]) == (403, "key_too_broad")
    assert ApiKey.objects.count() == 1


def test_K1_a_token_of_a_shrunken_role_makes_no_key_beyond_it(
    app: App, actor: Actor, bob: User
) -> None:
    held = Membership.objects.get(user=bob)
    memberships.change_role(actor=actor, at=AT, membership_id=held.pk, role=Role.ADMIN)
    app.client.force_login(bob)
    client = v1(app.tokens(scope="settings:write invoices:read"))
    memberships.change_role(actor=actor, at=AT, membership_id=held.pk, role=Role.VIEWER)

    refused = client.post("/api-keys", {"name": "Mine", "scopes": ["invoices:read"]})

    assert refused.status == 403
    assert ApiKey.objects.count() == 0


def test_the_last_use_is_noted_once_a_minute(app: App) -> None:
    with time_machine.travel(AT, tick=False):
        client = v1(app.tokens())
        client.get("/invoices")
    for seconds, noted in ((59, 0), (60, 60)):
        with time_machine.travel(AT + timedelta(seconds=seconds), tick=False):
            client.get("/invoices")
        assert AccessToken.objects.get().last_used_at == AT + timedelta(seconds=noted)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_has_no_case(app: App, scheme: str) -> None:
    client = v1(app.tokens())
    secret, client.secret = client.secret, ""

    assert client.get("/invoices", Authorization=f"{scheme} {secret}").status == 200


def test_a_token_costs_no_more_queries_than_a_key(app: App, acme: Organization) -> None:
    key, token = V1(key_for(acme)), v1(app.tokens())
    counts = []
    for client in (key, token):
        client.get("/customers")  # the first call notes that the secret was used
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/customers").status == 200
        counts.append(len(asked))
    assert counts[1] == counts[0]


def test_what_happens_to_applications_and_grants_is_relayed(
    app: App, drain: Callable[..., int]
) -> None:
    app.revoke(app.tokens()["refresh_token"])

    drain()

    told = Event.objects.filter(type__regex="^(application|grant)[.]").order_by("pk")
    assert [event.type for event in told] == [
        "application.created",
        "grant.allowed",
        "grant.revoked",
    ]
    assert all(event.relayed_at for event in told)


def test_a_code_that_is_not_redeemed_connects_nobody(app: App, alice: User) -> None:
    parameters_of(app.decide())

    page = app.client.get("/connections").content.decode()

    assert "No connected apps" in page
