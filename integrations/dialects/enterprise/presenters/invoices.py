"""The invoice object of /v1."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings

from integrations.dialects.base.figures import money, price, written
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.presenters.disputes import present_dispute

Snapshot = Mapping[str, Any]
# What a list row is read from: columns of Invoice and of its customer.
ROW_COLUMNS = (
    "pk",
    "uuid",
    "number",
    "status",
    "issue_date",
    "due_date",
    "currency",
    "subtotal",
    "discount_total",
    "tax_total",
    "total",
    "amount_paid",
    "amount_credited",
    "amount_written_off",
    "purchase_order",
    "reference",
    "version",
    "public_token",
    "issued_at",
    "sent_at",
    "viewed_at",
    "paid_at",
    "voided_at",
    "disputed_at",
    "created_at",
    "updated_at",
    "buyer",
    "customer__uuid",
    "customer__name",
    "customer__email",
)


def present_invoice(snapshot: Snapshot, today: datetime.date) -> dict[str, Any]:
    """The whole object. `today` is the organization's civil date, which decides on overdue."""
    currency = snapshot["currency"]
    invoice_id = wire_id("invoice", snapshot["uuid"])
    status = _status(snapshot, today)
    return {
        "id": invoice_id,
        "object": "invoice",
        "number": snapshot["number"],
        "status": status,
        "customer": _customer(snapshot),
        "issue_date": snapshot["issue_date"],
        "due_date": snapshot["due_date"],
        "payment_terms_rule": snapshot.get("payment_terms", ""),
        "early_payment": _early_payment(snapshot),
        "currency": currency,
        "line_items": [present_line(line, currency) for line in snapshot["lines"]],
        "subtotal": written(snapshot["subtotal"]),
        "discount_type": snapshot["discount_type"] or None,
        "discount_value": written(snapshot["discount_value"]),
        "discount_total": written(snapshot["discount_total"]),
        "charge_total": written(snapshot["charge_total"]),
        "tax_total": written(snapshot["tax_total"]),
        "taxes": [_tax(tax) for tax in snapshot["taxes"]],
        "rounding_amount": written(snapshot["rounding_amount"]),
        "total": written(snapshot["total"]),
        "amount_paid": written(snapshot["amount_paid"]),
        "amount_credited": written(snapshot["amount_credited"]),
        "amount_written_off": written(snapshot["amount_written_off"]),
        "amount_due": written(snapshot["amount_due"]),
        **_lateness(status, snapshot["due_date"], today),
        "notes": snapshot["notes"],
        "terms": snapshot["terms"],
        "footer": snapshot["footer"],
        "template_id": snapshot["template"],
        "po_number": snapshot["purchase_order"],
        "reference": snapshot["reference"],
        "metadata": snapshot["metadata"],
        # Events from before reminders do not know it.
        "reminders_enabled": snapshot.get("reminders_enabled", True),
        "version": snapshot["version"],
        "pdf_url": _pdf_url(invoice_id, status),
        "public_url": public_url(snapshot["public_token"]),
        "issued_at": snapshot["issued_at"],
        "sent_at": snapshot["sent_at"],
        "viewed_at": snapshot["viewed_at"],
        "paid_at": snapshot["paid_at"],
        "voided_at": snapshot["voided_at"],
        "void_reason": snapshot["void_reason"] or None,
        # Events from before disputes do not know them.
        "disputed_at": snapshot.get("disputed_at"),
        "dispute": present_dispute(snapshot["dispute"]) if snapshot.get("dispute") else None,
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }


def _early_payment(snapshot: Snapshot) -> dict[str, Any] | None:
    # Events from before early payment do not know it.
    if not snapshot.get("early_discount_percent"):
        return None
    discount = snapshot["early_discount_amount"]
    return {
        "percent": written(snapshot["early_discount_percent"]),
        "until": snapshot["early_discount_until"],
        "discount": written(discount),
        "total": written(snapshot["total"] - discount),
    }


def present_row(row: Snapshot, today: datetime.date) -> dict[str, Any]:
    """A row of a list, from ROW_COLUMNS alone: the object without lines, texts and taxes."""
    currency = row["currency"]
    invoice_id = wire_id("invoice", row["uuid"])
    covered = row["amount_paid"] + row["amount_credited"] + row["amount_written_off"]
    due = 0 if row["status"] == "void" else row["total"] - covered
    status = status_word(
        row["status"],
        is_settled=due == 0,
        is_partial=due < row["total"],
        is_overdue=row["due_date"] < today,
        is_viewed=row["viewed_at"] is not None,
    )
    return {
        "id": invoice_id,
        "object": "invoice",
        "number": row["number"],
        "status": status,
        "customer": {
            "id": wire_id("customer", row["customer__uuid"]),
            "name": row["buyer"].get("name") or row["customer__name"],
            "email": row["buyer"].get("email", row["customer__email"]),
        },
        "issue_date": row["issue_date"],
        "due_date": row["due_date"],
        "currency": currency,
        "subtotal": money(row["subtotal"], currency),
        "discount_total": money(row["discount_total"], currency),
        "tax_total": money(row["tax_total"], currency),
        "total": money(row["total"], currency),
        "amount_paid": money(row["amount_paid"], currency),
        "amount_due": money(due, currency),
        **_lateness(status, row["due_date"], today),
        "po_number": row["purchase_order"],
        "reference": row["reference"],
        "version": row["version"],
        "pdf_url": _pdf_url(invoice_id, status),
        "public_url": public_url(row["public_token"]),
        "issued_at": row["issued_at"],
        "sent_at": row["sent_at"],
        "viewed_at": row["viewed_at"],
        "paid_at": row["paid_at"],
        "voided_at": row["voided_at"],
        "disputed_at": row["disputed_at"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def present_line(line: Snapshot, currency: str) -> dict[str, Any]:
    """One line of a document in that currency."""
    shown = {"id": wire_id("line", line["uuid"])}
    if line["product"]:
        shown["product_id"] = wire_id("product", line["product"])
    return {
        **shown,
        "description": _wording(line),
        "details": line["description"],
        "quantity": written(line["quantity"]),
        "unit": line["unit"],
        "unit_price": price(line["unit_price"], currency),
        "discount_amount": written(line["discount_amount"]),
        "subtotal": written(line["net_amount"]),
        "tax_percent": _tax_percent(line["taxes"]),
        "tax_amount": written(line["tax_amount"]),
        "total": written(line["total"]),
    }


def status_word(
    status: str, *, is_settled: bool, is_partial: bool, is_overdue: bool, is_viewed: bool
) -> str:
    """What billing.queries.invoices.status_word says, from facts instead of a row."""
    if status != "issued":
        return status
    if is_settled:
        return "paid"
    if is_overdue:
        return "overdue"
    if is_partial:
        return "partially_paid"
    return "viewed" if is_viewed else "sent"


def public_url(token: str) -> str:
    """The page a customer opens without signing in."""
    return f"{settings.BASE_URL}/i/{token}"


def _status(snapshot: Snapshot, today: datetime.date) -> str:
    return status_word(
        snapshot["status"],
        is_settled=snapshot["settlement"] == "paid",
        is_partial=snapshot["settlement"] == "partial",
        is_overdue=_day(snapshot["due_date"]) < today,
        is_viewed=snapshot["viewed_at"] is not None,
    )


def _lateness(status: str, due_date: Any, today: datetime.date) -> dict[str, int]:
    return {"days_overdue": (today - _day(due_date)).days} if status == "overdue" else {}


def _day(value: datetime.date | str) -> datetime.date:
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)


def _customer(snapshot: Snapshot) -> dict[str, Any]:
    """As printed on an issued invoice; as the customer is now on a draft."""
    customer, buyer = snapshot["customer"], snapshot["buyer"]
    return {
        "id": wire_id("customer", customer["uuid"]),
        "name": buyer.get("name") or customer["name"],
        "email": buyer.get("email", customer["email"]),
    }


def _wording(line: Snapshot) -> str:
    """/v1 calls an item's name its description. One too long for a name is kept whole apart."""
    name, details = line["name"], line["description"]
    return details if details.startswith(name) else name


def _tax_percent(taxes: list[Snapshot]) -> Decimal | int:
    """The sum of the line's percentages; how they compound shows in the amounts."""
    rates = [Decimal(str(tax["rate"])) for tax in taxes if tax.get("kind", "percent") == "percent"]
    total = sum(rates, Decimal(0))
    return int(total) if total == total.to_integral_value() else total.normalize()


def _tax(tax: Snapshot) -> dict[str, Any]:
    return {
        "name": tax["name"],
        "category": tax["category"],
        "rate": written(tax["rate"]),
        "base": written(tax["base_amount"]),
        "amount": written(tax["tax_amount"]),
    }


def _pdf_url(invoice_id: str, status: str) -> str | None:
    if status == "draft":
        return None
    return f"{settings.BASE_URL}/v1/invoices/{invoice_id}/pdf"
