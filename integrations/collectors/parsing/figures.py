"""An invoice as its document states it, in exact numbers. Nothing is computed or made up:
what the document does not say is None or empty.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Confidence(StrEnum):
    """How a figure was found."""

    STATED = "stated"  # in a field made for it
    LIKELY = "likely"  # in the page's text, and other figures agree
    GUESSED = "guessed"  # in the page's text, by its words alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who sends the invoice, or is sent it. `tax_id` is the VAT id where there is one."""

    name: str = ""
    tax_id: str = ""
    registration: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGroup:
    """What is taxed alike: category by EN 16931 (S, Z, E, AE, K, G, O, L, M), rate in percent."""

    category: str = ""
    rate: Decimal | None = None
    base: Decimal | None = None
    tax: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; `price` is that of `price_quantity` units, without tax."""

    number: str = ""
    name: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    price_quantity: Decimal | None = None
    net: Decimal | None = None
    category: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of the document (BT-106 to BT-115), as they stand in it."""

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    # What is collected for others with it (an extension of XRechnung); part of `payable`.
    for_others: Decimal | None = None
    payable: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person should look at: a code, and the field or value it is about."""

    code: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedInvoice:
    """All of it. `syntax`: ubl, cii, zugferd1 or text; `confidence` is by the field's name."""

    syntax: str
    is_credit_note: bool = False
    type_code: str = ""
    profile: str = ""
    supplier: Party = Party()
    buyer: Party = Party()
    number: str = ""
    issue_date: datetime.date | None = None
    due_date: datetime.date | None = None
    currency: str = ""
    totals: Totals = Totals()
    tax_groups: tuple[TaxGroup, ...] = ()
    lines: tuple[Line, ...] = ()
    confidence: Mapping[str, Confidence] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a document: an invoice, or the code of why there is none."""

    invoice: ParsedInvoice | None = None
    problem: str = ""
    detail: str = ""


class Unreadable(Exception):
    """Why a document gives no invoice: a code, and what it is about."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail
