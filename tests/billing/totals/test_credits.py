"""Credit notes over parts of an invoice: they close to the cent, under its frozen policy."""

import json
from decimal import Decimal
from typing import Any

import pytest

from billing.totals import (
    CreditExceedsLine,
    DocumentInput,
    NegativeCredit,
    Totals,
    compute,
    explain,
    partial_credit,
)
from tests.billing.totals.sums import (
    D,
    added,
    allowance,
    charge,
    document,
    eco,
    figures,
    groups,
    less,
    line,
    major,
    nets,
    off,
    tax,
)


def credit(invoice: DocumentInput, *steps: list[str]) -> list[Totals]:
    """Credit notes one after the other; each step has one quantity per line."""
    before = [D(0)] * len(invoice.lines)
    notes: list[Totals] = []
    for step in steps:
        now = [D(quantity) for quantity in step]
        notes.append(partial_credit(invoice, before, now))
        before = [was + more for was, more in zip(before, now, strict=True)]
    return notes


def summed(notes: list[Totals]) -> dict[str, Any]:
    """All figures of several credit notes together."""
    names = ("subtotal", "discount_total", "charge_total", "tax_total", "rounding_amount", "total")
    taxes: dict[tuple[str, Decimal], tuple[int, int]] = {}
    for note in notes:
        for group in note.taxes:
            base, amount = taxes.get((group.category, group.rate), (0, 0))
            taxes[group.category, group.rate] = (base + group.base, amount + group.tax)
    sums: dict[str, Any] = {name: sum(getattr(note, name) for note in notes) for name in names}
    return {**sums, "taxes": taxes}


THREE_UNITS = document(line("3", "3.333333", tax("19")))


def test_b13_one_unit_three_times_is_the_whole() -> None:
    notes = credit(THREE_UNITS, ["1"], ["1"], ["1"])
    assert [figures(note) for note in notes] == [
        ("3.33", "0.63", "3.96"),
        ("3.34", "0.64", "3.98"),
        ("3.33", "0.63", "3.96"),
    ]
    assert summed(notes) == summed([compute(THREE_UNITS)])


def test_b12_a_full_credit_is_the_invoice_by_its_own_policy() -> None:
    lines = [
        line("10", "30.75", tax("15"), **less("5")),
        line("1", "70.00", tax("15"), **less("5")),
    ]
    invoice = document(*lines, rounding="line")
    (note,) = credit(invoice, ["10", "1"])
    assert figures(note) == ("358.63", "53.80", "412.43")
    assert figures(added(*lines, rounding="group"))[1:] == ("53.79", "412.42")
    record, original = note.as_dict(), compute(invoice).as_dict()
    assert record == original


MIXED = document(
    line("3", "33.33", tax("19")),
    line("7", "7.77", tax("7")),
    **off("10"),
    charges=[charge("Shipping", "5.90", tax("19")), allowance("Goodwill", "1.01")],
)


def test_b13_discounts_and_charges_close_too() -> None:
    notes = credit(MIXED, ["1", "0"], ["0", "3"], ["2", "1"], ["0", "3"])
    assert summed(notes) == summed([compute(MIXED)])
    assert [major(note.total) for note in notes] == ["38.38", "24.24", "84.86", "24.24"]


def test_each_line_takes_back_its_own_part_of_the_discount() -> None:
    invoice = document(line("1", "100.00", tax("19")), line("1", "50.00", tax("7")), **off("10"))
    first, second = credit(invoice, ["1", "0"], ["0", "1"])
    assert (groups(first), figures(first)[2]) == ([("93.33", "17.73")], "111.06")
    assert (groups(second), figures(second)[2]) == ([("46.67", "3.27")], "49.94")
    assert [x.allocated_discount for x in first.lines] == [667, 0]
    assert (first.discount_amount, second.discount_amount) == (667, 333)


def test_charges_are_credited_in_proportion_to_the_lines() -> None:
    invoice = document(
        line("4", "25.00", tax("10")), charges=[charge("Shipping", "10.00", tax("10"))]
    )
    one, rest = credit(invoice, ["1"], ["3"])
    assert (one.charge_total, rest.charge_total) == (250, 750)
    assert (one.total, rest.total) == (3025, 9075)
    assert one.document.charges[0].amount == D("2.50")


def test_a_fixed_line_discount_shrinks_with_its_line() -> None:
    invoice = document(line("3", "10.00", tax("10"), **off("1.00")))
    notes = credit(invoice, ["1"], ["1"], ["1"])
    assert [note.lines[0].discount for note in notes] == [33, 34, 33]
    assert [note.document.lines[0].discount_value for note in notes] == [
        D("0.33"),
        D("0.34"),
        D("0.33"),
    ]
    assert nets(notes[1]) == ["9.66"]


