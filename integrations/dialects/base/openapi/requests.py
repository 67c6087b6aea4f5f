"""What may be sent, as OpenAPI schemas: bodies from Object, parameters from Query."""

import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from integrations.dialects.base import fields as f
from integrations.dialects.base.query import DayRange, FlagText, InstantRange, Query

Schema = dict[str, Any]
_DIGITS = r"^-?[0-9]{1,20}(\.[0-9]{1,20})?$"
_RANGE_WORDS = {
    "": "Exactly this day.",
    "gte": "On or after.",
    "gt": "After.",
    "lte": "On or before.",
    "lt": "Before.",
}

_AMOUNT_WORDS = {
    "": "Exactly this amount.",
    "gte": "This amount or more.",
    "gt": "More than that.",
    "lte": "This amount or less.",
    "lt": "Less than that.",
}


def body_schema(field: f.Field) -> Schema:
    """The schema of a value in a JSON body. Null is what leaving it out is, unless it is needed."""
    schema = _schema(field)
    if not field.required:
        schema["nullable"] = True
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    if field.description:
        schema["description"] = field.description
    return schema


def query_parameters(query: Query) -> list[Schema]:
    """Every parameter of an address, ranges with all their operators."""
    found = []
    for name, field in query.parameters.items():
        if isinstance(field, DayRange):
            found += [_range(name, field, operator) for operator in _RANGE_WORDS]
        else:
            found.append(_parameter(name, _text_schema(field), field))
    return found


@functools.singledispatch
def _schema(field: f.Field) -> Schema:
    """A field beyond the kit describes itself in a method `schema`; a test finds the others."""
    describe: Callable[[], Schema] | None = getattr(field, "schema", None)
    return dict(describe()) if describe else {}


@_schema.register
def _(field: f.Text) -> Schema:
    schema: Schema = {"type": "string", "maxLength": field.most}
    if least := max(field.least, int(field.required)):
        schema["minLength"] = least
    return schema


@_schema.register
def _(field: f.Email) -> Schema:
    schema: Schema = {"type": "string", "maxLength": field.most, "example": "billing@acme.example"}
    if max(field.least, int(field.required)):
        schema["format"] = "email"
    return schema


@_schema.register
def _(field: f.Pattern) -> Schema:
    schema: Schema = {"type": "string", "maxLength": field.most, "example": field.example}
    # Space around it is taken off first, and an empty text empties the field.
    empty = "" if field.required else "|"
    schema["pattern"] = rf"^\s*(({field.pattern}){empty})\s*$"
    return schema


@_schema.register
def _(field: f.Number) -> Schema:
    number: Schema = {"type": "number"}
    if field.least is not None:
        number["minimum"] = _plain(field.least)
    if field.most is not None:
        number["maximum"] = _plain(field.most)
    return {
        "anyOf": [number, {"type": "string", "pattern": _DIGITS}],
        "x-decimal-places": field.places,
    }


@_schema.register
def _(field: f.Whole) -> Schema:
    whole: Schema = {"type": "integer", "minimum": field.least, "maximum": field.most}
    return {"anyOf": [whole, {"type": "string", "pattern": r"^-?[0-9]{1,10}(\.0{1,20})?$"}]}


@_schema.register
def _(field: f.Flag) -> Schema:
    return {"type": "boolean"}


@_schema.register
def _(field: FlagText) -> Schema:
    return {"type": "boolean"}


@_schema.register
def _(field: f.Day) -> Schema:
    return {"type": "string", "format": "date"}


@_schema.register
def _(field: f.Instant) -> Schema:
    return {
        "type": "string",
        "maxLength": 40,
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "example": "2025-01-15T10:30:00Z",
    }


@_schema.register
def _(field: f.Choice) -> Schema:
    return {"type": "string", "enum": list(field.table.accepted)}


@_schema.register
def _(field: f.CurrencyCode) -> Schema:
    return {"type": "string", "pattern": "^[A-Za-z0-9]{3,10}$", "example": "USD"}


@_schema.register
def _(field: f.Id) -> Schema:
    return {
        "type": "string",
        "pattern": f"^{field.prefix}_[a-z2-7]{{26}}$",
        "example": example_id(field.prefix),
    }


@_schema.register
def _(field: f.ListOf) -> Schema:
    item = body_schema(field.item)
    # A null is no item.
    item.pop("nullable", None)
    if "enum" in item:
        item["enum"] = [word for word in item["enum"] if word is not None]
    schema: Schema = {"type": "array", "items": item, "maxItems": field.most}
    if least := max(field.least, int(field.required)):
        schema["minItems"] = least
    return schema


@_schema.register
def _(field: f.Labels) -> Schema:
    texts = {"type": "string", "maxLength": 500}
    return {"type": "object", "maxProperties": 50, "additionalProperties": texts}


@_schema.register
def _(field: f.Object) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {wire: body_schema(each) for wire, each in field.fields.items()},
        "additionalProperties": field.ignore_unknown,
    }
    if field.needed:
        schema["required"] = list(field.needed)
    return schema


def example_id(prefix: str) -> str:
    """What an id with that prefix looks like."""
    return f"{prefix}_agq724ewf53zxmpqdbusol4rby"


def _text_schema(field: f.Field) -> Schema:
    """In a query everything is text, so a number is nothing but a number."""
    schema = _schema(field)
    if isinstance(field, f.Number | f.Whole):
        schema = schema["anyOf"][0]
    return schema


def _parameter(name: str, schema: Schema, field: f.Field) -> Schema:
    parameter: Schema = {"name": name, "in": "query", "required": field.required, "schema": schema}
    if field.description:
        parameter["description"] = field.description
    return parameter


def _range(name: str, field: DayRange, operator: str) -> Schema:
    schema: Schema = {"type": "string", "format": "date"}
    words = _RANGE_WORDS[operator]
    if field.is_amount:
        schema = {"type": "number"}
        words = _AMOUNT_WORDS[operator]
    if isinstance(field, InstantRange):
        schema = {"type": "string", "maxLength": 40, "example": "2025-01-15"}
        words += " A date means that whole day where the organization is; a moment is ISO 8601."
    wire = f"{name}[{operator}]" if operator else name
    parameter = _parameter(wire, schema, field)
    parameter["description"] = f"{field.description} {words}".strip()
    return parameter


def _plain(value: Decimal) -> Any:
    return int(value) if value == value.to_integral_value() else value
