"""What lies between two calculations of the same document, and how to read one back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from billing.totals.arithmetic import QUANTITY_PLACES
from billing.totals.inputs import digits
from billing.totals.results import ChargeTotals, LineTax, LineTotals, TaxGroup, Totals

Record = Mapping[str, Any]


def difference(after: Totals, before: Totals) -> Totals:
    """What the step from one to the other adds. Both have the same lines and groups."""
    return Totals(
        document=after.document,
        lines=[
            LineTotals(
                net=a.net - b.net,
                discount=a.discount - b.discount,
                tax=a.tax - b.tax,
                gross=a.gross - b.gross,
                taxes=_less(a.taxes, b.taxes),
                allocated_discount=a.allocated_discount - b.allocated_discount,
                amount=a.amount - b.amount,
                off=a.off - b.off,
            )
            for a, b in zip(after.lines, before.lines, strict=True)
        ],
        charges=[
            ChargeTotals(
                name=a.name,
                net=a.net - b.net,
                tax=a.tax - b.tax,
                gross=a.gross - b.gross,
                taxes=_less(a.taxes, b.taxes),
                amount=a.amount - b.amount,
            )
            for a, b in zip(after.charges, before.charges, strict=True)
        ],
        taxes=[
            replace(
                a,
                base=a.base - b.base,
                tax=a.tax - b.tax,
                lines=a.lines - b.lines,
                discount=a.discount - b.discount,
                charges=a.charges - b.charges,
                units=a.units - b.units,
                parts=[],
            )
            for a, b in zip(after.taxes, before.taxes, strict=True)
        ],
        subtotal=after.subtotal - before.subtotal,
        discount_total=after.discount_total - before.discount_total,
        charge_total=after.charge_total - before.charge_total,
        tax_total=after.tax_total - before.tax_total,
        rounding_amount=after.rounding_amount - before.rounding_amount,
        total=after.total - before.total,
        discount_amount=after.discount_amount - before.discount_amount,
        discount_on=after.discount_on - before.discount_on,
        is_part=True,
    )


def _less(after: tuple[LineTax, ...], before: tuple[LineTax, ...]) -> tuple[LineTax, ...]:
    return tuple(
        LineTax(a.group, a.base - b.base, a.tax - b.tax) for a, b in zip(after, before, strict=True)
    )


def recorded(like: Totals, records: Sequence[Record]) -> Totals:
    """The sum of stored records of credit notes, with the lines and groups of `like`."""
    total: dict[str, Any] = {
        name: sum(record[name] for record in records)
        for name in (
            "subtotal",
            "discount_total",
            "charge_total",
            "tax_total",
            "rounding_amount",
            "total",
        )
    }
    discounts = [record["discount"] for record in records if "discount" in record]
    return Totals(
        document=like.document,
        lines=[
            _line(line, [record["lines"][place] for record in records])
            for place, line in enumerate(like.lines)
        ],
        charges=[
            _charge(charge, [record["charges"][place] for record in records])
            for place, charge in enumerate(like.charges)
        ],
        taxes=[_group(group, records) for group in like.taxes],
        discount_amount=sum(discount["amount"] for discount in discounts),
        discount_on=sum(discount["on"] for discount in discounts),
        is_part=True,
        **total,
    )


def _sum(records: Sequence[Record], name: str) -> int:
    # What is zero is left out of a record.
    return sum(record.get(name, 0) for record in records)


def _line(like: LineTotals, records: Sequence[Record]) -> LineTotals:
    return LineTotals(
        net=_sum(records, "net"),
        discount=_sum(records, "discount"),
        tax=_sum(records, "tax"),
        gross=_sum(records, "gross"),
        taxes=_taxes(like.taxes, records),
        allocated_discount=_sum(records, "allocated_discount"),
        amount=_sum(records, "amount"),
    )


def _charge(like: ChargeTotals, records: Sequence[Record]) -> ChargeTotals:
    return ChargeTotals(
        name=like.name,
        net=_sum(records, "net"),
        tax=_sum(records, "tax"),
        gross=_sum(records, "gross"),
        taxes=_taxes(like.taxes, records),
        amount=_sum(records, "amount"),
    )


def _taxes(like: tuple[LineTax, ...], records: Sequence[Record]) -> tuple[LineTax, ...]:
    """A line's taxes by position: their places among the groups differ from note to note."""
    stored = [record["taxes"] for record in records if record.get("taxes")]
    return tuple(
        LineTax(
            tax.group,
            sum(taxes[position][1] for taxes in stored),
            sum(taxes[position][2] for taxes in stored),
        )
        for position, tax in enumerate(like)
    )


def _group(like: TaxGroup, records: Sequence[Record]) -> TaxGroup:
    same = [
        group
        for record in records
        for group in record["taxes"]
        if group["key"] == like.key
        and group["category"] == like.category
        and group["rate"] == digits(like.rate)
    ]
    units = sum((Decimal(group.get("units", 0)) for group in same), Decimal(0))
    return replace(
        like,
        base=_sum(same, "base"),
        tax=_sum(same, "tax"),
        lines=_sum(same, "lines"),
        discount=_sum(same, "discount"),
        charges=_sum(same, "charges"),
        units=int(units.scaleb(QUANTITY_PLACES)),
        parts=[],
    )
