"""What the /v1 document prints, and the comparison with it."""

from typing import Any

CUSTOMER = {
    "name": "ACME Corporation",
    "company_name": "ACME Corporation",
    "email": "billing@acme.com",
    "phone": "+1-555-0100",
    "billing_address": {
        "street": "123 Main Street",
        "city": "San Francisco",
        "state": "CA",
        "postal_code": "94105",
        "country": "US",
    },
    "payment_terms": 30,
    "currency": "USD",
    "tax_number": "12-3456789",
}


def holds(shown: dict[str, Any], **expected: Any) -> None:
    assert {name: shown.get(name) for name in expected} == expected
