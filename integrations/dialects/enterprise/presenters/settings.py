"""The API key object of /v1."""

from typing import Any

from accounts.models import ApiKey
from integrations.dialects.enterprise.ids import wire_id


def present_api_key(key: ApiKey, *, secret: str = "") -> dict[str, Any]:
    """The key; its secret only when it was just made, else its first characters."""
    return {
        "id": wire_id("API key", key.uuid),
        "object": "api_key",
        "name": key.name,
        **({"key": secret} if secret else {}),
        "prefix": key.prefix,
        "scopes": key.scopes,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }
