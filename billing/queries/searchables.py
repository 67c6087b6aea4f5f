"""Which columns of which noun a search looks into.

Names of customers are searched twice: as the customer is called now, and as it was printed
on the document. The columns of each indexed noun are those of its migration.
"""

from billing.models import (
    CreditNote,
    Customer,
    Invoice,
    Payment,
    Product,
    Quote,
    Refund,
    TaxProfile,
)
from billing.queries.search import Place, Searchable

CUSTOMERS = Searchable(
    model=Customer,
    is_indexed=True,
    places={
        "name": Place(columns=("name",)),
        "legal_name": Place(columns=("legal_name",)),
        "email": Place(columns=("email",)),
        "phone": Place(columns=("phone",)),
        "tax_number": Place(columns=("vat_id", "tax_registration_id")),
        "external_reference": Place(columns=("external_reference",)),
        "street": Place(columns=("address_line1", "address_line2")),
        "city": Place(columns=("city",)),
        "postal_code": Place(columns=("postal_code",)),
        "notes": Place(columns=("notes",)),
    },
)
_BUYER = {
    "customer_name": Place(columns=("buyer__name",), related=("customer", "name")),
    "customer_legal_name": Place(
        columns=("buyer__legal_name",), related=("customer", "legal_name")
    ),
    "customer_email": Place(columns=("buyer__email",), related=("customer", "email")),
}
_DOCUMENT = {
    "number": Place(columns=("number",)),
    "reference": Place(columns=("reference",)),
    "purchase_order": Place(columns=("purchase_order",)),
    **_BUYER,
    "notes": Place(columns=("notes",)),
}
INVOICES = Searchable(
    model=Invoice, is_indexed=True, places=_DOCUMENT, targets={"customer": CUSTOMERS}
)
QUOTES = Searchable(model=Quote, is_indexed=True, places=_DOCUMENT, targets={"customer": CUSTOMERS})
CREDIT_NOTES = Searchable(
    model=CreditNote,
    is_indexed=True,
    places={
        **_DOCUMENT,
        "reason": Place(columns=("reason",)),
        "invoice_number": Place(related=("invoice", "number")),
    },
    targets={"customer": CUSTOMERS, "invoice": INVOICES},
)
PAYMENTS = Searchable(
    model=Payment,
    is_indexed=True,
    places={
        "number": Place(columns=("number",)),
        "reference": Place(columns=("reference",)),
        "transaction_id": Place(columns=("transaction_id",)),
        "notes": Place(columns=("notes",)),
        "customer_name": Place(related=("customer", "name")),
        "customer_email": Place(related=("customer", "email")),
        "invoice_number": Place(related=("invoice", "number")),
    },
    targets={"customer": CUSTOMERS, "invoice": INVOICES},
)
PRODUCTS = Searchable(
    model=Product,
    is_indexed=True,
    places={
        "name": Place(columns=("name",)),
        "sku": Place(columns=("sku",)),
        "description": Place(columns=("description",)),
        "category": Place(columns=("category",)),
    },
)
REFUNDS = Searchable(
    model=Refund,
    places={
        "number": Place(columns=("number",)),
        "reason": Place(columns=("reason",)),
        "transaction_id": Place(columns=("transaction_id",)),
        "payment_number": Place(related=("payment", "number")),
    },
    targets={"payment": PAYMENTS},
)
TAX_PROFILES = Searchable(
    model=TaxProfile,
    places={
        "name": Place(columns=("name",)),
        "description": Place(columns=("description",)),
        "jurisdiction": Place(columns=("jurisdiction",)),
    },
)
INDEXED = (CUSTOMERS, INVOICES, QUOTES, CREDIT_NOTES, PAYMENTS, PRODUCTS)
