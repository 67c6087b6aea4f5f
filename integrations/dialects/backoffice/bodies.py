"""Bodies of /api/v2. Extra fields are ignored, numbers may be sent as texts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.dialects.backoffice.words import (
    LEAD_STATUSES,
    PAYMENT_METHODS,
    PRIORITIES,
    PRODUCT_TYPES,
    ROLES,
    TICKET_STATUSES,
    TRANSACTION_TYPES,
)
from integrations.dialects.base.fields import (
    Choice,
    CurrencyCode,
    Day,
    Email,
    Field,
    Flag,
    ListOf,
    Number,
    Object,
    Refusal,
    Text,
    Whole,
)

MOST_IN_BATCH = 500
_ZERO, _HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Word(Text):
    """One of a few words, whatever their case."""

    words: tuple[str, ...]

    def decode(self, value: Any) -> str:
        text = super().decode(value)
        for word in self.words:
            if text.lower() == word.lower():
                return word
        raise Refusal("invalid_choice", f"must be one of: {', '.join(self.words)}")


def reference(**more: Any) -> Whole:
    """The whole number that names another row."""
    return Whole(least=1, most=2**63 - 1, **more)


def obj(fields: dict[str, Field]) -> Object:
    return Object(fields=fields, ignore_unknown=True)


CUSTOMER = obj(
    {
        "account": Text(name="name", required=True, least=1),
        "email": Email(),
        "phone": Text(most=40),
        "company": Text(name="legal_name"),
        "address": Text(name="address_line1"),
        "city": Text(most=100),
        "state": Text(name="subdivision", most=100),
        "zip": Text(name="postal_code", most=20),
        "country": Text(most=2),
        "currency": CurrencyCode(),
        "notes": Text(most=10_000, lines=True),
    }
)
BATCH = obj({"customers": ListOf(item=CUSTOMER, most=MOST_IN_BATCH, required=True, least=1)})
ITEM = obj(
    {
        "description": Text(most=10_000, lines=True, required=True, least=1),
        "amount": Number(name="unit_price", required=True, places=12),
        "qty": Number(name="quantity", places=6),
        "tax_rate": Number(places=6, least=_ZERO, most=_HUNDRED),
        "product_id": reference(),
    }
)
_DOCUMENT: dict[str, Field] = {
    "customer_id": reference(required=True),
    "date": Day(name="issue_date"),
    "items": ListOf(name="lines", item=ITEM, most=1_000, required=True, least=1),
    "currency": CurrencyCode(),
    "notes": Text(most=10_000, lines=True),
    "terms": Text(most=10_000, lines=True),
}
INVOICE = obj({**_DOCUMENT, "due_date": Day(), "status": Word(words=("Draft", "Unpaid"), most=20)})
INVOICE_UPDATE = obj(
    {
        **INVOICE.optional().fields,
        "status": Word(words=("Unpaid", "Paid", "Cancelled"), most=20),
    }
)
PAYMENT = obj(
    {
        "amount": Number(required=True, places=12),
        "date": Day(name="payment_date"),
        "method": Choice(table=PAYMENT_METHODS),
        "reference": Text(),
        "notes": Text(most=10_000, lines=True),
    }
)
QUOTE = obj({**_DOCUMENT, "valid_until": Day()})
TRANSACTION = obj(
    {
        "type": Choice(name="kind", table=TRANSACTION_TYPES, required=True),
        "account_id": reference(),
        "amount": Number(required=True, places=12),
        "category_id": reference(),
        "customer_id": reference(),
        "currency": CurrencyCode(),
        "description": Text(most=500),
        "reference": Text(most=100),
        "date": Day(),
    }
)
TRANSACTION_UPDATE = obj(
    {
        "category_id": reference(),
        "description": Text(most=500),
        "reference": Text(most=100),
    }
)
ACCOUNT = obj({"name": Text(required=True, least=1, most=100)})
CATEGORY = obj(
    {
        "name": Text(required=True, least=1, most=100),
        "type": Choice(table=TRANSACTION_TYPES, required=True),
    }
)
PRODUCT = obj(
    {
        "name": Text(required=True, least=1),
        "price": Number(name="unit_price", required=True, places=12),
        "description": Text(most=10_000, lines=True),
        "type": Choice(name="kind", table=PRODUCT_TYPES),
        "tax_rate": Number(places=6, least=_ZERO, most=_HUNDRED),
        "sku": Text(most=100),
        "unit": Text(most=32),
        "currency": CurrencyCode(),
    }
)
DEPARTMENT = obj({"name": Text(required=True, least=1, most=100)})
TICKET = obj(
    {
        "customer_id": reference(required=True),
        "subject": Text(required=True, least=1),
        "message": Text(required=True, least=1, most=10_000, lines=True),
        "department_id": reference(),
        "priority": Choice(table=PRIORITIES),
    }
)
TICKET_UPDATE = obj(
    {
        "subject": Text(least=1),
        "department_id": reference(),
        "priority": Choice(table=PRIORITIES),
        "status": Choice(table=TICKET_STATUSES),
    }
)
REPLY = obj(
    {
        "message": Text(required=True, least=1, most=10_000, lines=True),
        "from_customer": Flag(),
    }
)
LEAD = obj(
    {
        "first_name": Text(most=100),
        "last_name": Text(most=100),
        "email": Email(),
        "company": Text(),
        "phone": Text(most=40),
        "source": Text(most=100),
        "notes": Text(most=10_000, lines=True),
    }
)
LEAD_UPDATE = obj({**LEAD.fields, "status": Choice(table=LEAD_STATUSES)})
USER = obj(
    {
        "name": Text(required=True, least=1, most=150),
        "email": Email(required=True, least=1),
        "password": Text(most=128),
        "role": Choice(table=ROLES, required=True),
    }
)
USER_UPDATE = obj({"role": Choice(table=ROLES, required=True)})
WEBHOOK = obj(
    {
        "url": Text(required=True, least=1, most=2000),
        "events": ListOf(required=True, item=Text(most=64, least=1)),
        "description": Text(most=300),
    }
)
WEBHOOK_UPDATE = obj({**WEBHOOK.optional().fields, "active": Flag(name="is_active")})
