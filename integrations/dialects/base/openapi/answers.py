"""Answers of an operation: their media types, headers and schemas, full and sparse."""

from dataclasses import replace
from typing import Any

from integrations.dialects.base import bodies
from integrations.dialects.base.endpoint import Endpoint
from integrations.dialects.base.fields import Field
from integrations.dialects.base.openapi.manual import Manual
from integrations.dialects.base.openapi.refusals import honours_keys
from integrations.dialects.base.openapi.routes import Route
from integrations.dialects.base.query import Query
from integrations.dialects.base.selection import Expansions, kind_of
from integrations.dialects.base.shapes import Components, File, Many, Node, Shape, as_schema

Json = dict[str, Any]
# The parameter that leaves keys out of an answer.
SELECTION = "fields"


def sparse(node: Node) -> Node:
    """The same with every key optional: what an answer is when only some fields are asked for.

    The envelope of a list keeps its keys; its rows lose theirs.
    """
    if isinstance(node, Many):
        return replace(node, item=sparse(node.item))
    if not isinstance(node, Shape):
        return node
    if is_list(node):
        fields = {**node.fields, "data": sparse(node.fields["data"])}
        return replace(node, name=f"{node.name}Sparse", fields=fields)
    return replace(
        node,
        name=f"{node.name}Sparse",
        fields={key: sparse(each) for key, each in node.fields.items()},
        optional=frozenset(node.fields),
    )


def sparse_schema(node: Node, components: Components, expansions: Expansions) -> Json:
    """The sparse form as a schema, with what may be expanded in each object.

    Objects refer to each other in circles, so this is a schema from the start, by name.
    """
    if isinstance(node, Many):
        schema: Json = {"type": "array", "items": sparse_schema(node.item, components, expansions)}
        return {**schema, "nullable": True} if node.nullable else schema
    if not isinstance(node, Shape):
        return as_schema(node, components)

    def build() -> Json:
        properties = {
            key: sparse_schema(each, components, expansions) for key, each in node.fields.items()
        }
        for key, expansion in expansions.get(kind_of(node), {}).items():
            whole = sparse_schema(expansion.shape, components, expansions)
            properties[key] = {"anyOf": [properties[key], whole]} if key in properties else whole
        rest = as_schema(node.rest, components) if node.rest else False
        return {
            "type": "object",
            "properties": properties,
            "additionalProperties": rest,
            **({"required": [key for key in node.fields if key != "data"]} if is_page else {}),
        }

    is_page = is_list(node)
    reference = components.refer(replace(node, name=f"{node.name}Sparse"), build)
    return {"nullable": True, "allOf": [reference]} if node.nullable else reference


def is_list(shape: Shape) -> bool:
    """Whether that is the envelope of a page."""
    return {"data", "has_more"} <= shape.fields.keys()


def is_selective(query: Query) -> bool:
    """Whether the caller may choose the fields of the answer."""
    return isinstance(query.parameters.get(SELECTION), Field)


def success(
    manual: Manual, route: Route, method: str, endpoint: Endpoint, components: Components
) -> Json:
    """The responses of an operation that did what it was asked, by status."""
    answer: Json = {"description": _description(endpoint)}
    answer["headers"] = _headers(manual, endpoint.status == 201)
    content = _content(manual, endpoint, components)
    if content:
        answer["content"] = content
    found = {str(endpoint.status): answer}
    if honours_keys(route, method):
        rule = manual.dialect.idempotency
        status = (rule.replay_status if rule else None) or endpoint.status
        replayed = {"Idempotent-Replayed": {"$ref": "#/components/headers/Idempotent-Replayed"}}
        if status == endpoint.status or not content:
            answer["headers"] |= replayed
        else:
            found[str(status)] = {
                **answer,
                "description": "The answer to an earlier request with the same idempotency key.",
                "headers": {**answer["headers"], **replayed},
            }
    return found


def _description(endpoint: Endpoint) -> str:
    if endpoint.answer is None:
        return "Done; there is no content."
    return endpoint.answer.description or "Done."


def _content(manual: Manual, endpoint: Endpoint, components: Components) -> Json:
    content: Json = {}
    if isinstance(endpoint.answer, Shape | Many):
        schema = as_schema(endpoint.answer, components)
        if is_selective(endpoint.query):
            thin = sparse_schema(endpoint.answer, components, manual.expansions)
            schema = {"anyOf": [schema, thin]}
        content[bodies.JSON] = {"schema": schema}
    elif isinstance(endpoint.answer, File):
        content |= _file(endpoint.answer)
    for each in endpoint.also:
        content |= _file(each)
    return content


def _file(file: File) -> Json:
    return {file.media_type: {"schema": {"type": "string", "format": "binary"}}}


def _headers(manual: Manual, is_created: bool) -> Json:
    names = [*manual.rate_headers, "X-Request-ID", *(["Location"] if is_created else [])]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
