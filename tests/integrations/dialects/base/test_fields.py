"""The declarative decoders: one fact per line of these tables."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pytest

from core.errors import InvalidFields
from core.ids import encode_id
from integrations.dialects.base.enums import EnumMap
from integrations.dialects.base.fields import (
    Choice,
    CurrencyCode,
    Day,
    Email,
    Field,
    Flag,
    Id,
    Instant,
    Labels,
    ListOf,
    Number,
    Object,
    Text,
    Whole,
)

SOME = uuid.UUID("0194691c-0000-7000-8000-000000000001")
ID = Id(prefix="cus", noun="customer")
COLOURS = Choice(table=EnumMap({"red": "RED"}, also={"crimson": "red"}))

ACCEPTED: list[tuple[Field, Any, Any]] = [
    (Text(), "  ACME \u202e Ltd\t ", "ACME Ltd"),
    (Text(), "e\u0301", "\u00e9"),
    (Text(lines=True), "a\r\nb", "a\nb"),
    (Text(), None, ""),
    (Email(), "a@b.co", "a@b.co"),
    (Email(), "", ""),
    (Number(), 10, Decimal(10)),
    (Number(), Decimal("0.10"), Decimal("0.10")),
    (Number(), "99999999999999.99", Decimal("99999999999999.99")),
    (Number(), "-0.5", Decimal("-0.5")),
    (Whole(), Decimal("30.0"), 30),
    (Flag(), True, True),
    (Day(), "2025-02-28", datetime.date(2025, 2, 28)),
    (
        Instant(),
        "2025-01-15T11:30:00+01:00",
        datetime.datetime(2025, 1, 15, 10, 30, tzinfo=datetime.UTC),
    ),
    (Instant(), "2025-01-15T10:30:00", datetime.datetime(2025, 1, 15, 10, 30, tzinfo=datetime.UTC)),
    (COLOURS, "RED", "red"),
    (COLOURS, "crimson", "red"),
    (CurrencyCode(), "usd", "USD"),
    (ID, encode_id("cus", SOME), SOME),
    (ListOf(item=Whole()), [1, 2], [1, 2]),
    (Labels(), {"order": "7"}, {"order": "7"}),
]
REFUSED: list[tuple[Field, Any, str]] = [
    (Text(), 5, "invalid_type"),
    (Text(), ["x"], "invalid_type"),
    (Text(most=3), "abcd", "too_long"),
    (Text(least=1), "  ", "required"),
    (Email(), "x@y.co, evil@e.co", "invalid_email"),
    (Email(), "Name <x@y.co>", "invalid_email"),
    (Number(), True, "invalid_number"),
    (Number(), "1_000", "invalid_number"),
    (Number(), "１２", "invalid_number"),
    (Number(), "1e5", "invalid_number"),
    (Number(), " 1", "invalid_number"),
    (Number(), "NaN", "invalid_number"),
    (Number(), "", "invalid_number"),
    (Number(places=2), "0.125", "too_many_decimals"),
    (Number(least=Decimal(0)), -1, "out_of_range"),
    (Number(most=Decimal(100)), "100.01", "out_of_range"),
    (Whole(), Decimal("1.5"), "invalid_type"),
    (Whole(most=10), 11, "out_of_range"),
    (Flag(), "true", "invalid_type"),
    (Flag(), 1, "invalid_type"),
    (Day(), "2025-02-29", "invalid_date"),
    (Day(), "15.01.2025", "invalid_date"),
    (Day(), "2025-01-15T00:00:00Z", "invalid_date"),
    (Day(), 20250115, "invalid_date"),
    (Instant(), "yesterday", "invalid_date"),
    (Instant(), "0001-01-01T00:00:00+14:00", "invalid_date"),
    (COLOURS, "red", "invalid_choice"),
    (COLOURS, ["RED"], "invalid_choice"),
    (CurrencyCode(), "US", "unknown_currency"),
    (ID, "cus_1", "unknown_reference"),
    (ID, encode_id("inv", SOME), "unknown_reference"),
    (ID, encode_id("cus", SOME).upper(), "unknown_reference"),
    (ID, 7, "unknown_reference"),
    (ListOf(item=Whole()), "1", "invalid_type"),
    (ListOf(item=Whole(), most=1), [1, 2], "too_many_items"),
    (ListOf(item=Whole(), least=1), [], "required"),
    (ListOf(item=Whole()), [None], "required"),
    (Labels(), {"a": 1}, "invalid_type"),
    (Labels(), {str(n): "" for n in range(51)}, "invalid_type"),
    (Object(fields={}), [], "invalid_type"),
]


@pytest.mark.parametrize(("field", "sent", "meant"), ACCEPTED)
def test_accepted(field: Field, sent: Any, meant: Any) -> None:
    assert Object(fields={"it": field}).decode_body({"it": sent}) == {"it": meant}


@pytest.mark.parametrize(("field", "sent", "code"), REFUSED)
def test_refused(field: Field, sent: Any, code: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        Object(fields={"it": field}).decode_body({"it": sent})
    param, found, sentence = caught.value.errors[0]
    assert (param.partition(".")[0], found) == ("it", code)
    assert sentence


LINE = Object(fields={"quantity": Number(required=True)}, computed=frozenset({"total"}))
BODY = Object(
    fields={
        "name": Text(required=True),
        "line_items": ListOf(item=LINE, name="lines"),
        "due": Day(name="due_date"),
    },
    computed=frozenset({"status"}),
)


def test_only_what_was_sent_is_returned_under_the_operations_names() -> None:
    assert BODY.decode_body({"name": "x", "due": "2025-01-01"}) == {
        "name": "x",
        "due_date": datetime.date(2025, 1, 1),
    }


def test_every_broken_rule_is_collected() -> None:
    with pytest.raises(InvalidFields) as caught:
        BODY.decode_body(
            {"line_items": [{"quantity": 1}, {"total": 5}], "status": "paid", "colour": 1}
        )
    assert [(param, code) for param, code, _ in caught.value.errors] == [
        ("line_items.1.total", "unknown_parameter"),
        ("line_items.1.quantity", "required"),
        ("status", "unknown_parameter"),
        ("colour", "unknown_parameter"),
        ("name", "required"),
    ]


def test_a_null_is_the_same_as_leaving_out_unless_said_otherwise() -> None:
    spec = Object(fields={"a": Day(), "b": Number(null=None), "c": Text()})
    assert spec.decode_body({"a": None, "b": None, "c": None}) == {"b": None, "c": ""}


def test_a_partial_update_requires_nothing() -> None:
    assert BODY.optional().decode_body({}) == {}
    with pytest.raises(InvalidFields):
        BODY.optional().decode_body({"line_items": [{}]})