def test_a_fixed_discount_that_rounds_above_its_part_is_cut_down() -> None:
    on_line = document(line("2", "0.0049", **off("0.01")))
    on_document = document(line("2", "0.0049"), **off("0.01"))
    for invoice in (on_line, on_document):
        assert [note.total for note in credit(invoice, ["1"], ["1"])] == [0, 0]


def test_prices_that_include_tax_close_and_keep_the_gross() -> None:
    invoice = document(
        *[line("1", "100.00", tax("19"))] * 5, rounding="keep_gross", prices_include_tax=True
    )
    steps = [["1" if i == n else "0" for i in range(5)] for n in (4, 0, 3, 1, 2)]
    notes = credit(invoice, *steps)
    assert [note.total for note in notes] == [10000] * 5
    assert summed(notes) == summed([compute(invoice)])
    for note in notes:
        assert sum(x.net for x in note.lines) == note.subtotal
        assert [x.net > 0 for x in note.lines].count(True) == 1


def test_only_the_taxes_of_the_credited_lines_are_on_the_note() -> None:
    invoice = document(line("1", "10.00", tax("19")), line("1", "10.00", tax("7")))
    (note,) = credit(invoice, ["0", "1"])
    assert [(g.rate, g.base, g.tax) for g in note.taxes] == [(7, 1000, 70)]
    assert note.lines[0].taxes == ()
    assert [place for place, _, _ in note.lines[1].taxes] == [0]


def test_a_fixed_tax_is_credited_by_unit() -> None:
    invoice = document(line("3", "1.90", eco("0.30", is_in_tax_base=True), tax("6")))
    notes = credit(invoice, ["1"], ["2"])
    assert [groups(note)[0] for note in notes] == [("1.90", "0.30"), ("3.80", "0.60")]
    assert summed(notes) == summed([compute(invoice)])


def test_cash_rounding_closes() -> None:
    invoice = document(line("3", "4.11"), currency="CHF", cash_rounding_minor=5)
    notes = credit(invoice, ["1"], ["1"], ["1"])
    assert [(note.total, note.rounding_amount) for note in notes] == [
        (410, -1),
        (410, -1),
        (415, 4),
    ]
    assert sum(note.total for note in notes) == compute(invoice).total == 1235


def test_a_reversed_line_is_credited_with_its_own_sign() -> None:
    invoice = document(line("3", "20.00", tax("10")), line("-1", "20.00", tax("10")))
    (note,) = credit(invoice, ["3", "-1"])
    assert figures(note) == ("40.00", "4.00", "44.00")


def test_charges_of_an_invoice_without_quantities_are_credited_at_once() -> None:
    invoice = document(line("0", "20.00"), charges=[charge("Fee", "5.00", tax("10"))])
    (note,) = credit(invoice, ["0"])
    assert note.total == 550
    assert partial_credit(invoice, [D(0)], [D(0)], [note.as_dict()]).total == 0


def test_charges_of_free_lines_are_credited_by_count() -> None:
    invoice = document(line("4", "0"), charges=[charge("Shipping", "5.00")])
    assert [note.total for note in credit(invoice, ["1"], ["3"])] == [125, 375]


@pytest.mark.parametrize(
    ("before", "now", "left"),
    [("0", "4", "3"), ("2", "2", "1"), ("3", "1", "0"), ("0", "-1", "3"), ("-1", "1", "4")],
)
def test_b15_no_more_units_than_the_line_has_left(before: str, now: str, left: str) -> None:
    with pytest.raises(CreditExceedsLine) as refusal:
        partial_credit(THREE_UNITS, [D(before)], [D(now)])
    assert str(refusal.value) == f"Line 1 has {left} left to credit, not {now}."
    assert refusal.value.param == "line_items.0.quantity"


def test_b15_a_reduction_cannot_be_credited_alone() -> None:
    invoice = document(line("3", "20.00", tax("10")), line("-1", "20.00", tax("10")))
    with pytest.raises(NegativeCredit) as refusal:
        partial_credit(invoice, [D(0), D(0)], [D(0), D(-1)])
    assert str(refusal.value) == (
        "These lines come to -22.00 EUR. Credit them together with others."
    )


