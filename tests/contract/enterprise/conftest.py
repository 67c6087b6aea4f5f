"""The customer, tax and invoice that the document prints."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.enterprise.printed import CUSTOMER
from tests.v1 import V1


@pytest.fixture
def customer(v1: V1) -> dict[str, Any]:
    return v1.made("/customers", CUSTOMER)


@pytest.fixture
def tax(v1: V1) -> dict[str, Any]:
    return v1.made("/tax-profiles", {"name": "GST (10%)", "type": "GST", "rate": 10})


@pytest.fixture
def invoice_body(v1: V1, customer: dict[str, Any], tax: dict[str, Any]) -> dict[str, Any]:
    hosting = v1.made(
        "/products",
        {
            "name": "Annual Web Hosting",
            "description": "One year, one site",
            "unit_price": Decimal("1200.00"),
            "tax_profile_id": tax["id"],
        },
    )
    return {
        "customer_id": customer["id"],
        "issue_date": "2025-01-15",
        "due_date": "2025-02-14",
        "currency": "USD",
        "line_items": [
            {
                "description": "Web Development Services",
                "quantity": 40,
                "unit_price": Decimal("150.00"),
                "tax_profile_id": tax["id"],
            },
            {"product_id": hosting["id"], "quantity": 1},
        ],
        "discount_type": "percent",
        "discount_value": 10,
        "notes": "Payment due within 30 days",
        "terms": "Net 30",
        "template_id": "tmpl_modern",
        "auto_send": False,
    }


@pytest.fixture
def invoice(v1: V1, invoice_body: dict[str, Any]) -> dict[str, Any]:
    return v1.made("/invoices", invoice_body)
