"""Operators make, change and remove applications in the admin, and end grants."""

import pytest
from django.test import Client

from accounts.models import AccessToken, Application, Grant, Membership, Organization, User
from accounts.operations.users import create_user
from tests.accounts.conftest import AT
from tests.oauth import CALLBACK, App, register

LIST = "/admin/accounts/application/"


@pytest.fixture
def operator(db: None) -> Client:
    user = create_user(
        at=AT, email="root@host.test", password="correct horse", is_staff=True, is_superuser=True
    )
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def app(studio: Organization, owner: User) -> App:
    made = register(studio)
    made.sign_in(owner)
    return made


def fields(studio: Organization, **changes: object) -> dict[str, object]:
    return {
        "organization": studio.pk,
        "name": "Warehouse",
        "client_type": "confidential",
        "redirect_uris": CALLBACK,
        "scopes": ["invoices:read"],
        **changes,
    }


def test_every_page_opens_and_shows_no_digest(operator: Client, app: App) -> None:
    app.tokens()
    grant, token = Grant.objects.get(), AccessToken.objects.get()
    digests = (app.application.client_secret, grant.digest, token.digest)
    for model, row in (
        ("application", app.application),
        ("grant", grant),
        ("accesstoken", token),
        ("refreshtoken", grant.refresh_tokens.get()),
    ):
        for address in (f"/admin/accounts/{model}/", f"/admin/accounts/{model}/{row.pk}/change/"):
            response = operator.get(address)
            assert response.status_code == 200, address
            page = response.content.decode()
            assert [digest for digest in digests if digest in page] == []


def test_the_librarys_own_pages_are_left_out(operator: Client) -> None:
    assert "oauth2_provider" not in operator.get("/admin/").content.decode()


def test_making_one_shows_its_secret_once(operator: Client, studio: Organization) -> None:
    page = operator.post(f"{LIST}add/", fields(studio)).content.decode()
    secret = page.split('id="secret">')[1].split("<")[0]

    app = App(Application.objects.get(), secret)
    assert app.token("refresh_token", refresh_token="x").json["error"] == "invalid_grant"
    assert secret not in operator.get(LIST).content.decode()


def test_a_refusal_stands_in_the_form(operator: Client, studio: Organization) -> None:
    response = operator.post(f"{LIST}add/", fields(studio, redirect_uris="http://evil.test/"))

    assert "must start with https://" in response.content.decode()
    assert Application.objects.count() == 0


def test_changing_and_removing(operator: Client, app: App, studio: Organization) -> None:
    address = f"{LIST}{app.application.pk}/"
    assert operator.post(f"{address}change/", fields(studio)).status_code == 302
    assert Application.objects.get().name == "Warehouse"

    operator.post(f"{address}delete/", {"post": "yes"})
    assert Application.objects.count() == 0


def test_replacing_the_secret(operator: Client, app: App) -> None:
    chosen = {"action": "rotate", "_selected_action": [app.application.pk]}
    page = operator.post(LIST, chosen).content.decode()

    assert app.token("refresh_token", refresh_token="x").status == 401
    app.secret = page.split('id="secret">')[1].split("<")[0]
    assert app.token("refresh_token", refresh_token="x").status == 400


def test_ending_a_grant(operator: Client, app: App) -> None:
    held = app.tokens()
    chosen = {"action": "end", "_selected_action": [Grant.objects.get().pk]}

    operator.post("/admin/accounts/grant/", chosen)

    assert AccessToken.objects.count() == 0
    assert app.refresh(held["refresh_token"]).json["error"] == "invalid_grant"


def test_a_person_leaves_and_their_grants_go_with_them(app: App, owner: User) -> None:
    app.tokens()

    Membership.objects.filter(user=owner).delete()

    assert (Grant.objects.count(), AccessToken.objects.count()) == (0, 0)
