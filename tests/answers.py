"""Holds an answer of /v1 against its OpenAPI document: status, media type, headers and body.

Schemas are compiled once in a process. `fields=` leaves keys out, so those answers are held
against the sparse form; all others against the full one, which has no key too few or many.
"""

import functools
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

import jsonschema_rs
from django.urls import resolve as django_resolve

from integrations.dialects.base.openapi.answers import sparse
from integrations.dialects.base.selection import Selection
from integrations.dialects.base.shapes import as_schema
from integrations.dialects.enterprise.errors import STATUSES
from integrations.dialects.enterprise.expansions import EXPANSIONS
from integrations.docs.documents import document, resolve
from integrations.docs.errors import catalogue

Json = dict[str, Any]
# Without a row in the document: no such address, no such method.
UNDESCRIBED = {400, 401, 404, 405, 413, 429}


def check_answer(
    method: str, path: str, query: str, status: int, headers: Mapping[str, str], content: bytes
) -> None:
    """Raises AssertionError when the answer is not one that the document promises."""
    template, operation = find(method, path)
    if operation is None:
        assert status in UNDESCRIBED, f"{status} at {method} {path}, which is not described"
        check_error(status, content, method)
        return
    where = f"{method} {template} -> {status}"
    responses = operation["responses"]
    assert str(status) in responses, f"{where} is not documented; {content[:300]!r}"
    response = resolve(document("enterprise"), responses[str(status)])
    media_type = headers.get("Content-Type", "").partition(";")[0]
    documented = response.get("content", {})
    if not documented:
        assert content == b"", f"{where} has a body"
        return
    assert media_type in documented, f"{where} came as {media_type}, not {list(documented)}"
    if status >= 400:
        check_error(status, content, method)
    elif media_type == "application/json" and method != "HEAD":
        sent = parse_qs(query, keep_blank_values=True)
        is_sparse = "fields" in sent
        if "expand" in sent:
            validator = _expanded_validator(path, method, sent["expand"][0], is_sparse)
        else:
            validator = _validator(template, method, status, is_sparse)
        _hold(validator, json.loads(content), where)


def check_error(status: int, content: bytes, method: str) -> None:
    """The one form of a refusal, and a code that the catalogue explains for that status."""
    if method == "HEAD":
        return
    shown = json.loads(content)
    _hold(_error_validator(), shown, f"refusal {status}")
    error = shown["error"]
    codes = [error["code"], *(each["code"] for each in error.get("errors", ()))]
    for code in codes:
        assert code in catalogue(), f"{code} is not in integrations/docs/errors.toml"
        statuses = {STATUSES[kind] for kind in catalogue()[code].kinds}
        assert status in statuses, f"{code} came with {status}; the catalogue says {statuses}"


def find(method: str, path: str) -> tuple[str, Json | None]:
    """The address and operation that answer there; None where nothing is described."""
    wanted = "get" if method == "HEAD" else method.lower()
    for pattern, template, methods in _addresses():
        if pattern.fullmatch(unquote(path)):
            return template, methods.get(wanted)
    return path, None


@functools.cache
def _addresses() -> list[tuple[re.Pattern[str], str, Json]]:
    return [
        (re.compile(re.sub(r"{\w+}", "[^/]+", template), re.DOTALL), template, methods)
        for template, methods in document("enterprise")["paths"].items()
    ]


@functools.cache
def _validator(template: str, method: str, status: int, is_sparse: bool) -> Any:
    whole = document("enterprise")
    verb = "get" if method == "HEAD" else method.lower()
    response = resolve(whole, whole["paths"][template][verb]["responses"][str(status)])
    schema = response["content"]["application/json"]["schema"]
    if "anyOf" in schema:
        schema = schema["anyOf"][1 if is_sparse else 0]
    return compiled(schema)


def _expanded_validator(path: str, method: str, expand: str, is_sparse: bool) -> Any:
    """What is expanded takes the place that the document describes in words."""
    view = django_resolve(path).func.view_class
    endpoint = view.endpoints["GET" if method == "HEAD" else method]
    tree = endpoint.query.parameters["expand"].decode(expand)
    shape = Selection(EXPANSIONS, None, tree).answer_shape(endpoint.answer)
    return compiled(as_schema(sparse(shape) if is_sparse else shape))


@functools.cache
def _error_validator() -> Any:
    return compiled({"$ref": "#/components/schemas/Error"})


def compiled(schema: Json) -> Any:
    """A validator for a schema of the document, in which it may refer to components."""
    schemas = plain(document("enterprise")["components"]["schemas"])
    whole = {**plain(schema), "components": {"schemas": schemas}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def plain(value: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: plain(each) for key, each in value.items() if key != "nullable"}
    if value.get("nullable") is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found


def _hold(validator: Any, value: Any, where: str) -> None:
    errors = [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in validator.iter_errors(value)
    ]
    assert errors == [], f"{where}: {errors}"
