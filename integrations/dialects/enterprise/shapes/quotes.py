"""The quote object, its row in a list, and what its actions answer."""

from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    choice,
    day,
    labels,
    maybe,
    moment,
    number,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.invoices import LINE, PARTY
from integrations.dialects.enterprise.shapes.resources import TIMES, reference, resource
from integrations.dialects.enterprise.words import DISCOUNT_TYPES, QUOTE_STATUSES

_STATUS = choice(*QUOTE_STATUSES.words)
_ROW: dict[str, Node] = {
    "number": text(),
    "status": _STATUS,
    "customer": PARTY,
    "issue_date": day(),
    "valid_until": day("The last day on which it can be accepted, where the sender is."),
    "currency": text(),
    "subtotal": number(),
    "discount_total": number(),
    "tax_total": number(),
    "total": number(),
    "po_number": text(),
    "reference": text(),
    "version": whole("Rises with every change; send it as If-Match."),
    "invoice_id": maybe(reference("invoice", "What it was converted into.")),
    "pdf_url": maybe(text()),
    "public_url": text("The page where the customer answers it without signing in."),
    "sent_at": maybe(moment("When the first mail server accepted it.")),
    "viewed_at": maybe(moment()),
    "accepted_at": maybe(moment()),
    "accepted_by": maybe(text("The name of the person who accepted it.")),
    "declined_at": maybe(moment()),
    "decline_reason": maybe(text()),
    **TIMES,
}
QUOTE = resource(
    "Quote",
    "quote",
    "quote",
    {
        **_ROW,
        "line_items": Many(LINE),
        "discount_type": maybe(choice(*DISCOUNT_TYPES.words)),
        "discount_value": number(),
        "charge_total": number(),
        "rounding_amount": number(),
        "notes": text(),
        "terms": text(),
        "footer": text(),
        "template_id": text(),
        "metadata": labels(),
    },
)
QUOTE_ROW = resource(
    "QuoteRow", "quote", "quote", _ROW, description="A quote without lines, texts and metadata."
)
QUOTES = page_of(QUOTE_ROW)
SENT = Shape(
    name="SentQuote",
    fields={
        "id": reference("quote"),
        "object": choice("quote"),
        "number": text(),
        "status": _STATUS,
        "sent_at": moment("When the message was taken over."),
        "email_status": Shape(
            name="QuoteEmailStatus",
            fields={"sent_to": Many(text()), "message_id": reference("message")},
        ),
    },
)
