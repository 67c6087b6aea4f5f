"""The document is OpenAPI, says all there is, and is what is served."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from openapi_spec_validator import OpenAPIV30SpecValidator

from accounts.scopes import SCOPES
from integrations.dialects.base.fields import Field, ListOf, Object
from integrations.dialects.base.openapi.document import build, shapes_in
from integrations.dialects.base.openapi.requests import _schema
from integrations.dialects.base.openapi.routes import routes_of
from integrations.dialects.base.query import DayRange
from integrations.dialects.base.shapes import Many, Shape
from integrations.dialects.enterprise.dialect import ENTERPRISE
from integrations.dialects.registry import DIALECTS
from integrations.docs.documents import MANUALS, document, rendered, routes
from integrations.docs.errors import catalogue
from tests.answers import compiled

Json = dict[str, Any]


def operations() -> Iterator[tuple[str, str, Json]]:
    for path, methods in document("enterprise")["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def fields() -> Iterator[tuple[str, Field]]:
    for route in routes("enterprise"):
        for method, endpoint in route.endpoints:
            where = f"{method} {route.path}"
            waiting: list[tuple[str, Field]] = list(endpoint.query.parameters.items())
            if endpoint.body is not None:
                waiting.append(("body", endpoint.body))
            while waiting:
                name, field = waiting.pop()
                yield f"{where}: {name}", field
                if isinstance(field, Object):
                    waiting += field.fields.items()
                elif isinstance(field, ListOf):
                    waiting.append((name, field.item))


def test_it_is_openapi() -> None:
    whole = json.loads(rendered("enterprise", "json").content)
    errors = [
        f"{list(error.path)}: {error.message[:200]}"
        for error in OpenAPIV30SpecValidator(whole).iter_errors()
    ]
    assert errors == []
    assert whole["openapi"] == "3.0.3"


def test_every_dialect_that_is_registered_has_one() -> None:
    assert {each.name for each in DIALECTS} == set(MANUALS)


def test_operations_are_named_once() -> None:
    names = Counter(operation["operationId"] for _, _, operation in operations())
    assert [name for name, count in names.items() if count > 1] == []


def test_every_address_of_the_dialect_is_in_it() -> None:
    described = {(method.upper(), path) for method, path, _ in operations()}
    declared = {
        (method, route.path) for route in routes_of(ENTERPRISE) for method, _ in route.endpoints
    }
    assert declared <= described
    assert len(declared) > 40


def test_two_shapes_never_share_a_name() -> None:
    """A component would silently stand for both."""
    found: dict[str, Shape] = {}
    clashes = set()
    waiting: list[Any] = [
        endpoint.answer for route in routes("enterprise") for _, endpoint in route.endpoints
    ]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Many):
            waiting.append(node.item)
        elif isinstance(node, Shape):
            known = found.setdefault(node.name, node)
            if (dict(known.fields), known.optional, known.rest) != (
                dict(node.fields),
                node.optional,
                node.rest,
            ):
                clashes.add(node.name)
            waiting += node.fields.values()
    assert clashes == set()


def test_every_field_says_what_it_takes() -> None:
    vague = {
        where
        for where, field in fields()
        # A range is several parameters, each described where it is spelled.
        if not isinstance(field, DayRange) and not _schema(field)
    }
    assert vague == set()


def test_every_chapter_and_event_is_told_in_words() -> None:
    whole = document("enterprise")
    assert [tag["name"] for tag in whole["tags"] if "description" not in tag] == []
    silent = [n for n, each in whole["x-webhooks"].items() if not each["post"]["description"]]
    assert silent == []
    assert set(whole["x-webhooks"]) >= {"invoice.paid", "payment.received"}


def test_each_operation_names_its_scopes_in_words_and_for_programs() -> None:
    flows = document("enterprise")["components"]["securitySchemes"]["oauth2"]["flows"]
    assert {name: set(flow["scopes"]) for name, flow in flows.items()} == {
        "authorizationCode": set(SCOPES),
        "clientCredentials": set(SCOPES),
    }
    for method, path, operation in operations():
        if not path.startswith("/v1/"):
            continue
        needed = operation["x-required-scopes"]
        assert operation["security"] == [{"bearerAuth": []}, {"oauth2": needed}], (method, path)
        assert all(f"`{scope}`" in operation["description"] for scope in needed)


def test_refusals_have_a_named_example_for_every_code() -> None:
    examples = document("enterprise")["components"]["examples"]
    for _method, path, operation in operations():
        if path.startswith("/v1/"):
            assert {"400", "401", "403", "429", "500", "503"} <= set(operation["responses"])
    due = examples["amount_exceeds_due"]["value"]["error"]
    assert due["type"] == "validation_error"
    assert due["param"] == "amount"
    assert due["doc_url"].endswith("/errors/amount_exceeds_due")
    assert examples["unknown_parameter-malformed"]["value"]["error"]["type"] == "validation_error"
    assert examples["rate_limit_exceeded"]["value"]["error"]["retry_after"] == 45


def test_examples_of_errors_have_the_form_of_errors() -> None:
    validator = compiled({"$ref": "#/components/schemas/Error"})
    for name, example in document("enterprise")["components"]["examples"].items():
        assert list(validator.iter_errors(example["value"])) == [], name


def test_examples_of_bodies_are_accepted_by_their_own_schema() -> None:
    for method, path, operation in operations():
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if "example" in content:
            errors = compiled(content["schema"]).iter_errors(content["example"])
            assert [error.message for error in errors] == [], (method, path)


def test_ranges_are_parameters_of_their_own() -> None:
    whole = document("enterprise")
    listed = whole["paths"]["/v1/invoices"]["get"]["parameters"]
    names = {
        whole["components"]["parameters"].get(p.get("$ref", "").rpartition("/")[2], p)["name"]
        for p in listed
    }
    assert {"issue_date[gte]", "created_at[lt]", "limit", "cursor", "X-Request-ID"} <= names


def test_a_replay_is_documented_beside_the_first_answer() -> None:
    responses = document("enterprise")["paths"]["/v1/invoices"]["post"]["responses"]
    assert "Idempotent-Replayed" in responses["200"]["headers"]
    assert "Location" in responses["201"]["headers"]
    assert responses["200"]["content"] == responses["201"]["content"]


def test_what_is_served_is_what_the_code_says(client: Client) -> None:
    fresh = build(
        MANUALS["enterprise"],
        routes_of(ENTERPRISE),
        catalogue(),
        base_url="http://testserver",
        docs_url=document("enterprise")["externalDocs"]["url"],
    )
    served = client.get("/openapi.json")
    assert served.status_code == 200
    assert served["Content-Type"].startswith("application/json")
    assert served.json()["paths"].keys() == fresh["paths"].keys()
    assert served.json()["components"]["schemas"].keys() == fresh["components"]["schemas"].keys()


def test_yaml_says_the_same(client: Client) -> None:
    served = client.get("/openapi.yaml")
    assert served["Content-Type"].startswith("application/yaml")
    assert yaml.load(served.content, yaml.CSafeLoader) == client.get("/openapi.json").json()


@pytest.mark.parametrize("format", ["json", "yaml"])
def test_each_dialect_has_its_own_address(client: Client, format: str) -> None:
    assert (
        client.get(f"/docs/api/enterprise.{format}").content
        == rendered("enterprise", format).content
    )


@pytest.mark.parametrize(
    "path", ["/docs/api/nobody.json", "/openapi.xml", "/docs/api/enterprise.md"]
)
def test_others_are_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_client_that_has_it_gets_it_not_again(client: Client) -> None:
    first = client.get("/openapi.json")
    assert "public" in first["Cache-Control"]
    again = client.get("/openapi.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    weak = client.get("/openapi.json", headers={"If-None-Match": f'"x", W/{first["ETag"]}'})
    assert weak.status_code == 304


def test_the_command_writes_it_under_public_addresses(tmp_path) -> None:  # type: ignore[no-untyped-def]
    target = tmp_path / "openapi.json"
    call_command("openapi", "--public", "--write", str(target))
    written = json.loads(target.read_text())
    assert written["servers"][0]["url"] == "https://api.invoiceapp.com"
    assert "testserver" not in target.read_text()


def test_shapes_are_found_once() -> None:
    names = [shape.name for shape in shapes_in(routes("enterprise"))]
    assert len(names) == len(set(names))
