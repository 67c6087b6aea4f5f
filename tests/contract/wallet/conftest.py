"""A client of /api/v0 for tests: every answer is checked for its shape and headers."""

import datetime
import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from accounts.operations.api_keys import create_api_key
from accounts.scopes import SCOPES
from core import exactjson
from tests.contract.wallet.holding import hold
from tests.v1 import Answer

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
}
ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
NOW = datetime.datetime.now(datetime.UTC)


def day(offset: int) -> str:
    """A civil date so many days from now, as it is sent."""
    return (NOW.date() + datetime.timedelta(days=offset)).isoformat()


def shown_day(offset: int) -> str:
    return f"{day(offset)}T00:00:00.000Z"


class V0:
    """Calls with one key pair; refusals must have the document's shape, always."""

    def __init__(self, client_key: str, secret: str) -> None:
        self.client_key, self.secret = client_key, secret
        self.client = Client(raise_request_exception=False)

    def call(
        self, method: str, path: str, body: Any = None, raw: bytes | None = None, **headers: str
    ) -> Answer:
        data = raw if raw is not None else b"" if body is None else exactjson.dumps(body).encode()
        sent = {"x-client-key": self.client_key, "x-client-secret": self.secret}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.client.generic(
            method, f"/api/v0{path}", data, content_type="application/json", headers=sent
        )
        answer = Answer(response.status_code, response.content, dict(response.headers))
        self._check(method, f"/api/v0{path}", answer)
        return answer

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, body, None, **headers)

    def put(self, path: str, body: Any = None) -> Answer:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any = None) -> Answer:
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def made(self, path: str, body: Any) -> dict[str, Any]:
        """POST that must succeed; its object."""
        answer = self.post(path, body)
        assert answer.status == 201, answer.content
        return answer.json

    def _check(self, method: str, path: str, answer: Answer) -> None:
        assert answer.headers["Content-Type"] == "application/json"
        for name in ("Limit", "Remaining", "Reset"):
            assert answer.headers[f"X-RateLimit-{name}"].isdigit()
        shape = json.loads(answer.content)
        if answer.status < 400:
            hold(method, path, answer)
            return
        assert {"statusCode", "message", "error"} <= set(shape)
        assert set(shape) - {"statusCode", "message", "error", "retryAfter"} == set()
        assert (shape["statusCode"], shape["error"]) == (answer.status, TITLES[answer.status])
        said = shape["message"] if isinstance(shape["message"], list) else [shape["message"]]
        assert said and all(isinstance(each, str) and each for each in said)


def v0_pair(organization: Organization, *scopes: str, name: str = "My Business App") -> V0:
    """A client with a new key pair of the application of that name."""
    key, secret = create_api_key(
        actor=None,
        at=NOW,
        organization_id=organization.pk,
        name=name,
        dialect="wallet",
        scopes=scopes or tuple(SCOPES),
    )
    return V0(key.client_key, secret)


@pytest.fixture
def v0(acme: Organization) -> V0:
    return v0_pair(acme)


@pytest.fixture
def rivals(rival: Organization) -> V0:
    return v0_pair(rival)


@pytest.fixture
def customer(v0: V0) -> dict[str, Any]:
    return v0.made(
        "/customers",
        {
            "first_name": "John",
            "last_name": "Doe",
            "email": "client@example.com",
            "phone_number": "+1-555-123-4567",
        },
    )


@pytest.fixture
def wallet(v0: V0) -> dict[str, Any]:
    body = {"name": "Main", "currency": "USDC", "blockchain": "ETHEREUM", "address": ADDRESS}
    return v0.made("/wallets", body)


@pytest.fixture
def product(v0: V0) -> dict[str, Any]:
    return v0.made(
        "/products", {"name": "Website Development", "price": 2500.00, "currency": "USD"}
    )


@pytest.fixture
def tax(v0: V0) -> dict[str, Any]:
    return v0.made("/taxes", {"name": "Standard Sales Tax", "percentage": 8.5})


@pytest.fixture
def basic(
    customer: dict[str, Any], wallet: dict[str, Any], product: dict[str, Any]
) -> dict[str, Any]:
    """The document's first request, its ids and date moved."""
    return {
        "name": "Website Development Services",
        "email": "client@example.com",
        "customer_id": customer["id"],
        "walletId": wallet["id"],
        "items": [{"product_id": product["id"], "quantity": 1}],
        "due_date": day(30),
        "delivery": "EMAIL",
        "payment_link": True,
        "payment_methods": ["CRYPTO", "BANK_TRANSFER"],
        "status": "OPEN",
        "partial_payment": False,
    }
