"""What invoices and quotes share while they are being written: header, sums, rows.

The organization's rules of computation are copied onto the document when it is made;
from then on the document adds up by its own.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from accounts.payment_terms import PaymentTerms, parse_terms
from billing.business_days import holidays_near
from billing.models import Customer, CustomerAddress
from billing.models.base import TEMPLATES, DocumentLine, SalesDocument
from billing.operations.amounts import fits_books
from billing.operations.fields import clean_date, clean_decimal, cleaned
from billing.operations.lines import (
    Catalogue,
    Spec,
    build_charges,
    build_lines,
    clean_discount,
    look_up,
)
from billing.queries.calculation import totals_input
from billing.queries.exchange_rates import rate_on
from billing.schedule import EndOfMonth, Roll, Terms, due_date, rolled
from billing.totals import Policy, TaxGroup, compute
from billing.totals.errors import AmountTooLarge
from core.currencies import get_currency
from core.errors import InvalidValue
from core.ids import random_text, uuid7
from core.money import convert_minor
from core.rows import new_row
from core.statements import insert
from core.text import clean_line

# What a person may write on a document beside its lines and money.
HEADER = frozenset(
    {
        "buyer_reference",
        "purchase_order",
        "sales_order",
        "contract",
        "project",
        "reference",
        "period_start",
        "period_end",
        "notes",
        "terms",
        "footer",
        "template",
        "locale",
        "metadata",
        "delivery",
    }
)
DELIVERY = (
    "name",
    "line1",
    "line2",
    "line3",
    "city",
    "subdivision",
    "postal_code",
    "country",
    "date",
)
# SQLite takes 32,766 parameters in a statement; and few lengths mean few statements to keep.
_ROWS_AT_ONCE = 100
_COPIED = (
    "organization_id product name description quantity unit unit_code unit_price"
    " price_base_quantity discount_type discount_value seller_item_id buyer_item_id"
    " period_start period_end taxes discount_amount net_amount tax_amount total position"
)


def start(
    document: SalesDocument,
    *,
    organization: Organization,
    customer: Customer,
    at: datetime.datetime,
    issue_date: datetime.date,
    currency: str | None,
    exchange_rate: Decimal | None,
    prices_include_tax: bool | None,
) -> None:
    """Fill in what a new document takes from its organization and customer."""
    document.organization = organization
    document.customer = customer  # type: ignore[attr-defined]
    document.created_at = document.updated_at = at
    document.issue_date = clean_date(issue_date, param="issue_date")
    document.currency = get_currency(currency or customer.currency).code
    document.accounting_currency = organization.base_currency
    set_exchange_rate(document, exchange_rate)
    document.rounding = organization.rounding
    document.inclusive_order = organization.inclusive_order
    document.cash_rounding_minor = (
        organization.cash_rounding_minor if document.currency == organization.currency else 0
    )
    document.prices_include_tax = (
        organization.prices_include_tax if prices_include_tax is None else prices_include_tax
    )
    document.template = organization.template
    document.locale = customer.locale or organization.locale
    document.notes = organization.default_notes
    document.terms = organization.default_terms
    document.buyer_reference = customer.buyer_reference
    document.public_token = random_text()


def set_policy(document: SalesDocument, policy: Policy) -> None:
    """Add up by that policy instead of the organization's own."""
    document.rounding = policy.rounding
    document.inclusive_order = policy.inclusive_order
    document.prices_include_tax = policy.prices_include_tax
    document.cash_rounding_minor = policy.cash_rounding_minor


def write_header(document: SalesDocument, values: Mapping[str, Any]) -> None:
    """Set fields of HEADER. Raises InvalidValue naming the field."""
    plain = {name: value for name, value in values.items() if name != "delivery"}
    for name, value in cleaned(type(document), plain, HEADER).items():
        setattr(document, name, value)
    if "delivery" in values:
        document.delivery = _clean_delivery(values["delivery"] or {})
    if document.template not in TEMPLATES:
        raise InvalidValue(f"This must be one of {', '.join(TEMPLATES)}.", param="template")
    start_day, end_day = document.period_start, document.period_end
    if start_day and end_day and end_day < start_day:
        raise InvalidValue("The period ends before it starts.", param="period_end")


def set_exchange_rate(
    document: SalesDocument, given: Decimal | None = None, otherwise: Decimal = Decimal(1)
) -> None:
    """The given rate, else the organization's of the issue date, else `otherwise`."""
    if given is not None:
        rate = clean_decimal(given, param="exchange_rate", places=12)
        if rate <= 0:
            raise InvalidValue("An exchange rate is above 0.", param="exchange_rate")
        if document.currency == document.accounting_currency and rate != 1:
            raise InvalidValue(
                "The document is in the currency of the books.", param="exchange_rate"
            )
        document.exchange_rate = rate
        return
    known = rate_on(
        document.organization_id,
        document.currency,
        document.accounting_currency,
        document.issue_date,
    )
    document.exchange_rate = otherwise if known is None else known


def price(
    document: SalesDocument,
    line_class: type[DocumentLine],
    *,
    specs: Sequence[Spec],
    charges: Sequence[Spec],
    discount_type: Any,
    discount_value: Any,
    catalogue: Catalogue | None = None,
) -> tuple[list[Any], list[TaxGroup]]:
    """Turn specs into unsaved lines and add everything up on the document."""
    customer = document.customer  # type: ignore[attr-defined]
    currency = document.currency
    catalogue = catalogue or look_up(document.organization_id, [*specs, *charges])
    lines = build_lines(
        line_class,
        organization_id=document.organization_id,
        currency=currency,
        customer=customer,
        specs=specs,
        catalogue=catalogue,
    )
    document.charges = build_charges(
        charges, currency=currency, customer=customer, catalogue=catalogue
    )
    set_discount(document, discount_type, discount_value)
    return lines, add_up(document, lines)


