"""The whole document of a dialect: every address, every component, every event."""

import copy
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from http.client import responses
from typing import Any

from integrations.dialects.base import bodies
from integrations.dialects.base.openapi.manual import Catalogue, Manual
from integrations.dialects.base.openapi.operations import (
    example_name,
    fault_example,
    operation,
)
from integrations.dialects.base.openapi.routes import Route
from integrations.dialects.base.shapes import Components, Many, Node, Shape, Value, as_schema

Json = dict[str, Any]
VERSION = "3.0.3"
# A refusal that so many operations share is written once.
_SHARED_FROM = 3


def build(
    manual: Manual, routes: Sequence[Route], catalogue: Catalogue, *, base_url: str, docs_url: str
) -> Json:
    """The OpenAPI Object. `base_url` is where the API answers, `docs_url` where its pages are."""
    components = Components()
    as_schema(manual.fault, components)
    paths: Json = {}
    for route in routes:
        paths[route.path] = {
            method.lower(): operation(manual, route, method, endpoint, components, catalogue)
            for method, endpoint in route.endpoints
        }
    paths |= copy.deepcopy(dict(manual.paths))
    events = _events(manual, routes, components)
    shared = _share(paths)
    parameters = _share_parameters(paths)
    document: Json = {
        "openapi": VERSION,
        "info": _info(manual, docs_url),
        "servers": [{"url": base_url, "description": "This installation"}],
        "externalDocs": {"description": "Guides and errors", "url": docs_url},
        "tags": _tags(manual, routes),
        "paths": paths,
        "components": {
            "schemas": dict(sorted({**components.schemas, **manual.schemas}.items())),
            "responses": shared,
            "examples": _examples(manual, catalogue, [paths, shared]),
            "parameters": {**_PARAMETERS, **parameters},
            "headers": {**_HEADERS, **_rate_headers(manual)},
            "securitySchemes": dict(manual.security_schemes),
        },
    }
    if events:
        document["x-webhooks"] = events
    return document


def shapes_in(routes: Sequence[Route]) -> Iterator[Shape]:
    """Every shape that the endpoints answer with, and those inside them, each once."""
    seen: set[str] = set()
    waiting: list[Node] = [
        endpoint.answer
        for route in routes
        for _, endpoint in route.endpoints
        if isinstance(endpoint.answer, Shape)
    ]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Many):
            waiting.append(node.item)
        elif isinstance(node, Shape) and node.name not in seen:
            seen.add(node.name)
            yield node
            waiting.extend(node.fields.values())


def _info(manual: Manual, docs_url: str) -> Json:
    return {
        "title": manual.title,
        "version": manual.version,
        "description": manual.description,
        "contact": {"name": "Documentation and support", "url": docs_url},
        "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
    }


def _tags(manual: Manual, routes: Sequence[Route]) -> list[Json]:
    chapters = list(manual.tags)
    chapters += [manual.chapter(route.path) for route in routes]
    used = {manual.chapter(route.path) for route in routes}
    used |= {
        chapter
        for chapter, (name, _) in manual.tags.items()
        for methods in manual.paths.values()
        for each in methods.values()
        if name in each.get("tags", ())
    }
    found: dict[str, Json] = {}
    for chapter in dict.fromkeys(chapters):
        # Several chapters may be one to the reader; a tag stands in the document once.
        if chapter in used and manual.tag(chapter) not in found:
            tag: Json = {"name": manual.tag(chapter), "x-chapter": chapter}
            if chapter in manual.tags:
                tag["description"] = manual.tags[chapter][1]
            found[tag["name"]] = tag
    return list(found.values())


def _events(manual: Manual, routes: Sequence[Route], components: Components) -> Json:
    """What is sent to webhooks, by event name, described as the request that a receiver gets."""
    objects = {**_objects(routes), **manual.event_shapes}
    found: Json = {}
    for name in sorted(manual.dialect.event_names | set(manual.dialect.event_aliases)):
        real = manual.dialect.event_aliases.get(name, name)
        about = objects.get(real.partition(".")[0])
        found[name] = {
            "post": {
                "operationId": f"on_{name.replace('.', '_')}",
                "summary": name,
                "description": manual.events.get(real, ""),
                "requestBody": {
                    "required": True,
                    "content": {
                        bodies.JSON: {"schema": as_schema(_event(name, about), components)}
                    },
                },
                "responses": {"200": {"description": "Any 2xx takes the event over."}},
            }
        }
        if real != name:
            found[name]["post"]["x-alias-of"] = real
    return found


def _objects(routes: Sequence[Route]) -> dict[str, Shape]:
    """The fullest shape of each kind of object, by what stands in its `object`."""
    found: dict[str, Shape] = {}
    for shape in shapes_in(routes):
        kind = shape.fields.get("object")
        if not isinstance(kind, Value) or len(kind.choices) != 1 or "id" not in shape.fields:
            continue
        known = found.get(kind.choices[0])
        if known is None or len(known.fields) < len(shape.fields):
            found[kind.choices[0]] = shape
    return found


def _event(name: str, about: Shape | None) -> Shape:
    body: Node = about or Value(kind="open")
    words = "".join(part.capitalize() for part in name.replace(".", "_").split("_"))
    return Shape(
        name=f"{words}Event",
        fields={
            "id": Value(kind="text", pattern="^evt_"),
            "object": Value(kind="text", choices=("event",)),
            "type": Value(kind="text", choices=(name,)),
            "created": Value(kind="whole", description="Epoch seconds."),
            "livemode": Value(kind="flag"),
            "sequence": Value(kind="whole", description="Counts the events of one object."),
            "data": Shape(
                name=f"{words}EventData",
                fields={
                    "object": body,
                    "previous_attributes": Value(
                        kind="open", description="What the changed attributes were before."
                    ),
                },
            ),
        },
    )


def _share(paths: Json) -> Json:
    """Move refusals that several operations share into components, and refer to them."""
    operations = [each for methods in paths.values() for each in methods.values()]
    texts: Counter[tuple[str, str]] = Counter()
    for each in operations:
        for status, response in each["responses"].items():
            if status >= "4" and "$ref" not in response:
                texts[status, json.dumps(response, sort_keys=True, default=str)] += 1
    names: dict[tuple[str, str], str] = {}
    shared: Json = {}
    for key, count in texts.items():
        if count >= _SHARED_FROM:
            phrase = responses.get(int(key[0]), f"Status {key[0]}").title().replace(" ", "")
            number = 1 + sum(1 for known in names if known[0] == key[0])
            names[key] = phrase if number == 1 else f"{phrase}{number}"
            shared[names[key]] = json.loads(key[1])
    for each in operations:
        for status, response in each["responses"].items():
            name = names.get((status, json.dumps(response, sort_keys=True, default=str)))
            if name is not None:
                each["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return shared


def _share_parameters(paths: Json) -> Json:
    """Move query parameters that several operations share into components, likewise."""
    operations = [each for methods in paths.values() for each in methods.values()]
    texts = Counter(
        json.dumps(parameter, sort_keys=True, default=str)
        for each in operations
        for parameter in each.get("parameters", ())
        if parameter.get("in") == "query"
    )
    names: dict[str, str] = {}
    shared: Json = {}
    for text, count in texts.items():
        if count >= _SHARED_FROM:
            parameter = json.loads(text)
            plain = parameter["name"].replace("[", ".").replace("]", "")
            names[text] = next(
                name
                for name in (plain, *(f"{plain}-{number}" for number in range(2, len(texts) + 2)))
                if name not in shared
            )
            shared[names[text]] = parameter
    for each in operations:
        for position, parameter in enumerate(each.get("parameters", ())):
            name = names.get(json.dumps(parameter, sort_keys=True, default=str))
            if name is not None:
                each["parameters"][position] = {"$ref": f"#/components/parameters/{name}"}
    return shared


def _examples(manual: Manual, catalogue: Catalogue, places: Sequence[Json]) -> Json:
    """One example for every code that an operation names."""
    used = json.dumps(places, default=str)
    found: Json = {}
    for code, text in sorted(catalogue.items()):
        for kind in text.kinds:
            if kind not in manual.dialect.statuses or f'"{code}"' not in used:
                continue
            found[example_name(catalogue, kind, code)] = {
                "summary": text.title,
                "description": text.meaning,
                "value": fault_example(manual, catalogue, kind, code),
            }
    return found


def _rate_headers(manual: Manual) -> Json:
    found = {}
    for name, said in manual.rate_headers.items():
        schema = as_schema(Value(kind="whole", description=said) if isinstance(said, str) else said)
        found[name] = {"description": schema.pop("description"), "schema": schema}
    return found


_TEXT = {"type": "string"}
_PARAMETERS: Json = {
    "X-Request-ID": {
        "name": "X-Request-ID",
        "in": "header",
        "description": "Your own id for this request, echoed in the answer and in our log: up to"
        " 128 letters, digits and `. _ : -`. Anything else is replaced by an id of ours.",
        "schema": {"type": "string"},
    },
    "X-Idempotency-Key": {
        "name": "X-Idempotency-Key",
        "in": "header",
        "description": "Makes repeating safe: the same key has one effect within 24 hours.",
        "schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]+$"},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "description": "The `version` you read; the update fails when there is a newer one.",
        "schema": {"type": "string", "pattern": '^("?[0-9]{1,9}"?|\\*)$'},
    },
}
_HEADERS: Json = {
    "X-Request-ID": {"description": "Names this request in our log.", "schema": _TEXT},
    "Location": {"description": "The address of what was made.", "schema": _TEXT},
    "Idempotent-Replayed": {
        "description": "`true` where an earlier answer is given again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "How to say who you are.", "schema": _TEXT},
}
