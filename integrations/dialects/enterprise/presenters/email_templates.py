"""Email templates of /v1."""

from typing import Any

from integrations.mail.naming import PLACEHOLDERS
from integrations.mail.templates import Words


def present_email_template(words: Words) -> dict[str, Any]:
    return {
        "object": "email_template",
        "kind": words.kind,
        "language": words.language,
        "subject": words.subject,
        "message": words.message,
        "is_default": words.is_default,
        "placeholders": list(PLACEHOLDERS[words.kind]),
        "updated_at": words.updated_at,
    }
