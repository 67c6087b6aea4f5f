"""The OpenAPI document as a Postman collection (v2.1): one folder per chapter, ready to send."""

import functools
import json
import re
import uuid
from typing import Any

from django.conf import settings

from integrations.docs.documents import Json, Rendered, as_bytes, document, resolve
from integrations.docs.samples import sample

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_METHODS = ("get", "post", "put", "patch", "delete")
# What any request may meet is explained once, in the documentation.
_EVERYWHERE = frozenset({"401", "403", "413", "415", "429", "500", "503"})
_PLACE = re.compile(r"{(\w+)}")
_NAMES = uuid.UUID("6f3d5d2a-4b0a-4c27-9d53-0a3f6a3f7c11")


@functools.cache
def rendered() -> Rendered:
    """The collection of /v1 as bytes."""
    whole = collection(document("enterprise"))
    return as_bytes(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def collection(whole: Json) -> Json:
    """The collection of a document. Address and key are variables, so that one import fits all."""
    return {
        "info": {
            # The same for the same API, so that an import replaces the one before it.
            "_postman_id": str(uuid.uuid5(_NAMES, whole["info"]["title"])),
            "name": whole["info"]["title"],
            "description": whole["info"]["description"],
            "version": whole["info"]["version"],
            "schema": SCHEMA,
        },
        "auth": {
            "type": "bearer",
            "bearer": [{"key": "token", "value": "{{api_key}}", "type": "string"}],
        },
        "variable": [
            {"key": "base_url", "value": settings.BASE_URL, "type": "string"},
            {"key": "api_key", "value": "sk_test_…", "type": "string"},
        ],
        "item": [
            {
                "name": tag["name"],
                "description": tag.get("description", ""),
                "item": _items(whole, tag["name"]),
            }
            for tag in whole["tags"]
        ],
    }


def _items(whole: Json, tag: str) -> list[Json]:
    return [
        _item(whole, path, method, methods[method])
        for path, methods in whole["paths"].items()
        for method in _METHODS
        if tag in methods.get(method, {}).get("tags", ())
    ]


def _item(whole: Json, path: str, method: str, operation: Json) -> Json:
    request: Json = {
        "method": method.upper(),
        "description": operation.get("description", ""),
        "header": _headers(whole, operation),
        "url": _url(whole, path, operation),
    }
    if operation.get("security") == []:
        request["auth"] = {"type": "noauth"}
    if "requestBody" in operation:
        request["body"] = _body(whole, operation["requestBody"]["content"])
    return {
        "name": operation["summary"],
        "request": request,
        "response": [
            _response(whole, request, status, resolve(whole, answer))
            for status, answer in operation["responses"].items()
            if status not in _EVERYWHERE
        ],
    }


def _url(whole: Json, path: str, operation: Json) -> Json:
    parameters = [resolve(whole, each) for each in operation.get("parameters", ())]
    places = [each for each in parameters if each["in"] == "path"]
    queries = [each for each in parameters if each["in"] == "query"]
    spelled = _PLACE.sub(r":\1", path)
    return {
        "raw": "{{base_url}}" + spelled,
        "host": ["{{base_url}}"],
        "path": spelled.strip("/").split("/"),
        "variable": [
            {
                "key": each["name"],
                "value": str(each["schema"].get("example", "")),
                "description": each.get("description", ""),
            }
            for each in places
        ],
        "query": [
            {
                "key": each["name"],
                "value": str(each["schema"].get("example", "")),
                "description": each.get("description", ""),
                "disabled": not each.get("required", False),
            }
            for each in queries
        ],
    }


def _headers(whole: Json, operation: Json) -> list[Json]:
    found = [{"key": "Accept", "value": "application/json"}]
    if content := operation.get("requestBody", {}).get("content"):
        found.append({"key": "Content-Type", "value": _media_type(content)})
    for each in operation.get("parameters", ()):
        parameter = resolve(whole, each)
        if parameter["in"] == "header":
            is_key = parameter["name"] == "X-Idempotency-Key"
            header: Json = {"key": parameter["name"], "value": "{{$guid}}" if is_key else ""}
            header["description"] = parameter.get("description", "")
            header["disabled"] = not is_key
            found.append(header)
    return found


def _media_type(content: Json) -> str:
    return "application/json" if "application/json" in content else next(iter(content))


def _body(whole: Json, content: Json) -> Json:
    media_type = _media_type(content)
    described = content[media_type]
    if media_type == "application/json":
        value = described.get("example", sample(whole, described["schema"]))
        return {"mode": "raw", "raw": _pretty(value), "options": {"raw": {"language": "json"}}}
    if media_type == "application/x-www-form-urlencoded":
        fields = resolve(whole, described["schema"]).get("properties", {})
        return {"mode": "urlencoded", "urlencoded": [_form_field(n, f) for n, f in fields.items()]}
    if media_type == "multipart/form-data":
        fields = resolve(whole, described["schema"]).get("properties", {})
        return {"mode": "formdata", "formdata": [_form_field(n, f) for n, f in fields.items()]}
    return {"mode": "file", "file": {"src": ""}}


def _form_field(name: str, schema: Json) -> Json:
    if schema.get("format") == "binary":
        return {"key": name, "type": "file", "src": ""}
    return {"key": name, "value": str(schema.get("example", "")), "type": "text"}


def _response(whole: Json, request: Json, status: str, answer: Json) -> Json:
    content = answer.get("content", {}).get("application/json", {})
    value: Any = None
    if examples := content.get("examples"):
        value = resolve(whole, next(iter(examples.values()))).get("value")
    elif "schema" in content:
        value = sample(whole, content["schema"])
    return {
        "name": f"{status} {answer['description'][:80]}",
        "originalRequest": {key: request[key] for key in ("method", "header", "url")},
        "code": int(status),
        "status": status,
        "header": [{"key": "Content-Type", "value": "application/json"}] if content else [],
        "body": "" if value is None else _pretty(value),
        "_postman_previewlanguage": "json",
    }


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
