"""An endpoint is a value: what one method of one address takes, needs and answers.

The view reads its query, body and scopes from here, and so do the documents for
integrators, the table of scopes and the tests that hold every answer against its shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import DomainError
from integrations.dialects.base.deprecation import Deprecation
from integrations.dialects.base.fields import Object
from integrations.dialects.base.query import Query
from integrations.dialects.base.shapes import File, Many, Shape

NO_QUERY = Query({})
NO_BODY = Object(fields={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one address.

    `summary` is a short imperative sentence without a full stop; `description` may be
    several in Markdown. `scopes` are all needed. `answer` is None where there is no
    content, `also` what else may be asked for by Accept or by a parameter. `errors` are
    refusals particular to this endpoint; those that any request may meet are known.
    `example` is a body as a client would send it. `deprecated` says that it is going to
    leave, in the document and on every answer.
    """

    summary: str
    scopes: tuple[str, ...]
    answer: Shape | Many | File | None = None
    status: int = 200
    query: Query = NO_QUERY
    body: Object | None = None
    # For bodies that are no JSON object: media type -> OpenAPI schema.
    body_schemas: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    also: tuple[File, ...] = ()
    errors: tuple[type[DomainError], ...] = ()
    description: str = ""
    example: Any = None
    # Answers without credentials.
    is_public: bool = False
    deprecated: Deprecation | None = None


Endpoints = Mapping[str, Endpoint]


def partial_update(endpoint: Endpoint) -> dict[str, Endpoint]:
    """The same under PUT and PATCH: what is not sent stays."""
    return {"PUT": endpoint, "PATCH": endpoint}