def set_discount(document: SalesDocument, kind: Any, value: Any) -> None:
    document.discount_type, document.discount_value = clean_discount(kind, value, document.currency)


def add_up(document: SalesDocument, lines: Sequence[DocumentLine]) -> list[TaxGroup]:
    """Compute the document by its own policy; fills its sums and those of the lines.

    Raises the refusals of billing.totals.errors.
    """
    totals = compute(totals_input(document, lines))
    for line, figures in zip(lines, totals.lines, strict=True):
        line.discount_amount = figures.discount
        line.net_amount = figures.net
        line.tax_amount = figures.tax
        line.total = figures.gross
    document.subtotal = totals.subtotal
    document.discount_total = totals.discount_total
    document.charge_total = totals.charge_total
    document.tax_total = totals.tax_total
    document.rounding_amount = totals.rounding_amount
    document.total = totals.total
    document.calculation = totals.as_dict()
    _check_books_size(document, [document.subtotal, document.total, *(x.total for x in lines)])
    return totals.taxes


def tax_rows(
    tax_class: type[Any],
    document: SalesDocument,
    groups: Sequence[TaxGroup],
    issued_on: datetime.date | None = None,
) -> list[Any]:
    """Unsaved tax subtotals; the tax also in the books' currency (BT-111, F4).

    `issued_on` is the day on which they count, where the document is in force already.
    """
    return [
        new_row(
            tax_class,
            organization_id=document.organization_id,
            position=position,
            tax_profile_id=group.tax_profile_id,
            name=group.name,
            kind=group.kind,
            category=group.category,
            rate=group.rate,
            exemption_reason=group.exemption_reason,
            base_amount=group.base,
            tax_amount=group.tax,
            accounting_amount=convert_minor(
                group.tax, document.currency, document.accounting_currency, document.exchange_rate
            ),
            issued_on=issued_on,
            currency=document.currency,
            accounting_currency=document.accounting_currency,
            is_shared=group.is_shared,
        )
        for position, group in enumerate(groups, start=1)
    ]


def convert_taxes(document: SalesDocument, taxes: Iterable[Any]) -> list[Any]:
    """The tax subtotals in the books' currency at the document's rate, which has changed.

    Raises AmountTooLarge. Does not save.
    """
    rows = list(taxes)
    for tax in rows:
        tax.accounting_amount = convert_minor(
            tax.tax_amount, document.currency, document.accounting_currency, document.exchange_rate
        )
    _check_books_size(document, [document.subtotal, document.total])
    return rows


def insert_rows(
    document: SalesDocument, owner: str, lines: Sequence[Any], taxes: Sequence[Any]
) -> None:
    """Write the lines and tax subtotals of a document that is saved: a statement each."""
    for rows in (lines, taxes):
        for row in rows:
            setattr(row, owner, document)
        for start_at in range(0, len(rows), _ROWS_AT_ONCE):
            insert(rows[start_at : start_at + _ROWS_AT_ONCE])


def copy_lines(line_class: type[Any], lines: Iterable[DocumentLine]) -> list[Any]:
    """The same lines for another document, prices and taxes as they were written."""
    return [
        line_class(uuid=uuid7(), **{name: getattr(line, name) for name in _COPIED.split()})
        for line in lines
    ]


def terms_of(organization: Organization, customer: Customer) -> PaymentTerms:
    """The customer's payment terms, else the organization's."""
    for holder in (customer, organization):
        if holder.payment_terms:
            return parse_terms(holder.payment_terms)
        if holder.payment_terms_days is not None:
            return PaymentTerms(days=holder.payment_terms_days)
    return PaymentTerms()


def due_by(terms: PaymentTerms, issued: datetime.date, country: str) -> datetime.date:
    """The last day to pay: counted from the issue date, moved off the country's holidays (D5)."""
    rule = Terms(terms.days, EndOfMonth(terms.end_of_month), terms.day_of_next_month)
    due = due_date(issued, rule)
    if not terms.roll:
        return due
    # A day that moves back must not come before the document itself.
    return max(issued, rolled(due, Roll(terms.roll), holidays_near(due, country)))


def delivery_to(address: CustomerAddress) -> dict[str, str]:
    """An address as a document's delivery block keeps it."""
    return {name: getattr(address, name) for name in DELIVERY if name != "date"}


def _check_books_size(document: SalesDocument, amounts: Sequence[int]) -> None:
    """Raises AmountTooLarge when the exchange rate makes more of it than the books can hold."""
    books = document.accounting_currency
    largest = max(abs(amount) for amount in amounts)
    if not fits_books(largest, document.currency, books, document.exchange_rate):
        raise AmountTooLarge(currency=books, param="line_items")


def _clean_delivery(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) - set(DELIVERY):
        raise InvalidValue(f"This takes {', '.join(DELIVERY)}.", param="delivery")
    given = {name: item for name, item in value.items() if item and name not in ("date", "name")}
    cleaned_values = dict(cleaned(CustomerAddress, given, DELIVERY, prefix="delivery."))
    if value.get("name"):
        cleaned_values["name"] = clean_line(value["name"], param="delivery.name", max_length=200)
    if value.get("date"):
        cleaned_values["date"] = clean_date(value["date"], param="delivery.date").isoformat()
    return cleaned_values
