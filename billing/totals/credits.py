"""Crediting an invoice in parts so that the parts always close to the cent (B12, B13, B15).

A partial credit is a difference: all that is credited so far, this note included, less
all that was credited before. Both are worked out by the one engine under the invoice's
own frozen policy, so the last note takes whatever cents are left, and crediting every
unit in any number of steps gives exactly the invoice's figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.totals.arithmetic import PRICE_PLACES, half_up, scaled
from billing.totals.differences import difference, recorded
from billing.totals.engine import add_up
from billing.totals.errors import CreditExceedsLine, NegativeCredit
from billing.totals.inputs import FIXED, ChargeInput, DocumentInput, LineInput, digits
from billing.totals.results import ChargeTotals, LineTax, LineTotals, TaxGroup, Totals
from core.currencies import get_currency
from core.money import from_minor


def partial_credit(
    invoice_document: DocumentInput,
    credited_before: Sequence[Decimal],
    credit_now: Sequence[Decimal],
    earlier: Sequence[Mapping[str, Any]] | None = None,
) -> Totals:
    """The totals of a credit note for some units of an invoice's lines.

    `invoice_document` is the invoice as it was issued, with its frozen policy. The two
    lists have one quantity per invoice line, with the sign of the line's quantity: what
    earlier notes credited, and what this one credits. `earlier` are the records of those
    notes (their `calculation`). Without them it is worked out what they came to, which is
    the same unless one of several was voided since; give them and the rest closes even
    then, and an invoice without quantities is not credited twice. The result has one LineTotals per
    invoice line, in order; those of lines that this note does not credit are zero.

    The document discount follows the lines: each unit takes back its line's part of it.
    Document charges and allowances are credited in proportion to the lines, by amount;
    an invoice without quantities has its charges credited at once. Amounts are positive,
    in minor units. `document` of the result is the credit note's own input, and its
    record (`as_dict`) holds the cumulative figures, so that `explain` can repeat the sum.

    Raises CreditExceedsLine when a line has fewer units left, NegativeCredit when the
    lines together would give less than nothing, and what `compute` raises.
    """
    _check_quantities(invoice_document, credited_before, credit_now)
    after = [was + now for was, now in zip(credited_before, credit_now, strict=True)]
    invoice = add_up(invoice_document)
    credit = _credited(invoice, after)
    if earlier or any(credited_before):
        so_far = credit
        if earlier is None:
            before = _credited(invoice, credited_before)
        else:
            before = recorded(so_far, earlier)
        credit = difference(so_far, before)
        credit.cumulative = so_far.as_dict()
    _settle_untouched(credit, credit_now)
    _drop_empty_groups(credit, credit_now)
    if credit.total < 0:
        raise NegativeCredit(
            total=from_minor(credit.total, credit.currency), currency=credit.currency
        )
    credit.document = replace(
        invoice_document,
        lines=_own_lines(credit, invoice_document, credit_now),
        charges=_own_charges(credit, invoice_document),
    )
    return credit


def _credited(invoice: Totals, quantities: Sequence[Decimal]) -> Totals:
    """The figures of that many units of each line, as a share of the invoice's figures."""
    document = invoice.document
    shares = [
        Fraction(quantity) / Fraction(line.quantity) if line.quantity else Fraction(0)
        for quantity, line in zip(quantities, document.lines, strict=True)
    ]
    part = replace(
        document,
        lines=_part_of_lines(document, quantities),
        charges=_part_of_charges(document, _share_of_whole(invoice, shares)),
    )
    offs = [_share(line.off, share) for line, share in zip(invoice.lines, shares, strict=True)]
    return add_up(part, offs=offs)


def _check_quantities(
    document: DocumentInput, before: Sequence[Decimal], now: Sequence[Decimal]
) -> None:
    for number, line in enumerate(document.lines):
        sign = -1 if line.quantity < 0 else 1
        left = sign * (line.quantity - before[number])
        asked = sign * now[number]
        if not 0 <= asked <= left or sign * before[number] < 0:
            raise CreditExceedsLine(
                param=f"line_items.{number}.quantity",
                line=number + 1,
                left=digits(sign * left),
                asked=digits(now[number]),
            )


def _share(amount: int, share: Fraction) -> int:
    return half_up(amount * share.numerator, share.denominator)


def _share_of_whole(invoice: Totals, shares: list[Fraction]) -> Fraction:
    """How much of the lines is credited, by amount; by count when nothing costs anything."""
    counted = [
        (abs(line.amount - line.discount), share)
        for line, share, given in zip(invoice.lines, shares, invoice.document.lines, strict=True)
        if given.quantity
    ]
    if not counted:
        return Fraction(1)
    whole = sum(weight for weight, _ in counted)
    if not whole:
        return sum((share for _, share in counted), Fraction(0)) / len(counted)
    return sum((weight * share for weight, share in counted), Fraction(0)) / whole


