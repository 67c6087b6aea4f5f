"""The payment link object."""

from integrations.dialects.base.shapes import (
    choice,
    labels,
    maybe,
    moment,
    number,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.resources import TIMES, reference, resource
from integrations.dialects.enterprise.words import PAYMENT_LINK_STATUSES

PAYMENT_LINK = resource(
    "PaymentLink",
    "payment link",
    "payment_link",
    {
        "status": choice(
            *PAYMENT_LINK_STATUSES.words,
            description="`completed`: used as often as it may be, or its invoice is paid or void.",
        ),
        "url": text("Give it to the customer."),
        "invoice_id": maybe(reference("invoice", "The invoice that it asks to pay.")),
        "product_id": maybe(reference("product")),
        "quantity": number(),
        "name": maybe(text()),
        "description": text(),
        "amount": maybe(number("Null: all that is due, or the product's price.")),
        "currency": text(),
        "tax_profile_id": maybe(reference("tax profile", "`amount` includes its tax.")),
        "max_uses": maybe(whole("Null: any number.")),
        "times_used": whole(),
        "expires_at": maybe(moment()),
        "last_used_at": maybe(moment()),
        "deactivated_at": maybe(moment()),
        "metadata": labels(),
        "created_invoice_id": reference(
            "invoice", "Only in `payment_link.used`: what was ordered."
        ),
        "payment_id": reference("payment", "Only in `payment_link.used`: what was paid."),
        **TIMES,
    },
    optional=frozenset({"created_invoice_id", "payment_id"}),
)
PAYMENT_LINKS = page_of(PAYMENT_LINK)
