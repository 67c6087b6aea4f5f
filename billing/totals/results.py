"""What the totals engine answers: integers in minor units, and their JSON-safe record."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from billing.totals.arithmetic import QUANTITY_PLACES
from billing.totals.inputs import FIXED, DocumentInput, LineInput, Policy, digits


class LineTax(NamedTuple):
    """One tax of one line before the document discount; `group` is its place in Totals.taxes."""

    group: int
    base: int
    tax: int


@dataclass(slots=True)
class LineTotals:
    """The figures of one line, minor units.

    net: without tax, after the line discount, before the document discount (BT-131).
    discount: the line discount, in the terms of the price (with tax when the price has it).
    tax, gross: before the document discount. Informational: never summed into the tax.
    allocated_discount: this line's part of the document discount, without tax.
    off: the same in the terms of the price.
    correction: what keeping the gross prices moved the net by, compared with rounding
    the line alone.
    amount: quantity times price before the line discount, rounded.
    """

    net: int
    discount: int
    tax: int
    gross: int
    taxes: tuple[LineTax, ...] = ()
    allocated_discount: int = 0
    correction: int = 0
    amount: int = 0
    off: int = 0


@dataclass(slots=True)
class ChargeTotals:
    """A document charge (positive) or allowance (negative), minor units without tax."""

    name: str
    net: int
    tax: int
    gross: int
    taxes: tuple[LineTax, ...] = ()
    amount: int = 0


@dataclass(slots=True)
class TaxGroup:
    """One tax subtotal of the document (BG-23), minor units.

    base = lines - discount + charges + earlier taxes that this one is charged on. `key`,
    `name` and `tax_profile_id` are those of the first rule with this category and rate.
    `parts` are the taxes that were rounded one by one to make up `tax`. `amount` and
    `units` (millionths) belong to a fixed tax: so much per unit, so many units. `is_shared`
    says that rules of several profiles are in it.
    """

    key: str
    tax_profile_id: int | None
    name: str
    kind: str
    category: str
    rate: Decimal
    exemption_reason: str
    base: int = 0
    tax: int = 0
    lines: int = 0
    discount: int = 0
    charges: int = 0
    amount: Decimal = Decimal(0)
    units: int = 0
    is_included: bool = False
    is_shared: bool = False
    parts: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Totals:
    """A document added up. Every amount is an integer in the currency's minor unit.

    total = subtotal - discount_total + charge_total + tax_total + rounding_amount.
    """

    document: DocumentInput
    lines: list[LineTotals]
    charges: list[ChargeTotals]
    taxes: list[TaxGroup]
    subtotal: int
    discount_total: int
    charge_total: int
    tax_total: int
    rounding_amount: int
    total: int
    # The document discount and what it was taken from, in the terms of the prices.
    discount_amount: int = 0
    discount_on: int = 0
    # A credit of some units: discounts are their parts of the invoice's discounts.
    is_part: bool = False
    # And if it is not the first one: the record of all that is credited so far.
    cumulative: dict[str, Any] | None = None

    @property
    def currency(self) -> str:
        return self.document.currency

    @property
    def policy(self) -> Policy:
        return self.document.policy

    def as_dict(self) -> dict[str, Any]:
        """The whole calculation, JSON-safe: integers of minor units and digit strings.

        Stored with the document; `explain` needs nothing else. Keys that would hold
        zero or nothing are left out.
        """
        document = self.document
        record: dict[str, Any] = {
            "format": 1,
            "currency": document.currency,
            "policy": document.policy.as_dict(),
            "lines": [
                _line_dict(given, line)
                for given, line in zip(document.lines, self.lines, strict=True)
            ],
            "taxes": [_group_dict(group) for group in self.taxes],
            "subtotal": self.subtotal,
            "discount_total": self.discount_total,
            "charge_total": self.charge_total,
            "tax_total": self.tax_total,
            "rounding_amount": self.rounding_amount,
            "total": self.total,
        }
        if document.discount_type:
            record["discount"] = {
                "type": document.discount_type,
                "value": digits(document.discount_value),
                "on": self.discount_on,
                "amount": self.discount_amount,
            }
            if self.is_part:
                record["discount"]["is_part"] = True
        if self.charges:
            record["charges"] = [_charge_dict(charge) for charge in self.charges]
        if self.cumulative is not None:
            record["cumulative"] = self.cumulative
        return record


def _line_dict(given: LineInput, line: LineTotals) -> dict[str, Any]:
    record: dict[str, Any] = {
        "quantity": digits(given.quantity),
        "unit_price": digits(given.unit_price),
        "amount": line.amount,
        "net": line.net,
        "tax": line.tax,
        "gross": line.gross,
    }
    if given.price_base_quantity != 1:
        record["price_base_quantity"] = digits(given.price_base_quantity)
    if given.discount_type:
        record["discount_type"] = given.discount_type
        record["discount_value"] = digits(given.discount_value)
        record["discount"] = line.discount
    if line.taxes:
        record["taxes"] = [list(tax) for tax in line.taxes]
    if line.allocated_discount:
        record["allocated_discount"] = line.allocated_discount
    if line.correction:
        record["correction"] = line.correction
    return record


def _charge_dict(charge: ChargeTotals) -> dict[str, Any]:
    return {
        "name": charge.name,
        "amount": charge.amount,
        "net": charge.net,
        "tax": charge.tax,
        "gross": charge.gross,
        "taxes": [list(tax) for tax in charge.taxes],
    }


def _group_dict(group: TaxGroup) -> dict[str, Any]:
    record: dict[str, Any] = {
        "key": group.key,
        "tax_profile_id": group.tax_profile_id,
        "name": group.name,
        "kind": group.kind,
        "category": group.category,
        "rate": digits(group.rate),
        "base": group.base,
        "tax": group.tax,
        "lines": group.lines,
    }
    if group.exemption_reason:
        record["exemption_reason"] = group.exemption_reason
    if group.discount:
        record["discount"] = group.discount
    if group.charges:
        record["charges"] = group.charges
    if group.kind == FIXED:
        record["amount"] = digits(group.amount)
        record["units"] = digits(Decimal(group.units).scaleb(-QUANTITY_PLACES))
    if group.is_included:
        record["is_included"] = True
    if len(group.parts) > 1:
        record["parts"] = group.parts
    return record
