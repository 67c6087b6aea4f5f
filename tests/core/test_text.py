"""Names and notes as we keep them (P4), and one mail address at a time (X5)."""

import pytest

from core.errors import InvalidValue
from core.text import clean_email, clean_line, clean_text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Acme  Ltd ", "Acme Ltd"),
        ("a\nb\tc\u2028d", "a b c d"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066x\u2069\u200f\ufeff\u200by", "xy"),
        ("nul\x00 bell\x07", "nul bell"),
        ("e\u0301", "\u00e9"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_p4_line(given: str, kept: str) -> None:
    assert clean_line(given, param="name", max_length=50) == kept


def test_p4_text_keeps_its_lines() -> None:
    assert clean_text("a\r\nb\rc\td\x00\u202e\n", param="notes") == "a\nb\nc\td"


@pytest.mark.parametrize("given", ["\ud800", 5, None, ["a"], b"a"])
def test_p4_what_is_no_text_is_refused(given: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        clean_line(given, param="line_items.0.name", max_length=50)
    assert refused.value.param == "line_items.0.name"


def test_length_is_counted_after_cleaning() -> None:
    assert clean_line("a\u0301" * 5, param="name", max_length=5) == "á" * 5
    with pytest.raises(InvalidValue) as refused:
        clean_line("x" * 6, param="name", max_length=5)
    assert str(refused.value) == "At most 5 characters."
    with pytest.raises(InvalidValue):
        clean_line("\x00 ", param="name", max_length=5, required=True)


@pytest.mark.parametrize("address", ["a@b.co", "first.last+tag@sub.example.com"])
def test_x5_address(address: str) -> None:
    assert clean_email(f" {address} ", param="email") == address


@pytest.mark.parametrize(
    "address",
    [
        "x@y.co, evil@e.co",
        "Name <x@y.co>",
        "x@y.co\nBcc: evil@e.co",
        "group: x@y.co;",
        "x@y.co\x00",
        "x",
        "x@",
        "a" * 250 + "@y.co",
    ],
)
def test_x5_no_address(address: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        clean_email(address, param="to.0")
    assert refused.value.param == "to.0"


def test_empty_address_only_where_it_may_be() -> None:
    assert clean_email("", param="email") == ""
    with pytest.raises(InvalidValue):
        clean_email("", param="to.0", required=True)
