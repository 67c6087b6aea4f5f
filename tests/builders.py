"""Rows as tests need them, built by calling the operations: never an impossible state."""

from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from billing.models import Customer, Invoice, Product, Quote, TaxProfile
from billing.operations.customers import create_customer
from billing.operations.invoices import create_invoice
from billing.operations.issuing import issue_invoice
from billing.operations.products import create_product
from billing.operations.quotes import create_quote
from billing.operations.tax_profiles import create_tax_profile
from tests.instants import AT


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
