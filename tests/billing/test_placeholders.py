"""Names in braces (X3): a fixed list, replaced once, never evaluated."""

import datetime

import pytest

from billing.placeholders import fill, period_values

JANUARY = (datetime.date(2025, 1, 31), datetime.date(2025, 2, 28))


def test_d13_the_text_names_the_billed_period() -> None:
    values = period_values(JANUARY, JANUARY[0], "en_US")
    assert fill("Hosting {period}", values) == "Hosting Jan 31, 2025 – Feb 27, 2025"
    assert fill("{month} {year}, Q{quarter}", values) == "January 2025, Q1"
    assert fill("{month_number}/{year}", values) == "01/2025"


def test_the_words_are_the_customers_language() -> None:
    values = period_values(JANUARY, JANUARY[0], "de-DE")
    assert fill("{month} {period_end}", values) == "Januar 27.02.2025"


def test_an_unknown_language_is_spelled_in_english() -> None:
    assert period_values(JANUARY, JANUARY[0], "xx_YY")["month"] == "January"


@pytest.mark.parametrize(
    "text",
    ["{{7*7}}", "{% now %}", "{0.__class__}", "%(x)s", "{settings}", "{month.year}", "{", "{}"],
)
def test_x3_whatever_is_not_on_the_list_stays_literal(text: str) -> None:
    assert fill(text, period_values(JANUARY, JANUARY[0], "en_US")) == text


def test_x3_what_is_put_in_is_not_looked_through_again() -> None:
    assert fill("{customer}", {"customer": "{total}", "total": "100.00"}) == "{total}"
