"""A client of /v1 for tests: short words, exact numbers, and every answer checked for shape."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import Organization
from accounts.operations.api_keys import create_api_key
from accounts.scopes import SCOPES
from core import exactjson
from tests.answers import check_answer
from tests.instants import AT

RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@dataclass
class Answer:
    """What came back. `json` has Decimals for numbers with a point."""

    status: int
    content: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return exactjson.loads(self.content)

    @property
    def error(self) -> dict[str, Any]:
        return self.json["error"]

    @property
    def id(self) -> str:
        return str(self.json["id"])


@dataclass
class V1:
    """Calls with one key. Refusals must have /v1's shape, always."""

    secret: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        """`path` is below /v1; `headers` are spelled with underscores."""
        sent = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        media_type = sent.pop("Content-Type", "application/json")
        data = raw if raw is not None else (b"" if body is None else exactjson.dumps(body).encode())
        response = self.client.generic(
            method, f"/v1{path}", data, content_type=media_type, headers=sent
        )
        answer = Answer(response.status_code, response.getvalue(), dict(response.headers))
        check_shape(method, answer)
        where, _, query = path.partition("?")
        check_answer(method, f"/v1{where}", query, answer.status, answer.headers, answer.content)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, None, raw=None, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, body, raw=None, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("PUT", path, body, raw=None, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.call("DELETE", path, None, raw=None, **headers)

    def made(self, path: str, body: Any) -> dict[str, Any]:
        """POST that must succeed; its object."""
        answer = self.post(path, body)
        assert answer.status == 201, answer.content
        return answer.json


def check_shape(method: str, answer: Answer) -> None:
    """What holds for every answer under /v1, whatever it is about."""
    for name in (*RATE_HEADERS, "X-Request-ID"):
        assert name in answer.headers, name
    assert answer.headers["X-RateLimit-Reset"].isdigit()
    if answer.status < 400:
        return
    assert answer.headers["Content-Type"] == "application/json"
    if method == "HEAD":
        return
    shape = json.loads(answer.content)
    assert set(shape) == {"error", "request_id"}
    assert shape["request_id"] == answer.headers["X-Request-ID"]
    error = shape["error"]
    assert {"type", "code", "message", "doc_url"} <= set(error)
    assert set(error) <= {"type", "code", "message", "param", "doc_url", "retry_after", "errors"}
    assert error["doc_url"].endswith(f"/errors/{error['code']}")


def key_for(organization: Organization, *scopes: str) -> str:
    """The secret of a new key with these scopes, or with all of them."""
    _key, secret = create_api_key(
        actor=None,
        at=AT,
        organization_id=organization.pk,
        name="Test key",
        scopes=scopes or tuple(SCOPES),
    )
    return secret
