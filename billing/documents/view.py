"""What a document shows, ready to be drawn: the PDF and the public page read the same one.

Every figure is already text in the document's locale. Only `Row.running` stays a number
(minor units), because sums are carried over to the next page where the page breaks.
"""

import datetime
from dataclasses import dataclass

from billing.documents.formats import Formatter


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value: `Due date`, `14 Feb 2025`."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer. `lines` is the address, `ids` what the law wants printed."""

    label: str
    name: str
    lines: tuple[str, ...]
    ids: tuple[Fact, ...]
    contact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures to the right of the description."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line: title, small print below it, and a cell per column."""

    title: str
    details: tuple[str, ...]
    cells: tuple[str, ...]
    running: int


@dataclass(frozen=True, slots=True)
class TaxRow:
    name: str
    rate: str
    base: str
    tax: str
    note: str = ""

    @property
    def label(self) -> str:
        """`VAT 19%`; the rate is not repeated where the name says it already."""
        rate = "".join(self.rate.split())
        return self.name if rate in "".join(self.name.split()) else f"{self.name} {self.rate}"


@dataclass(frozen=True, slots=True)
class TotalRow:
    """tone: `plain`, `strong` (the total) or `due` (what matters, drawn largest)."""

    key: str
    label: str
    amount: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """How to pay, or what else `heading` says. `code` is the text of the QR code, if any."""

    facts: tuple[Fact, ...]
    code: str
    code_kind: str
    code_caption: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document as its reader sees it."""

    kind: str
    title: str
    number: str
    language: str
    words: dict[str, str]
    formats: Formatter
    page_size: str
    template: str
    accent: str
    logo: str
    mark: str
    mark_label: str
    date: datetime.date
    seller: Party
    buyer: Party
    delivery: Party | None
    facts: tuple[Fact, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    taxes: tuple[TaxRow, ...]
    totals: tuple[TotalRow, ...]
    headline: TotalRow
    payment: PaymentDetails | None
    notes: str
    terms: str
    footer: str
    legal: tuple[str, ...]
    watermark: str = ""
    has_running_total: bool = True

    @property
    def heading(self) -> str:
        """Title and number in one line."""
        return f"{self.title} {self.number}".strip()
