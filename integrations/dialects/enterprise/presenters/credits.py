"""The credit note and customer credit objects of /v1."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings

from billing.models import Invoice
from billing.queries.credit import CreditSource
from integrations.dialects.base.figures import money, written
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.presenters.invoices import present_line
from integrations.dialects.enterprise.words import CREDIT_NOTE_STATUSES

Snapshot = Mapping[str, Any]


def present_credit_note(snapshot: Snapshot) -> dict[str, Any]:
    """The whole object, with positive amounts."""
    currency = snapshot["currency"]
    return {
        **present_credit_note_row(snapshot),
        "line_items": [_line(line, currency) for line in snapshot["lines"]],
        "charge_total": written(snapshot["charge_total"]),
        "rounding_amount": written(snapshot["rounding_amount"]),
        "taxes": [
            {
                "name": tax["name"],
                "category": tax["category"],
                "rate": written(tax["rate"]),
                "base": written(tax["base_amount"]),
                "amount": written(tax["tax_amount"]),
            }
            for tax in snapshot["taxes"]
        ],
        "notes": snapshot["notes"],
        "metadata": snapshot["metadata"],
    }


def present_credit_note_row(snapshot: Snapshot) -> dict[str, Any]:
    """A row of a list, from credit_note_state: the object without lines, taxes and texts."""
    note_id = wire_id("credit note", snapshot["uuid"])
    customer, buyer, invoice = snapshot["customer"], snapshot["buyer"], snapshot["invoice"]
    return {
        "id": note_id,
        "object": "credit_note",
        "number": snapshot["number"],
        "status": CREDIT_NOTE_STATUSES.to_wire(snapshot["status"]),
        "customer": {
            "id": wire_id("customer", customer["uuid"]),
            "name": buyer.get("name") or customer["name"],
            "email": buyer.get("email", customer["email"]),
        },
        "invoice_id": invoice and wire_id("invoice", invoice["uuid"]),
        "invoice_number": invoice and invoice["number"],
        "reason": snapshot["reason"],
        "issue_date": snapshot["issue_date"],
        "currency": snapshot["currency"],
        "subtotal": written(snapshot["subtotal"]),
        "discount_total": written(snapshot["discount_total"]),
        "tax_total": written(snapshot["tax_total"]),
        "total": written(snapshot["total"]),
        "amount_applied": written(snapshot["amount_allocated"]),
        "amount_unapplied": written(snapshot["amount_unapplied"]),
        "amount_refunded": written(snapshot["amount_refunded"]),
        "amount_out_of_band": written(snapshot["amount_out_of_band"]),
        "version": snapshot["version"],
        "pdf_url": f"{settings.BASE_URL}/v1/credit-notes/{note_id}/pdf",
        "issued_at": snapshot["issued_at"],
        "sent_at": snapshot["sent_at"],
        "voided_at": snapshot["voided_at"],
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }


def present_customer_credit(customer: uuid.UUID, sources: Sequence[CreditSource]) -> dict[str, Any]:
    """What a customer has in credit, per currency, and where each part comes from."""
    currencies = sorted({source.currency for source in sources})
    return {
        "object": "customer_credit",
        "customer_id": wire_id("customer", customer),
        "balances": [_balance(currency, sources) for currency in currencies],
        "sources": [_source(source) for source in sources],
    }


def present_application(
    customer: uuid.UUID,
    applied: Iterable[tuple[Invoice, int]],
    left: Sequence[CreditSource],
    statuses: Mapping[int, str],
) -> dict[str, Any]:
    """What was settled, and the credit that is left. `statuses` are by invoice."""
    return {
        "object": "credit_application",
        "customer_id": wire_id("customer", customer),
        "applied": [
            {
                "invoice_id": wire_id("invoice", invoice.uuid),
                "number": invoice.number,
                "status": statuses[invoice.pk],
                "amount": money(amount, invoice.currency),
                "amount_due": money(invoice.amount_due, invoice.currency),
                "currency": invoice.currency,
            }
            for invoice, amount in applied
        ],
        "credit": present_customer_credit(customer, left),
    }


def _line(line: Snapshot, currency: str) -> dict[str, Any]:
    credited = line.get("invoice_line")
    return {
        **present_line(line, currency),
        "line_item_id": credited and wire_id("line", credited),
    }


def _balance(currency: str, sources: Sequence[CreditSource]) -> dict[str, Any]:
    def total(kind: str) -> int:
        return sum(
            source.amount_unapplied
            for source in sources
            if (source.currency, source.kind) == (currency, kind)
        )

    overpaid, credited = total("payment"), total("credit_note")
    return {
        "currency": currency,
        "amount": money(overpaid + credited, currency),
        "from_payments": money(overpaid, currency),
        "from_credit_notes": money(credited, currency),
    }


def _source(source: CreditSource) -> dict[str, Any]:
    noun = "payment" if source.kind == "payment" else "credit note"
    return {
        "type": source.kind,
        "id": wire_id(noun, source.uuid),
        "number": source.number,
        "date": source.on,
        "currency": source.currency,
        "amount": money(source.amount, source.currency),
        "amount_unapplied": money(source.amount_unapplied, source.currency),
    }
