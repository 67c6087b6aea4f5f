"""A client of /api/integrations for tests: every answer is checked for its shape and headers."""

import datetime
import json
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from accounts.operations.api_keys import create_api_key
from accounts.scopes import SCOPES
from core import exactjson
from tests.instants import AT
from tests.v1 import Answer

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Directory:
    """Calls with one key; refusals must have the document's shape, always."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client(raise_request_exception=False)

    def call(
        self, method: str, path: str, body: Any = None, raw: bytes | None = None, **headers: str
    ) -> Answer:
        data = raw if raw is not None else b"" if body is None else exactjson.dumps(body).encode()
        sent = {"X-Invois-Key": self.secret} if self.secret else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        media_type = sent.pop("Content-Type", "application/json")
        response = self.client.generic(
            method, f"/api/integrations{path}", data, content_type=media_type, headers=sent
        )
        answer = Answer(response.status_code, response.content, dict(response.headers))
        self._check(answer)
        return answer

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, body, None, **headers)

    def put(self, path: str, body: Any = None) -> Answer:
        return self.call("PUT", path, body)

    def made(self, **user: Any) -> dict[str, Any]:
        """A new user."""
        answer = self.post("/users", {"name": "Jane Doe", "email": "jane@example.com", **user})
        assert answer.status == 201, answer.content
        return answer.json

    def _check(self, answer: Answer) -> None:
        assert answer.headers["X-RateLimit-Limit"] == "1000"
        assert answer.headers["X-RateLimit-Remaining"].isdigit()
        assert answer.headers["X-RateLimit-Window"] == "60"
        assert ISO.fullmatch(answer.headers["X-RateLimit-Reset"])
        datetime.datetime.fromisoformat(answer.headers["X-RateLimit-Reset"])
        if answer.status < 400:
            return
        assert answer.headers["Content-Type"] == "application/json"
        shape = json.loads(answer.content)
        if answer.status == 401:
            assert shape == {"error": "Unauthorized: Valid API key required"}
            return
        assert {"error", "message"} <= set(shape) <= {"error", "message", "details"}
        if answer.status != 429:
            for sentences in shape.get("details", {}).values():
                assert sentences and all(isinstance(each, str) for each in sentences)


def directory_key(
    organization: Organization, *scopes: str, is_installation_wide: bool = False
) -> str:
    """The secret of a new key of this dialect."""
    _key, secret = create_api_key(
        actor=None,
        at=AT,
        organization_id=organization.pk,
        name="Directory",
        dialect="directory",
        scopes=scopes or tuple(SCOPES),
        is_installation_wide=is_installation_wide,
    )
    return secret


@pytest.fixture
def directory(acme: Organization) -> Directory:
    """acme's key with every scope."""
    return Directory(directory_key(acme))


@pytest.fixture
def theirs(rival: Organization) -> Directory:
    """Mallory's key, in another organization."""
    return Directory(directory_key(rival))


@pytest.fixture
def everywhere(acme: Organization) -> Directory:
    """An operator's key for the whole installation."""
    return Directory(directory_key(acme, is_installation_wide=True))
