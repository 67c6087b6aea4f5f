"""K3: what must be refused, and in which words."""

import json
import uuid

import pytest
from django.test import Client

from accounts.models import AccessToken, Application, Grant, Organization, User
from integrations.oauth import views
from tests.oauth import CALLBACK, CHALLENGE, VERIFIER, App, parameters_of, register, v1

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
VARIANTS = [
    "https://app.example.test/callback/",
    "https://app.example.test/Callback",
    "https://APP.example.test/callback",
    "https://app.example.test/callback/more",
    "https://app.example.test/callback?x=1",
    "https://app.example.test/callback#x",
    "https://app.example.test:443/callback",
    "https://app.example.test:8443/callback",
    "https://user@app.example.test/callback",
    "https://app.example.test@evil.test/callback",
    "https://app.example.test.evil.test/callback",
    "https://app.example.test/%63allback",
    "https://app.example.test/callback%2e",
    "https://app.example.test/x/%2e%2e/callback",
    "https://app.example.test/x/../callback",
    "http://app.example.test/callback",
    "https://app.example.test/callback ",
    "//app.example.test/callback",
    "javascript:alert(1)",
    "",
]


@pytest.mark.parametrize("address", VARIANTS)
def test_K3_a_variant_of_the_redirect_address_goes_nowhere(app: App, address: str) -> None:
    if address == "":
        address = "https:///callback"

    response = app.client.get(app.address(redirect_uri=address))

    assert response.status_code == 400
    assert "Location" not in response
    assert app.decide(redirect_uri=address).status_code == 400
    assert Grant.objects.count() == 0


def test_a_single_registered_address_may_be_left_out(app: App) -> None:
    code = app.code(redirect_uri=None)

    assert app.exchange(code, redirect_uri=None).status == 200


def test_with_two_registered_addresses_one_must_be_named(acme: Organization, alice: User) -> None:
    app = register(acme, redirect_uris=[CALLBACK, "https://app.example.test/second"])
    app.sign_in(alice)

    assert app.client.get(app.address(redirect_uri=None)).status_code == 400


@pytest.mark.parametrize("uri", ["http://127.0.0.1:51004/cb", "http://[::1]:51004/cb"])
def test_a_native_applications_loopback_port_is_free(
    acme: Organization, alice: User, uri: str
) -> None:
    registered = ["http://127.0.0.1/cb", "http://[::1]/cb"]
    native = register(acme, is_public=True, redirect_uris=registered)
    server = register(acme, redirect_uris=registered)
    challenge = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    for app in (native, server):
        app.sign_in(alice)

    assert native.client.get(native.address(redirect_uri=uri, **challenge)).status_code == 200
    assert native.client.get(native.address(redirect_uri=f"{uri}/x")).status_code == 400
    assert server.client.get(server.address(redirect_uri=uri)).status_code == 400


def test_K3_a_public_application_needs_pkce(public_app: App) -> None:
    response = public_app.client.get(public_app.address())

    assert response.status_code == 302
    found = parameters_of(response)
    assert (found["error"], found["state"]) == ("invalid_request", "xyz")
    assert "code" not in parameters_of(public_app.decide())


@pytest.mark.parametrize(
    "asked",
    [
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge": CHALLENGE},
        {"code_challenge": CHALLENGE, "code_challenge_method": "s256"},
        {"code_challenge": CHALLENGE[:-1], "code_challenge_method": "S256"},
        {"code_challenge": CHALLENGE + "=", "code_challenge_method": "S256"},
        {"code_challenge": "", "code_challenge_method": "S256"},
        {"code_challenge_method": "S256"},
    ],
)
def test_K3_only_s256_is_pkce(app: App, public_app: App, asked: dict[str, str]) -> None:
    for asking in (app, public_app):
        response = asking.client.get(asking.address(**asked))
        assert response.status_code == 302
        assert parameters_of(response)["error"] == "invalid_request"
        assert "code" not in parameters_of(asking.decide(**asked))
    assert Grant.objects.count() == 0


def test_K3_a_verifier_for_a_code_without_a_challenge_is_a_downgrade(app: App) -> None:
    reply = app.exchange(app.code(), code_verifier=VERIFIER)

    assert (reply.status, reply.json["error"]) == (400, "invalid_grant")
    assert AccessToken.objects.count() == 0


def test_a_public_application_walks_with_pkce_and_without_a_secret(public_app: App) -> None:
    asked = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = public_app.code(**asked)

    assert public_app.exchange(code, client_secret=None).json["error"] == "invalid_request"
    tokens = public_app.exchange(code, client_secret=None, code_verifier=VERIFIER)
    assert tokens.status == 200
    assert public_app.refresh(tokens.json["refresh_token"], client_secret=None).status == 200
    made_up = public_app.refresh(tokens.json["refresh_token"], client_secret="aps_guess")
    assert (made_up.status, made_up.json["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"response_mode": "fragment"}, "invalid_request"),
    ],
)
def test_what_is_wrong_with_the_rest_is_told_to_the_application(
    app: App, asked: dict[str, str | None], error: str
) -> None:
    response = app.client.get(app.address(**asked))

    assert response.status_code == 302
    assert response["Location"].startswith(f"{CALLBACK}?")
    found = parameters_of(response)
    assert (found["error"], found["state"]) == (error, "xyz")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope", "response_type"])
