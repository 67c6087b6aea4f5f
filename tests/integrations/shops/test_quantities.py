"""Any amount as quantities of an invoice's lines."""

from decimal import Decimal

import pytest

from billing.totals import DocumentInput, LineInput, Policy, TaxRule
from integrations.shops.quantities import Credit

VAT = TaxRule(key="vat", name="VAT", rate=Decimal(19))


def credit(*prices: str, gross: bool = False, taxes: tuple[TaxRule, ...] = (VAT,)) -> Credit:
    lines = [LineInput(Decimal(1), Decimal(price), taxes) for price in prices]
    document = DocumentInput("EUR", lines, Policy(prices_include_tax=gross))
    return Credit(document, [Decimal(0)] * len(lines), [])


def test_what_comes_to_the_amount_already_stays() -> None:
    found = credit("10.00", "5.00").fit([Decimal(1), Decimal(0)], 1_190, [0, 1])
    assert found == [Decimal(1), Decimal(0)]


@pytest.mark.parametrize("target", [1, 333, 1_234, 9_999, 11_899, 11_900])
def test_every_amount_of_a_gross_price_is_met(target: int) -> None:
    made = credit("119.00", gross=True)
    found = made.fit([Decimal(0)], target, [0])
    assert found is not None
    assert made.total(found) == target


def test_an_amount_that_no_net_has_is_not_invented() -> None:
    """19 % on 0.02 is 0.00 and on 0.03 is 0.01: 0.03 lies between 0.02 and 0.04."""
    assert credit("100.00").fit([Decimal(0)], 3, [0]) is None


def test_a_second_rate_helps_out() -> None:
    lines = [LineInput(Decimal(1), Decimal(100), (VAT,)), LineInput(Decimal(1), Decimal(100))]
    made = Credit(DocumentInput("EUR", lines), [Decimal(0)] * 2, [])
    found = made.fit([Decimal(0)] * 2, 3, [0, 1])
    assert found is not None
    assert made.total(found) == 3


def test_more_than_there_is_cannot_be_met() -> None:
    assert credit("10.00").fit([Decimal(5)], 1_191, [0]) is None


def test_too_much_is_taken_down_to_the_amount() -> None:
    found = credit("10.00", taxes=()).fit([Decimal(1)], 950, [0])
    assert found == [Decimal("0.95")]


def test_all_that_is_left_includes_reductions() -> None:
    lines = [LineInput(Decimal(1), Decimal(10)), LineInput(Decimal(-1), Decimal(2))]
    made = Credit(DocumentInput("EUR", lines), [Decimal(0)] * 2, [])
    assert made.fit([Decimal(0)] * 2, 800, [0, 1]) == [Decimal(1), Decimal(-1)]
