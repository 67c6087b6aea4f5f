"""Which taxes there are, what they are charged on and where they are rounded."""

from decimal import Decimal

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
    tax,
)


def test_a1_tax_is_rounded_once_per_rate_by_default() -> None:
    lines = [line("1", "55.55", tax("23")), line("1", "11.11", tax("23"))]
    totals = added(*lines)
    assert figures(totals) == ("66.66", "15.33", "81.99")
    assert totals.as_dict()["policy"]["rounding"] == "group"


def test_a1_policy_line_rounds_tax_on_each_line() -> None:
    lines = [line("1", "55.55", tax("23")), line("1", "11.11", tax("23"))]
    totals = added(*lines, rounding="line")
    assert figures(totals) == ("66.66", "15.34", "82.00")
    assert totals.taxes[0].parts == [1278, 256]
    assert totals.as_dict()["policy"]["rounding"] == "line"


def test_a2_line_tax_is_before_the_document_discount_and_is_not_summed() -> None:
    ten = tax("10")
    totals = added(
        line("40", "150.00", ten), line("1", "1200.00", ten), currency="USD", **less("10")
    )
    assert figures(totals) == ("7200.00", "648.00", "7128.00")
    assert totals.discount_total == 72000
    assert [(major(x.tax), major(x.gross)) for x in totals.lines] == [
        ("600.00", "6600.00"),
        ("120.00", "1320.00"),
    ]


def test_a8_rates_have_three_decimals_and_more() -> None:
    gst, qst = tax("5", "GST"), tax("9.975", "QST")
    totals = added(line("1", "140.00", gst, qst), currency="CAD")
    assert groups(totals) == [("140.00", "7.00"), ("140.00", "13.97")]
    assert figures(totals)[2] == "160.97"
    assert figures(added(line("1", "300.00", gst, qst), currency="CAD"))[2] == "344.93"
    assert figures(added(line("1", "1140.00", gst, qst), currency="CAD"))[2] == "1310.72"


def test_a8_rates_have_up_to_six_decimals() -> None:
    assert figures(added(line("1", "1000000.00", tax("6.625125"))))[1] == "66251.25"


def test_a9_a_compound_tax_is_charged_on_the_taxes_before_it() -> None:
    first = tax("5", "A")
    totals = added(line("1", "100.00", first, tax("8", "B", is_compound=True)))
    assert groups(totals) == [("100.00", "5.00"), ("105.00", "8.40")]
    assert figures(totals)[2] == "113.40"
    assert figures(added(line("1", "100.00", first, tax("8", "B"))))[2] == "113.00"


def test_a9_the_order_of_taxes_is_part_of_the_document() -> None:
    totals = added(line("1", "100.00", tax("8", "B", is_compound=True), tax("5", "A")))
    assert groups(totals) == [("100.00", "8.00"), ("100.00", "5.00")]


def test_a9_the_same_compound_figures_when_rounded_per_line() -> None:
    taxes = (tax("5", "A"), tax("8", "B", is_compound=True))
    totals = added(line("1", "100.00", *taxes), rounding="line")
    assert figures(totals) == ("100.00", "13.40", "113.40")


def test_a10_a_fixed_tax_counts_units_and_may_be_in_the_base_of_the_next() -> None:
    totals = added(line("2", "1.90", eco("0.30", is_in_tax_base=True), tax("6")))
    assert groups(totals) == [("3.80", "0.60"), ("4.40", "0.26")]
    assert figures(totals) == ("3.80", "0.86", "4.66")


def test_a10_a_fixed_tax_outside_the_base_leaves_the_base_alone() -> None:
    totals = added(line("2", "1.90", eco("0.30"), tax("6")))
    assert groups(totals) == [("3.80", "0.60"), ("3.80", "0.23")]


def test_a10_a_fixed_tax_is_not_reduced_by_a_discount() -> None:
    totals = added(line("2", "1.90", eco("0.30")), **less("50"))
    assert groups(totals) == [("1.90", "0.60")]


def test_a10_one_vat_subtotal_although_only_one_line_bears_the_fixed_tax() -> None:
    bottles = line("2", "1.90", eco("0.30", is_in_tax_base=True), tax("6"))
    totals = added(bottles, line("1", "10.00", tax("6")))
    assert groups(totals) == [("3.80", "0.60"), ("14.40", "0.86")]


def test_a16_fractional_quantities_leak_no_cent_to_another_rate() -> None:
    exempt = tax("0", category="E", exemption_reason="Exempt")
    totals = added(
        line("1", "90.30", exempt), line("0.45", "2.54", tax("6")), line("0.28", "6.87", tax("6"))
    )
    assert nets(totals) == ["90.30", "1.14", "1.92"]
    assert groups(totals) == [("90.30", "0.00"), ("3.06", "0.18")]
    assert figures(totals)[2] == "93.54"


def test_a17_a_price_keeps_twelve_decimals() -> None:
    assert figures(added(line("278362.5", "0.01110515964")))[2] == "3091.26"
    assert figures(added(line("278362.5", "0.011105")))[2] == "3091.22"


