"""The documented flow: consent, code, tokens, and what each answer looks like."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts.actors import Actor
from accounts.models import AccessToken, Grant, Membership, Organization, RefreshToken, User
from accounts.oauth_formats import ACCESS_TOKEN, REFRESH_TOKEN, is_well_formed
from core.models import Event
from tests.instants import AT
from tests.oauth import CALLBACK, CHALLENGE, VERIFIER, App, parameters_of, register, v1


def test_K3_the_answer_has_the_documented_members(app: App) -> None:
    reply = app.exchange(app.code())

    assert reply.status == 200
    assert set(reply.json) == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert reply.json["token_type"] == "Bearer"
    assert reply.json["expires_in"] == 3600
    assert reply.json["scope"] == "invoices:read customers:read"
    assert is_well_formed(reply.json["access_token"], ACCESS_TOKEN)
    assert is_well_formed(reply.json["refresh_token"], REFRESH_TOKEN)
    assert reply.headers["Cache-Control"] == "no-store"


def test_the_token_reads_what_was_granted(app: App) -> None:
    client = v1(app.tokens())

    assert client.get("/invoices").status == 200
    refused = client.post("/customers", {"name": "Globex"})
    assert refused.status == 403
    assert refused.error["code"] == "insufficient_permissions"


def test_a_form_and_basic_authentication_work_as_well(app: App) -> None:
    pair = f"{app.application.client_id}:{app.secret}".encode()
    reply = app.post(
        "/oauth/token",
        {"grant_type": "authorization_code", "code": app.code(), "redirect_uri": CALLBACK},
        as_json=False,
        Authorization=f"Basic {base64.b64encode(pair).decode()}",
    )

    assert reply.status == 200


def test_K3_state_comes_back_verbatim(app: App) -> None:
    state = 'a b+c/%41?&=#"<ü>'
    response = app.decide(state=state)

    assert response.status_code == 303
    assert response["Location"].startswith(f"{CALLBACK}?code=")
    assert parameters_of(response)["state"] == state


def test_the_answer_says_who_answered(app: App) -> None:
    assert parameters_of(app.decide())["iss"] == "http://testserver"


def test_denying_sends_back_access_denied_and_makes_nothing(app: App) -> None:
    response = app.decide("deny")

    assert response.status_code == 303
    found = parameters_of(response)
    assert (found["error"], found["state"]) == ("access_denied", "xyz")
    assert Grant.objects.count() == 0


def test_K3_only_digests_are_kept(app: App) -> None:
    code = app.code()
    tokens = app.exchange(code).json
    secrets = [code, tokens["access_token"], tokens["refresh_token"], app.secret]
    with connection.cursor() as cursor:
        for model in (Grant, AccessToken, RefreshToken, type(app.application), Event):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            kept = repr(cursor.fetchall())
            assert [secret for secret in secrets if secret in kept] == []


def test_K3_a_replayed_code_is_refused_and_its_tokens_die(app: App) -> None:
    code = app.code()
    tokens = app.exchange(code).json
    assert v1(tokens).get("/invoices").status == 200

    replayed = app.exchange(code)

    assert (replayed.status, replayed.json["error"]) == (400, "invalid_grant")
    assert v1(tokens).get("/invoices").status == 401
    assert app.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert Event.objects.filter(type="grant.revoked").count() == 1


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400), (61, 400)])
def test_K3_a_code_lives_sixty_seconds(app: App, seconds: int, status: int) -> None:
    with time_machine.travel(AT, tick=False):
        code = app.code()
    with time_machine.travel(AT + timedelta(seconds=seconds), tick=False):
        assert app.exchange(code).status == status


def test_a_code_is_bound_to_its_application(app: App, acme: Organization) -> None:
    other = register(acme, name="Other")
    code = app.code()

    assert other.exchange(code).json["error"] == "invalid_grant"
    assert app.exchange(code).status == 200


def test_a_code_is_bound_to_its_redirect_address(acme: Organization, alice: User) -> None:
    second = "https://app.example.test/second"
    app = register(acme, redirect_uris=[CALLBACK, second])
    app.sign_in(alice)

    reply = app.exchange(app.code(), redirect_uri=second)

    assert (reply.status, reply.json["error"]) == (400, "invalid_grant")


def test_without_a_scope_the_application_asks_for_all_it_may_have(
    acme: Organization, alice: User
) -> None:
    app = register(acme, scopes=["products:read", "invoices:read"])
    app.sign_in(alice)

    assert app.tokens(scope=None)["scope"] == "invoices:read products:read"


def test_a_scope_beyond_the_applications_own_is_refused(acme: Organization, alice: User) -> None:
    app = register(acme, scopes=["invoices:read"])
    app.sign_in(alice)

    response = app.client.get(app.address(scope="invoices:read settings:write"))

    assert response.status_code == 302
    assert parameters_of(response)["error"] == "invalid_scope"


def test_a_role_grants_no_more_than_it_holds(acme: Organization, bob: User) -> None:
    app = register(acme)
    app.sign_in(bob)  # a viewer
    page = app.client.get(app.address(scope="invoices:read invoices:write")).content.decode()

    tokens = app.tokens(scope="invoices:read invoices:write")

    assert "What it will not get" in page
    assert tokens["scope"] == "invoices:read"


def test_a_role_that_holds_nothing_of_it_can_only_go_back(acme: Organization, bob: User) -> None:
    app = register(acme)
    app.sign_in(bob)

    page = app.client.get(app.address(scope="settings:write")).content.decode()
    response = app.decide("allow", scope="settings:write")

    assert 'value="allow"' not in page
    assert parameters_of(response)["error"] == "access_denied"
    assert Grant.objects.count() == 0


def test_consent_for_the_sandbox_sees_the_sandbox_only(
    app: App, actor: Actor, sandbox: Organization
) -> None:
    asked: dict[str, Any] = {"scope": "customers:read customers:write"}
    test, live = v1(app.tokens(sandbox, **asked)), v1(app.tokens(**asked))

    made = test.made("/customers", {"name": "Only a test"})

    assert made["livemode"] is False
    assert live.get(f"/customers/{made['id']}").status == 404
    assert live.get("/customers").json["data"] == []


def test_the_page_offers_the_place_where_the_person_works(
    app: App, acme: Organization, sandbox: Organization
) -> None:
    def checked() -> str:
        page = app.client.get(app.address()).content.decode()
        return page.split(" checked>")[0].rsplit('value="', 1)[1].rstrip('"')

    assert checked() == str(acme.uuid)
    app.client.post("/organizations/sandbox", {"sandbox": "on"})
    assert checked() == str(sandbox.uuid)


def test_a_place_that_is_not_offered_is_asked_for_again(app: App, rival: Organization) -> None:
    response = app.decide("allow", rival)

    assert response.status_code == 200
    assert Grant.objects.count() == 0


def test_an_anonymous_person_signs_in_first(acme: Organization) -> None:
    app = register(acme)

    response = app.client.get(app.address())

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/oauth/authorize%3F")


def test_another_tenants_application_looks_unknown(
    app: App, rival: Organization, mallory: User
) -> None:
    app.client.force_login(mallory)

    foreign = app.client.get(app.address())
    unknown = app.client.get(app.address(client_id="app_nothing"))

    assert (foreign.status_code, unknown.status_code) == (400, 400)
    assert "No application of your organizations has this client ID." in foreign.content.decode()
    assert "No application of your organizations has this client ID." in unknown.content.decode()
    assert app.decide().status_code == 400


def test_the_consent_page_cannot_be_framed_and_names_the_callback_only(app: App) -> None:
    response = app.client.get(app.address())

    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://app.example.test" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in response


def test_consent_needs_the_forms_token(app: App, alice: User) -> None:
    app.client = type(app.client)(enforce_csrf_checks=True)
    app.client.force_login(alice)

    assert app.decide().status_code == 403
    assert Grant.objects.count() == 0


def test_pkce_is_honoured_for_confidential_applications(app: App) -> None:
    asked = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = app.code(**asked)

    assert app.exchange(code).json["error"] == "invalid_request"
    assert app.exchange(code, code_verifier="x" * 43).json["error"] == "invalid_grant"
    assert app.exchange(code, code_verifier=VERIFIER).status == 200


def test_the_event_says_who_allowed_what(app: App, alice: User) -> None:
    app.code()

    event = Event.objects.get(type="grant.allowed")
    assert event.actor_label == alice.email
    assert '"scopes":["invoices:read","customers:read"]' in event.data
    membership = Membership.objects.get(user=alice)
    assert Grant.objects.get().membership_id == membership.pk
