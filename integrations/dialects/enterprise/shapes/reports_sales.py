"""The sales, tax and payments reports."""

from collections.abc import Mapping

from billing.reports.payments import GROUPS as PAYMENT_GROUPS
from billing.reports.product_sales import PRODUCT
from billing.reports.sales import GROUPS as SALES_GROUPS
from billing.reports.tax import BASES
from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    choice,
    day,
    maybe,
    number,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.resources import reference
from integrations.dialects.enterprise.words import PAYMENT_METHODS, TAX_CATEGORIES, TAX_TYPES

_CURRENCY = text("Every amount beside it is in this currency.")
_SPAN: Mapping[str, Node] = {"start_date": day(), "end_date": day()}
_PERIOD: Mapping[str, Node] = {
    "period": day("The first day."),
    "period_end": day("The last day."),
}
_CUSTOMER: Mapping[str, Node] = {"customer_id": reference("customer"), "customer_name": text()}

_SALES: Mapping[str, Node] = {
    "invoices_count": whole("Invoices issued in the period; drafts and void ones do not count."),
    "total_invoiced": number("Their totals, with tax."),
    "total_paid": number("What has been paid on them to this day."),
    "total_credited": number("What credit notes have settled of them to this day."),
    "total_written_off": number("What has been given up of them to this day."),
    "total_outstanding": number("What they still ask for."),
    "total_tax": number("The tax in total_invoiced."),
    "credit_notes_count": whole("Credit notes dated in the period."),
    "total_credit_notes": number("Their totals, with tax."),
    "net_sales": number("Without tax: invoices less credit notes of the period."),
    "total_received": number("Payments less refunds, each on its own day."),
}
_NET: Mapping[str, Node] = {
    "net_invoiced": number("Without tax, discounts taken off."),
    "net_credited": number("Taken back by credit notes of these days."),
    "net_sales": number(),
}
_PRODUCT: Mapping[str, Node] = {
    "product_id": maybe(reference("product", "Null for lines without one, and for charges.")),
    "product_name": maybe(text()),
    "sku": maybe(text()),
    "quantity": maybe(number("Units invoiced less units credited.")),
    "invoices_count": whole(),
    **_NET,
}
# A row has the keys of what it is grouped by.
_SALES_ROW = Shape(
    name="SalesReportRow",
    fields={**_PERIOD, **_CUSTOMER, **_PRODUCT, **_SALES},
    optional=frozenset({*_PERIOD, *_CUSTOMER, *_PRODUCT, *_SALES}),
    description="Named by period, customer or product; products have net figures only.",
)
_SALES_SUMMARY = Shape(
    name="SalesReportSummary",
    fields={**_SALES, **_NET},
    optional=frozenset({*_SALES, *_NET}),
)

_PAYMENTS: Mapping[str, Node] = {
    "count": whole("Payments that succeeded."),
    "amount": number(),
    "refunds_count": whole(),
    "refunded": number("Refunds on their own days."),
    "refunded_out_of_band": number("The part of them that left none of our accounts."),
    "net": number("amount - refunded."),
    "pending_count": whole(),
    "pending_amount": number("In no other figure."),
    "failed_count": whole(),
    "failed_amount": number("In no other figure."),
}
_PAYMENTS_NAMES: Mapping[str, Node] = {
    **_PERIOD,
    **_CUSTOMER,
    "payment_method": choice(*PAYMENT_METHODS.words),
    "gateway": text("Empty where the payments name none."),
}

_TAX_SUMS: Mapping[str, Node] = {
    "total_sales": number("What the tax was charged on, less what was credited."),
    "total_tax_collected": number(),
}
_TAX_ROW = Shape(
    name="TaxReportRow",
    fields={
        "tax_profile_id": maybe(reference("tax profile", "Null for tax of no profile.")),
        "name": text(),
        "type": choice(*TAX_TYPES.words),
        "kind": choice("percent", "fixed"),
        "category": choice(*TAX_CATEGORIES.words, description="UNTDID 5305."),
        "rate": number("Percent."),
        "exemption_reasons": Many(text()),
        **_TAX_SUMS,
        "invoice_count": whole(),
        "credit_note_count": whole(),
        "accounting_currency": text("The books' currency."),
        "accounting_tax_collected": number("The tax in the books' currency (BT-111)."),
    },
)
_TAX_SUMMARY = Shape(
    name="TaxReportSummary",
    fields={
        **_TAX_SUMS,
        "net_sales": number(
            "What was sold without tax, every amount once: total_sales has an amount twice that"
            " two taxes are charged on, and not at all what bears none."
        ),
    },
)


def _report(
    name: str, word: str, head: Mapping[str, Node], section: Mapping[str, Node], **tail: Node
) -> Shape:
    """The document's shape for the first currency, and the others below it in the same."""
    other = Shape(name=f"{name}InOtherCurrency", fields={"currency": _CURRENCY, **section})
    return Shape(
        name=name,
        fields={
            "object": choice(word),
            **_SPAN,
            **head,
            "currency": _CURRENCY,
            **section,
            **tail,
            "other_currencies": Many(other),
        },
    )


SALES_REPORT = _report(
    "SalesReport",
    "sales_report",
    {"group_by": choice(*SALES_GROUPS, PRODUCT)},
    {"data": Many(_SALES_ROW), "summary": _SALES_SUMMARY},
)
PAYMENTS_REPORT = _report(
    "PaymentsReport",
    "payments_report",
    {"group_by": choice(*PAYMENT_GROUPS)},
    {
        "data": Many(
            Shape(
                name="PaymentsReportRow",
                fields={**_PAYMENTS_NAMES, **_PAYMENTS},
                optional=frozenset(_PAYMENTS_NAMES),
            )
        ),
        "summary": Shape(name="PaymentsReportSummary", fields=_PAYMENTS),
    },
)
TAX_REPORT = _report(
    "TaxReport",
    "tax_report",
    {"basis": choice(*BASES)},
    {"tax_profiles": Many(_TAX_ROW), "summary": _TAX_SUMMARY},
    books=Many(
        Shape(
            name="TaxReportBooks",
            fields={"currency": text(), "total_tax_collected": number()},
            description="All currencies together, as the books count them.",
        ),
        description="One entry, unless the books' currency was changed.",
    ),
)
