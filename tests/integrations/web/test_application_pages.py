"""Applications are managed by those who hold settings:write; connections by everybody."""

import html

import pytest
from django.test import Client

from accounts.models import Application, Grant, Organization, User
from tests.oauth import CALLBACK, App, register

FORM = {
    "name": "Warehouse",
    "kind": "server",
    "redirect_uris": f"{CALLBACK}\nhttps://app.example.test/second",
    "scopes": ["invoices:read", "customers:read"],
}


@pytest.fixture
def app(acme: Organization, alice: User) -> App:
    made = register(acme)
    made.sign_in(alice)
    return made


def test_registering_shows_the_secret_once(staff: Client) -> None:
    response = staff.post("/settings/applications", FORM)
    application = Application.objects.get()
    page = response.content.decode()
    secret = page.split('id="secret">')[1].split("<")[0]

    assert secret.startswith("aps_")
    assert application.client_id in page
    assert response["Cache-Control"] == "no-store"
    assert App(application, secret).token("refresh_token").json["error"] == "invalid_request"
    assert secret not in staff.get("/settings/applications").content.decode()
    assert application.redirect_uris.split() == [CALLBACK, "https://app.example.test/second"]
    assert application.scopes == ["invoices:read", "customers:read"]


def test_a_public_application_has_no_secret_to_show(staff: Client) -> None:
    page = staff.post("/settings/applications", {**FORM, "kind": "public"}).content.decode()

    assert 'id="secret"' not in page
    assert Application.objects.get().client_secret == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"redirect_uris": "http://evil.test/cb"}, "it must start with https://"),
        ({"redirect_uris": ""}, "Give a redirect address"),
        ({"scopes": []}, "This field is required."),
        ({"name": " "}, "This field is required."),
        ({"kind": "public", "acts_alone": "on"}, "cannot act for the organization itself"),
    ],
)
def test_what_is_refused_stands_beside_the_field(
    staff: Client, changes: dict[str, object], words: str
) -> None:
    response = staff.post("/settings/applications", {**FORM, **changes})

    assert response.status_code == 422
    assert words in html.unescape(response.content.decode())
    assert Application.objects.count() == 0


def test_editing_saves_everything(staff: Client, app: App) -> None:
    address = f"/settings/applications/{app.application.uuid}"

    assert staff.post(address, {**FORM, "acts_alone": "on"}).status_code == 302

    changed = Application.objects.get()
    assert (changed.name, changed.acts_alone) == ("Warehouse", True)
    assert changed.scopes == ["invoices:read", "customers:read"]
    assert changed.client_secret == app.application.client_secret


def test_going_public_and_back_makes_a_new_secret(staff: Client, app: App) -> None:
    address = f"/settings/applications/{app.application.uuid}"
    staff.post(address, {**FORM, "kind": "public"})
    assert Application.objects.get().client_secret == ""

    page = staff.post(address, FORM).content.decode()

    app.secret = page.split('id="secret">')[1].split("<")[0]
    assert app.token("refresh_token", refresh_token="x").json["error"] == "invalid_grant"


def test_replacing_the_secret(staff: Client, app: App) -> None:
    old = app.secret
    page = staff.post(f"/settings/applications/{app.application.uuid}/rotate").content.decode()

    app.secret = page.split('id="secret">')[1].split("<")[0]
    assert app.token("refresh_token", refresh_token="x").status == 400
    app.secret = old
    assert app.token("refresh_token", refresh_token="x").status == 401


def test_deleting(staff: Client, app: App) -> None:
    app.tokens()

    staff.post(f"/settings/applications/{app.application.uuid}/delete")

    assert (Application.objects.count(), Grant.objects.count()) == (0, 0)


def test_connected_people_can_be_disconnected(staff: Client, app: App, bob: User) -> None:
    app.client.force_login(bob)
    tokens = app.tokens()
    grant = Grant.objects.get()
    address = f"/settings/applications/{app.application.uuid}"
    assert "bob@acme.test" in staff.get(address).content.decode()

    staff.post(f"{address}/connections/{grant.uuid}/disconnect")

    assert "bob@acme.test" not in staff.get(address).content.decode()
    assert app.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_a_person_sees_and_ends_their_own_connections_only(
    app: App, staff: Client, bob: User
) -> None:
    app.tokens()
    hers = Grant.objects.get()
    his = Client()
    his.force_login(bob)
    assert "Ledger Sync" in staff.get("/connections").content.decode()
    assert "Ledger Sync" not in his.get("/connections").content.decode()

    assert his.post(f"/connections/{hers.uuid}/disconnect").status_code == 404
    assert Grant.objects.get().revoked_at is None
    assert staff.post(f"/connections/{hers.uuid}/disconnect").status_code == 302
    assert Grant.objects.get().revoked_at is not None


def test_applications_need_settings_write(app: App, bob: User) -> None:
    client = Client()
    client.force_login(bob)
    one = f"/settings/applications/{app.application.uuid}"

    assert client.get("/settings/applications").status_code == 403
    assert client.post("/settings/applications", FORM).status_code == 403
    assert client.post(one, FORM).status_code == 403
    for act in ("rotate", "delete"):
        assert client.post(f"{one}/{act}").status_code == 403
    assert Application.objects.get().name == "Ledger Sync"


def test_another_tenants_application_is_not_found(
    app: App, rival: Organization, mallory: User
) -> None:
    app.tokens()
    client = Client()
    client.force_login(mallory)
    one = f"/settings/applications/{app.application.uuid}"
    grant = Grant.objects.get()

    assert "Ledger Sync" not in client.get("/settings/applications").content.decode()
    assert client.get(one).status_code == 404
    assert client.post(one, FORM).status_code == 404
    for act in ("rotate", "delete", f"connections/{grant.uuid}/disconnect"):
        assert client.post(f"{one}/{act}").status_code == 404
    assert client.post(f"/connections/{grant.uuid}/disconnect").status_code == 404
    assert Application.objects.get().name == "Ledger Sync"
    assert Grant.objects.get().revoked_at is None


def test_the_metadata_says_what_there_is(client: Client, db: None) -> None:
    response = client.get("/.well-known/oauth-authorization-server")
    told = response.json()

    assert told["issuer"] == "http://testserver"
    assert told["authorization_endpoint"] == "http://testserver/oauth/authorize"
    assert told["token_endpoint"] == "http://testserver/oauth/token"
    assert told["revocation_endpoint"] == "http://testserver/oauth/revoke"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    assert set(told["grant_types_supported"]) == {
        "authorization_code",
        "refresh_token",
        "client_credentials",
    }
    assert len(told["scopes_supported"]) == 12
    assert client.post("/.well-known/oauth-authorization-server").status_code == 405
