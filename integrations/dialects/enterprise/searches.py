"""What `search` looks into on each list, and how `search_fields` calls it.

A list whose noun stands here takes both parameters: see views.base.list_query.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import ApiKey
from billing.queries import searchables
from billing.queries.search import Place, Searchable, words_of
from integrations.dialects.base.fields import Refusal, Text
from integrations.models import WebhookEndpoint

MAX_SEARCH = 200
MAX_FIELDS = 500


@dataclass(frozen=True, slots=True)
class Search:
    """A noun's searchable places, and our names for them by those of the wire."""

    searchable: Searchable
    names: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class SearchText(Text):
    """The words to look for."""

    search: Search
    most: int = MAX_SEARCH
    description: str = (
        "Words that must all occur in the searched fields, each as it stands, in any order;"
        " case and accents do not count."
    )

    def decode(self, value: Any) -> Any:
        try:
            return words_of(super().decode(value))
        except ValueError as error:
            raise Refusal("too_long", str(error)) from None


@dataclass(frozen=True, kw_only=True)
class SearchFields(Text):
    """Where to look: names of the wire, separated by commas."""

    search: Search
    most: int = MAX_FIELDS

    def __post_init__(self) -> None:
        sentence = f"Where to look: of {', '.join(self.search.names)}; without it everywhere."
        object.__setattr__(self, "description", sentence)

    def decode(self, value: Any) -> Any:
        names = self.search.names
        places = []
        for part in super().decode(value).split(","):
            wire = part.strip()
            if wire not in names:
                known = ", ".join(names)
                raise Refusal("invalid_choice", f"names '{wire[:100]}'; it takes {known}")
            places.append(names[wire])
        return places


_DOCUMENT = {
    "number": "number",
    "reference": "reference",
    "po_number": "purchase_order",
    "customer.name": "customer_name",
    "customer.company_name": "customer_legal_name",
    "customer.email": "customer_email",
    "notes": "notes",
}
SEARCHES: dict[str, Search] = {
    "invoice": Search(searchables.INVOICES, _DOCUMENT),
    "quote": Search(searchables.QUOTES, _DOCUMENT),
    "credit note": Search(
        searchables.CREDIT_NOTES,
        {**_DOCUMENT, "reason": "reason", "invoice.number": "invoice_number"},
    ),
    "customer": Search(
        searchables.CUSTOMERS,
        {
            "name": "name",
            "company_name": "legal_name",
            "email": "email",
            "phone": "phone",
            "tax_number": "tax_number",
            "reference": "external_reference",
            "billing_address.street": "street",
            "billing_address.city": "city",
            "billing_address.postal_code": "postal_code",
            "notes": "notes",
        },
    ),
    "payment": Search(
        searchables.PAYMENTS,
        {
            "payment_number": "number",
            "reference": "reference",
            "transaction_id": "transaction_id",
            "notes": "notes",
            "customer.name": "customer_name",
            "customer.email": "customer_email",
            "invoice.number": "invoice_number",
        },
    ),
    "refund": Search(
        searchables.REFUNDS,
        {
            "refund_number": "number",
            "reason": "reason",
            "transaction_id": "transaction_id",
            "payment.payment_number": "payment_number",
        },
    ),
    "product": Search(
        searchables.PRODUCTS,
        {name: name for name in ("name", "sku", "description", "category")},
    ),
    "tax profile": Search(
        searchables.TAX_PROFILES, {name: name for name in ("name", "description", "jurisdiction")}
    ),
    "webhook": Search(
        Searchable(
            model=WebhookEndpoint,
            places={
                "url": Place(columns=("url",)),
                "description": Place(columns=("description",)),
            },
        ),
        {name: name for name in ("url", "description")},
    ),
    "API key": Search(
        Searchable(
            model=ApiKey,
            places={"name": Place(columns=("name",)), "prefix": Place(columns=("prefix",))},
        ),
        {name: name for name in ("name", "prefix")},
    ),
}
