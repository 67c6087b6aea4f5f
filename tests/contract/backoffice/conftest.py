"""A client of /api/v2 for tests: every answer is checked for its envelope."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from accounts.operations.api_keys import create_api_key
from accounts.scopes import SCOPES
from core import exactjson
from tests.instants import AT
from tests.v1 import Answer

_RATE = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


class V2:
    """Calls with one key; refusals must have the document's shape, always."""

    root = "/api/v2"

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client(raise_request_exception=False)

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        data = raw if raw is not None else b"" if body is None else exactjson.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        media_type = sent.pop("Content-Type", "application/json")
        response = self.client.generic(
            method, f"{self.root}{path}", data, content_type=media_type, headers=sent
        )
        answer = Answer(response.status_code, response.content, dict(response.headers))
        self._check(answer)
        return answer

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, body)

    def put(self, path: str, body: Any = None) -> Answer:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def made(self, path: str, body: Any) -> dict[str, Any]:
        """POST that must succeed; its object."""
        answer = self.post(path, body)
        assert answer.status == 201, answer.content
        return answer.json["data"]

    def _check(self, answer: Answer) -> None:
        assert answer.headers["Content-Type"] == "application/json"
        for name in _RATE:
            assert answer.headers[name].isdigit(), name
        shape = json.loads(answer.content)
        assert shape["success"] is (answer.status < 400)
        if answer.status >= 400:
            assert set(shape) <= {"success", "message", "errors"}
            assert isinstance(shape["message"], str)
            assert all(isinstance(text, str) for text in shape.get("errors", {}).values())


def v2_key(organization: Organization, *scopes: str) -> str:
    """The secret of a new key of this dialect."""
    _key, secret = create_api_key(
        actor=None,
        at=AT,
        organization_id=organization.pk,
        name="Back office",
        dialect="backoffice",
        scopes=scopes or tuple(SCOPES),
    )
    return secret


@pytest.fixture
def v2(acme: Organization) -> V2:
    return V2(v2_key(acme))


@pytest.fixture
def customer(v2: V2) -> dict[str, Any]:
    return v2.made("/customers", {"account": "John Doe", "email": "john@example.com"})
