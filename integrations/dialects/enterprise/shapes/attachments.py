"""The attachment object."""

from integrations.dialects.base.shapes import Shape, choice, flag, page_of, text, whole
from integrations.dialects.enterprise.shapes.resources import CREATED, resource

ATTACHMENT = resource(
    "Attachment",
    "attachment",
    "attachment",
    {
        "attached_to": Shape(
            name="AttachedTo",
            fields={
                "object": choice("invoice", "quote", "credit_note", "customer"),
                "id": text(),
            },
        ),
        "filename": text(),
        "media_type": text("Told from the bytes."),
        "size": whole("Bytes."),
        "sha256": text("Of the bytes, in hex."),
        "send_with_invoice": flag("Enclosed in the invoice's mail."),
        "content_url": text(),
        **CREATED,
    },
)
ATTACHMENTS = page_of(ATTACHMENT)
