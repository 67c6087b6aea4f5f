"""The collection is one that Postman imports: the rules of its schema, version 2.1."""

import json
from collections.abc import Iterator
from typing import Any

from django.test import Client

from integrations.docs.documents import document
from integrations.docs.postman import collection, rendered

Json = dict[str, Any]
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def items() -> Iterator[Json]:
    for folder in collection(document("enterprise"))["item"]:
        yield from folder["item"]


def test_it_names_itself_and_its_schema() -> None:
    info = collection(document("enterprise"))["info"]
    assert info["schema"] == SCHEMA
    assert info["name"] == "InvoiceApp API"
    assert len(info["_postman_id"]) == 36


def test_there_is_a_folder_for_each_chapter() -> None:
    folders = collection(document("enterprise"))["item"]
    assert [each["name"] for each in folders] == [t["name"] for t in document("enterprise")["tags"]]
    assert all(each["item"] for each in folders)


def test_there_is_a_request_for_each_operation() -> None:
    paths = document("enterprise")["paths"]
    assert len(list(items())) == sum(len(methods) for methods in paths.values())


def test_address_and_key_are_variables() -> None:
    whole = collection(document("enterprise"))
    assert [each["key"] for each in whole["variable"]] == ["base_url", "api_key"]
    assert whole["auth"]["bearer"][0]["value"] == "{{api_key}}"
    assert all(each["request"]["url"]["raw"].startswith("{{base_url}}/") for each in items())


def test_each_request_has_what_the_schema_asks_for() -> None:
    for each in items():
        assert each["name"]
        request = each["request"]
        assert request["method"] in ("GET", "POST", "PUT", "PATCH", "DELETE")
        assert all({"key", "value"} <= set(header) for header in request["header"])
        url = request["url"]
        assert url["host"] == ["{{base_url}}"]
        places = {part[1:] for part in url["path"] if part.startswith(":")}
        assert places == {variable["key"] for variable in url["variable"]}
        assert all(isinstance(query["value"], str) for query in url["query"])
        if "body" in request:
            mode = request["body"]["mode"]
            assert mode in ("raw", "file", "urlencoded", "formdata")
            assert mode in request["body"]
            if mode == "raw":
                json.loads(request["body"]["raw"])


def test_each_example_is_a_response() -> None:
    for each in items():
        assert each["response"], each["name"]
        for response in each["response"]:
            assert {"name", "originalRequest", "code", "body", "header"} <= set(response)
            assert 100 <= response["code"] < 600
            if response["body"]:
                json.loads(response["body"])


def test_a_writing_request_makes_its_own_key() -> None:
    create = next(each for each in items() if each["name"] == "Create an invoice")
    headers = {h["key"]: h for h in create["request"]["header"]}
    assert headers["X-Idempotency-Key"]["value"] == "{{$guid}}"
    assert headers["X-Idempotency-Key"]["disabled"] is False
    assert json.loads(create["request"]["body"]["raw"])["discount_value"] == 10


def test_it_is_served_without_a_sign_in(client: Client) -> None:
    answer = client.get("/postman/collection.json")
    assert answer.status_code == 200
    assert answer.content == rendered().content
    again = client.get("/postman/collection.json", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
