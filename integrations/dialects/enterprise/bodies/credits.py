"""Bodies about credit notes and customer credit."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.errors import InvalidFields
from integrations.dialects.base.fields import (
    Choice,
    CurrencyCode,
    Day,
    Labels,
    ListOf,
    Number,
    Object,
    Text,
)
from integrations.dialects.enterprise.bodies.invoices import LINE, MOST_LINES, line_spec
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.words import PAYMENT_METHODS

_LINE = replace(
    LINE.optional(),
    fields={
        **LINE.optional().fields,
        "line_item_id": id_field("line", name="invoice_line_id"),
    },
)
_AMOUNT = Number(places=12, least=Decimal(0))
CREDIT_NOTE = Object(
    fields={
        "invoice_id": id_field("invoice"),
        "customer_id": id_field("customer"),
        "line_items": ListOf(name="lines", item=_LINE, least=1, most=MOST_LINES),
        "currency": CurrencyCode(),
        "issue_date": Day(),
        "reason": Text(most=500),
        "refund_amount": _AMOUNT,
        "credit_amount": _AMOUNT,
        "out_of_band_amount": _AMOUNT,
        "notes": Text(most=10_000, lines=True),
        "metadata": Labels(),
    },
    computed=frozenset(
        {
            "id",
            "object",
            "number",
            "status",
            "customer",
            "invoice_number",
            "subtotal",
            "discount_total",
            "charge_total",
            "tax_total",
            "taxes",
            "rounding_amount",
            "total",
            "amount_applied",
            "amount_unapplied",
            "amount_refunded",
            "amount_out_of_band",
            "version",
            "pdf_url",
            "livemode",
            "issued_at",
            "sent_at",
            "voided_at",
            "created_at",
            "updated_at",
            "refunds",
        }
    ),
)
_SOURCE = {
    "payment_id": id_field("payment"),
    "credit_note_id": id_field("credit note"),
}
APPLY = Object(
    fields={
        "allocations": ListOf(
            item=Object(
                fields={
                    "invoice_id": id_field("invoice", required=True),
                    "amount": Number(places=12),
                }
            ),
            least=1,
            most=500,
        ),
        "amount": Number(places=12),
        "currency": CurrencyCode(),
        **_SOURCE,
    }
)
APPLY_TO_INVOICE = Object(fields={"amount": Number(places=12), **_SOURCE})
PAY_OUT = Object(
    fields={
        **_SOURCE,
        "amount": Number(places=12),
        "payment_method": Choice(name="method", table=PAYMENT_METHODS),
        "reason": Text(most=500),
        "refund_date": Day(),
    }
)


def credit_note_values(values: dict[str, Any]) -> dict[str, Any]:
    """The decoded body as create_credit_note takes it.

    Lines name a line of the invoice with a quantity, or, without an invoice, are written as
    on an invoice. Raises InvalidFields for a mixture.
    """
    if "lines" not in values:
        return values
    is_of_invoice = values.get("invoice_id") is not None
    errors: list[tuple[str, str, str]] = []
    for position, line in enumerate(values["lines"]):
        where = f"lines.{position}"
        if is_of_invoice:
            errors += [
                (f"{where}.{name}", "unknown_parameter", f"{name} is the invoice line's own")
                for name in sorted(line.keys() - {"invoice_line_id", "quantity"})
            ]
            if line.get("invoice_line_id") is None:
                errors.append((f"{where}.line_item_id", "required", "line_item_id is required"))
            continue
        if "invoice_line_id" in line:
            sentence = "line_item_id needs an invoice_id"
            errors.append((f"{where}.line_item_id", "unknown_parameter", sentence))
        if line.get("quantity") is None:
            errors.append((f"{where}.quantity", "required", "quantity is required"))
    if errors:
        raise InvalidFields(errors)
    if is_of_invoice:
        return values
    return {**values, "lines": [line_spec(line) for line in values["lines"]]}


def apply_values(values: dict[str, Any]) -> dict[str, Any]:
    """The decoded body as apply_credit takes it."""
    if "allocations" not in values:
        return values
    wishes = [(each["invoice_id"], each.get("amount")) for each in values.pop("allocations")]
    return {**values, "wishes": wishes}
