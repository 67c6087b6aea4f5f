"""The account, bank account and number objects of /v1."""

import datetime
from typing import Any

from accounts.models import BankAccount, Organization
from billing.models import NumberRegister, NumberSeries
from billing.numbering import period_of
from billing.operations.number_series import next_number_of, next_spelled
from integrations.dialects.base.figures import money
from integrations.dialects.enterprise.dialect import ENTERPRISE, limit_of
from integrations.dialects.enterprise.ids import wire_id


def present_account(organization: Organization) -> dict[str, Any]:
    """Everything its owner may set, and what the operator has."""
    own = organization
    return {
        "id": wire_id("organization", own.uuid),
        "object": "account",
        "name": own.name,
        "slug": own.slug,
        "company_name": own.legal_name,
        "trading_name": own.trading_name,
        "email": own.email,
        "phone": own.phone,
        "website": own.website,
        "address": {
            "street": own.address_line1,
            "street2": own.address_line2,
            "street3": own.address_line3,
            "city": own.city,
            "state": own.subdivision,
            "postal_code": own.postal_code,
            "country": own.country,
        },
        "contact_person": {
            "name": own.contact_name,
            "email": own.contact_email,
            "phone": own.contact_phone,
        },
        "vat_id": own.vat_id,
        "tax_registration_id": own.tax_registration_id,
        "legal_registration_id": own.legal_registration_id,
        "legal_registration_scheme": own.legal_registration_scheme,
        "electronic_address": own.electronic_address,
        "electronic_address_scheme": own.electronic_address_scheme,
        "legal_text": own.legal_text,
        **_rules(own),
        "template_id": own.template,
        "accent_color": own.accent_color,
        "logo_url": "/v1/account/logo" if own.logo else None,
        "plan": own.plan,
        "rate_limit": {"requests": limit_of(own), "per_seconds": ENTERPRISE.rate.seconds},
        "test_clock": own.test_clock,
        "created_at": own.created_at,
        "updated_at": own.updated_at,
    }


def _rules(own: Organization) -> dict[str, Any]:
    return {
        "currency": own.currency,
        "accounting_currency": own.base_currency,
        "timezone": own.timezone,
        "locale": own.locale,
        "payment_terms": own.payment_terms_days,
        "payment_terms_rule": own.payment_terms,
        "default_notes": own.default_notes,
        "default_terms": own.default_terms,
        "number_assignment": own.number_assignment,
        "rounding": own.rounding,
        "inclusive_order": own.inclusive_order,
        "prices_include_tax": own.prices_include_tax,
        "cash_rounding": money(own.cash_rounding_minor, own.currency),
        "date_order": own.date_order,
        "write_off_tolerance": money(own.write_off_tolerance_minor, own.currency),
        "copy_mail_to_self": own.copy_mail_to_self,
        "track_mail": own.tracks_mail,
    }


def present_bank_account(account: BankAccount) -> dict[str, Any]:
    return {
        "id": wire_id("bank account", account.uuid),
        "object": "bank_account",
        "name": account.name,
        "bank_name": account.bank_name,
        "iban": account.iban,
        "bic": account.bic,
        "account_number": account.account_number,
        "routing_number": account.routing_number,
        "currency": account.currency,
        "is_default": account.is_default,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def present_number_series(series: NumberSeries, on: datetime.date) -> dict[str, Any]:
    """The series as it stands for a document of that day."""
    following = next_number_of(series, on)
    return {
        "object": "number_series",
        "document": series.document,
        "name": series.name,
        "pattern": series.pattern,
        "reset": series.reset,
        "period": period_of(series, on),
        "last_number": following - 1,
        "next_number": following,
        "next": next_spelled(series, on),
        "updated_at": series.updated_at,
    }


def present_number(entry: NumberRegister, document_id: str | None) -> dict[str, Any]:
    return {
        "object": "number",
        "n": entry.n,
        "number": entry.number,
        "fate": entry.fate,
        "document_id": document_id,
        "reason": entry.reason,
        "updated_at": entry.updated_at,
    }
