"""An endpoint that is going to leave says so: RFC 9745, RFC 8594, and in the document."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from accounts.models import Organization
from integrations.dialects.base.deprecation import Deprecation
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Object, Text
from integrations.dialects.base.openapi.document import build
from integrations.dialects.base.openapi.manual import Manual
from integrations.dialects.base.openapi.routes import routes_of
from integrations.dialects.base.shapes import Shape, text
from integrations.dialects.base.views import DialectView
from tests.integrations.dialects.base.toy import TOY, UnknownToy
from tests.v1 import key_for

pytestmark = pytest.mark.django_db
LEAVING = Deprecation(
    since=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    sunset=datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC),
    guide="changelog",
    successor="/toy/new",
)
THING = Shape(name="Thing", fields={"said": text()})


class Old(DialectView):
    dialect = TOY
    endpoints: Endpoints = {
        "GET": Endpoint(summary="Read the old thing", scopes=(), answer=THING, deprecated=LEAVING),
        "POST": Endpoint(
            summary="Say something",
            scopes=("invoices:write",),
            body=Object(fields={"said": Text(required=True)}),
            answer=THING,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer({"said": "old"})

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.answer(self.body())


class StrictOld(Old):
    endpoints: Endpoints = {
        "GET": Endpoint(summary="Read", scopes=("invoices:read",), deprecated=LEAVING)
    }


urlpatterns = [
    path("toy/old", Old.as_view()),
    path("toy/strict", StrictOld.as_view()),
    path("toy/rest", UnknownToy.as_view()),
]


@pytest.fixture(autouse=True)
def _addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__, DOCS_URL="https://docs.test"):
        yield


@pytest.fixture
def ask(client: Client, acme: Organization) -> Any:
    secret = key_for(acme, "invoices:write")

    def call(method: str, where: str) -> Any:
        return client.generic(method, where, headers={"Authorization": f"Bearer {secret}"})

    return call


def test_every_answer_says_since_when_and_until_when(ask: Any) -> None:
    answer = ask("GET", "/toy/old")
    assert answer.status_code == 200
    assert answer["Deprecation"] == "@1767225600"
    assert answer["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert answer["Link"] == (
        '<https://docs.test/changelog>; rel="deprecation"; type="text/html",'
        ' </toy/new>; rel="successor-version"'
    )


def test_so_does_a_head_request(ask: Any) -> None:
    assert ask("HEAD", "/toy/old")["Deprecation"] == "@1767225600"


def test_so_does_a_refusal(ask: Any, client: Client) -> None:
    assert ask("GET", "/toy/strict")["Deprecation"] == "@1767225600"
    assert client.get("/toy/old")["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"


def test_another_method_of_the_address_does_not(ask: Any) -> None:
    answer = ask("POST", "/toy/old")
    assert "Deprecation" not in answer
    assert "Sunset" not in answer


def test_without_a_successor_there_is_one_link() -> None:
    alone = Deprecation(since=LEAVING.since, sunset=LEAVING.sunset, guide="guides/versioning")
    assert alone.headers()["Link"] == (
        '<https://docs.test/guides/versioning>; rel="deprecation"; type="text/html"'
    )


def test_the_document_marks_it() -> None:
    manual = Manual(
        dialect=TOY,
        title="Toy",
        version="1",
        description="",
        fault=Shape(name="Oops", fields={"oops": text()}),
    )
    whole = build(
        manual, routes_of(TOY, urlpatterns), {}, base_url="http://toy", docs_url="https://docs.test"
    )
    old = whole["paths"]["/toy/old"]
    assert old["get"]["deprecated"] is True
    assert "may stop answering on 2027-01-01" in old["get"]["description"]
    assert "Use `/toy/new` instead." in old["get"]["description"]
    assert old["get"]["externalDocs"] == {"url": "https://docs.test/changelog"}
    assert "deprecated" not in old["post"]
