"""What holds for every document, whatever its lines, taxes, discounts and policy."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from billing.totals import (
    ChargeInput,
    DocumentInput,
    LineInput,
    Policy,
    TaxRule,
    Totals,
    compute,
    explain,
    partial_credit,
)
from billing.totals.engine import add_up
from core.errors import DomainError
from tests.properties.documents import ROUNDINGS, WILD, documents, fixed_settings


def computed(document: DocumentInput) -> Totals:
    """The totals; documents that are refused are none of the property's business."""
    try:
        return compute(document)
    except DomainError:
        assume(False)
        raise


def add_or_skip(document: DocumentInput) -> Totals:
    """The same, with negative totals standing."""
    try:
        return add_up(document)
    except DomainError:
        assume(False)
        raise


def signature(totals: Totals) -> tuple[Any, ...]:
    """What the document comes to, without the order of lines and subtotals."""
    taxes = sorted(
        (g.kind, g.category, g.rate, g.amount, g.base, g.tax, g.discount) for g in totals.taxes
    )
    return (
        totals.subtotal,
        totals.discount_total,
        totals.charge_total,
        totals.tax_total,
        totals.rounding_amount,
        totals.total,
        taxes,
    )


@fixed_settings
@given(documents("-20"), st.data())
def test_the_order_of_lines_does_not_change_the_totals(
    document: DocumentInput, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(list(document.lines)))
    assert signature(add_or_skip(document)) == signature(
        add_or_skip(replace(document, lines=shuffled))
    )


@fixed_settings
@given(documents("-20"))
def test_total_is_the_sum_of_its_parts(document: DocumentInput) -> None:
    totals = add_or_skip(document)
    assert totals.subtotal == sum(line.net for line in totals.lines)
    assert totals.charge_total == sum(charge.net for charge in totals.charges)
    assert totals.tax_total == sum(group.tax for group in totals.taxes)
    assert totals.total == (
        totals.subtotal
        - totals.discount_total
        + totals.charge_total
        + totals.tax_total
        + totals.rounding_amount
    )


@fixed_settings
@given(documents("-20"))
def test_the_allocated_discount_is_the_discount(document: DocumentInput) -> None:
    totals = add_or_skip(document)
    assert sum(line.allocated_discount for line in totals.lines) == totals.discount_total
    assert sum(line.off for line in totals.lines) == totals.discount_amount


@fixed_settings
@given(documents())
def test_no_line_of_a_plain_document_gives_more_discount_than_it_is_worth(
    document: DocumentInput,
) -> None:
    totals = computed(document)
    for line in totals.lines:
        assert 0 <= line.off <= line.amount - line.discount


@fixed_settings
@given(documents("-20"))
def test_subtotals_are_made_of_their_lines(document: DocumentInput) -> None:
    totals = add_or_skip(document)
    for place, group in enumerate(totals.taxes):
        assert sum(group.parts) == group.tax
        bearing = [line for line in totals.lines if place in [t.group for t in line.taxes]]
        assert group.lines == sum(line.net for line in bearing)
        assert group.discount == sum(line.allocated_discount for line in bearing)
        assert group.charges == sum(
            charge.net for charge in totals.charges if place in [t.group for t in charge.taxes]
        )


@fixed_settings
@given(documents("-20"))
def test_bases_of_single_taxes_sum_to_the_net_of_what_bears_them(document: DocumentInput) -> None:
    single = [replace(line, taxes=line.taxes[:1]) for line in document.lines]
    charges = [replace(charge, taxes=charge.taxes[:1]) for charge in document.charges]
    totals = add_or_skip(replace(document, lines=single, charges=charges))
    taxed = [line for line in totals.lines if line.taxes]
    net = sum(line.net - line.allocated_discount for line in taxed)
    net += sum(charge.net for charge in totals.charges if charge.taxes)
    assert sum(group.base for group in totals.taxes) == net


@fixed_settings
@given(documents("-20"))
def test_prices_that_include_tax_keep_the_gross(document: DocumentInput) -> None:
    assume(document.policy.rounding != "sum_by_net")
    policy = replace(document.policy, prices_include_tax=True, cash_rounding_minor=0)
    totals = add_or_skip(replace(document, policy=policy))
    priced = sum(line.amount - line.discount for line in totals.lines)
    priced += sum(charge.amount for charge in totals.charges)
    assert totals.total == priced - totals.discount_amount


@fixed_settings
@given(documents())
def test_a_reversal_is_the_exact_mirror(document: DocumentInput) -> None:
    assume(document.discount_type != "fixed")
    there = add_or_skip(replace(document, charges=[]))
    back = add_or_skip(
        replace(
            document,
            charges=[],
            lines=[replace(line, quantity=-line.quantity) for line in document.lines],
        )
    )
    assert back.total == -there.total
    assert [line.net for line in back.lines] == [-line.net for line in there.lines]
    assert [(g.base, g.tax) for g in back.taxes] == [(-g.base, -g.tax) for g in there.taxes]


