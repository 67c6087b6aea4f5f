"""The notation of payment terms: what it says, and how it is spelled."""

from decimal import Decimal

import pytest

from accounts.payment_terms import parse_terms


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("net 30", "net 30"),
        ("30 days", "net 30"),
        ("NET  14  days", "net 14"),
        ("net 45 EOM", "net 45 eom"),
        ("45 days eom", "net 45 eom"),
        ("EOM", "eom"),
        ("eom + 45", "eom + 45"),
        ("EOM net 45 days", "eom + 45"),
        ("15 of next month", "15th of next month"),
        ("1st of the next month", "1st of next month"),
        ("2/10 net 30", "2/10 net 30"),
        ("2 % / 10, net 30", "2/10 net 30"),
        ("1.5/14 eom", "1.5/14 eom"),
        ("net 30, Next business day", "net 30, next business day"),
        ("2/10 net 30, previous business day", "2/10 net 30, previous business day"),
    ],
)
def test_is_spelled_one_way(text: str, spelled: str) -> None:
    assert str(parse_terms(text)) == spelled
    assert parse_terms(spelled) == parse_terms(text)


def test_c8_says_percent_and_days() -> None:
    terms = parse_terms("2/10 net 30")
    assert (terms.discount_percent, terms.discount_days, terms.days) == (Decimal(2), 10, 30)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "net", "net 3651", "32nd of next month", "0/10 net 30", "2/31 net 30", "net -1"],
)
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_terms(text)
