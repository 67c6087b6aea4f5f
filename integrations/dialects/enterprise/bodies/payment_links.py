"""Bodies about payment links."""

from decimal import Decimal

from integrations.dialects.base.fields import (
    CurrencyCode,
    Instant,
    Labels,
    Number,
    Object,
    Text,
    Whole,
)
from integrations.dialects.enterprise.ids import id_field

PAYMENT_LINK = Object(
    fields={
        "invoice_id": id_field("invoice"),
        "product_id": id_field("product"),
        "quantity": Number(places=6, least=Decimal(0)),
        "name": Text(most=200),
        "description": Text(most=10_000, lines=True),
        "amount": Number(places=12),
        "currency": CurrencyCode(),
        "tax_profile_id": id_field("tax profile"),
        "max_uses": Whole(least=1, most=1_000_000, null=None),
        "expires_at": Instant(null=None),
        "metadata": Labels(),
    },
    computed=frozenset(
        {
            "id",
            "object",
            "status",
            "url",
            "times_used",
            "last_used_at",
            "deactivated_at",
            "livemode",
            "created_at",
            "updated_at",
            "created_invoice_id",
            "payment_id",
        }
    ),
)
