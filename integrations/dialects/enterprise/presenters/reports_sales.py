"""The sales, tax and payments reports as /v1 writes them."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from billing.queries.spans import Span
from billing.reports import payment_tables, sales_tables
from billing.reports.payments import METHOD, PaymentRow, PaymentSection
from billing.reports.product_sales import ProductSection
from billing.reports.sales import SalesSection
from billing.reports.tax import TaxReport, TaxRow, TaxSection
from integrations.dialects.base.figures import money, written
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.words import PAYMENT_METHODS, TAX_TYPES

Shown = dict[str, Any]


def head(name: str, span: Span, **choices: str) -> Shown:
    """What every report begins with: its kind, its days, and how it was asked for."""
    return {"object": name, **_span(span), **choices}


def books(report: TaxReport, base_currency: str) -> list[Shown]:
    """The tax of all currencies in the books' own."""
    sums: dict[str, int] = defaultdict(int)
    sums[base_currency] = 0
    for section in report.sections:
        for currency, amount in section.accounting().items():
            sums[currency] += amount
    return [
        {"currency": currency, "total_tax_collected": money(amount, currency)}
        for currency, amount in sums.items()
    ]


def customer_id(value: uuid.UUID) -> str:
    return wire_id("customer", value)


def product_id(value: uuid.UUID) -> str:
    return wire_id("product", value)


def tax_profile_id(value: uuid.UUID) -> str:
    return wire_id("tax profile", value)


def sales_section(section: SalesSection) -> Shown:
    return {
        "currency": section.currency,
        "data": [
            {
                **_plain(sales_tables.named(row, customer_id)),
                **_figures(sales_tables.figures(row.figures), section.currency),
            }
            for row in section.rows
        ],
        "summary": _figures(sales_tables.figures(section.summary), section.currency),
    }


def product_section(section: ProductSection) -> Shown:
    return {
        "currency": section.currency,
        "data": [
            {
                "product_id": row.product and product_id(row.product.uuid),
                "product_name": row.product and row.product.name,
                "sku": row.product and row.product.sku,
                "quantity": row.product and written(row.quantity),
                **_figures(sales_tables.product_figures(row), section.currency),
            }
            for row in section.rows
        ],
        "summary": _figures(sales_tables.product_figures(section), section.currency),
    }


def payments_section(section: PaymentSection, group_by: str) -> Shown:
    return {
        "currency": section.currency,
        "data": [
            {
                **_payment_name(row, group_by),
                **_figures(payment_tables.figures(row.figures), section.currency),
            }
            for row in section.rows
        ],
        "summary": _figures(payment_tables.figures(section.summary), section.currency),
    }


def tax_section(section: TaxSection) -> Shown:
    return {
        "currency": section.currency,
        "tax_profiles": [_tax_row(row, section.currency) for row in section.rows],
        "summary": {
            "total_sales": money(section.total_sales, section.currency),
            "total_tax_collected": money(section.total_tax, section.currency),
            "net_sales": money(section.net_sales, section.currency),
        },
    }


def _tax_row(row: TaxRow, currency: str) -> Shown:
    return {
        "tax_profile_id": row.profile and tax_profile_id(row.profile.uuid),
        "name": row.name,
        "type": TAX_TYPES.to_wire(row.type),
        "kind": row.key.kind,
        "category": row.key.category,
        "rate": written(row.key.rate),
        "exemption_reasons": row.reasons,
        "total_sales": money(row.sums.base, currency),
        "total_tax_collected": money(row.sums.tax, currency),
        "invoice_count": row.invoices_count,
        "credit_note_count": row.credit_notes_count,
        "accounting_currency": row.accounting_currency,
        "accounting_tax_collected": money(row.sums.accounting, row.accounting_currency),
    }


def _payment_name(row: PaymentRow, group_by: str) -> Shown:
    if row.period is not None:
        return _plain({"period": row.period.start, "period_end": row.period.end})
    if row.customer is not None:
        return {"customer_id": customer_id(row.customer.uuid), "customer_name": row.customer.name}
    if group_by == METHOD:
        return {"payment_method": PAYMENT_METHODS.to_wire(row.word)}
    return {"gateway": row.word}


def _span(span: Span) -> Shown:
    return _plain({"start_date": span.start, "end_date": span.end})


def _plain(values: Mapping[str, Any]) -> Shown:
    return {
        key: value.isoformat() if isinstance(value, datetime.date) else value
        for key, value in values.items()
    }


def _figures(sums: Mapping[str, int], currency: str) -> Shown:
    """Counts as they are, amounts with the currency's places."""
    return {
        key: amount if key.endswith("count") else money(amount, currency)
        for key, amount in sums.items()
    }
