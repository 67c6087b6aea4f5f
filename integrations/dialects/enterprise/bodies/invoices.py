"""Bodies about invoices."""

from decimal import Decimal
from typing import Any

from integrations.dialects.base.fields import (
    Choice,
    CurrencyCode,
    Day,
    Email,
    Flag,
    Labels,
    ListOf,
    Number,
    Object,
    Text,
)
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.words import DISCOUNT_TYPES, PAYMENT_METHODS

MOST_LINES = 1_000
MOST_RECIPIENTS = 50
_NAME_LENGTH = 200
_HUNDRED = Decimal(100)

LINE = Object(
    fields={
        "product_id": id_field("product"),
        "description": Text(most=10_000, lines=True),
        "details": Text(most=10_000, lines=True),
        "quantity": Number(required=True, places=6),
        "unit": Text(most=32),
        "unit_price": Number(places=12),
        "tax_profile_id": id_field("tax profile"),
        "tax_profile_ids": ListOf(item=id_field("tax profile"), most=5),
        "discount_percent": Number(places=6, least=Decimal(0), most=_HUNDRED),
        "discount_amount": Number(places=12, least=Decimal(0)),
    },
    computed=frozenset({"id", "object", "subtotal", "tax_percent", "tax_amount", "total"}),
)

_HEADER = {
    "customer_id": id_field("customer", required=True),
    "issue_date": Day(),
    "due_date": Day(),
    "payment_terms_rule": Text(name="payment_terms", most=60, null=None),
    "currency": CurrencyCode(),
    "line_items": ListOf(name="lines", item=LINE, most=MOST_LINES),
    "discount_type": Choice(table=DISCOUNT_TYPES, null=""),
    "discount_value": Number(places=6, least=Decimal(0), null=Decimal(0)),
    "notes": Text(most=10_000, lines=True),
    "terms": Text(most=10_000, lines=True),
    "footer": Text(most=10_000, lines=True),
    "template_id": Text(name="template", most=32, least=1),
    "po_number": Text(name="purchase_order", most=100),
    "reference": Text(most=100),
    "metadata": Labels(),
    "reminders_enabled": Flag(),
    "total": Number(places=12),
}
COMPUTED = frozenset(
    {
        "id",
        "object",
        "number",
        "status",
        "customer",
        "subtotal",
        "discount_total",
        "charge_total",
        "tax_total",
        "taxes",
        "rounding_amount",
        "amount_paid",
        "amount_credited",
        "amount_written_off",
        "amount_due",
        "days_overdue",
        "early_payment",
        "version",
        "pdf_url",
        "public_url",
        "livemode",
        "issued_at",
        "sent_at",
        "viewed_at",
        "paid_at",
        "voided_at",
        "void_reason",
        "created_at",
        "updated_at",
        "payments",
    }
)
UPDATE = Object(fields=_HEADER, computed=COMPUTED).optional()
CREATE = Object(fields={**_HEADER, "auto_send": Flag()}, computed=COMPUTED)

# The document's own first example.
EXAMPLE = {
    "customer_id": "cus_…",
    "issue_date": "2025-01-15",
    "due_date": "2025-02-14",
    "currency": "USD",
    "line_items": [
        {
            "description": "Web Development Services",
            "quantity": 40,
            "unit_price": 150.00,
            "tax_profile_id": "tax_…",
        },
        {"product_id": "prod_…", "quantity": 1},
    ],
    "discount_type": "percent",
    "discount_value": 10,
    "notes": "Payment due within 30 days",
    "terms": "Net 30",
    "template_id": "tmpl_modern",
    "auto_send": False,
}
NOTHING = Object(fields={})
VOID = Object(fields={"reason": Text(most=500)})
SEND = Object(
    fields={
        "to": ListOf(item=Email(least=1), most=MOST_RECIPIENTS),
        "cc": ListOf(item=Email(least=1), most=MOST_RECIPIENTS),
        "bcc": ListOf(item=Email(least=1), most=MOST_RECIPIENTS),
        "subject": Text(most=300),
        "message": Text(most=10_000, lines=True),
        "attach_pdf": Flag(),
        "send_copy_to_self": Flag(),
    }
)
MARK_PAID = Object(
    fields={
        "payment_date": Day(),
        "payment_method": Choice(name="method", table=PAYMENT_METHODS),
        "reference": Text(most=200),
    }
)


def operation_values(values: dict[str, Any]) -> dict[str, Any]:
    """The decoded body as create_invoice and update_invoice take it."""
    if "lines" in values:
        return {**values, "lines": [line_spec(line) for line in values["lines"]]}
    return values


def line_spec(line: dict[str, Any]) -> dict[str, Any]:
    """A line as the operations take it: what /v1 calls description is the item's name."""
    spec = dict(line)
    text, details = spec.pop("description", ""), spec.pop("details", "")
    if text:
        fits = len(text) <= _NAME_LENGTH and "\n" not in text
        spec["name"] = text if fits else text.split("\n", 1)[0][:_NAME_LENGTH].strip()
        spec["description"] = details or ("" if fits else text)
    elif details:
        spec["description"] = details
    for wire, kind in (("discount_percent", "percent"), ("discount_amount", "fixed")):
        amount = spec.pop(wire, None)
        if amount:
            spec["discount_type"], spec["discount_value"] = kind, amount
    return spec
