"""A plausible value for any schema of the document, for examples in pages and collections."""

from typing import Any

from integrations.docs.documents import Json, resolve

_MOST_DEPTH = 6
_BY_FORMAT = {"date": "2025-01-15", "date-time": "2025-01-15T10:30:00Z", "binary": "…"}
_BY_NAME = {
    "name": "ACME Corporation",
    "currency": "USD",
    "email": "billing@acme.example",
    "country": "US",
    "url": "https://yourapp.example/webhooks",
    "number": "INV-2025-001",
    "livemode": True,
    "has_more": False,
    "next_cursor": None,
    "quantity": 40,
    "unit_price": 150.0,
    "tax_percent": 10,
    "version": 1,
    "total_count": 1,
}
_AMOUNTS = ("total", "amount", "subtotal", "balance", "price", "limit")


def sample(document: Json, schema: Json, name: str = "", depth: int = 0) -> Any:
    """A value that the schema allows; optional keys are shown too."""
    schema = resolve(document, schema)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema and "type" not in schema:
            return sample(document, schema[key][0], name, depth)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if depth > _MOST_DEPTH:
        return {} if kind == "object" else []
    if kind == "object":
        return {
            key: sample(document, each, key, depth + 1)
            for key, each in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [sample(document, schema["items"], name, depth + 1)]
    return _plain(schema, kind, name)


def _plain(schema: Json, kind: Any, name: str) -> Any:
    if name in _BY_NAME:
        return _BY_NAME[name]
    if kind == "boolean":
        return True
    if kind == "integer":
        return max(1, int(schema.get("minimum", 1)))
    if kind == "number":
        return 7128.0 if name.endswith(_AMOUNTS) or name.startswith(_AMOUNTS) else 10
    if kind == "string":
        pattern = schema.get("pattern", "")
        if pattern.endswith("_") and pattern.startswith("^"):
            return f"{pattern[1:]}agq724ewf53zxmpqdbusol4rby"
        return _BY_FORMAT.get(schema.get("format", ""), "text" if name else "")
    return None
