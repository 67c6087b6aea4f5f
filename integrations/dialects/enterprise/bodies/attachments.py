"""Bodies that bring a file."""

from integrations.dialects.base.fields import Flag, Object, Text
from integrations.dialects.base.uploads import FORM, Base64

ATTACHMENT = Object(
    fields={
        "filename": Text(name="file_name", required=True, most=200),
        "content_base64": Base64(name="content", required=True),
        "send_with_invoice": Flag(description="Enclose it in the invoice's mail."),
    },
    computed=frozenset({"id", "object", "livemode", "media_type", "size", "sha256", "created_at"}),
)
LOGO = Object(
    fields={
        "filename": Text(name="file_name", most=200),
        "content_base64": Base64(name="content", required=True),
    }
)
_FILE = {"type": "string", "format": "binary"}
ATTACHMENT_FORM = {
    FORM: {
        "type": "object",
        "required": ["file"],
        "properties": {"file": _FILE, "send_with_invoice": {"type": "boolean"}},
    }
}
LOGO_FORM = {FORM: {"type": "object", "required": ["file"], "properties": {"file": _FILE}}}
