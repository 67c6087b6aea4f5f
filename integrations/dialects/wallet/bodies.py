"""Bodies and parameters of /api/v0. Extra fields are ignored, numbers may be sent as texts."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.errors import InvalidFields
from integrations.dialects.base import fields as base
from integrations.dialects.base.enums import EnumMap
from integrations.dialects.base.fields import (
    CurrencyCode,
    Field,
    ListOf,
    Number,
    Object,
    Refusal,
    Text,
    Whole,
    parse_instant,
)
from integrations.dialects.base.query import Query
from integrations.dialects.wallet.ids import read_id
from integrations.dialects.wallet.words import (
    BLACKLISTED,
    BLOCKCHAINS,
    CUSTOMER_STATUSES,
    CUSTOMER_TYPES,
    DELIVERIES,
    LINK_TYPES,
    METHODS,
    NEW_STATUSES,
    PRODUCT_TYPES,
    STATUS_WORDS,
    TAX_TYPES,
)

DEFAULT_TAKE, MOST_TAKE, MOST_SKIP = 10, 100, 1_000_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ZERO, _HUNDRED = Decimal(0), Decimal(100)
_SMALLEST = Decimal("0.000001")


@dataclass(frozen=True, kw_only=True)
class CivilDay(Field):
    """A date, or a date-time of which the date counts."""

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "example": "2024-02-15", "maxLength": 40}

    def decode(self, value: Any) -> datetime.date:
        if isinstance(value, str) and (_DAY.fullmatch(value) or parse_instant(value)):
            try:
                return datetime.date.fromisoformat(value[:10])
            except ValueError:
                pass
        raise Refusal("invalid_date", "must be a valid date in YYYY-MM-DD format")


@dataclass(frozen=True, kw_only=True)
class Moment(Field):
    """A moment in ISO 8601; a date is its first instant in UTC."""

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "example": "2024-02-15T00:00:00.000Z", "maxLength": 40}

    def decode(self, value: Any) -> datetime.datetime:
        moment = parse_instant(value) if isinstance(value, str) else None
        if moment is None:
            raise Refusal("invalid_date", "must be a valid ISO 8601 date string")
        return moment


@dataclass(frozen=True, kw_only=True)
class Word(Field):
    """One of a few words, as it is spelled."""

    words: tuple[str, ...]

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}

    def decode(self, value: Any) -> str:
        if isinstance(value, str) and value in self.words:
            return value
        listed = ", ".join(self.words)
        raise Refusal("invalid_choice", f"must be one of the following values: {listed}")


@dataclass(frozen=True, kw_only=True)
class Mapped(Field):
    """One of the wire words of a table, as our word."""

    table: EnumMap

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.table.accepted)}

    def decode(self, value: Any) -> str:
        ours = self.table.to_ours(value) if isinstance(value, str) else None
        if ours is None:
            listed = ", ".join(self.table.accepted)
            raise Refusal("invalid_choice", f"must be one of the following values: {listed}")
        return ours


@dataclass(frozen=True, kw_only=True)
class Email(base.Email):
    def decode(self, value: Any) -> str:
        try:
            return super().decode(value)
        except Refusal as refusal:
            if refusal.code == "required":
                raise
            raise Refusal("invalid_email", "must be an email") from None


@dataclass(frozen=True, kw_only=True)
class Flag(base.Flag):
    def decode(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise Refusal("invalid_type", "must be a boolean value")
        return value


@dataclass(frozen=True, kw_only=True)
class Sized(Text):
    """A text of some length."""

    shortest: int

    def decode(self, value: Any) -> str:
        text = super().decode(value)
        if len(text) < self.shortest:
            raise Refusal(
                "too_short", f"must be longer than or equal to {self.shortest} characters"
            )
        return text


@dataclass(frozen=True, kw_only=True)
class Named(Text):
    """The id of another row, as text: what it leads to is looked up where it is needed."""

    most: int = 100


@dataclass(frozen=True, kw_only=True)
class CustomerId(Named):
    """Ids are UUIDs, so what is none cannot be a customer's."""

    def decode(self, value: Any) -> Any:
        found = read_id(super().decode(value))
        if found is None:
            raise Refusal("invalid_format", "must be a valid UUID")
        return found


@dataclass(frozen=True, kw_only=True)
class InvoiceBody(Object):
    """An invoice as it is created: with a wallet, or the currency of one."""

    def decode(self, value: Any) -> dict[str, Any]:
        errors: list[tuple[str, str, str]] = []
        result: dict[str, Any] = {}
        try:
            result = super().decode(value)
        except InvalidFields as refused:
            errors = list(refused.errors)
        if not value.get("walletId") and not value.get("currency"):
            errors.append(("walletId", "required", "walletId is required"))
        if errors:
            raise InvalidFields(errors)
        return result


def obj(fields: dict[str, Field]) -> Object:
    return Object(fields=fields, ignore_unknown=True)


