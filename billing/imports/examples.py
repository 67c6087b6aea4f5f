"""A file of each kind to begin with: headings in the reader's language, rows that work."""

from billing.imports.columns import COLUMNS

_ROWS: dict[str, tuple[dict[str, str], ...]] = {
    "customers": (
        {
            "external_reference": "10001",
            "name": "Globex Corporation",
            "kind": "business",
            "email": "accounts@globex.example",
            "phone": "+1 312 555 0100",
            "address_line1": "4 Harbour Street",
            "postal_code": "60601",
            "city": "Chicago",
            "country": "US",
            "currency": "USD",
            "payment_terms_days": "30",
            "tags": "wholesale",
        },
        {
            "external_reference": "10002",
            "name": "Müller & Söhne GmbH",
            "kind": "business",
            "email": "buchhaltung@mueller.example",
            "address_line1": "Hafenstraße 12",
            "postal_code": "20457",
            "city": "Hamburg",
            "country": "DE",
            "currency": "EUR",
            "payment_terms_days": "14",
        },
    ),
    "products": (
        {
            "sku": "CONS-1",
            "name": "Consulting",
            "description": "One hour of consulting",
            "unit_price": "120.00",
            "currency": "EUR",
            "unit": "hour",
            "kind": "service",
        },
        {
            "sku": "BOOK-7",
            "name": "Handbook",
            "unit_price": "29.90",
            "currency": "EUR",
            "unit": "piece",
            "kind": "product",
            "stock_quantity": "40",
        },
    ),
    "invoices": (
        {
            "number": "OLD-2026-001",
            "customer_email": "accounts@globex.example",
            "issue_date": "2026-11-02",
            "due_date": "2026-12-02",
            "name": "Consulting",
            "quantity": "8",
            "unit": "hour",
            "unit_price": "120.00",
        },
        {
            "number": "OLD-2026-001",
            "name": "Travel",
            "quantity": "1",
            "unit_price": "85.50",
        },
    ),
}


def example(noun: str) -> list[list[str]]:
    """Headings and rows; only columns that some row fills."""
    rows = _ROWS[noun]
    columns = [column for column in COLUMNS[noun] if any(column.name in row for row in rows)]
    return [
        [str(column.label) for column in columns],
        *([row.get(column.name, "") for column in columns] for row in rows),
    ]
