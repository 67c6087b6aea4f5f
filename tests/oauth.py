"""An OAuth application for tests: asks, is allowed or denied, and exchanges what it gets."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from accounts.models import Application, Organization, User
from accounts.operations.applications import create_application
from accounts.scopes import SCOPES
from tests.instants import AT
from tests.v1 import V1

CALLBACK = "https://app.example.test/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)


@dataclass
class Reply:
    """What the token endpoint said."""

    status: int
    json: dict[str, Any]
    headers: dict[str, str]


@dataclass
class App:
    """One registered application and a person's browser beside it."""

    application: Application
    secret: str
    client: Client = field(default_factory=Client)

    def address(self, **changes: str | None) -> str:
        """The authorization request, with parameters changed or (None) left out."""
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.application.client_id,
            "redirect_uri": CALLBACK,
            "scope": "invoices:read customers:read",
            "state": "xyz",
            **changes,
        }
        sent = {name: value for name, value in parameters.items() if value is not None}
        return f"/oauth/authorize?{urlencode(sent)}"

    def sign_in(self, user: User) -> None:
        self.client.force_login(user)

    def decide(
        self, decision: str = "allow", place: Organization | None = None, **changes: str | None
    ) -> Any:
        """What answering the consent page brings."""
        where = place or self.application.organization
        body = {"decision": decision, "place": str(where.uuid)}
        return self.client.post(self.address(**changes), body)

    def code(self, place: Organization | None = None, **changes: str | None) -> str:
        response = self.decide("allow", place, **changes)
        assert response.status_code == 303, response.content
        return parameters_of(response)["code"]

    def post(self, path: str, body: dict[str, Any], *, as_json: bool = True, **how: Any) -> Reply:
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        data = json.dumps(body) if as_json else urlencode(body)
        return self.raw(path, data, kind, **how)

    def raw(self, path: str, data: str | bytes, kind: str, **headers: str) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        response = Client().generic("POST", path, data, content_type=kind, headers=sent)
        return Reply(response.status_code, json.loads(response.content), dict(response.headers))

    def token(self, grant_type: str, **body: Any) -> Reply:
        """POST /oauth/token in JSON with the client's own secret, as the document has it."""
        own = {"client_id": self.application.client_id, "client_secret": self.secret}
        given = {"grant_type": grant_type, **own, **body}
        return self.post("/oauth/token", {k: v for k, v in given.items() if v is not None})

    def exchange(self, code: str, **changes: Any) -> Reply:
        return self.token(
            "authorization_code", **{"code": code, "redirect_uri": CALLBACK, **changes}
        )

    def refresh(self, refresh_token: str, **changes: Any) -> Reply:
        return self.token("refresh_token", refresh_token=refresh_token, **changes)

    def revoke(self, token: str) -> Reply:
        own = {"client_id": self.application.client_id, "client_secret": self.secret}
        return self.post("/oauth/revoke", {"token": token, **own}, as_json=False)

    def tokens(self, place: Organization | None = None, **changes: str | None) -> dict[str, Any]:
        """The whole walk: consent, code, tokens."""
        reply = self.exchange(self.code(place, **changes))
        assert reply.status == 200, reply.json
        return reply.json


def register(organization: Organization, **changes: Any) -> App:
    """An application of the organization: confidential, every scope, one address."""
    fields: dict[str, Any] = {
        "name": "Ledger Sync",
        "scopes": SCOPES,
        "redirect_uris": [CALLBACK],
        **changes,
    }
    application, secret = create_application(
        actor=None, at=AT, organization_id=organization.pk, **fields
    )
    return App(application, secret)


def parameters_of(response: Any) -> dict[str, str]:
    """The query of a redirect, each parameter once."""
    query = parse_qs(urlsplit(response["Location"]).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in query.values()), query
    return {name: values[0] for name, values in query.items()}


def v1(tokens: dict[str, Any]) -> V1:
    """/v1 with that access token."""
    return V1(tokens["access_token"])
