"""Half up, in every currency's own minor unit, and to the smallest coin."""

from decimal import Decimal

import pytest

from billing.totals.arithmetic import half_up, share_out
from tests.billing.totals.sums import added, figures, groups, line, tax


def test_a15_half_up_is_symmetric_for_negatives() -> None:
    totals = added(line("1", "0.125"), line("-1", "0.125"))
    assert [x.net for x in totals.lines] == [13, -13]


def test_a15_neither_binary_nor_bankers_rounding() -> None:
    totals = added(line("1", "2.675"), line("1", "2.665"))
    assert [x.net for x in totals.lines] == [268, 267]


@pytest.mark.parametrize("rounding", ["group", "line", "keep_gross", "sum_by_net"])
@pytest.mark.parametrize("prices_include_tax", [False, True])
def test_a15_a_reversal_is_the_exact_mirror(rounding: str, prices_include_tax: bool) -> None:
    there = [line("3", "0.335", tax("19")), line("0.7", "9.99", tax("7"))]
    back = [line("-3", "0.335", tax("19")), line("-0.7", "9.99", tax("7"))]
    totals = added(*there, *back, rounding=rounding, prices_include_tax=prices_include_tax)
    assert figures(totals) == ("0.00", "0.00", "0.00")
    assert groups(totals) == [("0.00", "0.00"), ("0.00", "0.00")]


def test_a18_a_currency_without_decimals() -> None:
    totals = added(line("3", "333", tax("10")), currency="JPY")
    assert figures(totals) == ("999", "100", "1099")


def test_a19_a_currency_with_three_decimals() -> None:
    totals = added(line("3", "0.333", tax("5")), currency="KWD")
    assert figures(totals) == ("0.999", "0.050", "1.049")


def test_a20_stablecoins_and_coins() -> None:
    usdc = added(line("3", "0.333333", tax("5")), currency="USDC")
    assert figures(usdc) == ("0.999999", "0.050000", "1.049999")
    btc = added(line("1", "0.00013790"), currency="BTC")
    assert (btc.total, figures(btc)[2]) == (13790, "0.00013790")
    eth = added(line("1", "0.000000001"), currency="ETH")
    assert eth.total == 1


def test_a20_amounts_beyond_a_double_are_exact() -> None:
    assert figures(added(line("1", "99999999999999.99")))[2] == "99999999999999.99"
    assert added(line("1", "9223372036854.775807"), currency="USDC").total == 2**63 - 1


def test_a21_cash_rounding_is_shown_apart_and_not_taxed() -> None:
    totals = added(line("1", "12.23"), currency="CHF", cash_rounding_minor=5)
    assert (totals.total, totals.rounding_amount) == (1225, 2)


def test_a21_rounded_to_whole_euros() -> None:
    totals = added(line("1", "70.00", tax("21")), cash_rounding_minor=100)
    assert figures(totals) == ("70.00", "14.70", "85.00")
    assert totals.rounding_amount == 30
    assert groups(totals) == [("70.00", "14.70")]


def test_a21_cash_rounding_goes_down_too() -> None:
    totals = added(line("1", "12.22"), currency="CHF", cash_rounding_minor=5)
    assert (totals.total, totals.rounding_amount) == (1220, -2)


def test_half_up_halves_away_from_zero() -> None:
    assert [half_up(n, 2) for n in (-3, -2, -1, 0, 1, 2, 3)] == [-2, -1, -1, 0, 1, 1, 2]


def test_shares_sum_to_the_total_and_exact_shares_are_left_alone() -> None:
    assert share_out(10, [10, 10, 10], 3) == [4, 3, 3]
    assert share_out(-10, [-10, -10, -10], 3) == [-4, -3, -3]
    assert share_out(7, [0, 12, 9], 3) == [0, 4, 3]


def test_shares_sum_even_to_a_total_that_is_not_theirs() -> None:
    assert share_out(2, [3, 6], 3) == [1, 1]
    assert share_out(7, [3, 6], 3) == [3, 4]


def test_a_price_for_three_units_is_divided_exactly() -> None:
    totals = added(
        line("1", "0.01", price_base_quantity=Decimal(3)),
        line("50", "0.01", price_base_quantity=Decimal(100)),
    )
    assert [x.net for x in totals.lines] == [0, 1]
