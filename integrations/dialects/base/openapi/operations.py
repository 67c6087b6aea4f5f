"""One endpoint as one OpenAPI operation."""

import re
from typing import Any

from core.errors import Kind
from integrations.dialects.base import bodies
from integrations.dialects.base.endpoint import Endpoint
from integrations.dialects.base.faults import Fault
from integrations.dialects.base.openapi.answers import success
from integrations.dialects.base.openapi.manual import Catalogue, Manual, singular
from integrations.dialects.base.openapi.refusals import Refusal, honours_keys, refusals
from integrations.dialects.base.openapi.requests import body_schema, example_id, query_parameters
from integrations.dialects.base.openapi.routes import Route
from integrations.dialects.base.shapes import Components

Json = dict[str, Any]
EXAMPLE_REQUEST_ID = "req_550e8400e29b41d4a716446655440000"
# An update that may be refused because somebody was faster takes the version it was read at.
_STALE = "version_conflict"
_VERBS = {"GET": "retrieve", "POST": "create", "PUT": "update", "PATCH": "patch"}


def operation(
    manual: Manual,
    route: Route,
    method: str,
    endpoint: Endpoint,
    components: Components,
    catalogue: Catalogue,
) -> Json:
    """The Operation Object; shapes that it names are collected in `components`."""
    chapter = manual.chapter(route.path)
    found: Json = {
        "operationId": operation_id(manual, route, method),
        "tags": [manual.tag(chapter)],
        "summary": endpoint.summary,
        "description": _description(endpoint),
        "parameters": _parameters(manual, route, method, endpoint),
        "x-required-scopes": list(endpoint.scopes),
    }
    if endpoint.is_public:
        found["security"] = []
    elif manual.scheme:
        found["security"] = [{manual.scheme: []}]
        if manual.scoped:
            found["security"].append({manual.scoped: list(endpoint.scopes)})
    if body := _request_body(endpoint):
        found["requestBody"] = body
    if endpoint.deprecated:
        found["deprecated"] = True
        found["x-sunset"] = endpoint.deprecated.sunset.isoformat()
        found["externalDocs"] = {"url": endpoint.deprecated.guide_url}
    found["responses"] = {
        **success(manual, route, method, endpoint, components),
        **failures(manual, refusals(route, method, endpoint), catalogue),
        **{str(status): _unread(manual, words) for status, words in manual.server_refusals.items()},
    }
    return found


def operation_id(manual: Manual, route: Route, method: str) -> str:
    """A name for programs, from the address alone: listCustomers, sendInvoice, getInvoicePdf."""
    below = next(p for p in manual.dialect.prefixes if route.path.startswith(f"{p}/"))
    parts = [part for part in route.path.removeprefix(f"{below}/").split("/") if part]
    names = [part for part in parts if not part.startswith("{")]
    *owners, last = names
    if parts[-1].startswith("{"):
        verb = "delete" if method == "DELETE" else _VERBS[method]
        return verb + "".join(_camel(singular(name)) for name in names)
    # `customers/{id}/invoices` is about one customer, `customers/import` about them all.
    is_one = len(parts) > 1 and parts[-2].startswith("{")
    above = "".join(_camel(singular(name) if is_one else name) for name in owners)
    if method == "GET":
        return f"{'list' if last.endswith('s') and not owners else 'get'}{above}{_camel(last)}"
    if not owners:
        return f"{_VERBS.get(method, 'delete')}{_camel(singular(last))}"
    if last.endswith("s"):
        return f"{_VERBS.get(method, 'delete')}{above}{_camel(singular(last))}"
    verb = last if method == "POST" else f"{method.lower()}-{last}"
    return f"{_camel(verb)[0].lower()}{_camel(verb)[1:]}{above}"


def failures(manual: Manual, found: list[Refusal], catalogue: Catalogue) -> Json:
    """The responses of refusals, by status, with a named example for every code."""
    by_status: dict[int, list[Refusal]] = {}
    for refusal in found:
        by_status.setdefault(manual.dialect.statuses[refusal[0]], []).append(refusal)
    return {str(s): _failure(manual, by_status[s], catalogue) for s in sorted(by_status)}


def example_name(catalogue: Catalogue, kind: Kind, code: str) -> str:
    """The component under which an example of that refusal stands."""
    kinds = catalogue[code].kinds if code in catalogue else (kind,)
    return code if kind is kinds[0] else f"{code}-{kind.value}"


def fault_example(manual: Manual, catalogue: Catalogue, kind: Kind, code: str) -> Json:
    """What the dialect would answer, spelled by the dialect itself."""
    text = catalogue.get(code)
    retry_after = 45 if kind is Kind.RATE_LIMITED else None
    fault = Fault(
        kind,
        code,
        text.example if text else code.replace("_", " "),
        param=(text.param if text and kind in (Kind.INVALID, Kind.MALFORMED) else None) or None,
        retry_after=retry_after,
    )
    return manual.dialect.spell_fault(fault, EXAMPLE_REQUEST_ID)


def _failure(manual: Manual, found: list[Refusal], catalogue: Catalogue) -> Json:
    kinds = {kind for kind, _ in found}
    names = [*manual.rate_headers, "X-Request-ID"]
    if kinds & {Kind.RATE_LIMITED, Kind.UNAVAILABLE}:
        names.append("Retry-After")
    if Kind.UNAUTHENTICATED in kinds:
        names.append("WWW-Authenticate")
    codes = list(dict.fromkeys(code for _, code in found))
    return {
        "description": f"Refused: {', '.join(f'`{code}`' for code in codes)}.",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {
            bodies.JSON: {
                "schema": {"$ref": f"#/components/schemas/{manual.fault.name}"},
                "examples": {
                    code: {"$ref": f"#/components/examples/{example_name(catalogue, kind, code)}"}
                    for kind, code in found
                    if code in catalogue
                },
            }
        },
    }


def _unread(manual: Manual, words: str) -> Json:
    """A refusal by the web server: it knows no limits and no more than that."""
    schema = {"$ref": f"#/components/schemas/{manual.fault.name}"}
    return {"description": words, "content": {bodies.JSON: {"schema": schema}}}


def _description(endpoint: Endpoint) -> str:
    parts = [endpoint.description] if endpoint.description else []
    if endpoint.scopes:
        needed = " and ".join(f"`{scope}`" for scope in endpoint.scopes)
        parts.append(f"Needs {needed}.")
    if endpoint.deprecated:
        until = endpoint.deprecated.sunset.date().isoformat()
        parts.append(f"**Deprecated**: may stop answering on {until}.")
        if endpoint.deprecated.successor:
            parts.append(f"Use `{endpoint.deprecated.successor}` instead.")
    return "\n\n".join(parts)


def _parameters(manual: Manual, route: Route, method: str, endpoint: Endpoint) -> list[Json]:
    found = [_path_parameter(manual, route, name) for name in route.parameters]
    found += query_parameters(endpoint.query)
    found.append({"$ref": "#/components/parameters/X-Request-ID"})
    if honours_keys(route, method):
        found.append({"$ref": "#/components/parameters/X-Idempotency-Key"})
    if any(error.code == _STALE for error in endpoint.errors):
        found.append({"$ref": "#/components/parameters/If-Match"})
    return found


def _path_parameter(manual: Manual, route: Route, name: str) -> Json:
    before = route.path.split("/")
    noun = manual.noun(before[before.index(f"{{{name}}}") - 1])
    schema: Json = {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
    if noun in manual.nouns:
        prefix = manual.nouns[noun]
        schema["example"] = example_id(prefix) if prefix else manual.plain_id
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The id of the {noun}.",
        "schema": schema,
    }


def _request_body(endpoint: Endpoint) -> Json:
    content: Json = {
        media_type: {"schema": schema} for media_type, schema in endpoint.body_schemas.items()
    }
    if endpoint.body is not None:
        schema = body_schema(endpoint.body)
        schema.pop("nullable", None)
        described: Json = {"schema": schema}
        if endpoint.example is not None:
            described["example"] = _with_ids(endpoint.example)
        content[bodies.JSON] = described
    if not content:
        return {}
    is_needed = bool(endpoint.body_schemas) or bool(endpoint.body and endpoint.body.needed)
    return {"required": is_needed, "content": content}


def _with_ids(value: Any) -> Any:
    """The example with ids that look like ids: declarations write `cus_…`."""
    if isinstance(value, dict):
        return {key: _with_ids(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_ids(each) for each in value]
    if isinstance(value, str) and re.fullmatch(r"[a-z]+_…", value):
        return example_id(value[:-2])
    return value


def _camel(words: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[-_ .]", words))