def listed(**filters: Field) -> Query:
    """The parameters of a list."""
    return Query(
        {
            "skip": Whole(most=MOST_SKIP, description="Rows to leave out; 0 unless given."),
            "take": Whole(
                least=1,
                most=MOST_TAKE,
                description=f"Rows to answer; {DEFAULT_TAKE} unless given.",
            ),
            **filters,
        },
        ignores_unknown=True,
    )


ITEM = obj(
    {
        "product_id": Named(least=1),
        # As answers spell it, so that an answer may be sent back.
        "productId": Named(name="product_id", least=1),
        "quantity": Number(required=True, places=6, least=_SMALLEST),
    }
)
_INVOICE: dict[str, Field] = {
    "name": Text(required=True, least=1),
    "email": Email(required=True, least=1),
    "customer_id": CustomerId(required=True),
    "walletId": Named(name="wallet"),
    "items": ListOf(item=ITEM, required=True, least=1, most=1_000),
    "due_date": CivilDay(required=True),
    "delivery": Mapped(required=True, table=DELIVERIES),
    "payment_link": Flag(name="wants_link", required=True),
    "payment_methods": ListOf(
        name="methods", item=Mapped(table=METHODS), required=True, least=1, most=10
    ),
    "partial_payment": Flag(name="allows_partial_payment", required=True),
    "address": Text(most=500),
    "phone_number": Text(name="phone", most=40),
    "send_date": CivilDay(null=None),
    "logo": Text(name="logo_url", most=2_000),
    "taxId": Named(name="tax", null=None),
    "currency": CurrencyCode(),
}
INVOICE = InvoiceBody(
    fields={**_INVOICE, "status": Word(required=True, words=NEW_STATUSES)}, ignore_unknown=True
)
INVOICE_UPDATE = Object(
    fields={**_INVOICE, "status": Word(words=STATUS_WORDS)}, ignore_unknown=True
).optional()
CUSTOMER = obj(
    {
        "first_name": Text(required=True, least=1, most=100),
        "last_name": Text(required=True, least=1, most=100),
        "phone_number": Text(name="phone", required=True, least=1, most=20),
        "email": Email(),
        "customer_type": Word(words=CUSTOMER_TYPES),
        "status": Word(words=(*CUSTOMER_STATUSES.accepted, BLACKLISTED)),
    }
)
PRODUCT = obj(
    {
        "name": Text(required=True, least=1),
        "price": Number(name="unit_price", required=True, places=12, least=_ZERO),
        "description": Text(most=10_000, lines=True),
        "currency": CurrencyCode(),
        "productType": Mapped(name="kind", table=PRODUCT_TYPES),
        "status": Word(words=("ACTIVE", "INACTIVE")),
        "unit": Text(most=32),
        "sku": Text(most=100),
    }
)
TAX = obj(
    {
        "name": Text(required=True, least=1, most=100),
        "percentage": Number(places=6, least=_ZERO, most=_HUNDRED),
        # Percent, or of a fixed tax the amount for each unit that is sold.
        "rate": Number(places=12, least=_ZERO),
        "type": Word(words=TAX_TYPES),
        "inclusive": Flag(description="Prices contain it."),
        "currency": CurrencyCode(description="Of a fixed tax."),
        "region": Text(name="jurisdiction", most=64),
        "description": Text(most=300),
        "active": Flag(name="is_active"),
    }
)
WALLET = obj(
    {
        "name": Text(most=100),
        "currency": CurrencyCode(required=True),
        "blockchain": Mapped(table=BLOCKCHAINS),
        "address": Text(most=100),
        "token_contract": Text(most=100),
        "is_default": Flag(),
        "bank_name": Text(most=100),
        "account_holder": Text(most=100),
        "iban": Text(most=40),
        "bic": Text(most=11),
        "account_number": Text(most=40),
        "routing_number": Text(most=40),
    }
)
WEBHOOK = obj(
    {
        "name": Sized(name="description", required=True, shortest=3, most=100),
        "url": Text(required=True, least=1, most=2_000),
        "isActive": Flag(name="is_active"),
        "signing_secret": Sized(name="secret", shortest=32, most=200, null=base.ABSENT),
        "encrypted": Flag(),
    }
)
LINK = obj(
    {
        "title": Text(name="name"),
        "linkType": Word(required=True, words=LINK_TYPES),
        "invoiceId": Named(name="invoice_id"),
        "productId": Named(name="product_id"),
        "quantity": Number(places=6, least=_SMALLEST),
        "amount": Number(places=12, least=_ZERO),
        "currency": CurrencyCode(),
        "description": Text(most=10_000, lines=True),
        "expiration_date": Moment(name="expires_at", null=None),
        "limit": Whole(name="max_uses", least=1),
    }
)
LINK_UPDATE = obj(
    {
        "title": Text(name="name"),
        "description": Text(most=10_000, lines=True),
        "expiration_date": Moment(name="expires_at", null=None),
        "status": Word(words=("ACTIVE", "INACTIVE")),
    }
)