@fixed_settings
@given(documents("-20"))
def test_a_tax_is_within_one_cent_of_its_rate_where_it_is_rounded_once(
    document: DocumentInput,
) -> None:
    policy = replace(document.policy, rounding="group", prices_include_tax=False)
    plain = [
        replace(line, taxes=tuple(replace(rule, is_inclusive=False) for rule in line.taxes))
        for line in document.lines
    ]
    totals = add_or_skip(replace(document, lines=plain, charges=[], policy=policy))
    for group in totals.taxes:
        if group.kind == "percent" and len(group.parts) == 1:
            assert abs(Decimal(group.tax) - group.base * group.rate / 100) <= Decimal("0.5")


@fixed_settings
@given(documents("-20"))
def test_records_survive_json_and_every_sum_that_is_told_is_true(document: DocumentInput) -> None:
    record = add_or_skip(document).as_dict()
    stored = json.loads(json.dumps(record))
    assert stored == record
    check_sums(explain(stored))


def check_sums(sentences: list[str]) -> None:
    """Work every `a + b - c = d` in the sentences out again."""
    number = r"-?[\d,]+(?:\.\d+)?"
    for sentence in sentences:
        found = re.search(rf"({number}(?: [+-] {number})+) = ({number})", sentence)
        if found:
            terms = found[1].replace(",", "").replace("+ ", "+").replace("- ", "-").split()
            assert sum(map(Decimal, terms)) == Decimal(found[2].replace(",", "")), sentence


@fixed_settings
@given(documents(max_lines=4), st.data())
def test_credits_in_any_steps_close_exactly(document: DocumentInput, data: st.DataObject) -> None:
    assume(any(line.quantity for line in document.lines))
    invoice = computed(document)
    steps = data.draw(st.integers(1, 4), label="steps")
    count = len(document.lines)
    before = [Decimal(0)] * count
    notes: list[Totals] = []
    for step in range(steps):
        now = [line.quantity - was for line, was in zip(document.lines, before, strict=True)]
        if step < steps - 1:
            parts = data.draw(st.lists(st.sampled_from("0123"), min_size=count, max_size=count))
            now = [
                (left * int(part) / 3).quantize(Decimal("0.001"), rounding="ROUND_DOWN")
                for left, part in zip(now, parts, strict=True)
            ]
        given_records = [note.as_dict() for note in notes] if step % 2 else None
        try:
            note = partial_credit(document, before, now, given_records)
        except DomainError:
            # A part whose allowance outweighs it; the steps end here.
            assume(False)
            raise
        check_sums(explain(json.loads(json.dumps(note.as_dict()))))
        for line, quantity in zip(note.lines, now, strict=True):
            assert quantity or not (line.net or line.tax or line.allocated_discount)
        assert note.subtotal == sum(line.net for line in note.lines)
        notes.append(note)
        before = [was + more for was, more in zip(before, now, strict=True)]
    for name in ("subtotal", "discount_total", "charge_total", "tax_total", "total"):
        assert sum(getattr(note, name) for note in notes) == getattr(invoice, name), name
    for group in invoice.taxes:
        same = [
            g for note in notes for g in note.taxes if (g.key, g.rate) == (group.key, group.rate)
        ]
        assert (sum(g.base for g in same), sum(g.tax for g in same)) == (group.base, group.tax)


@fixed_settings
@given(
    st.lists(
        st.builds(
            LineInput,
            WILD,
            WILD,
            st.tuples(
                st.builds(
                    TaxRule,
                    st.just("key"),
                    st.just("Tax"),
                    WILD,
                    st.sampled_from(["percent", "fixed", "other"]),
                    WILD,
                    st.booleans(),
                    st.booleans(),
                    st.sampled_from(["S", "E", "?"]),
                )
            ),
            WILD,
            st.sampled_from(["", "percent", "fixed", "other"]),
            WILD,
        ),
        max_size=3,
    ),
    st.builds(
        Policy,
        st.sampled_from([*ROUNDINGS, "other"]),
        st.booleans(),
        st.sampled_from(["net_first", "tax_first", "other"]),
        st.integers(-5, 10**6),
    ),
    st.sampled_from(["", "percent", "fixed", "other"]),
    WILD,
    st.lists(st.builds(ChargeInput, st.just("Charge"), WILD, st.booleans()), max_size=2),
    st.sampled_from(["EUR", "ETH", "XXX"]),
)
def test_whatever_comes_in_the_answer_is_a_sum_or_a_refusal(
    given_lines: list[LineInput],
    policy: Policy,
    discount_type: str,
    discount: Decimal,
    charges: list[ChargeInput],
    currency: str,
) -> None:
    document = DocumentInput(currency, given_lines, policy, discount_type, discount, charges)
    try:
        totals = compute(document)
    except DomainError as refusal:
        assert str(refusal)
        return
    assert totals.total >= 0 or policy.cash_rounding_minor
    explain(json.loads(json.dumps(totals.as_dict())))
