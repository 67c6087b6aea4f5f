"""What the five dialects call the same things: the table that the tests of all of them read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Organization
from tests.contract.backoffice.conftest import v2_key
from tests.contract.collector.conftest import bearer_for
from tests.contract.directory.conftest import directory_key
from tests.contract.wallet.conftest import v0_pair
from tests.v1 import key_for

Body = dict[str, Any]
_LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
_SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
_MILLISECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """One dialect. `refused(body, status)` says whether a refusal has its shape."""

    name: str
    prefix: str
    headers: Callable[[Organization], dict[str, str]]
    wrong: dict[str, str]
    # Below the prefix: where one is made, where they are listed.
    made_at: str
    listed_at: str
    body: Body
    created: int
    replayed: int
    deleted: int | None
    # Whether deleting answers with words, and the first field that a body needs.
    has_farewell: bool = False
    needed: str
    invalid: int
    # Where the rows of a list are: a key, or the answer itself.
    rows: str = "data"
    around: frozenset[str] = frozenset()
    time: tuple[str, str]
    refused: Callable[[Body, int], bool]
    limits: tuple[str, ...] = _LIMITS

    def one(self, answer: Any) -> Body:
        """The object in the answer to a request that made it."""
        return dict(answer.get("data", answer))


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _pair(organization: Organization) -> dict[str, str]:
    made = v0_pair(organization)
    return {"x-client-key": made.client_key, "x-client-secret": made.secret}


def _enterprise(body: Body, status: int) -> bool:
    error = body["error"]
    needed = {"type", "code", "message", "doc_url"}
    known = needed | {"param", "errors", "limit", "window", "retry_after", "reset_at"}
    has_id = re.fullmatch(r"req_\w+", body["request_id"])
    return needed <= set(error) <= known and has_id is not None


def _wallet(body: Body, status: int) -> bool:
    said = body["message"] if isinstance(body["message"], list) else [body["message"]]
    known = {"statusCode", "message", "error", "retryAfter"}
    return body["statusCode"] == status and set(body) <= known and all(said)


def _backoffice(body: Body, status: int) -> bool:
    sentences = body.get("errors", {}).values()
    return body["success"] is False and bool(body["message"]) and all(map(_is_text, sentences))


def _directory(body: Body, status: int) -> bool:
    if status == 401:
        return body == {"error": "Unauthorized: Valid API key required"}
    return bool(body["error"] and body["message"]) and set(body) <= {"error", "message", "details"}


def _collector(body: Body, status: int) -> bool:
    has_reason = status in (404, 500, 502)
    return body["type"] == "error" and bool(body["message"]) and ("reason" in body) is has_reason


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


TONGUES = (
    Tongue(
        name="enterprise",
        prefix="/v1",
        headers=lambda organization: _bearer(key_for(organization)),
        wrong=_bearer("sk_live_nobody"),
        made_at="/customers",
        listed_at="/customers",
        body={"name": "Initech"},
        created=201,
        replayed=200,
        deleted=204,
        needed="name",
        invalid=422,
        around=frozenset({"object", "has_more", "next_cursor", "total_count"}),
        time=("created_at", _SECONDS),
        refused=_enterprise,
    ),
    Tongue(
        name="wallet",
        prefix="/api/v0",
        headers=_pair,
        wrong={"x-client-key": "ck_nobody", "x-client-secret": "cs_nobody"},
        made_at="/products",
        listed_at="/products",
        body={"name": "Stapler", "price": 5, "currency": "USD"},
        created=201,
        replayed=201,
        deleted=200,
        needed="name",
        has_farewell=True,
        invalid=400,
        rows="",
        time=("created_at", _MILLISECONDS),
        refused=_wallet,
    ),
    Tongue(
        name="backoffice",
        prefix="/api/v2",
        headers=lambda organization: _bearer(v2_key(organization)),
        wrong=_bearer("ak_nobody"),
        made_at="/customers",
        listed_at="/customers",
        body={"account": "Initech", "email": "x@initech.test"},
        created=201,
        replayed=201,
        deleted=200,
        needed="account",
        has_farewell=True,
        invalid=400,
        around=frozenset({"success", "meta"}),
        time=("created_at", _SECONDS),
        refused=_backoffice,
    ),
    Tongue(
        name="directory",
        prefix="/api/integrations",
        headers=lambda organization: {"X-Invois-Key": directory_key(organization)},
        wrong={"X-Invois-Key": "ivk_nobody"},
        made_at="/users",
        listed_at="/users",
        body={"name": "Jane Doe", "email": "jane@initech.test"},
        created=201,
        replayed=201,
        deleted=None,
        needed="name",
        invalid=400,
        around=frozenset({"meta"}),
        time=("createdAt", _SECONDS),
        refused=_directory,
        limits=(*_LIMITS, "X-RateLimit-Window"),
    ),
    Tongue(
        name="collector",
        prefix="/api/v1",
        headers=lambda organization: _bearer(bearer_for(organization)),
        wrong=_bearer("nobody"),
        made_at="/user",
        listed_at="/users",
        body={"email": "user@example.com", "locale": "fr", "remote_id": "A1B2"},
        created=200,
        replayed=200,
        deleted=200,
        needed="remote_id",
        invalid=400,
        rows="",
        time=("createdAt", r"\d{13}"),
        refused=_collector,
        limits=(),
    ),
)
