"""In what the five dialects differ, and what all of them keep to: one table, every row tried."""

import json
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Organization
from core import exactjson
from integrations.dialects.base import ratelimit, views
from integrations.dialects.registry import DIALECTS
from tests.contract.tongues import TONGUES, Tongue

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.name),
]
Body = dict[str, Any]


class Speaker:
    """Calls in a dialect; every answer is JSON, with the headers of its limits as spelled."""

    def __init__(self, tongue: Tongue, headers: dict[str, str]) -> None:
        self.tongue, self.headers = tongue, headers
        self.client = Client(raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> HttpResponse:
        data = body if isinstance(body, bytes) else b""
        if body is not None and not isinstance(body, bytes):
            data = exactjson.dumps(body).encode()
        response = self.client.generic(
            method,
            f"{self.tongue.prefix}{path}",
            data,
            content_type="application/json",
            headers={**self.headers, **more},
        )
        if response.content:
            assert response["Content-Type"] == "application/json", response.content[:200]
        spelled = [name for name in response.headers if name.lower().startswith("x-ratelimit")]
        assert sorted(spelled) == sorted(self.tongue.limits)
        return response  # type: ignore[return-value]

    def make(self, **changed: Any) -> HttpResponse:
        return self.call("POST", self.tongue.made_at, {**self.tongue.body, **changed})

    def made(self, **changed: Any) -> Body:
        response = self.make(**changed)
        assert response.status_code == self.tongue.created, response.content
        return self.tongue.one(json.loads(response.content))

    def refused(self, status: int, response: HttpResponse) -> Body:
        """The body of a refusal with that status, in the dialect's shape."""
        body = json.loads(response.content)
        assert response.status_code == status, body
        assert self.tongue.refused(body, status), body
        return dict(body)


@pytest.fixture
def speaker(tongue: Tongue, acme: Organization) -> Speaker:
    return Speaker(tongue, tongue.headers(acme))


def test_none_is_missing(tongue: Tongue) -> None:
    assert {dialect.name for dialect in DIALECTS} == {each.name for each in TONGUES}
    (dialect,) = [dialect for dialect in DIALECTS if dialect.name == tongue.name]
    assert dialect.prefixes[0] == tongue.prefix


def test_c6_creating_answers_its_status_and_its_kind_of_time(speaker: Speaker) -> None:
    field, pattern = speaker.tongue.time
    assert re.fullmatch(pattern, str(speaker.made()[field]))


def test_c6_what_is_wrong_is_refused_by_field(speaker: Speaker) -> None:
    body = speaker.refused(speaker.tongue.invalid, speaker.call("POST", speaker.tongue.made_at, {}))
    assert speaker.tongue.needed in json.dumps(body)


def test_c6_a_list_is_wrapped_as_its_clients_unwrap_it(speaker: Speaker) -> None:
    speaker.made()
    answer = json.loads(speaker.call("GET", speaker.tongue.listed_at).content)
    if not speaker.tongue.rows:
        assert isinstance(answer, list) and len(answer) >= 1
        return
    assert speaker.tongue.around <= set(answer)
    assert len(answer[speaker.tongue.rows]) >= 1


def test_c6_deleting(speaker: Speaker) -> None:
    path = f"{speaker.tongue.made_at}/{speaker.made()['id']}"
    response = speaker.call("DELETE", path)
    if speaker.tongue.deleted is None:
        speaker.refused(405, response)
        return
    assert response.status_code == speaker.tongue.deleted
    assert bool(response.content) is speaker.tongue.has_farewell


def test_c6_the_same_request_again_makes_nothing_new(speaker: Speaker) -> None:
    answers = [
        speaker.call(
            "POST", speaker.tongue.made_at, speaker.tongue.body, **{"X-Idempotency-Key": "once"}
        )
        for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [
        speaker.tongue.created,
        speaker.tongue.replayed,
    ]
    first, again = (speaker.tongue.one(json.loads(each.content))["id"] for each in answers)
    assert first == again


@pytest.mark.parametrize("path", ["", "/", "/nothing-here", "/nothing/../here", "/%00"])
def test_an_unknown_route(speaker: Speaker, path: str) -> None:
    speaker.refused(404, speaker.call("GET", path))


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "BREW"])
def test_a_wrong_method(speaker: Speaker, method: str) -> None:
    response = speaker.call(method, speaker.tongue.listed_at)
    speaker.refused(405, response)
    assert "GET" in response["Allow"]


@pytest.mark.parametrize("raw", [b"{", b"[1]", b'{"a": NaN}', b"\xff", b'{"a":1,"a":2}'])
def test_broken_json(speaker: Speaker, raw: bytes) -> None:
    speaker.refused(400, speaker.call("POST", speaker.tongue.made_at, raw))


def test_too_large(speaker: Speaker) -> None:
    speaker.refused(413, speaker.call("POST", speaker.tongue.made_at, b" " * 1_100_000))


@pytest.mark.parametrize("is_sent", [False, True], ids=["missing", "wrong"])
def test_credentials(tongue: Tongue, acme: Organization, is_sent: bool) -> None:
    nobody = Speaker(tongue, tongue.wrong if is_sent else {})
    response = nobody.call("GET", tongue.listed_at)
    nobody.refused(401, response)
    assert response["WWW-Authenticate"]


def test_another_tenants_id_is_like_an_unknown_one(
    speaker: Speaker, rival: Organization, tongue: Tongue
) -> None:
    theirs = str(Speaker(tongue, tongue.headers(rival)).made()["id"])
    # A person has one address wherever they work.
    other = {"email": "other@initech.test"} if "email" in tongue.body else {}
    mine = str(speaker.made(**other)["id"])
    speaker.call("DELETE", f"{tongue.made_at}/{mine}")
    foreign = speaker.refused(404, speaker.call("GET", f"{tongue.made_at}/{theirs}"))
    if tongue.deleted is None:
        return
    unknown = speaker.refused(404, speaker.call("GET", f"{tongue.made_at}/{mine}"))
    for body in (foreign, unknown):
        body.pop("request_id", None)
    assert json.dumps(foreign).replace(theirs, "") == json.dumps(unknown).replace(mine, "")


def test_too_many(speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    count = ratelimit.count
    monkeypatch.setattr(ratelimit, "count", lambda key, _, seconds: count(key, 2, seconds))
    answers = [speaker.call("GET", speaker.tongue.listed_at) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    speaker.refused(429, answers[-1])
    assert 0 < int(answers[-1]["Retry-After"]) <= 3_600


def test_a_defect_of_ours(speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(views.DialectView, "_answer", fail)
    response = speaker.call("GET", speaker.tongue.listed_at)
    speaker.refused(500, response)
    assert b"secret of the house" not in response.content