def test_a_first_credit_note_is_explained_like_an_invoice() -> None:
    note = credit(MIXED, ["1", "0"])[0]
    sentences = explain(json.loads(json.dumps(note.as_dict())))
    assert sentences[0].startswith("Prices are without tax.")
    assert "Discount: 2.16, these units' part of the invoice's discount" in sentences
    assert sentences[-1] == "Total: 33.33 - 2.16 + 1.05 + 6.16 = 38.38 EUR"


def test_a_later_credit_note_is_explained_by_what_came_before() -> None:
    note = credit(THREE_UNITS, ["1"], ["1"])[1]
    assert explain(json.loads(json.dumps(note.as_dict()))) == [
        "All units credited so far, with this credit note:",
        "Prices are without tax. Each tax is rounded once, on the sum that it applies to.",
        "Line 1: 2 x 3.333333 = 6.67",
        "Subtotal: 6.67",
        "VAT 19 % on 6.67 = 1.27",
        "Total: 6.67 + 1.27 = 7.94 EUR",
        "Less what was credited before, this credit note comes to:",
        "Line 1: 6.67 - 3.33 = 3.34",
        "Subtotal: 6.67 - 3.33 = 3.34",
        "Tax: 1.27 - 0.63 = 0.64",
        "Total: 7.94 - 3.96 = 3.98",
    ]


def test_b13_after_a_note_was_voided_the_rest_still_closes() -> None:
    first, second = credit(THREE_UNITS, ["1"], ["1"])
    assert (first.total, second.total) == (396, 398)
    # The first note is void: only the second one stands when the other two units go.
    stands = [json.loads(json.dumps(second.as_dict()))]
    third = partial_credit(THREE_UNITS, [D(1)], [D(1)], stands)
    stands.append(third.as_dict())
    fourth = partial_credit(THREE_UNITS, [D(2)], [D(1)], stands)
    assert [note.total for note in (second, third, fourth)] == [398, 396, 396]
    assert summed([second, third, fourth]) == summed([compute(THREE_UNITS)])


def test_lines_that_cancel_out_keep_the_odd_cents_of_their_discount() -> None:
    pairs = [line("2", "0.05", tax("19"))] * 12 + [line("-1", "0.05", tax("19"))] * 12
    invoice = document(*pairs, line("1", "10.00", tax("7")), **less("10"), prices_include_tax=True)
    first, second = credit(invoice, ["1"] * 12 + ["-1"] * 12 + ["1"], ["1"] * 12 + ["0"] * 13)
    assert [x.off for x in first.lines] == [1] * 12 + [0] * 6 + [-1] * 6 + [100]
    assert sum(x.allocated_discount for x in first.lines) == first.discount_total == 99
    assert summed([first, second]) == summed([compute(invoice)])


def test_a_charge_moves_no_cent_on_a_line_that_was_credited_before() -> None:
    invoice = document(
        line("1", "10.00"),
        line("4", "0.01", tax("5"), **less("33.333")),
        charges=[charge("Fee", "0.05", tax("5"))],
        prices_include_tax=True,
    )
    first, second = credit(invoice, ["0", "4"], ["1", "0"])
    assert nets(first) == ["0.00", "0.03"]
    assert nets(second) == ["10.00", "0.00"]
    assert (first.charge_total, second.charge_total) == (0, 5)
    assert summed([first, second]) == summed([compute(invoice)])


def test_a_charge_too_small_to_be_credited_yet_is_read_back_with_the_rest() -> None:
    invoice = document(
        line("9", "1.00", tax("7")), charges=[charge("Fee", "0.02", tax("19"), eco("1.00"))]
    )
    first = partial_credit(invoice, [D(0)], [D(1)])
    assert (first.charge_total, first.charges[0].taxes, len(first.taxes)) == (0, (), 1)
    second = partial_credit(invoice, [D(1)], [D(8)], [first.as_dict()])
    assert (second.charge_total, len(second.taxes)) == (2, 3)
    assert summed([first, second])["total"] == compute(invoice).total


def test_a_note_over_nothing_has_no_figures_on_any_line() -> None:
    lines = [line("1", "0.01", tax("100")), line("2", "0.005", tax("100"))]
    invoice = document(*lines, prices_include_tax=True)
    first, second = credit(invoice, ["1", "0"], ["0", "2"])
    records = [first.as_dict(), second.as_dict()]
    nothing = partial_credit(invoice, [D(1), D(2)], [D(0), D(0)], records)
    assert [(x.net, x.tax, x.gross) for x in nothing.lines] == [(0, 0, 0)] * 2
    assert (nothing.subtotal, nothing.total, nothing.taxes) == (0, 0, [])
