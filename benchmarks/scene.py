"""An issued invoice of twenty lines, made by the operations."""

import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.actors import system_actor
from accounts.operations.organizations import create_organization
from billing.models import Invoice
from billing.operations.customers import create_customer
from billing.operations.invoices import create_invoice
from billing.operations.issuing import issue_invoice
from billing.operations.tax_profiles import create_tax_profile


def twenty_line_invoice() -> Invoice:
    at = timezone.now()
    organization = create_organization(
        at=at, name="PDF Works", slug="bench-pdf", currency="USD", city="San Francisco"
    )
    actor = system_actor(organization.pk)
    tax = create_tax_profile(actor=actor, at=at, name="GST (10%)", rate=Decimal(10))
    customer = create_customer(
        actor=actor, at=at, name="ACME Corporation", address_line1="123 Main Street"
    )
    lines = [
        {
            "description": f"Web development services, sprint {n}",
            "quantity": Decimal(40),
            "unit_price": Decimal("150.00"),
            "tax_profile_id": tax.pk,
        }
        for n in range(20)
    ]
    invoice = create_invoice(
        actor=actor,
        at=at,
        customer_id=customer.pk,
        lines=lines,
        issue_date=datetime.date(2025, 1, 15),
    )
    return issue_invoice(actor=actor, at=at, invoice_id=invoice.pk)
