"""A finished total divided over payments, instalments and deposits."""

import pytest

from billing.totals import InvalidInstalments, allocate_instalments, cash_basis_tax
from tests.billing.totals.sums import added, figures, line, tax


def test_c9_cash_basis_tax_is_cumulative() -> None:
    assert cash_basis_tax(11900, 1900, [4000, 4000, 3900]) == [639, 638, 623]


def test_c9_a_single_payment_carries_the_whole_tax() -> None:
    assert cash_basis_tax(11900, 1900, [11900]) == [1900]


def test_c9_money_beyond_the_total_carries_no_tax() -> None:
    assert cash_basis_tax(11900, 1900, [11900, 500]) == [1900, 0]
    assert cash_basis_tax(11900, 1900, [12500]) == [1900]


def test_c9_a_refund_takes_its_tax_back() -> None:
    assert cash_basis_tax(11900, 1900, [4000, -4000, 11900]) == [639, -639, 1900]


def test_c9_a_free_document_has_no_tax_to_declare() -> None:
    assert cash_basis_tax(0, 0, [0]) == [0]


def test_c13_the_last_instalment_takes_the_odd_cents() -> None:
    assert allocate_instalments(10000, 3) == [3333, 3333, 3334]
    assert allocate_instalments(200, 3) == [66, 66, 68]
    assert allocate_instalments(10000, 1) == [10000]
    assert allocate_instalments(2, 3) == [0, 0, 2]


@pytest.mark.parametrize("parts", [0, -1])
def test_c13_there_is_at_least_one_instalment(parts: int) -> None:
    with pytest.raises(InvalidInstalments):
        allocate_instalments(10000, parts)


def test_a26_a_deposit_is_deducted_with_its_tax() -> None:
    deposit = added(line("0.3", "1000.00", tax("19")))
    assert figures(deposit) == ("300.00", "57.00", "357.00")
    final = added(line("1", "1000.00", tax("19")), line("-1", "300.00", tax("19")))
    assert [(x.net, x.tax) for x in final.lines] == [(100000, 19000), (-30000, -5700)]
    assert figures(final)[2] == "833.00"
    # The tax report holds 190.00 in sum, not 247.00.
    assert deposit.tax_total + final.tax_total == 19000


def test_a27_what_was_prepaid_does_not_touch_the_total() -> None:
    totals = added(line("1", "100.00", tax("19")))
    assert totals.total == 11900
    assert totals.total - 4000 == 7900
