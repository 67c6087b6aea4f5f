"""A document row as the totals engine takes it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from billing.models.base import DocumentLine, SalesDocument
from billing.totals import ChargeInput, DocumentInput, LineInput, Policy, TaxRule


def totals_input(document: SalesDocument, lines: Sequence[DocumentLine]) -> DocumentInput:
    """The document with these lines and its own frozen policy."""
    return DocumentInput(
        currency=document.currency,
        lines=[
            LineInput(
                quantity=line.quantity,
                unit_price=line.unit_price,
                taxes=_rules(line.taxes),
                price_base_quantity=line.price_base_quantity,
                discount_type=line.discount_type,
                discount_value=line.discount_value,
            )
            for line in lines
        ],
        policy=Policy(
            rounding=document.rounding,
            prices_include_tax=document.prices_include_tax,
            inclusive_order=document.inclusive_order,
            cash_rounding_minor=document.cash_rounding_minor,
        ),
        discount_type=document.discount_type,
        discount_value=document.discount_value,
        charges=[
            ChargeInput(
                name=charge["name"],
                amount=Decimal(charge["amount"]),
                is_charge=charge["is_charge"],
                taxes=_rules(charge["taxes"]),
            )
            for charge in document.charges
        ],
    )


def _rules(stored: Sequence[Mapping[str, Any]]) -> tuple[TaxRule, ...]:
    return tuple(TaxRule.from_dict(rule) for rule in stored)