def _part_of_lines(document: DocumentInput, quantities: Sequence[Decimal]) -> list[LineInput]:
    """The lines with other quantities; a fixed discount shrinks along with its line."""
    lines = []
    for line, quantity in zip(document.lines, quantities, strict=True):
        part = replace(line, quantity=quantity)
        if line.discount_type == FIXED and quantity != line.quantity:
            share = Fraction(quantity) / Fraction(line.quantity)
            part = replace(
                part, discount_value=_part(line.discount_value, share, document.currency)
            )
        lines.append(part)
    return lines


def _part_of_charges(document: DocumentInput, share: Fraction) -> list[ChargeInput]:
    return [
        replace(charge, amount=_part(charge.amount, share, document.currency))
        for charge in document.charges
    ]


def _part(amount: Decimal, share: Fraction, currency: str) -> Decimal:
    """That share of the amount as the invoice rounded it, rounded again."""
    scale = 10 ** get_currency(currency).exponent
    minor = half_up(scaled(amount, PRICE_PLACES, "amount") * scale, 10**PRICE_PLACES)
    return from_minor(_share(minor, share), currency)


def _settle_untouched(credit: Totals, credit_now: Sequence[Decimal]) -> None:
    """Move cents off lines that this note does not credit, to one with the same taxes.

    Only prices that include tax get here: keeping their sum can move a cent between two
    lines when a third one joins them. Where no line with the same taxes is credited, what
    earlier notes moved that way only comes back in opposite cents, and is dropped.
    """
    touched = [line for line, now in zip(credit.lines, credit_now, strict=True) if now]
    for position, line in enumerate(credit.lines):
        if credit_now[position] or not (line.net or line.allocated_discount):
            continue
        receivers = [other for other in touched if _groups(other) == _groups(line)]
        if receivers:
            _move(line, max(receivers, key=lambda other: abs(other.gross)))
        credit.lines[position] = LineTotals(net=0, discount=0, tax=0, gross=0)


def _groups(line: LineTotals) -> list[int]:
    return [tax.group for tax in line.taxes]


def _move(line: LineTotals, receiver: LineTotals) -> None:
    receiver.net += line.net
    receiver.tax += line.tax
    receiver.gross += line.gross
    receiver.allocated_discount += line.allocated_discount
    receiver.taxes = tuple(
        LineTax(own.group, own.base + more.base, own.tax + more.tax)
        for own, more in zip(receiver.taxes, line.taxes, strict=True)
    )


def _drop_empty_groups(credit: Totals, credit_now: Sequence[Decimal]) -> None:
    """Leave out the subtotals of taxes that nothing on this note bears."""
    for line, now in zip(credit.lines, credit_now, strict=True):
        line.taxes = line.taxes if now else ()
    for charge in credit.charges:
        charge.taxes = charge.taxes if charge.amount else ()
    items: list[LineTotals | ChargeTotals] = [*credit.lines, *credit.charges]
    borne = {tax.group for item in items for tax in item.taxes}
    kept: list[TaxGroup] = []
    places: dict[int, int] = {}
    for place, group in enumerate(credit.taxes):
        if place in borne or any(_figures(group)):
            places[place] = len(kept)
            kept.append(group)
    for item in items:
        item.taxes = _renumbered(item.taxes, places)
    credit.taxes = kept


def _figures(group: TaxGroup) -> tuple[int, ...]:
    return group.base, group.tax, group.lines, group.discount, group.charges


def _renumbered(taxes: tuple[LineTax, ...], places: dict[int, int]) -> tuple[LineTax, ...]:
    return tuple(LineTax(places[tax.group], tax.base, tax.tax) for tax in taxes)


def _own_lines(
    credit: Totals, invoice: DocumentInput, quantities: Sequence[Decimal]
) -> list[LineInput]:
    """The note's lines as input: its quantities, and its parts of the fixed discounts."""
    lines = []
    for given, line, quantity in zip(invoice.lines, credit.lines, quantities, strict=True):
        own = replace(given, quantity=quantity)
        if given.discount_type == FIXED:
            own = replace(own, discount_value=from_minor(abs(line.discount), invoice.currency))
        lines.append(own)
    return lines


def _own_charges(credit: Totals, invoice: DocumentInput) -> list[ChargeInput]:
    return [
        replace(given, amount=from_minor(abs(charge.amount), invoice.currency))
        for given, charge in zip(invoice.charges, credit.charges, strict=True)
    ]
