"""A client of /api/v1 for tests: every answer is checked for its status and shape."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core import mail
from django.test import Client

from accounts.models import Organization
from accounts.operations.api_keys import create_api_key
from accounts.scopes import SCOPES
from core import exactjson
from tests.instants import AT
from tests.v1 import Answer

# Allowed in tests, and nothing listens there.
CALLBACK = "http://127.0.0.1:9/callback"
_CODE = re.compile(rb"[0-9]{6}")


class Collector:
    """Calls with a customer's bearer, or with a user's token in the address."""

    def __init__(self, secret: str = "", *, token: str = "") -> None:
        self.secret, self.token = secret, token
        self.client = Client(raise_request_exception=False)

    def call(
        self, method: str, path: str, body: Any = None, raw: bytes | None = None, **headers: str
    ) -> Answer:
        data = raw if raw is not None else b"" if body is None else exactjson.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        media_type = sent.pop("Content-Type", "application/json")
        if self.token:
            path += f"{'&' if '?' in path else '?'}token={self.token}"
        response = self.client.generic(
            method, f"/api/v1{path}", data, content_type=media_type, headers=sent
        )
        answer = Answer(response.status_code, response.content, dict(response.headers))
        self._check(answer)
        return answer

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, body)

    def delete(self, path: str, body: Any = None) -> Answer:
        return self.call("DELETE", path, body)

    def user(self, remote_id: str = "A1B2C3D4", **values: Any) -> dict[str, Any]:
        """A user of that id, with a fresh token."""
        sent = {"email": "user@example.com", "locale": "fr", "remote_id": remote_id, **values}
        answer = self.post("/user", sent)
        assert answer.status == 200, answer.content
        found: dict[str, Any] = answer.json
        return found

    def welcome(self, remote_id: str = "A1B2C3D4") -> dict[str, Any]:
        """A user who has accepted the terms."""
        user = self.user(remote_id)
        accepted = Collector(token=user["token"]).post(
            "/terms", {"verification_code": mailed_code()}
        )
        assert accepted.status == 200, accepted.content
        return user

    def connected(self, user_id: str, **values: Any) -> dict[str, Any]:
        """A credential of the user, once the customer has a callback."""
        assert self.post("/customer", {"callback": CALLBACK}).status == 200
        return self.connected_with(user_id, **values)

    def connected_with(self, user_id: str, **values: Any) -> dict[str, Any]:
        """A credential of the user, by the callback that there is."""
        body = {"collector": "folder", "params": {"folder": "in"}, **values}
        answer = self.post(f"/user/{user_id}/credential", body)
        assert answer.status == 200, answer.content
        found: dict[str, Any] = answer.json
        return found

    def _check(self, answer: Answer) -> None:
        assert answer.status == 200 or answer.status >= 400
        assert not [name for name in answer.headers if name.startswith("X-RateLimit")]
        if answer.status == 200:
            return
        assert answer.headers["Content-Type"] == "application/json"
        shape = json.loads(answer.content)
        assert shape["type"] == "error" and shape["message"]
        if answer.status in (404, 500, 502):
            assert shape["reason"] == shape["message"]
        else:
            assert set(shape) == {"type", "message"}


def bearer_for(organization: Organization, *scopes: str) -> str:
    """The secret of a new key of this dialect."""
    _key, secret = create_api_key(
        actor=None,
        at=AT,
        organization_id=organization.pk,
        name="Collector",
        dialect="collector",
        scopes=scopes or tuple(SCOPES),
    )
    return secret


def mailed_code() -> str:
    """The six digits of the newest message's subject."""
    if hasattr(mail, "outbox") and mail.outbox:
        return _CODE.findall(mail.outbox[-1].subject.encode())[0].decode()
    newest = max(Path(configured.EMAIL_FILE_PATH).glob("*.eml"), key=lambda p: p.stat().st_mtime_ns)
    return _CODE.findall(newest.read_bytes().split(b"Subject:")[1])[0].decode()


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.COLLECTOR_FOLDERS = str(tmp_path)


@pytest.fixture
def collector(acme: Organization) -> Collector:
    """acme's bearer with every scope."""
    return Collector(bearer_for(acme))


@pytest.fixture
def theirs(rival: Organization) -> Collector:
    """Mallory's bearer, in another organization."""
    return Collector(bearer_for(rival))
