"""Bodies about quotes."""

from integrations.dialects.base.fields import Day, Object, Text
from integrations.dialects.enterprise.bodies.invoices import COMPUTED as INVOICE_COMPUTED
from integrations.dialects.enterprise.bodies.invoices import CREATE as INVOICE

# A quote is written as an invoice is, but for what follows from money being owed.
_SHARED = (
    "customer_id",
    "issue_date",
    "currency",
    "line_items",
    "discount_type",
    "discount_value",
    "notes",
    "terms",
    "footer",
    "template_id",
    "po_number",
    "reference",
    "metadata",
)
COMPUTED = INVOICE_COMPUTED | {
    "accepted_at",
    "accepted_by",
    "declined_at",
    "decline_reason",
    "invoice_id",
    "total",
}
CREATE = Object(
    fields={**{name: INVOICE.fields[name] for name in _SHARED}, "valid_until": Day()},
    computed=COMPUTED,
)
UPDATE = CREATE.optional()
ACCEPT = Object(fields={"accepted_by": Text(most=200)})
DECLINE = Object(fields={"reason": Text(most=500)})
EXAMPLE = {
    "customer_id": "cus_…",
    "valid_until": "2025-02-14",
    "line_items": [
        {"description": "Web Development Services", "quantity": 40, "unit_price": 150.00},
        {"product_id": "prod_…", "quantity": 1},
    ],
    "discount_type": "percent",
    "discount_value": 10,
    "notes": "We look forward to working with you",
}
