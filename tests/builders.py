"""Rows as tests need them, built by calling the operations: never an impossible state."""

from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from billing.models import Customer, Invoice, Product, Quote, TaxProfile, Ticket, Transaction
from billing.operations.customers import create_customer
from billing.operations.invoices import create_invoice
from billing.operations.issuing import issue_invoice
from billing.operations.products import create_product
from billing.operations.quotes import create_quote
from billing.operations.tax_profiles import create_tax_profile
from billing.operations.tickets import open_ticket
from billing.operations.transactions import record_transaction
from tests.instants import AT, TODAY


def customer(actor: Actor, name: str = "Globex Corporation", **fields: Any) -> Customer:
    """A business that pays in USD."""
    return create_customer(
        **{"actor": actor, "at": AT, "name": name, "email": "ap@globex.test", **fields}
    )


def tax_profile(actor: Actor, rate: str = "10", **fields: Any) -> TaxProfile:
    """A percentage, called after its rate."""
    return create_tax_profile(
        **{"actor": actor, "at": AT, "name": f"VAT {rate} %", "rate": Decimal(rate), **fields}
    )


def product(actor: Actor, price: str = "1200.00", **fields: Any) -> Product:
    return create_product(
        **{
            "actor": actor,
            "at": AT,
            "name": "Annual Web Hosting",
            "unit_price": Decimal(price),
            **fields,
        }
    )


def line(price: str, quantity: str = "1", **fields: Any) -> dict[str, Any]:
    """A line as the operations take it."""
    return {
        "name": "Work",
        "quantity": Decimal(quantity),
        "unit_price": Decimal(price),
        **fields,
    }


def draft_invoice(actor: Actor, total: str = "100.00", **fields: Any) -> Invoice:
    """A draft over one untaxed line of that total, unless `lines` says otherwise."""
    fields = {"at": AT, "lines": [line(total)], **fields}
    if "customer_id" not in fields:
        fields["customer_id"] = customer(actor).pk
    return create_invoice(actor=actor, **fields)


def issued_invoice(actor: Actor, total: str = "100.00", **fields: Any) -> Invoice:
    """The same, issued."""
    draft = draft_invoice(actor, total, **fields)
    return issue_invoice(actor=actor, at=fields.get("at", AT), invoice_id=draft.pk)


def draft_quote(actor: Actor, total: str = "100.00", **fields: Any) -> Quote:
    fields = {"at": AT, "lines": [line(total)], **fields}
    if "customer_id" not in fields:
        fields["customer_id"] = customer(actor).pk
    return create_quote(actor=actor, **fields)


def ticket(actor: Actor, subject: str = "It is broken", **fields: Any) -> Ticket:
    return open_ticket(
        actor=actor,
        at=AT,
        customer_id=customer(actor).pk,
        subject=subject,
        message="Since this morning.",
        **fields,
    )


def expense(actor: Actor, amount: str = "49.90", **fields: Any) -> Transaction:
    given: dict[str, Any] = {"kind": "expense", "date": TODAY, "description": "Hosting", **fields}
    return record_transaction(actor=actor, at=AT, amount=Decimal(amount), **given)
