"""JSON keeps the digits that were written, both ways."""

import datetime
import uuid
from decimal import Decimal

import pytest

from core import exactjson
from core.money import Money


def test_a25_numbers_keep_their_digits() -> None:
    for text in ("7128.00", "99999999999999.99", "12345678901234567.89", "0.10", "-0.01"):
        assert exactjson.dumps(exactjson.loads(text)) == text


def test_a25_a_decimal_is_never_written_through_a_float() -> None:
    assert exactjson.dumps({"total": Decimal("99999999999999.99")}) == '{"total":99999999999999.99}'


def test_a_fraction_is_a_decimal_and_a_whole_number_an_int() -> None:
    assert exactjson.loads("[1.50, 2, 1e2]") == [Decimal("1.50"), 2, Decimal("1e2")]
    assert [type(value) for value in exactjson.loads("[1.5, 2]")] == [Decimal, int]


def test_bytes_are_read_like_text() -> None:
    assert exactjson.loads('{"name":"Zoë"}'.encode()) == {"name": "Zoë"}


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", '{"amount": NaN}'])
def test_what_is_no_number_is_refused_on_the_way_in(text: str) -> None:
    with pytest.raises(ValueError, match="is not JSON"):
        exactjson.loads(text)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_number_is_refused_on_the_way_out(value: Decimal) -> None:
    with pytest.raises(ValueError):
        exactjson.dumps({"amount": value})


def test_text_is_compact_and_not_escaped() -> None:
    assert exactjson.dumps({"b": [1, "Zoë"], "a": None}) == '{"b":[1,"Zoë"],"a":null}'


def test_values_of_the_domain() -> None:
    berlin = datetime.timezone(datetime.timedelta(hours=1))
    assert exactjson.dumps(
        [
            datetime.date(2025, 1, 15),
            datetime.datetime(2025, 1, 15, 11, 30, 0, 999_999, tzinfo=berlin),
            uuid.UUID("0192f0c8-7e1a-7b3c-9d4e-5f6071829304"),
            Money(Decimal("7.10"), "EUR"),
        ]
    ) == (
        '["2025-01-15","2025-01-15T10:30:00Z","0192f0c8-7e1a-7b3c-9d4e-5f6071829304",'
        '{"amount":7.10,"currency":"EUR"}]'
    )


def test_what_json_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="set cannot be written as JSON"):
        exactjson.dumps({"tags": {"a"}})


def test_what_the_quick_writer_has_no_form_for_is_written_all_the_same():
    assert exactjson.dumps({"n": 2**70, "amount": Decimal("1.50")}) == (
        '{"n":1180591620717411303424,"amount":1.50}'
    )
    assert exactjson.dumps({1: "one", "money": Money(Decimal("2.00"), "EUR")}) == (
        '{"1":"one","money":{"amount":2.00,"currency":"EUR"}}'
    )
