"""The API key object."""

from integrations.dialects.base.shapes import (
    Many,
    maybe,
    moment,
    page_of,
    text,
)
from integrations.dialects.enterprise.shapes.resources import CREATED, resource

API_KEY = resource(
    "ApiKey",
    "API key",
    "api_key",
    {
        "name": text(),
        "key": text("The secret; shown only when it was just made."),
        "prefix": text("The first characters, to tell keys apart."),
        "scopes": Many(text()),
        "expires_at": maybe(moment()),
        "last_used_at": maybe(moment()),
        "revoked_at": maybe(moment()),
        **CREATED,
    },
    optional=frozenset({"key"}),
)
API_KEYS = page_of(API_KEY)
