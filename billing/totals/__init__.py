"""Totals: one pure engine that adds up every document, and says how in words.

Nothing here knows the database, the clock or the web. Input is exact decimals in major
units; results are integers in the currency's minor unit.
"""

from billing.totals.credits import partial_credit
from billing.totals.engine import compute
from billing.totals.errors import (
    AmountTooLarge,
    CreditExceedsLine,
    InvalidCharge,
    InvalidDiscount,
    InvalidInstalments,
    InvalidNumber,
    InvalidPolicy,
    InvalidTax,
    NegativeCredit,
    NegativePrice,
    NegativeTotal,
)
from billing.totals.explanation import explain
from billing.totals.inputs import ChargeInput, DocumentInput, LineInput, Policy, TaxRule
from billing.totals.results import ChargeTotals, LineTax, LineTotals, TaxGroup, Totals
from billing.totals.settling import allocate_instalments, cash_basis_tax

__all__ = [
    "AmountTooLarge",
    "ChargeInput",
    "ChargeTotals",
    "CreditExceedsLine",
    "DocumentInput",
    "InvalidCharge",
    "InvalidDiscount",
    "InvalidInstalments",
    "InvalidNumber",
    "InvalidPolicy",
    "InvalidTax",
    "LineInput",
    "LineTax",
    "LineTotals",
    "NegativeCredit",
    "NegativePrice",
    "NegativeTotal",
    "Policy",
    "TaxGroup",
    "TaxRule",
    "Totals",
    "allocate_instalments",
    "cash_basis_tax",
    "compute",
    "explain",
    "partial_credit",
]
