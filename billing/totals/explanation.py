"""A stored calculation in sentences that a bookkeeper can check with a pocket calculator."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from billing.totals.inputs import FIXED, GROUP, KEEP_GROSS, LINE, SUM_BY_NET, TAX_FIRST
from core.money import from_minor

_POLICIES = {
    GROUP: "Each tax is rounded once, on the sum that it applies to.",
    LINE: "Each tax is rounded on every line.",
    KEEP_GROSS: "Each tax is rounded once, and the prices that include tax stay as they are.",
    SUM_BY_NET: "The rounded net amounts are added up, and each tax is rounded once on the sum.",
}

_FIGURES = {
    "Subtotal": "subtotal",
    "Discount": "discount_total",
    "Charges": "charge_total",
    "Tax": "tax_total",
    "Rounding": "rounding_amount",
    "Total": "total",
}

Record = Mapping[str, Any]


def explain(calculation: Record) -> list[str]:
    """The steps of a calculation in words, from the stored record alone (Totals.as_dict).

    Amounts are in the document's currency, with its number of decimals.
    """
    money = _Money(calculation["currency"])
    if "cumulative" in calculation:
        return _credit(calculation, calculation["cumulative"], money)
    sentences = _policy(calculation["policy"])
    for number, line in enumerate(calculation["lines"], start=1):
        sentences += _line(number, line, money)
    sentences += _subtotal(calculation, money)
    sentences += _discount(calculation, money)
    sentences += _charges(calculation, money)
    for group in calculation["taxes"]:
        sentences += _tax(group, money)
    sentences += _total(calculation, money)
    return sentences


class _Money:
    """Writes minor units as amounts: 648000 is 6,480.00."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def __call__(self, minor: int) -> str:
        return f"{from_minor(minor, self.currency):,f}"

    def sum(self, terms: Sequence[int]) -> str:
        """The terms with their signs between them: 7,200.00 - 720.00 + 648.00."""
        text = self(terms[0])
        for term in terms[1:]:
            text += f" {'-' if term < 0 else '+'} {self(abs(term))}"
        return text


def _policy(policy: Record) -> list[str]:
    prices = "Prices include tax." if policy["prices_include_tax"] else "Prices are without tax."
    sentences = [f"{prices} {_POLICIES[policy['rounding']]}"]
    if policy["prices_include_tax"]:
        first = "tax" if policy["inclusive_order"] == TAX_FIRST else "net amount"
        sentences.append(f"Of a price that includes tax, the {first} is rounded first.")
    return sentences


def _line(number: int, line: Record, money: _Money) -> list[str]:
    price = f"{_price(line['unit_price'], money)}"
    if "price_base_quantity" in line:
        price += f" per {_grouped(line['price_base_quantity'])}"
    sentences = [f"Line {number}: {_grouped(line['quantity'])} x {price} = {money(line['amount'])}"]
    after = line["amount"]
    if "discount" in line:
        after -= line["discount"]
        if line["discount_type"] == FIXED:
            how = "discount"
        else:
            how = f"{line['discount_value']} % discount"
        sentences.append(
            f"Line {number}: {how}: {money.sum([line['amount'], -line['discount']])}"
            f" = {money(after)}"
        )
    if line["net"] != after:
        sentences.append(f"Line {number}: {money(after)} is {money(line['net'])} without tax")
    if "correction" in line:
        moved = "up" if line["correction"] > 0 else "down"
        sentences.append(
            f"Line {number}: the net amount was rounded {moved} by"
            f" {money(abs(line['correction']))} so that the sum of the prices is kept"
        )
    return sentences


def _subtotal(calculation: Record, money: _Money) -> list[str]:
    nets = [line["net"] for line in calculation["lines"]]
    if len(nets) < 2:
        return [f"Subtotal: {money(calculation['subtotal'])}"]
    return [f"Subtotal: {money.sum(nets)} = {money(calculation['subtotal'])}"]


def _discount(calculation: Record, money: _Money) -> list[str]:
    discount = calculation.get("discount")
    if discount is None:
        return []
    amount, net = discount["amount"], calculation["discount_total"]
    if "is_part" in discount:
        sentences = [f"Discount: {money(amount)}, these units' part of the invoice's discount"]
    elif discount["type"] == FIXED:
        sentences = [f"Discount: {money(amount)} off {money(discount['on'])}"]
    else:
        sentences = [f"Discount {discount['value']} % on {money(discount['on'])} = {money(amount)}"]
    if amount != net:
        sentences.append(f"The discount of {money(amount)} is {money(net)} without tax")
    groups = [group for group in calculation["taxes"] if "discount" in group]
    if len(groups) > 1:
        parts = ", ".join(f"{money(g['discount'])} for {_name(g, money)}" for g in groups)
        sentences.append(f"The discount is divided in proportion: {parts}")
    return sentences


