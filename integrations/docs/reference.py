"""The document as the pages of the reference need it: chapters of operations, fields as rows."""

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from core.errors import Kind
from integrations.dialects.base.openapi.manual import Manual
from integrations.dialects.base.openapi.operations import fault_example
from integrations.docs.documents import Json, document, resolve
from integrations.docs.errors import catalogue
from integrations.docs.markdown import inline
from integrations.docs.samples import sample

DIALECT = "enterprise"
METHODS = ("get", "post", "put", "patch", "delete")
_MOST_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One field or parameter: name, kind in words, and how deep it lies."""

    name: str
    kind: str
    is_required: bool
    notes: SafeString
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    status: str
    phrase: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: SafeString
    is_deprecated: bool
    scopes: tuple[str, ...]
    parameters: tuple[Row, ...]
    headers: tuple[Row, ...]
    body: tuple[Row, ...]
    body_type: str
    answer: tuple[Row, ...]
    answer_name: str
    status: str
    answer_sample: str
    curl: str
    python: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    slug: str
    name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class EventText:
    name: str
    description: str
    alias_of: str
    sample: str


@functools.cache
def chapters() -> dict[str, Chapter]:
    """Every chapter of the /v1 reference by its slug, in order."""
    whole = document(DIALECT)
    found = {}
    for tag in whole["tags"]:
        operations = tuple(
            _operation(whole, path, method, methods[method])
            for path, methods in whole["paths"].items()
            for method in METHODS
            if tag["name"] in methods.get(method, {}).get("tags", ())
        )
        slug = tag["x-chapter"]
        found[slug] = Chapter(slug, tag["name"], tag.get("description", ""), operations)
    return found


@functools.cache
def events() -> tuple[EventText, ...]:
    """Every event that webhooks get, with an example of what arrives."""
    whole = document(DIALECT)
    return tuple(
        EventText(
            name,
            each["post"]["description"],
            each["post"].get("x-alias-of", ""),
            _pretty(sample(whole, _json_schema(each["post"]["requestBody"]))),
        )
        for name, each in whole.get("x-webhooks", {}).items()
    )


def operations_with(code: str) -> list[tuple[Chapter, Operation]]:
    """Where an error code may come up, unless that is nearly everywhere."""
    found = [
        (chapter, operation)
        for chapter in chapters().values()
        for operation in chapter.operations
        if any(code in problem.codes for problem in operation.problems)
    ]
    total = sum(len(chapter.operations) for chapter in chapters().values())
    return found if len(found) < total // 3 else []


def _operation(whole: Json, path: str, method: str, spec: Json) -> Operation:
    parameters = [resolve(whole, each) for each in spec.get("parameters", ())]
    body, body_type = _body(whole, spec)
    status, answer = _success(whole, spec)
    schema = _json_schema(answer)
    if "anyOf" in schema and "type" not in schema:
        # Full and sparse: the full one is what is explained.
        schema = schema["anyOf"][0]
    example = _example(whole, spec)
    return Operation(
        id=spec["operationId"],
        method=method.upper(),
        path=path,
        summary=spec["summary"],
        description=inline(spec.get("description", "")),
        is_deprecated=spec.get("deprecated", False),
        scopes=tuple(spec.get("x-required-scopes", ())),
        parameters=tuple(_parameter(p) for p in parameters if p["in"] != "header"),
        headers=tuple(_parameter(p) for p in parameters if p["in"] == "header"),
        body=tuple(_rows(whole, body, 0)) if body else (),
        body_type=body_type,
        answer=tuple(_rows(whole, schema, 0)) if schema else (),
        answer_name=_media(answer),
        status=f"{status} {HTTPStatus(int(status)).phrase}",
        answer_sample=_pretty(sample(whole, schema)) if schema else "",
        curl=_curl(path, method, example, body_type),
        python=_python(path, method, example),
        problems=tuple(_problems(whole, spec)),
    )


def _body(whole: Json, spec: Json) -> tuple[Json, str]:
    content = spec.get("requestBody", {}).get("content", {})
    if not content:
        return {}, ""
    media_type, described = next(
        ((m, d) for m, d in content.items() if m == "application/json"),
        next(iter(content.items())),
    )
    return resolve(whole, described["schema"]), media_type


def _success(whole: Json, spec: Json) -> tuple[str, Json]:
    status = next(s for s in spec["responses"] if s < "4")
    return status, resolve(whole, spec["responses"][status])


def _json_schema(holder: Json) -> Json:
    schema: Json = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _media(answer: Json) -> str:
    return ", ".join(answer.get("content", {})) or "no content"


def _example(whole: Json, spec: Json) -> Any:
    described = spec.get("requestBody", {}).get("content", {}).get("application/json")
    if described is None:
        return None
    if "example" in described:
        return described["example"]
    schema = resolve(whole, described["schema"])
    needed = {
        k: v for k, v in schema.get("properties", {}).items() if k in schema.get("required", ())
    }
    return {name: sample(whole, each, name) for name, each in needed.items()} or None


def _parameter(spec: Json) -> Row:
    notes = inline(spec.get("description", ""))
    kind = kind_in_words(spec["schema"])
    return Row(spec["name"], kind, spec.get("required", False), notes)


def _rows(whole: Json, schema: Json, depth: int) -> Iterator[Row]:
    """The fields of an object and, indented, of what lies in them."""
    schema = resolve(whole, schema)
    if schema.get("type") == "array":
        yield from _rows(whole, schema["items"], depth)
        return
    if "anyOf" in schema or "allOf" in schema:
        yield from _rows(whole, (schema.get("anyOf") or schema["allOf"])[0], depth)
        return
    for name, each in schema.get("properties", {}).items():
        solid = resolve(whole, each)
        notes = inline(each.get("description", "") or solid.get("description", ""))
        needed = name in schema.get("required", ())
        yield Row(name, kind_in_words(each, whole), needed, notes, depth)
        if depth < _MOST_DEPTH:
            yield from _rows(whole, each, depth + 1)


def kind_in_words(schema: Json, whole: Json | None = None) -> str:
    """`text, at most 200 characters`, `one of: draft, sent`, `list of objects`."""
    is_nullable = schema.get("nullable", False)
    solid = resolve(whole, schema) if whole else schema
    words = _words(solid, whole)
    return f"{words}, or null" if is_nullable or solid.get("nullable") else words


def _words(schema: Json, whole: Json | None) -> str:
    if "anyOf" in schema or "allOf" in schema:
        parts = schema.get("anyOf") or schema["allOf"]
        return kind_in_words(parts[0], whole)
    if "enum" in schema:
        return f"one of: {', '.join(str(word) for word in schema['enum'] if word is not None)}"
    kind = schema.get("type", "anything")
    if kind == "array":
        most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
        return f"list of {kind_in_words(schema['items'], whole)}{most}"
    if kind == "string":
        most = f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""
        return schema.get("format", "text") + most
    limits = [
        f"{word} {schema[key]}"
        for key, word in (("minimum", "at least"), ("maximum", "at most"))
        if key in schema and abs(schema[key]) < 2**31 - 1
    ]
    name = {"integer": "whole number", "boolean": "true or false"}.get(kind, str(kind))
    return ", ".join([name, *limits])


def _problems(whole: Json, spec: Json) -> Iterator[Problem]:
    for status, response in spec["responses"].items():
        if status >= "4":
            described = resolve(whole, response)["content"]["application/json"]
            codes = tuple(described.get("examples", {}))
            yield Problem(status, HTTPStatus(int(status)).phrase, codes)


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _curl(path: str, method: str, body: Any, body_type: str) -> str:
    lines = [f"curl -X {method.upper()} {settings.BASE_URL}{path}"]
    if method == "get":
        lines = [f"curl {settings.BASE_URL}{path}"]
    lines.append('-H "Authorization: Bearer $INVOICEAPP_KEY"')
    if method in ("post", "put", "patch"):
        lines.append('-H "X-Idempotency-Key: $(uuidgen)"')
    if body is not None:
        lines.append("-H 'Content-Type: application/json'")
        text = _pretty(body).replace("'", "'\\''")
        lines.append(f"-d '{text}'")
    elif body_type and body_type != "application/json":
        lines.append(f"-H 'Content-Type: {body_type}'")
        lines.append("--data-binary @file")
    return " \\\n  ".join(lines)


def _python(path: str, method: str, body: Any) -> str:
    lines = ["import os, uuid, requests", "", f"answer = requests.{method}("]
    lines.append(f'    "{settings.BASE_URL}{path}",')
    headers = ['"Authorization": f"Bearer {os.environ[\'INVOICEAPP_KEY\']}"']
    if method in ("post", "put", "patch"):
        headers.append('"X-Idempotency-Key": str(uuid.uuid4())')
    lines.append(f"    headers={{{', '.join(headers)}}},")
    if body is not None:
        text = _pretty(body).replace("\n", "\n    ")
        for json_word, python_word in (
            (": true", ": True"),
            (": false", ": False"),
            (": null", ": None"),
        ):
            text = text.replace(json_word, python_word)
        lines.append(f"    json={text},")
    lines += [")", "answer.raise_for_status()"]
    if method != "delete":
        lines.append("print(answer.json())")
    return "\n".join(lines)


def example_of(manual: Manual, kind: Kind, code: str) -> str:
    """A refusal with that code, as it is sent."""
    return _pretty(fault_example(manual, catalogue(), kind, code))