def test_a_parameter_given_twice_goes_nowhere(app: App, name: str) -> None:
    assert app.client.get(f"{app.address()}&{name}=x").status_code == 400


@pytest.mark.parametrize("name", ["client", "user", "actor", "membership", "grant", "scopes", "at"])
def test_parameters_of_other_names_have_no_effect(app: App, name: str) -> None:
    response = app.client.post(
        f"{app.address()}&{name}=x",
        {"decision": "allow", "place": str(app.application.organization.uuid), name: "x"},
    )
    assert response.status_code == 303
    assert app.exchange(parameters_of(response)["code"], **{name: "x"}).status == 200


@pytest.mark.parametrize("secret", ["wrong", "", "aps_" + "0" * 49, None])
def test_K3_a_wrong_secret_is_401(app: App, secret: str | None) -> None:
    reply = app.exchange(app.code(), client_secret=secret)

    assert (reply.status, reply.json["error"]) == (401, "invalid_client")
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    assert AccessToken.objects.count() == 0


def test_the_stored_digest_is_no_secret(app: App) -> None:
    stored = Application.objects.get().client_secret

    assert app.exchange(app.code(), client_secret=stored).status == 401


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", JSON),
        ("[]", JSON),
        ('"text"', JSON),
        ('{"grant_type": {"a": 1}}', JSON),
        ('{"grant_type": true}', JSON),
        ('{"grant_type": "refresh_token", "grant_type": "x"}', JSON),
        ('{"grant_type": "\\u0000"}', JSON),
        ("{}", JSON),
        ("", FORM),
        ("grant_type=refresh_token&grant_type=x", FORM),
        ("grant_type=%FF", FORM),
        ("code=%00&grant_type=authorization_code", FORM),
        ("<xml/>", "text/xml"),
        ("grant_type=x", ""),
        ("x=" + "y" * 70_000, FORM),
    ],
)
def test_a_body_that_cannot_be_read_is_an_invalid_request(app: App, body: str, kind: str) -> None:
    reply = app.raw("/oauth/token", body, kind)

    assert reply.status in (400, 401)
    assert set(reply.json) <= {"error", "error_description"}
    assert reply.json["error"] in ("invalid_request", "unsupported_grant_type")
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "grant", ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "x"]
)
def test_other_grants_are_unsupported(app: App, grant: str) -> None:
    reply = app.token(grant, username="alice@acme.test", password="correct horse battery")

    assert (reply.status, reply.json["error"]) == (400, "unsupported_grant_type")


def test_secrets_in_the_address_are_refused(app: App) -> None:
    code = app.code()
    query = f"?client_secret={app.secret}"
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}

    reply = app.post(f"/oauth/token{query}", {**body, "client_id": app.application.client_id})

    assert (reply.status, reply.json["error"]) == (400, "invalid_request")


def test_K3_a_token_in_the_query_string_opens_nothing(app: App) -> None:
    token = app.tokens()["access_token"]

    assert Client().get(f"/v1/invoices?access_token={token}").status_code == 401


def test_K3_Z7_no_secret_stands_in_for_another(app: App) -> None:
    code = app.code()
    tokens = app.tokens()
    access, refresh = tokens["access_token"], tokens["refresh_token"]

    for wrong in (code, refresh, app.secret, app.application.client_id):
        assert v1({"access_token": wrong}).get("/invoices").status == 401
    for wrong in (access, refresh, app.secret):
        assert app.exchange(wrong).json["error"] == "invalid_grant"
    for wrong in (access, code, app.secret):
        assert app.refresh(wrong).json["error"] == "invalid_grant"
    for wrong in (access, refresh, code):
        assert app.exchange(code, client_secret=wrong).json["error"] == "invalid_client"
    assert app.exchange(code).status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_gets_tokens(app: App, method: str) -> None:
    response = Client().generic(method, "/oauth/token")

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert json.loads(response.content)["error"] == "invalid_request"


def test_whatever_else_lies_under_oauth_is_json_404(db: None) -> None:
    for path in ("/oauth/token/", "/oauth/authorize/", "/oauth/introspect", "/oauth"):
        response = Client().post(path)
        assert response.status_code == 404, path
        assert json.loads(response.content)["error"] == "invalid_request"


def test_the_token_endpoint_counts_requests(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PER_ADDRESS", 3)
    # An address of this test's own: a shared counter remembers the others.
    stranger = Client(REMOTE_ADDR=f"stranger {uuid.uuid4()}")
    replies = [stranger.post("/oauth/token", {}, JSON) for _ in range(4)]

    assert [reply.status_code for reply in replies] == [400, 400, 400, 429]
    assert replies[3].json()["error"] == "temporarily_unavailable"
    assert 1 <= int(replies[3]["Retry-After"]) <= 60


def test_an_authorization_request_cannot_be_answered_by_any_method_but_post(app: App) -> None:
    assert app.client.put(app.address()).status_code == 405
