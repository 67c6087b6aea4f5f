"""Somebody else's OAuth client walks the whole way over HTTP."""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from pytest_django.live_server_helper import LiveServer
from requests_oauthlib import OAuth2Session

from accounts.models import Organization, User
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from tests.instants import AT
from tests.oauth import CALLBACK, App, register

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery"
SCOPES = ["invoices:read", "customers:read", "customers:write"]


@pytest.fixture
def acme(db: None) -> Organization:
    alice: User = create_user(at=AT, email="alice@acme.test", password=PASSWORD)
    return create_organization(at=AT, name="Acme", slug="acme", owner=alice, currency="USD")


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    # The library insists on TLS; the test server has none.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


def person_agrees(address: str, server: str) -> str:
    """What a person does with a browser: sign in, read, allow. The address it ends at."""
    browser = requests.Session()
    page = browser.get(address)
    assert "/accounts/login/" in page.url
    page = browser.post(
        f"{server}/accounts/login/",
        {
            "login": "alice@acme.test",
            "password": PASSWORD,
            "csrfmiddlewaretoken": _field(page.text, "csrfmiddlewaretoken"),
            "next": parse_qs(urlsplit(page.url).query)["next"][0],
        },
        headers={"Referer": page.url},
    )
    assert "asks for access to Acme" in page.text
    place = re.findall(r'name="place" value="([^"]+)" checked', page.text)
    answer = browser.post(
        page.url,
        {
            "decision": "allow",
            "place": place[0],
            "csrfmiddlewaretoken": _field(page.text, "csrfmiddlewaretoken"),
        },
        headers={"Referer": page.url},
        allow_redirects=False,
    )
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_confidential_client(acme: Organization, live_server: LiveServer) -> None:
    app = register(acme)
    session = OAuth2Session(app.application.client_id, redirect_uri=CALLBACK, scope=SCOPES)
    address, _ = session.authorization_url(f"{live_server.url}/oauth/authorize")
    back = person_agrees(address, live_server.url)

    token = session.fetch_token(
        f"{live_server.url}/oauth/token",
        authorization_response=back,
        client_secret=app.secret,
    )

    made = session.post(f"{live_server.url}/v1/customers", json={"name": "Globex"})
    assert made.status_code == 201
    assert session.get(f"{live_server.url}/v1/customers").json()["data"][0]["name"] == "Globex"
    refreshed = session.refresh_token(
        f"{live_server.url}/oauth/token",
        client_id=app.application.client_id,
        client_secret=app.secret,
    )
    assert refreshed["access_token"] != token["access_token"]
    assert session.get(f"{live_server.url}/v1/invoices").status_code == 200
    assert _revoke(app, live_server.url, refreshed["refresh_token"]) == 200
    assert session.get(f"{live_server.url}/v1/invoices").status_code == 401


def test_a_public_client_with_pkce(acme: Organization, live_server: LiveServer) -> None:
    app = register(acme, is_public=True)
    session = OAuth2Session(
        app.application.client_id, redirect_uri=CALLBACK, scope=SCOPES, pkce="S256"
    )
    address, _ = session.authorization_url(f"{live_server.url}/oauth/authorize")
    assert "code_challenge_method=S256" in address
    back = person_agrees(address, live_server.url)

    session.fetch_token(
        f"{live_server.url}/oauth/token", authorization_response=back, include_client_id=True
    )

    assert session.get(f"{live_server.url}/v1/customers").status_code == 200


def test_the_documents_own_json_walks_too(acme: Organization, live_server: LiveServer) -> None:
    app = register(acme)
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    asked = app.address(code_challenge=challenge, code_challenge_method="S256")
    back = person_agrees(live_server.url + asked, live_server.url)
    body: dict[str, Any] = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(back).query)["code"][0],
        "client_id": app.application.client_id,
        "client_secret": app.secret,
        "redirect_uri": CALLBACK,
        "code_verifier": verifier,
    }

    reply = requests.post(f"{live_server.url}/oauth/token", json=body, timeout=10)

    assert reply.status_code == 200
    assert reply.json()["scope"] == "invoices:read customers:read"


def _revoke(app: App, server: str, token: str) -> int:
    pair = (app.application.client_id, app.secret)
    return requests.post(
        f"{server}/oauth/revoke", data={"token": token}, auth=pair, timeout=10
    ).status_code


def _field(page: str, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)[0]
