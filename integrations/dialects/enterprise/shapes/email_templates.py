"""Email templates as /v1 shows them."""

from integrations.dialects.base.shapes import Many, Shape, choice, flag, maybe, moment, text
from integrations.mail.words import LANGUAGES
from integrations.models import EmailTemplate

EMAIL_TEMPLATE = Shape(
    name="EmailTemplate",
    fields={
        "object": choice("email_template"),
        "kind": choice(*EmailTemplate.Kind.values),
        "language": choice(*LANGUAGES),
        "subject": text(),
        "message": text(),
        "is_default": flag("In the product's words."),
        "placeholders": Many(text(), "What may stand in braces."),
        "updated_at": maybe(moment()),
    },
)
EMAIL_TEMPLATES = Shape(
    name="EmailTemplateList",
    fields={"object": choice("list"), "data": Many(EMAIL_TEMPLATE), "has_more": flag()},
)
