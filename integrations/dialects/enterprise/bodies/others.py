"""Bodies about customers, payments, the catalogue and settings."""

import re
from decimal import Decimal
from typing import Any

from billing.models import TaxProfile
from billing.operations.tax_profiles import CHARGED
from core.errors import InvalidFields
from integrations.dialects.base.fields import (
    Choice,
    CurrencyCode,
    Day,
    Email,
    Flag,
    Instant,
    Labels,
    ListOf,
    Number,
    Object,
    Text,
    Whole,
)
from integrations.dialects.enterprise.bodies.contacts import CONTACT_PERSON, SHIPPING
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.words import (
    CUSTOMER_STATUSES,
    CUSTOMER_TYPES,
    PAYMENT_METHODS,
    PRODUCT_TYPES,
    TAX_CATEGORIES,
    TAX_KINDS,
    TAX_TYPES,
)

_ROW = frozenset({"id", "object", "created_at", "updated_at", "livemode"})
_VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z+*.]{2,}", re.ASCII)

ADDRESS = Object(
    fields={
        "street": Text(name="address_line1"),
        "street2": Text(name="address_line2"),
        "city": Text(most=100),
        "state": Text(name="subdivision", most=100),
        "postal_code": Text(most=20),
        "country": Text(most=2),
    }
)
CUSTOMER = Object(
    fields={
        "type": Choice(name="kind", table=CUSTOMER_TYPES),
        "name": Text(required=True, least=1),
        "company_name": Text(name="legal_name"),
        "email": Email(),
        "phone": Text(most=40),
        "billing_address": ADDRESS,
        "shipping_address": SHIPPING,
        "contact_person": CONTACT_PERSON,
        "payment_terms": Whole(name="payment_terms_days", most=3650, null=None),
        "payment_terms_rule": Text(name="payment_terms", most=60),
        "currency": CurrencyCode(),
        "tax_number": Text(most=40),
        "tax_exempt": Flag(name="is_tax_exempt"),
        "reminders_enabled": Flag(),
        "credit_limit": Number(places=12, least=Decimal(0), null=None),
        "tags": ListOf(item=Text(most=50, least=1), most=50),
        "notes": Text(most=10_000, lines=True),
        "reference": Text(name="external_reference", most=100),
        "metadata": Labels(),
        "status": Choice(table=CUSTOMER_STATUSES),
    },
    computed=_ROW | {"balance", "credit_balance"},
)

PAYMENT = Object(
    fields={
        "invoice_id": id_field("invoice"),
        "customer_id": id_field("customer"),
        "allocations": ListOf(
            item=Object(
                fields={
                    "invoice_id": id_field("invoice", required=True),
                    "amount": Number(places=12),
                }
            ),
            most=500,
        ),
        "amount": Number(required=True, places=12),
        "currency": CurrencyCode(),
        "payment_method": Choice(name="method", table=PAYMENT_METHODS),
        "payment_date": Day(),
        "transaction_id": Text(),
        "gateway": Text(most=40),
        "reference": Text(),
        "notes": Text(most=10_000, lines=True),
        "allow_overpayment": Flag(),
        "metadata": Labels(),
    },
    computed=_ROW
    | {"payment_number", "status", "amount_refunded", "amount_unapplied", "failure_reason"},
)
REFUND = Object(
    fields={"amount": Number(places=12), "reason": Text(most=500), "refund_date": Day()},
    computed=_ROW | {"status", "refund_number", "payment_id"},
)

PRODUCT = Object(
    fields={
        "type": Choice(name="kind", table=PRODUCT_TYPES),
        "name": Text(required=True, least=1),
        "description": Text(most=10_000, lines=True),
        "sku": Text(most=100),
        "unit_price": Number(required=True, places=12),
        "currency": CurrencyCode(),
        "cost_price": Number(places=12, null=None),
        "inventory_quantity": Number(
            name="stock_quantity",
            places=6,
            least=Decimal(0),
            null=None,
            description="Kept as you write it; null does not track it.",
        ),
        "low_stock_threshold": Whole(most=32_767, null=None),
        "unit": Text(most=32),
        "unit_code": Text(most=8, description="UN/ECE Recommendation 20; C62 is a piece."),
        "tax_profile_id": id_field("tax profile"),
        "category": Text(most=100),
        "is_active": Flag(),
        "metadata": Labels(),
    },
    computed=_ROW | {"track_inventory"},
)
TAX_PROFILE = Object(
    fields={
        "name": Text(required=True, least=1, most=100),
        "type": Choice(table=TAX_TYPES),
        "kind": Choice(table=TAX_KINDS, description="A percentage unless given."),
        "rate": Number(places=6, least=Decimal(0), most=Decimal(100), description="Percent."),
        "fixed_amount": Number(
            places=12, least=Decimal(0), description="Per unit sold; for the kind `fixed`."
        ),
        "currency": CurrencyCode(description="Of the fixed amount."),
        "in_tax_base": Flag(
            name="is_in_tax_base", description="Later taxes are charged on this fixed one."
        ),
        "category": Choice(table=TAX_CATEGORIES, description="UNTDID 5305; S unless given."),
        "compound": Flag(name="is_compound"),
        "inclusive": Flag(name="is_inclusive"),
        "exemption_reason": Text(most=300),
        "jurisdiction": Text(most=64),
        "description": Text(most=300),
        "is_active": Flag(),
    },
    computed=_ROW,
)

API_KEY = Object(
    fields={
        "name": Text(required=True, least=1, most=100),
        "scopes": ListOf(required=True, item=Text(most=40, least=1)),
        "expires_at": Instant(),
    },
    computed=_ROW | {"key", "prefix", "last_used_at", "revoked_at"},
)


def tax_profile_values(values: dict[str, Any]) -> dict[str, Any]:
    """The decoded body as create_tax_profile takes it.

    Raises InvalidFields where a percentage that is charged comes without its rate.
    """
    category = values.get("category", TaxProfile.Category.STANDARD)
    is_percent = values.get("kind", TaxProfile.Kind.PERCENT) == TaxProfile.Kind.PERCENT
    if is_percent and category in CHARGED and "rate" not in values:
        raise InvalidFields([("rate", "required", "rate is required")])
    return values


def customer_values(values: dict[str, Any]) -> dict[str, Any]:
    """The decoded body as the operations take it.

    /v1 has one tax number: one that starts with a country is the VAT id, any other the
    local registration.
    """
    groups = [values.pop(name, {}) for name in ("billing_address", "contact_person")]
    result = {**values, **groups[0], **groups[1]}
    if "tax_number" in result:
        number = result.pop("tax_number")
        is_vat_id = bool(_VAT_ID.fullmatch(number.replace(" ", "")))
        result["vat_id"] = number if is_vat_id else ""
        result["tax_registration_id"] = "" if is_vat_id else number
    return result


def payment_values(values: dict[str, Any]) -> dict[str, Any]:
    """The decoded body as record_payment takes it."""
    if "allocations" in values:
        wishes = [(each["invoice_id"], each.get("amount")) for each in values["allocations"]]
        return {**values, "allocations": wishes}
    return values
