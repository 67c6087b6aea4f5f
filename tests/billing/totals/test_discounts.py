"""Line discounts, the document discount and how it is divided."""

from tests.billing.totals.sums import (
    added,
    allowance,
    charge,
    figures,
    groups,
    less,
    line,
    major,
    nets,
    off,
    tax,
)


def test_a3_a_percentage_over_mixed_rates() -> None:
    totals = added(line("1", "100.00", tax("19")), line("1", "50.00", tax("7")), **less("10"))
    assert groups(totals) == [("90.00", "17.10"), ("45.00", "3.15")]
    assert figures(totals)[2] == "155.25"


def test_a4_a_fixed_amount_over_mixed_rates() -> None:
    totals = added(line("1", "100.00", tax("19")), line("1", "50.00", tax("7")), **off("10"))
    assert [major(group.discount) for group in totals.taxes] == ["6.67", "3.33"]
    assert groups(totals) == [("93.33", "17.73"), ("46.67", "3.27")]
    assert figures(totals)[2] == "161.00"


def test_a5_a_tie_goes_to_the_first_line() -> None:
    three = [line("1", "20.00", tax("19"))] * 3
    totals = added(*three, **off("10"))
    assert [major(x.allocated_discount) for x in totals.lines] == ["3.34", "3.33", "3.33"]
    assert totals.discount_total == 1000


def test_a5_charges_take_no_part_in_the_discount() -> None:
    totals = added(
        line("1", "20.00", tax("19")), charges=[charge("Freight", "100", tax("19"))], **off("10")
    )
    assert groups(totals) == [("110.00", "20.90")]
    assert [major(x.allocated_discount) for x in totals.lines] == ["10.00"]


def test_a6_a_discount_of_100_percent_is_exactly_zero() -> None:
    totals = added(line("2.25", "64.22", tax("19"), **less("100")))
    assert (totals.lines[0].amount, totals.lines[0].discount, totals.lines[0].net) == (
        14450,
        14450,
        0,
    )
    assert figures(totals) == ("0.00", "0.00", "0.00")


def test_a6_a_document_discount_of_100_percent_is_exactly_zero() -> None:
    totals = added(line("2.25", "64.22", tax("19")), line("1", "0.01", tax("7")), **less("100"))
    assert groups(totals) == [("0.00", "0.00"), ("0.00", "0.00")]
    assert totals.total == 0


def test_a7_the_discount_is_rounded_then_the_rounded_base_is_taxed() -> None:
    totals = added(line("1", "57.48", tax("21")), **less("10"))
    assert totals.discount_total == 575
    assert groups(totals) == [("51.73", "10.86")]
    assert figures(totals)[2] == "62.59"


def test_a7_the_same_as_a_line_discount() -> None:
    totals = added(line("1", "57.48", tax("21"), **less("10")))
    assert (totals.lines[0].discount, totals.lines[0].net) == (575, 5173)
    assert figures(totals)[2] == "62.59"


def test_b12_a_line_percentage_rounds_what_is_left() -> None:
    totals = added(
        line("10", "30.75", tax("15"), **less("5")),
        line("1", "70.00", tax("15"), **less("5")),
        rounding="line",
    )
    assert nets(totals) == ["292.13", "66.50"]
    assert totals.taxes[0].parts == [4382, 998]
    assert figures(totals) == ("358.63", "53.80", "412.43")


def test_a_fixed_line_discount_is_taken_off_the_line() -> None:
    totals = added(line("3", "10.00", tax("10"), **off("4.50")))
    assert (totals.lines[0].discount, totals.lines[0].net, totals.tax_total) == (450, 2550, 255)


def test_a_discount_on_a_negative_line_makes_it_less_negative() -> None:
    totals = added(
        line("5", "20.00"), line("-1", "20.00", **off("5")), line("-1", "10", **less("50"))
    )
    assert nets(totals) == ["100.00", "-15.00", "-5.00"]


def test_line_and_document_discount_follow_one_another() -> None:
    totals = added(line("1", "100.00", tax("10"), **less("10")), **less("10"))
    assert figures(totals) == ("90.00", "8.10", "89.10")


def test_a_percentage_takes_the_same_part_of_positive_and_negative_rates() -> None:
    totals = added(line("1", "100.00", tax("19")), line("-1", "20.00", tax("7")), **less("10"))
    assert [group.discount for group in totals.taxes] == [1000, -200]
    assert groups(totals) == [("90.00", "17.10"), ("-18.00", "-1.26")]


def test_a_percentage_of_nothing_still_reduces_each_rate() -> None:
    totals = added(line("1", "100.00", tax("19")), line("-1", "100.00", tax("7")), **less("10"))
    assert totals.discount_total == 0
    assert groups(totals) == [("90.00", "17.10"), ("-90.00", "-6.30")]


def test_the_larger_rate_group_takes_the_odd_cent_whatever_the_order() -> None:
    small, large = line("1", "10.00", tax("7")), line("1", "30.00", tax("19"))
    # 0.02 over 10 and 30: 0.005 and 0.015 tie; the larger one is raised.
    one_way = added(small, large, **off("0.02"))
    other_way = added(large, small, **off("0.02"))
    assert [g.discount for g in one_way.taxes] == [0, 2]
    assert [g.discount for g in other_way.taxes] == [2, 0]
    assert one_way.total == other_way.total


def test_the_larger_line_takes_the_odd_cent_whatever_the_order() -> None:
    small, large = line("1", "10.00", tax("50")), line("1", "30.00", tax("50"))
    one_way = added(small, large, rounding="line", **off("0.02"))
    other_way = added(large, small, rounding="line", **off("0.02"))
    assert [x.allocated_discount for x in one_way.lines] == [0, 2]
    # 50 % of 10.00 and of 29.98; off the smaller line it would be 5.00 + 15.00.
    assert one_way.taxes[0].parts == [500, 1499]
    assert one_way.total == other_way.total


def test_per_line_rounding_taxes_each_line_less_its_part_of_the_discount() -> None:
    totals = added(
        line("1", "55.55", tax("23")), line("1", "11.11", tax("23")), rounding="line", **off("10")
    )
    assert [x.allocated_discount for x in totals.lines] == [833, 167]
    # 47.22 and 9.44
    assert totals.taxes[0].parts == [1086, 217]
    assert figures(totals) == ("66.66", "13.03", "69.69")


def test_an_allowance_reduces_the_base_of_its_own_tax() -> None:
    totals = added(
        line("1", "100.00", tax("19")),
        line("1", "100.00", tax("7")),
        charges=[allowance("Damage", "10.00", tax("7"))],
    )
    assert groups(totals) == [("100.00", "19.00"), ("90.00", "6.30")]
    assert totals.charge_total == -1000