def test_a17_a_price_may_be_for_several_units() -> None:
    per_thousand = line("278362.5", "11.10515964", price_base_quantity=Decimal(1000))
    assert figures(added(per_thousand))[2] == "3091.26"


def test_a22_the_same_category_and_rate_is_one_subtotal() -> None:
    goods = tax("21", "VAT goods", key="a", tax_profile_id=1)
    services = tax("21", "VAT services", key="b", tax_profile_id=2)
    totals = added(line("1", "50.00", goods), line("1", "30.00", services))
    assert groups(totals) == [("80.00", "16.80")]
    assert (totals.taxes[0].key, totals.taxes[0].tax_profile_id) == ("a", 1)
    assert (totals.taxes[0].category, totals.taxes[0].rate) == ("S", 21)


def test_a22_another_category_is_another_subtotal() -> None:
    zero = tax("0", category="Z")
    export = tax("0", "Export", category="G", exemption_reason="Export")
    totals = added(line("1", "50.00", zero), line("1", "30.00", export))
    assert [(g.category, g.base, g.tax) for g in totals.taxes] == [("Z", 5000, 0), ("G", 3000, 0)]


def test_a22_two_exemptions_share_the_subtotal_and_both_reasons_stand() -> None:
    first = tax("0", key="a", category="E", exemption_reason="Education")
    second = tax("0", key="b", category="E", exemption_reason="Health")
    totals = added(line("1", "50.00", first), line("1", "30.00", second), line("1", "1", first))
    assert [(g.base, g.exemption_reason) for g in totals.taxes] == [(8100, "Education; Health")]


def test_two_taxes_of_one_rate_on_one_line_are_two_subtotals() -> None:
    gst, pst = tax("5", "GST"), tax("5", "PST")
    totals = added(line("1", "100.00", gst, pst), line("1", "40.00", pst), line("1", "9", tax("7")))
    assert [(g.name, g.base, g.tax) for g in totals.taxes] == [
        ("GST", 10000, 500),
        ("PST", 14000, 700),
        ("VAT", 900, 63),
    ]


def test_compound_taxes_in_opposite_orders_are_added_up_line_by_line() -> None:
    a, b = tax("10", "A", is_compound=True), tax("20", "B", is_compound=True)
    totals = added(line("1", "100.00", a, b), line("1", "100.00", b, a))
    assert [(g.name, g.base, g.tax) for g in totals.taxes] == [
        ("A", 22000, 2200),
        ("B", 21000, 4200),
    ]


def test_a_tax_shared_by_lines_with_and_without_compound_tax_is_divided_in_whole_cents() -> None:
    a, b = tax("5", "A"), tax("8", "B", is_compound=True)
    totals = added(line("1", "0.30", a, b), line("1", "0.31", a))
    # A: 5 % of 0.61 = 0.0305 -> 0.03, of it 0.01 on the first line (0.015) and 0.02 (0.0155).
    assert groups(totals) == [("0.61", "0.03"), ("0.31", "0.02")]


def test_a_tie_between_lines_of_one_tax_is_settled_alike_in_either_order() -> None:
    with_b = line("1", "0.30", tax("5", "A"), tax("8", "B", is_compound=True))
    without = line("1", "0.30", tax("5", "A"))
    # A is 0.015 on both lines and 0.03 in sum: the line without B takes the odd cent.
    for lines in ([with_b, without], [without, with_b]):
        assert groups(added(*lines)) == [("0.60", "0.03"), ("0.31", "0.02")]


def test_an_untaxed_line_has_no_subtotal() -> None:
    totals = added(line("1", "90.00"), line("1", "10.00", tax("19")))
    assert groups(totals) == [("10.00", "1.90")]
    assert figures(totals) == ("100.00", "1.90", "101.90")


def test_a_charge_bears_its_own_tax() -> None:
    totals = added(
        line("1", "100.00", tax("19")),
        charges=[charge("Shipping", "5.90", tax("19")), charge("Deposit", "3.00")],
    )
    assert groups(totals) == [("105.90", "20.12")]
    assert (totals.charge_total, totals.total) == (890, 12902)
    assert [(c.name, c.net, c.tax) for c in totals.charges] == [
        ("Shipping", 590, 112),
        ("Deposit", 300, 0),
    ]


def test_a10_a_fixed_tax_is_for_units_sold_and_not_for_charges() -> None:
    totals = added(line("2", "1.90", eco("0.30")), charges=[charge("Freight", "5", eco("0.30"))])
    assert groups(totals) == [("8.80", "0.60")]


def test_subtotals_say_what_they_are_made_of() -> None:
    totals = added(
        line("1", "100.00", tax("19")),
        charges=[charge("Shipping", "5.90", tax("19"))],
        **less("10"),
    )
    group = totals.taxes[0]
    assert (group.lines, group.discount, group.charges, group.base) == (10000, 1000, 590, 9590)


def test_a_document_without_lines_is_zero() -> None:
    assert figures(added()) == ("0.00", "0.00", "0.00")
