"""A mail and one of its recipients, as events of /v1 tell of them."""

from collections.abc import Mapping
from typing import Any

from integrations.dialects.enterprise.ids import wire_id

Snapshot = Mapping[str, Any]


def present_message(snapshot: Snapshot) -> dict[str, Any]:
    document, recipient = snapshot["document"], snapshot["recipient"]
    return {
        "id": wire_id("message", snapshot["uuid"]),
        "object": "message",
        "kind": snapshot["kind"],
        "message_id": snapshot["message_id"],
        "document": document
        and {
            "id": wire_id(document["object"].replace("_", " "), document["uuid"]),
            "object": document["object"],
            "number": document["number"],
        },
        "recipient": {
            "email": recipient["address"],
            "role": recipient["role"],
            "status": recipient["status"],
            "detail": recipient["detail"],
        },
        "sent_at": snapshot["sent_at"],
        "created_at": snapshot["created_at"],
    }
