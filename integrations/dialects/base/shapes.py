"""What an answer looks like: the vocabulary in which an endpoint's JSON is described.

    CUSTOMER = Shape(
        name="Customer",
        fields={"id": identifier("cus"), "name": text(), "tags": Many(text())},
    )

The documents for integrators are made from these, and every answer that the tests see is
held against them. `as_schema` spells them as OpenAPI 3.0 does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "whole": {"type": "integer"},
    "flag": {"type": "boolean"},
    "day": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    "open": {"type": "object", "additionalProperties": True},
    "any": {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One plain value. `kind` is a key of _TYPES; an amount is a number, never a text."""

    kind: str
    nullable: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    description: str = ""
    example: Any = None


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one kind of thing."""

    item: "Node"
    description: str = ""
    nullable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A JSON object with exactly these keys; those in `optional` may be missing.

    `name` is its title in the documents and unique within a dialect. `rest` describes the
    values under keys that are not known beforehand.
    """

    name: str
    fields: Mapping[str, "Node"]
    optional: frozenset[str] = frozenset()
    description: str = ""
    nullable: bool = False
    rest: "Node | None" = None


Node = Value | Many | Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An answer that is no JSON: a file of this media type."""

    media_type: str
    description: str = ""


def text(description: str = "", *, example: Any = None) -> Value:
    return Value(kind="text", description=description, example=example)


def number(description: str = "", *, example: Any = None) -> Value:
    """An exact decimal, written with its currency's places where it is an amount."""
    return Value(kind="number", description=description, example=example)


def whole(description: str = "") -> Value:
    return Value(kind="whole", description=description)


def flag(description: str = "") -> Value:
    return Value(kind="flag", description=description)


def day(description: str = "") -> Value:
    return Value(kind="day", description=description)


def moment(description: str = "") -> Value:
    return Value(kind="moment", description=description)


def labels(description: str = "") -> Value:
    """A flat object of texts."""
    return Value(kind="labels", description=description)


def choice(*words: str, description: str = "") -> Value:
    return Value(kind="text", choices=words, description=description)


def identifier(prefix: str, description: str = "") -> Value:
    return Value(kind="text", pattern=f"^{prefix}_", description=description)


def maybe(node: Node) -> Node:
    """The same, or null."""
    return replace(node, nullable=True)


def page_of(row: Shape) -> Shape:
    """The list envelope around rows of that shape."""
    return Shape(
        name=f"{row.name}List",
        fields={
            "object": choice("list"),
            "data": Many(row),
            "has_more": flag("Whether another page follows in this direction."),
            "next_cursor": maybe(text("Send it back as `cursor` for the next page.")),
            "total_count": whole("Rows under these filters; exact up to 10,000."),
        },
    )


@dataclass(slots=True)
class Components:
    """Collects the named shapes that a schema refers to, so that each is written once."""

    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)

    def refer(self, shape: Shape, build: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if shape.name not in self.schemas:
            # Entered before it is built: a shape may contain itself.
            self.schemas[shape.name] = {}
            self.schemas[shape.name] = build()
        return {"$ref": f"#/components/schemas/{shape.name}"}


def as_schema(node: Node, components: Components | None = None) -> dict[str, Any]:
    """The node as an OpenAPI 3.0 schema; with `components`, named shapes become references."""
    if isinstance(node, Shape):
        return _shape_schema(node, components)
    if isinstance(node, Many):
        schema: dict[str, Any] = {"type": "array", "items": as_schema(node.item, components)}
    else:
        schema = dict(_TYPES[node.kind])
        if node.choices:
            # A null must be among the words, or no reader accepts it.
            schema["enum"] = [*node.choices, *([None] if node.nullable else [])]
        if node.pattern:
            schema["pattern"] = node.pattern
        if node.example is not None:
            schema["example"] = node.example
    if node.nullable:
        schema["nullable"] = True
    if node.description:
        schema["description"] = node.description
    return schema


def _shape_schema(shape: Shape, components: Components | None) -> dict[str, Any]:
    def build() -> dict[str, Any]:
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {key: as_schema(each, components) for key, each in shape.fields.items()},
            "additionalProperties": as_schema(shape.rest, components) if shape.rest else False,
        }
        required = [key for key in shape.fields if key not in shape.optional]
        if required:
            schema["required"] = required
        if shape.description:
            schema["description"] = shape.description
        return schema

    if components is None:
        schema = build()
        return {**schema, "nullable": True} if shape.nullable else schema
    reference = components.refer(shape, build)
    return {"nullable": True, "allOf": [reference]} if shape.nullable else reference
