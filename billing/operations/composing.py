"""A new invoice, added up but not yet written: what one create and a bulk of them share."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.models import Customer, Invoice, InvoiceLine
from billing.numbering import DEFAULT_SERIES
from billing.operations import drafting
from billing.operations.amending import check_total, given_lines, set_terms, write_header
from billing.operations.early_discounts import set_discount_amount
from billing.operations.fields import clean_terms
from billing.operations.lines import Catalogue, Spec
from billing.queries.organizations import today
from billing.totals import Policy, TaxGroup
from core.rows import new_row


@dataclass(frozen=True, slots=True)
class Draft:
    """An unsaved invoice with its unsaved lines and its tax subtotals."""

    invoice: Invoice
    lines: list[InvoiceLine]
    groups: list[TaxGroup]


def compose(
    customer: Customer,
    at: datetime.datetime,
    *,
    lines: Sequence[Spec] | None = None,
    total: Decimal | None = None,
    issue_date: datetime.date | None = None,
    due_date: datetime.date | None = None,
    payment_terms: str | None = None,
    currency: str | None = None,
    exchange_rate: Decimal | None = None,
    discount_type: str = "",
    discount_value: Decimal | int = 0,
    charges: Sequence[Spec] = (),
    prices_include_tax: bool | None = None,
    policy: Policy | None = None,
    source: str = "web",
    number_series: str = DEFAULT_SERIES,
    catalogue: Catalogue | None = None,
    **header: Any,
) -> Draft:
    """The draft that create_invoice describes. The customer comes with its organization.

    `catalogue` holds what the specs refer to, where it was looked up for many at once.
    Raises what create_invoice raises.
    """
    organization = customer.organization
    invoice = new_row(Invoice, source=source, number_series=number_series)
    drafting.start(
        invoice,
        organization=organization,
        customer=customer,
        at=at,
        issue_date=issue_date or today(organization, at),
        currency=currency,
        exchange_rate=exchange_rate,
        prices_include_tax=prices_include_tax,
    )
    if policy is not None:
        drafting.set_policy(invoice, policy)
    set_terms(invoice, due_date, clean_terms(payment_terms) if payment_terms else None)
    write_header(invoice, {k: v for k, v in header.items() if v is not None})
    built, groups = drafting.price(
        invoice,
        InvoiceLine,
        specs=given_lines(invoice, lines, total),
        charges=charges,
        discount_type=discount_type,
        discount_value=discount_value,
        catalogue=catalogue,
    )
    check_total(invoice, total)
    set_discount_amount(invoice, built)
    return Draft(invoice, built, groups)
