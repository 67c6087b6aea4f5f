"""The attachment object of /v1."""

from typing import Any

from billing.models import Attachment
from integrations.dialects.enterprise.ids import wire_id


def present_attachment(attachment: Attachment) -> dict[str, Any]:
    noun, subject = attachment.subject
    shown = wire_id("attachment", attachment.uuid)
    return {
        "id": shown,
        "object": "attachment",
        "attached_to": {"object": noun, "id": wire_id(noun.replace("_", " "), subject.uuid)},
        "filename": attachment.file_name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "send_with_invoice": attachment.send_with_invoice,
        "content_url": f"/v1/attachments/{shown}/content",
        "created_at": attachment.created_at,
    }
