"""Short ways to write a document for the totals engine down."""

from decimal import Decimal
from typing import Any

from billing.totals import ChargeInput, DocumentInput, LineInput, Policy, TaxRule, Totals, compute
from core.money import from_minor

D = Decimal


def tax(rate: str, name: str = "VAT", *, key: str = "", **fields: Any) -> TaxRule:
    """A percentage tax; its key tells name and rate unless one is given."""
    return TaxRule(key or f"{name}-{rate}", name, D(rate), **fields)


def eco(amount: str, name: str = "Eco tax", **fields: Any) -> TaxRule:
    """A tax of so much per unit."""
    return TaxRule(
        f"{name}-{amount}",
        name,
        D(0),
        kind="fixed",
        amount=D(amount),
        **fields,
    )


def line(quantity: str, price: str, *taxes: TaxRule, **fields: Any) -> LineInput:
    return LineInput(D(quantity), D(price), taxes, **fields)


def less(percent: str) -> dict[str, Any]:
    """A percentage discount, for a line or a document."""
    return {"discount_type": "percent", "discount_value": D(percent)}


def off(amount: str) -> dict[str, Any]:
    """A fixed discount, for a line or a document."""
    return {"discount_type": "fixed", "discount_value": D(amount)}


def charge(name: str, amount: str, *taxes: TaxRule) -> ChargeInput:
    return ChargeInput(name, D(amount), True, taxes)


def allowance(name: str, amount: str, *taxes: TaxRule) -> ChargeInput:
    return ChargeInput(name, D(amount), False, taxes)


def document(
    *lines: LineInput, currency: str = "EUR", rounding: str = "group", **fields: Any
) -> DocumentInput:
    """A document in euro that rounds per tax; fields of Policy may be given directly."""
    policy = {
        name: fields.pop(name)
        for name in ("prices_include_tax", "inclusive_order", "cash_rounding_minor")
        if name in fields
    }
    return DocumentInput(
        currency,
        list(lines),
        Policy(rounding, **policy),
        **fields,
    )


def added(*lines: LineInput, **fields: Any) -> Totals:
    return compute(document(*lines, **fields))


def major(minor: int, currency: str = "EUR") -> str:
    """648000 cents as 6480.00: tests state amounts as people write them."""
    return str(from_minor(minor, currency))


def nets(totals: Totals) -> list[str]:
    return [major(line.net, totals.currency) for line in totals.lines]


def groups(totals: Totals) -> list[tuple[str, str]]:
    """Base and tax of each subtotal."""
    return [
        (major(group.base, totals.currency), major(group.tax, totals.currency))
        for group in totals.taxes
    ]


def figures(totals: Totals) -> tuple[str, str, str]:
    """Subtotal, tax and total."""
    currency = totals.currency
    return (
        major(totals.subtotal, currency),
        major(totals.tax_total, currency),
        major(totals.total, currency),
    )
