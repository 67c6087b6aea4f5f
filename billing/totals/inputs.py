"""What the totals engine is given: plain values, exact decimals in major units."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

ZERO = Decimal(0)
ONE = Decimal(1)

PERCENT = "percent"
FIXED = "fixed"

GROUP = "group"
LINE = "line"
KEEP_GROSS = "keep_gross"
SUM_BY_NET = "sum_by_net"
ROUNDINGS = frozenset((GROUP, LINE, KEEP_GROSS, SUM_BY_NET))

NET_FIRST = "net_first"
TAX_FIRST = "tax_first"
INCLUSIVE_ORDERS = frozenset((NET_FIRST, TAX_FIRST))

_TEXT = Context(prec=80)


def digits(value: Decimal) -> str:
    """The number as plain digits, without exponent and trailing zeros: 9.975, 10, 0."""
    return format(value.normalize(_TEXT), "f")


@dataclass(frozen=True, slots=True)
class TaxRule:
    """One tax as a document froze it. The order of a line's rules is part of the document.

    `rate` is in percent, 0 to 100. A rule of kind "fixed" ignores the rate and takes
    `amount` major units per unit sold. A compound tax is charged on the net amount and
    all taxes before it; after a tax with `is_in_tax_base`, every later tax is charged on
    that tax too. `is_inclusive` says that the price already contains this tax.
    `category` is the UNTDID 5305 code of EN 16931 (BT-151).
    """

    key: str
    name: str
    rate: Decimal
    kind: str = PERCENT
    amount: Decimal = ZERO
    is_compound: bool = False
    is_in_tax_base: bool = False
    category: str = "S"
    exemption_reason: str = ""
    tax_profile_id: int | None = None
    is_inclusive: bool = False

    def as_dict(self) -> dict[str, Any]:
        """A JSON-safe copy; decimals are digit strings."""
        return {
            "key": self.key,
            "name": self.name,
            "rate": digits(self.rate),
            "kind": self.kind,
            "amount": digits(self.amount),
            "is_compound": self.is_compound,
            "is_in_tax_base": self.is_in_tax_base,
            "category": self.category,
            "exemption_reason": self.exemption_reason,
            "tax_profile_id": self.tax_profile_id,
            "is_inclusive": self.is_inclusive,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "TaxRule":
        """The rule that `as_dict` wrote; keys left out take their defaults."""
        values = dict(stored)
        values["rate"] = Decimal(values.get("rate", 0))
        values["amount"] = Decimal(values.get("amount", 0))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line. The price is for `price_base_quantity` units (BT-149) and never negative."""

    quantity: Decimal
    unit_price: Decimal
    taxes: tuple[TaxRule, ...] = ()
    price_base_quantity: Decimal = ONE
    discount_type: str = ""
    discount_value: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ChargeInput:
    """A charge on the whole document (BG-21), or an allowance when not `is_charge` (BG-20).

    The document discount does not touch it, nor does a fixed tax, which is for units
    sold. `amount` is positive, in major units.
    """

    name: str
    amount: Decimal
    is_charge: bool = True
    taxes: tuple[TaxRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """How a document rounds; frozen on it when it is made.

    rounding: "group" rounds each tax once, on the sum of its bases. "line" rounds each
    tax on each line. "keep_gross" and "sum_by_net" differ from "group" only when prices
    include tax: "keep_gross" leaves every gross price as it is and stores the cents by
    which single line nets had to move; "sum_by_net" adds up the rounded line nets and
    taxes their sum, so that the total may leave the gross prices by some cents.

    cash_rounding_minor: the smallest coin in minor units (5 for 0.05 CHF); 0 is off.
    """

    rounding: str = GROUP
    prices_include_tax: bool = False
    inclusive_order: str = NET_FIRST
    cash_rounding_minor: int = 0

    def as_dict(self) -> dict[str, Any]:
        """A JSON-safe copy."""
        return {
            "rounding": self.rounding,
            "prices_include_tax": self.prices_include_tax,
            "inclusive_order": self.inclusive_order,
            "cash_rounding_minor": self.cash_rounding_minor,
        }


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """A document to add up. A fixed discount is in major units, a percentage 0 to 100."""

    currency: str
    lines: tuple[LineInput, ...] | list[LineInput]
    policy: Policy = Policy()
    discount_type: str = ""
    discount_value: Decimal = ZERO
    charges: tuple[ChargeInput, ...] | list[ChargeInput] = ()
