"""Holds an answer of /api/v0 against the schema that its OpenAPI document promises."""

import functools
import json
import re
from typing import Any

import jsonschema_rs

from integrations.dialects.base.shapes import as_schema
from integrations.docs.documents import routes
from tests.answers import plain
from tests.v1 import Answer


@functools.cache
def _answers() -> list[tuple[re.Pattern[str], str, int, Any]]:
    return [
        (
            re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path)),
            method,
            endpoint.status,
            jsonschema_rs.Draft202012Validator(
                plain(as_schema(endpoint.answer)), validate_formats=True
            ),
        )
        for route in routes("wallet")
        for method, endpoint in route.endpoints
    ]


def hold(method: str, path: str, answer: Answer) -> None:
    """Raises AssertionError when the answer is not one that the document promises."""
    bare = path.partition("?")[0]
    for pattern, verb, status, validator in _answers():
        if verb == method and pattern.fullmatch(bare):
            assert answer.status == status
            found = [
                f"{list(each.instance_path)}: {each.message[:200]}"
                for each in validator.iter_errors(json.loads(answer.content))
            ]
            assert found == [], f"{method} {bare}"
            return
    raise AssertionError(f"{method} {bare} is not described")