def _charges(calculation: Record, money: _Money) -> list[str]:
    sentences = []
    for charge in calculation.get("charges", ()):
        word = "Allowance" if charge["net"] < 0 else "Charge"
        sentence = f"{word} {charge['name']}: {money(abs(charge['amount']))}"
        if charge["net"] != charge["amount"]:
            sentence += f", {money(abs(charge['net']))} without tax"
        sentences.append(sentence)
    return sentences


def _tax(group: Record, money: _Money) -> list[str]:
    name, base, tax = _name(group, money), group["base"], group["tax"]
    if group["kind"] == FIXED:
        return [f"{name} x {_grouped(group['units'])} = {money(tax)}"]
    sentences = []
    terms = [group["lines"]]
    terms += [-group["discount"]] if "discount" in group else []
    terms += [group["charges"]] if "charges" in group else []
    others = base - sum(terms)
    terms += [others] if others else []
    if len(terms) > 1:
        taxed = f" (of it {money(others)} earlier tax)" if others else ""
        sentences.append(f"Base of {name}: {money.sum(terms)} = {money(base)}{taxed}")
    parts = group.get("parts", ())
    if parts:
        sentences.append(f"{name} on {money(base)}: {money.sum(parts)} = {money(tax)}")
    elif group.get("is_included"):
        sentences.append(f"{name} in {money(base + tax)} = {money(tax)}, without it {money(base)}")
    else:
        sentences.append(f"{name} on {money(base)} = {money(tax)}")
    if group.get("exemption_reason"):
        sentences.append(f"{name}: {group['exemption_reason']}")
    return sentences


def _total(calculation: Record, money: _Money) -> list[str]:
    terms = [calculation["subtotal"]]
    terms += [-calculation["discount_total"]] if calculation["discount_total"] else []
    terms += [calculation["charge_total"]] if calculation["charge_total"] else []
    terms += [calculation["tax_total"]]
    before = calculation["total"] - calculation["rounding_amount"]
    sentences = [f"Total: {money.sum(terms)} = {money(before)} {money.currency}"]
    if calculation["rounding_amount"]:
        coin = calculation["policy"]["cash_rounding_minor"]
        sentences.append(
            f"Rounded to {money(coin)}: {money.sum([before, calculation['rounding_amount']])}"
            f" = {money(calculation['total'])} {money.currency}"
        )
    return sentences


def _credit(calculation: Record, so_far: Record, money: _Money) -> list[str]:
    """A later credit note: all that is credited so far, less what was credited before."""
    sentences = ["All units credited so far, with this credit note:", *explain(so_far)]
    sentences.append("Less what was credited before, this credit note comes to:")
    for number, line in enumerate(calculation["lines"], start=1):
        if line["quantity"] != "0":
            whole = so_far["lines"][number - 1]["net"]
            sentences.append(f"Line {number}: {_step(whole, line['net'], money)}")
    for word, key in _FIGURES.items():
        if calculation[key]:
            sentences.append(f"{word}: {_step(so_far[key], calculation[key], money)}")
    return sentences


def _step(so_far: int, now: int, money: _Money) -> str:
    return f"{money.sum([so_far, now - so_far])} = {money(now)}"


def _name(group: Record, money: _Money) -> str:
    """The tax as people say it; the rate is added unless the name already tells it."""
    name: str = group["name"]
    if group["kind"] == FIXED:
        return f"{name} {_price(group['amount'], money)}"
    told = name.replace(" ", "").replace(",", ".")
    is_told = re.search(rf"(?<![\d.]){re.escape(group['rate'])}%", told)
    return name if is_told else f"{name} {group['rate']} %"


def _price(text: str, money: _Money) -> str:
    """A price with at least the currency's decimals, and more where it has more."""
    price = Decimal(text)
    whole = from_minor(0, money.currency)
    exponent = min(int(price.as_tuple().exponent), int(whole.as_tuple().exponent))
    return f"{price:,.{-exponent}f}"


def _grouped(text: str) -> str:
    return f"{Decimal(text):,f}"
