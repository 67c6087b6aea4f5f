"""Prices that include tax: the gross stays, the net is what is left."""

import pytest

from tests.billing.totals.sums import (
    added,
    charge,
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

INCLUSIVE = {"prices_include_tax": True}


def test_a11_inclusive_tax_keeps_the_gross() -> None:
    totals = added(line("20", "800.00", tax("7")), line("10", "1000.00", tax("7")), **INCLUSIVE)
    assert figures(totals) == ("24299.07", "1700.93", "26000.00")
    assert nets(totals) == ["14953.27", "9345.80"]
    assert [major(x.gross) for x in totals.lines] == ["16000.00", "10000.00"]


def test_a12_a_gross_that_no_two_decimal_net_can_produce() -> None:
    totals = added(line("1", "340.00", tax("19")), line("1", "13.90", tax("19")), **INCLUSIVE)
    assert figures(totals) == ("297.39", "56.51", "353.90")


@pytest.mark.parametrize(
    ("price", "rate", "net", "tax_amount"),
    [("500.00", "10", "454.55", "45.45"), ("145.00", "5", "138.10", "6.90")],
)
def test_a12_the_same_family(price: str, rate: str, net: str, tax_amount: str) -> None:
    assert figures(added(line("1", price, tax(rate)), **INCLUSIVE)) == (net, tax_amount, price)


FIVE = [line("1", "100.00", tax("19"))] * 5


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("line", ("420.15", "79.85", "500.00")),
        ("sum_by_net", ("420.15", "79.83", "499.98")),
        ("keep_gross", ("420.17", "79.83", "500.00")),
        ("group", ("420.17", "79.83", "500.00")),
    ],
)
def test_a13_five_identical_lines(rounding: str, expected: tuple[str, str, str]) -> None:
    assert figures(added(*FIVE, rounding=rounding, **INCLUSIVE)) == expected


def test_a13_corrections_are_stored_on_two_lines() -> None:
    totals = added(*FIVE, rounding="keep_gross", **INCLUSIVE)
    assert nets(totals) == ["84.04", "84.04", "84.03", "84.03", "84.03"]
    assert [x.correction for x in totals.lines] == [1, 1, 0, 0, 0]
    assert [x.get("correction") for x in totals.as_dict()["lines"]] == [1, 1, None, None, None]


def test_a13_corrections_are_gone_when_the_mode_changes() -> None:
    for rounding in ("line", "sum_by_net"):
        totals = added(*FIVE, rounding=rounding, **INCLUSIVE)
        assert nets(totals) == ["84.03"] * 5
        assert [x.correction for x in totals.lines] == [0] * 5


def test_a13_a_line_with_a_price_of_zero_is_never_corrected() -> None:
    free = line("1", "0.00", tax("19"))
    totals = added(free, *FIVE, free, rounding="keep_gross", **INCLUSIVE)
    assert nets(totals) == ["0.00", "84.04", "84.04", "84.03", "84.03", "84.03", "0.00"]


@pytest.mark.parametrize(
    ("order", "net", "tax_amount"), [("net_first", "2.88", "0.11"), ("tax_first", "2.87", "0.12")]
)
def test_a14_which_one_is_rounded_first_is_a_choice(order: str, net: str, tax_amount: str) -> None:
    totals = added(line("1", "2.99", tax("4")), inclusive_order=order, **INCLUSIVE)
    assert figures(totals) == (net, tax_amount, "2.99")
    assert totals.as_dict()["policy"]["inclusive_order"] == order


def test_net_prices_round_alike_under_group_keep_gross_and_sum_by_net() -> None:
    lines = [line("1", "55.55", tax("23")), line("1", "11.11", tax("23"))]
    for rounding in ("group", "keep_gross", "sum_by_net"):
        assert figures(added(*lines, rounding=rounding)) == ("66.66", "15.33", "81.99")


def test_a_percentage_discount_is_taken_off_the_prices_with_tax() -> None:
    totals = added(line("1", "119.00", tax("19")), **less("10"), **INCLUSIVE)
    assert (totals.discount_amount, totals.discount_total) == (1190, 1000)
    assert figures(totals) == ("100.00", "17.10", "107.10")


def test_a_fixed_discount_is_an_amount_with_tax() -> None:
    totals = added(
        line("1", "119.00", tax("19")), line("1", "107.00", tax("7")), **off("22.60"), **INCLUSIVE
    )
    assert totals.total == 20340
    assert [g.discount for g in totals.taxes] == [1000, 1000]
    assert groups(totals) == [("90.00", "17.10"), ("90.00", "6.30")]


def test_a_charge_is_an_amount_with_tax_and_keeps_the_gross() -> None:
    totals = added(
        line("1", "340.00", tax("19")), charges=[charge("Freight", "13.90", tax("19"))], **INCLUSIVE
    )
    assert figures(totals) == ("285.71", "56.51", "353.90")
    assert (totals.charge_total, totals.charges[0].gross) == (1168, 1390)


def test_several_included_taxes_add_up_to_what_the_price_contains() -> None:
    gst, qst = tax("5", "GST"), tax("9.975", "QST")
    totals = added(line("1", "160.97", gst, qst), currency="CAD", **INCLUSIVE)
    assert groups(totals) == [("140.00", "7.00"), ("140.00", "13.97")]
    assert totals.total == 16097


def test_an_included_compound_tax() -> None:
    totals = added(line("1", "113.40", tax("5", "A"), tax("8", "B", is_compound=True)), **INCLUSIVE)
    assert groups(totals) == [("100.00", "5.00"), ("105.00", "8.40")]


def test_an_included_fixed_tax_in_the_base_of_the_next() -> None:
    bottles = line("2", "2.33", eco("0.30", is_in_tax_base=True), tax("6"))
    totals = added(bottles, **INCLUSIVE)
    assert groups(totals) == [("3.80", "0.60"), ("4.40", "0.26")]
    assert totals.total == 466


def test_one_tax_may_be_included_and_another_added() -> None:
    inside = tax("10", "Inside", is_inclusive=True)
    totals = added(line("1", "110.00", inside, tax("5", "On top")))
    assert groups(totals) == [("100.00", "10.00"), ("100.00", "5.00")]
    assert figures(totals) == ("100.00", "15.00", "115.00")
    assert totals.lines[0].gross == 11500


def test_per_line_rounding_keeps_every_gross_price_after_a_discount() -> None:
    totals = added(*FIVE, rounding="line", **off("10"), **INCLUSIVE)
    assert totals.total == 49000
    assert [x.allocated_discount for x in totals.lines] == [168] * 5
    assert figures(totals) == ("420.15", "78.25", "490.00")


def test_sum_by_net_takes_the_discount_off_the_summed_nets() -> None:
    totals = added(*FIVE, rounding="sum_by_net", **off("11.90"), **INCLUSIVE)
    assert totals.discount_total == 1000
    assert figures(totals) == ("420.15", "77.93", "488.08")
