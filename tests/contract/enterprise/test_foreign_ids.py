"""Every id in every path: somebody else's object answers exactly like one that does not exist.

The rows are all methods of all addresses, from the declarations; one test goes through all of
them, because making one object of each noun for two organizations costs more than the rows.
"""

import re
from typing import Any

import pytest

from accounts.models import Organization
from core.ids import encode_id, uuid7
from core.models import Event
from integrations.dialects.base.openapi.routes import Route
from integrations.dialects.enterprise.ids import PREFIXES
from tests.addresses import collections_of
from tests.contract.enterprise.belongings import (
    FILE,
    NOUNS,
    WORDS,
    everything,
    filled,
    rows,
)
from tests.v1 import V1, Answer

pytestmark = pytest.mark.django_db
# What a body needs before the id in the path is looked at.
BODIES: dict[str, dict[str, Any]] = {
    "refund": {"amount": 1},
    "send": {"to": ["x@y.co"]},
    "contacts": {"name": "Ann"},
    "addresses": {"street": "Dock 4"},
    "attachments": FILE,
    "apply": {"allocations": [{"invoice_id": encode_id("inv", uuid7()), "amount": 1}]},
    "disputes": {"type": "objection", "reason": "Too late"},
    "scheduled-sends": {"send_at": "2027-01-01T09:00:00Z"},
    "webhooks/{id}/replay": {"created": {"gte": "2025-01-01"}},
}


@pytest.fixture(autouse=True)
def _no_limit(acme: Organization, rival: Organization) -> None:
    Organization.objects.update(rate_limit_per_minute=100_000)


def guarded() -> list[tuple[str, Route, int]]:
    """(method, route, which of its ids) for every id in a path that belongs to somebody."""
    return [
        (method, route, place)
        for method, route in rows()
        for place, collection in enumerate(collections_of(route.path))
        if collection not in WORDS
    ]


def body_for(path: str) -> dict[str, Any]:
    below = path.removeprefix("/v1/")
    return BODIES.get(below, BODIES.get(below.rpartition("/")[2], {}))


def unknown(collection: str) -> str:
    return encode_id(PREFIXES[NOUNS[collection]], uuid7())


def blank(answer: Answer) -> tuple[int, str, set[str]]:
    text = re.sub(r"req_\w+|[a-z]+_[a-z2-7]{26}", "*", answer.content.decode())
    return answer.status, text, set(answer.headers)


def test_every_collection_in_a_path_is_tried() -> None:
    named = {each for _, route in rows() for each in collections_of(route.path)}
    assert named - set(WORDS) == set(NOUNS)
    assert len(guarded()) > 100


def test_a_foreign_id_is_not_found(v1: V1, rival_v1: V1) -> None:
    theirs, ours = everything(rival_v1), everything(v1)
    before = Event.objects.count()
    wrong = []
    for method, route, place in guarded():
        collections = collections_of(route.path)
        body = body_for(route.path) if method not in ("GET", "DELETE") else None
        answers = []
        for id in (theirs[collections[place]], unknown(collections[place])):
            ids = [id if at == place else ours[each] for at, each in enumerate(collections)]
            answers.append(v1.call(method, filled(route.path, ids), body))
        foreign, missing = map(blank, answers)
        if foreign[0] != 404 or foreign != missing:
            wrong.append((method, route.path, place, foreign[:2], missing[:2]))
    assert [str(each) for each in wrong] == []
    assert Event.objects.count() == before


def test_ones_own_ids_are_found(v1: V1) -> None:
    """The objects of these tests exist: else every answer above would be right by accident."""
    ours = everything(v1)
    wrong = []
    for method, route in rows():
        collections = collections_of(route.path)
        if method == "GET" and collections and not set(collections) & set(WORDS):
            answer = v1.get(filled(route.path, [ours[each] for each in collections]))
            if answer.status != 200:
                wrong.append((route.path, answer.status, answer.content))
    assert wrong == []
