"""Bodies about the organization itself."""

from decimal import Decimal
from typing import Any

from accounts.models import Organization
from billing.models.base import TEMPLATES
from billing.operations.fields import clean_money
from integrations.dialects.base.enums import EnumMap
from integrations.dialects.base.fields import (
    Choice,
    CurrencyCode,
    Email,
    Flag,
    Number,
    Object,
    Pattern,
    Text,
    Whole,
)
from integrations.dialects.enterprise.words import (
    DATE_ORDERS,
    INCLUSIVE_ORDERS,
    NUMBER_ASSIGNMENTS,
    NUMBER_RESETS,
    ROUNDINGS,
)

_ROW = frozenset({"id", "object", "created_at", "updated_at", "livemode"})
ADDRESS = Object(
    fields={
        "street": Text(name="address_line1"),
        "street2": Text(name="address_line2"),
        "street3": Text(name="address_line3"),
        "city": Text(most=100),
        "state": Text(name="subdivision", most=100),
        "postal_code": Text(most=20),
        "country": Pattern(pattern="[A-Z]{2}", example="DE", most=2),
    }
)
ACCOUNT = Object(
    fields={
        "name": Text(least=1),
        "company_name": Text(name="legal_name"),
        "trading_name": Text(),
        "email": Email(),
        "phone": Text(most=40),
        "website": Pattern(pattern=r"https?://[^\s.]+\.\S+", example="https://acme.example"),
        "address": ADDRESS,
        "contact_person": Object(
            fields={
                "name": Text(name="contact_name"),
                "email": Email(name="contact_email"),
                "phone": Text(name="contact_phone", most=40),
            }
        ),
        "vat_id": Text(most=40),
        "tax_registration_id": Text(most=40),
        "legal_registration_id": Text(most=60),
        "legal_registration_scheme": Text(most=8),
        "electronic_address": Text(most=100),
        "electronic_address_scheme": Text(most=8),
        "legal_text": Text(most=10_000, lines=True),
        "currency": CurrencyCode(),
        "accounting_currency": CurrencyCode(null=""),
        "timezone": Text(most=64, least=1, null=None),
        "locale": Pattern(pattern="[a-z]{2,3}([_-][A-Z]{2})?", example="en_US", most=10, least=1),
        "payment_terms": Whole(name="payment_terms_days", most=3650),
        "payment_terms_rule": Text(name="payment_terms", most=60),
        "default_notes": Text(most=10_000, lines=True),
        "default_terms": Text(most=10_000, lines=True),
        "number_assignment": Choice(table=NUMBER_ASSIGNMENTS),
        "rounding": Choice(table=ROUNDINGS),
        "inclusive_order": Choice(table=INCLUSIVE_ORDERS),
        "prices_include_tax": Flag(),
        "cash_rounding": Number(least=Decimal(0), places=12),
        "date_order": Choice(table=DATE_ORDERS),
        "write_off_tolerance": Number(least=Decimal(0), places=12),
        "copy_mail_to_self": Flag(),
        "track_mail": Flag(name="tracks_mail"),
        "template_id": Choice(name="template", table=EnumMap.same(TEMPLATES)),
        "accent_color": Pattern(pattern="#[0-9a-fA-F]{6}", example="#1d4ed8", most=7, least=1),
    },
    computed=_ROW | {"slug", "plan", "rate_limit", "logo_url", "test_clock"},
)
BANK_ACCOUNT = Object(
    fields={
        "name": Text(required=True, least=1, most=100, description="Account holder."),
        "bank_name": Text(most=100),
        "iban": Text(most=42),
        "bic": Text(most=11),
        "account_number": Text(most=40),
        "routing_number": Text(most=40),
        "currency": CurrencyCode(required=True),
        "is_default": Flag(description="Printed on documents in its currency."),
    },
    computed=_ROW,
)
NUMBER_SERIES = Object(
    fields={
        "pattern": Text(most=40, least=1),
        "reset": Choice(table=NUMBER_RESETS),
        "next_number": Whole(least=1, most=10**12 - 1),
    },
    computed=_ROW | {"document", "name", "period", "last_number", "next"},
)
EMAIL_TEMPLATE = Object(
    fields={"subject": Text(most=300), "message": Text(most=10_000, lines=True)},
    computed=frozenset(
        {"object", "livemode", "kind", "language", "is_default", "placeholders", "updated_at"}
    ),
)
_MINOR = {
    "cash_rounding": "cash_rounding_minor",
    "write_off_tolerance": "write_off_tolerance_minor",
}


def account_values(values: dict[str, Any], organization: Organization) -> dict[str, Any]:
    """The decoded body as update_organization takes it: groups apart, amounts in minor units.

    Raises InvalidValue for an amount with more places than the currency.
    """
    groups = [values.pop(name, {}) for name in ("address", "contact_person")]
    result = {**values, **groups[0], **groups[1]}
    currency = result.get("currency", organization.currency)
    for wire, ours in _MINOR.items():
        if wire in result:
            result[ours] = clean_money(result.pop(wire), currency, param=wire)
    if "locale" in result:
        result["locale"] = result["locale"].replace("-", "_")
    return result
